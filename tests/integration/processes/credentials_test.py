"""Users with passwords, tokens and keys; limits of users; accounts."""

import json
import os
import select
import socket
import subprocess
import time
import unittest

from processes import DEADLINE, Crowd, DaemonTest
from wire import Client, connect, error_pb2, read_to_end, telex_pb2

STATEMENT = b"telex.v1.Challenge\0"

USERS = """
users:
  - name: anna
    password: "{hash}"
    publish: {allow: ["shop.>", "$SYS.>"]}
    subscribe: {allow: "shop.>"}
  - name: robot
    tokens: "{token}"
    publish: {allow: ["shop.>", "$SYS.>"]}
    subscribe: {allow: ">"}
    limits: {max_connections: 2, max_subscriptions: 3, max_payload: 100B}
  - name: keyed
    keys: "{key}"
    publish: {allow: "$SYS.>"}
  - name: guest
    publish: {allow: "$SYS.echo"}
"""

LISTENERS = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - {name: lines, address: "tcp://127.0.0.1:0", protocol: json}
  - {name: hall, address: "tcp://127.0.0.1:0", user: guest}
"""


class CredentialsTest(DaemonTest):
    config = None

    def setUp(self):
        super().setUp()
        self.facts = {
            "{hash}": self.argon2("secret"),
            "{token}": self.keygen("token", "--token"),
            "{key}": self.keygen("key.pem"),
        }
        with open(f"{self.folder}/token", encoding="ascii") as file:
            self.token = file.read().strip()

    def argon2(self, password):
        """Returns a hash by the reference implementation."""
        done = subprocess.run(
            ["argon2", "saltsaltsalt", "-id", "-t", "1", "-k", "1024", "-p", "1", "-e"],
            input=password.encode(), capture_output=True, check=True, timeout=DEADLINE)
        return done.stdout.decode().strip()

    def keygen(self, name, *options):
        out, _ = self.run_tool("keygen", f"{self.folder}/{name}", *options)
        return out.split('"')[1]

    def configure(self, config):
        for name, value in self.facts.items():
            config = config.replace(name, value)
        return super().configure(config)

    def start(self, config=USERS + LISTENERS):
        self.start_daemon(config)

    def client(self, listener="native", **hello):
        client = Client(f"tcp://127.0.0.1:{self.daemon.port(listener)}", **hello)
        self.addCleanup(client.socket.close)
        return client

    def sign(self, nonce, key="key.pem"):
        with open(f"{self.folder}/statement", "wb") as file:
            file.write(STATEMENT + nonce)
        return subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", f"{self.folder}/{key}", "-in",
             f"{self.folder}/statement"],
            capture_output=True, check=True, timeout=DEADLINE).stdout

    def public_key(self, key="key.pem"):
        der = subprocess.run(
            ["openssl", "pkey", "-in", f"{self.folder}/{key}", "-pubout", "-outform", "DER"],
            capture_output=True, check=True, timeout=DEADLINE).stdout
        return der[-32:]

    def assert_refused(self, client, code=error_pb2.NOT_AUTHENTICATED):
        self.assertIsNotNone(client.refusal)
        self.assertEqual(client.refusal.code, code, client.refusal)
        self.assertTrue(client.refusal.closing)
        self.assertIsNone(client.receive())


class Credentials(CredentialsTest):
    def setUp(self):
        super().setUp()
        self.start()

    def test_password(self):
        anna = self.client(user="anna", password="secret")
        self.assertEqual(anna.request("$SYS.echo", b"hi").message.payload, b"hi")
        anna.socket.close()
        self.daemon.line("user=anna")

    def test_wrong_password_and_unknown_user_are_indistinguishable(self):
        texts = set()
        for user, password in (("anna", "Secret"), ("anna", ""), ("nobody", "secret"),
                               ("robot", "secret"), ("", "secret"), ("anna", "x" * 5000)):
            client = self.client(user=user, password=password)
            self.assert_refused(client)
            texts.add(client.refusal.text)
        self.assertEqual(len(texts), 1, texts)

    def test_token(self):
        self.assertIsNone(self.client(token=self.token).refusal)
        self.assert_refused(self.client(token=self.token[:-1]))
        self.assert_refused(self.client(token=self.token + "x"))

    def test_key_signed_by_openssl(self):
        keyed = self.client(public_key=self.public_key(), sign=self.sign)
        self.assertIsNone(keyed.refusal)
        self.assertEqual(keyed.request("$SYS.echo", b"hi").message.payload, b"hi")

    def test_signature_cannot_be_replayed(self):
        seen = []
        self.client(public_key=self.public_key(),
                    sign=lambda nonce: seen.append(self.sign(nonce)) or seen[0])
        self.assert_refused(self.client(public_key=self.public_key(), sign=lambda _: seen[0]))

    def test_key_of_another_user(self):
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out",
                        f"{self.folder}/other.pem"], check=True, timeout=DEADLINE)
        other = self.public_key("other.pem")
        self.assert_refused(self.client(
            public_key=other, sign=lambda nonce: self.sign(nonce, "other.pem")))
        self.assert_refused(self.client(
            public_key=self.public_key(), sign=lambda nonce: self.sign(nonce, "other.pem")))

    def test_are_required(self):
        self.assert_refused(self.client())

    def test_wrong_ones_do_not_fall_back_to_the_listener(self):
        guest = self.client("hall")
        self.assertEqual(guest.request("$SYS.echo", b"hi").message.payload, b"hi")
        self.assert_refused(self.client("hall", token="wrong"))
        robot = self.client("hall", token=self.token)
        self.assertEqual(robot.request("$SYS.info", b"").message.subject, "_REPLY")

    def test_pipelined_by_netcat(self):
        lines = (b'{"hello":{"version":1,"user":"anna","password":"secret"}}\n'
                 b'{"request":1,"message":{"subject":"$SYS.echo","text":"hi"}}\n')
        out, _ = self.run_program("nc", "-N", "127.0.0.1", str(self.daemon.port("lines")),
                                  data=lines)
        welcome, answer = map(json.loads, out.splitlines())
        self.assertIn("welcome", welcome)
        self.assertEqual(answer["message"]["text"], "hi")

    def test_are_not_logged(self):
        self.client(user="anna", password="secret")
        self.client(user="anna", password="other-secret")
        self.client(token=self.token)
        self.assertEqual(self.daemon.stop(), 0)
        for secret in ("secret", self.token, self.facts["{hash}"]):
            self.assertNotIn(secret, self.daemon.log())


class TheTool(CredentialsTest):
    def setUp(self):
        super().setUp()
        self.start()

    def ask(self, *options, code=0, data=b""):
        out, err = self.run_tool(
            "request", "$SYS.echo", "hello", "--server",
            f"tcp://127.0.0.1:{self.daemon.port('native')}", *options, code=code, data=data)
        return out + err

    def test_supports_password_token_and_key(self):
        self.write("password", "secret\n")
        for options in (("--user", "anna", "--password-file", f"{self.folder}/password"),
                        ("--token-file", f"{self.folder}/token"),
                        ("--identity", f"{self.folder}/key.pem")):
            self.assertEqual(self.ask(*options), "hello\n", options)
        self.assertEqual(self.ask("--user", "anna", data=b"secret\n"), "hello\n")

    def test_generates_keys_in_the_form_of_nats(self):
        self.facts["{key}"] = self.keygen("robot.nk", "--nkey")
        self.assertRegex(self.facts["{key}"], "^U[A-Z2-7]{55}$")
        self.assertEqual(os.stat(f"{self.folder}/robot.nk").st_mode & 0o777, 0o600)
        self.daemon.stop()
        self.start()
        self.assertEqual(self.ask("--identity", f"{self.folder}/robot.nk"), "hello\n")
        self.assertIn("no user", self.ask("--identity", f"{self.folder}/key.pem", code=77))

    def test_reports_errors(self):
        self.write("password", "wrong\n")
        self.write("empty", "\n")
        self.assertIn("the credentials match no user",
                      self.ask("--user", "anna", "--password-file", f"{self.folder}/password",
                               code=77))
        self.assertIn("empty: the first line is empty", self.ask("--token-file", f"{self.folder}/empty", code=64))
        self.assertIn("No such file", self.ask("--token-file", f"{self.folder}/none", code=64))
        self.assertIn("has no private key", self.ask("--identity", f"{self.folder}/token", code=64))

    def test_generates_valid_credentials(self):
        entry, _ = self.run_tool("passwd", "bert", data=b"another secret\n")
        self.daemon.stop()
        self.start_daemon("users:\n" + entry + '    publish: {allow: "$SYS.>"}\n' + LISTENERS
                          .replace(', user: guest', ''))
        bert = self.client(user="bert", password="another secret")
        self.assertIsNone(bert.refusal)

    def test_does_not_overwrite_a_key(self):
        with open(f"{self.folder}/key.pem", encoding="ascii") as file:
            before = file.read()
        _, err = self.run_tool("keygen", f"{self.folder}/key.pem", code=64)
        self.assertIn("File exists", err)
        with open(f"{self.folder}/key.pem", encoding="ascii") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(os.stat(f"{self.folder}/key.pem").st_mode & 0o777, 0o600)


class Limits(CredentialsTest):
    def setUp(self):
        super().setUp()
        self.start()

    def test_connections(self):
        first = self.client(token=self.token)
        self.client(token=self.token)
        self.assert_refused(self.client(token=self.token), error_pb2.TOO_MANY_CONNECTIONS)
        self.assertIsNone(self.client(user="anna", password="secret").refusal, "only its own")
        first.socket.close()
        self.daemon.line("user=robot")
        self.assertIsNone(self.client(token=self.token).refusal)

    def test_subscriptions_of_all_connections(self):
        one, two = self.client(token=self.token), self.client(token=self.token)
        one.subscribe(1, "a")
        one.subscribe(2, "b")
        two.subscribe(1, "a")
        frame = telex_pb2.Frame()
        frame.subscribe.subscription = 2
        frame.subscribe.filter = "c"
        two.send(frame)
        refused = two.receive().error
        self.assertEqual(refused.code, error_pb2.TOO_MANY_SUBSCRIPTIONS)
        self.assertIn("user robot has reached its limit of 3 subscriptions", refused.text)
        frame = telex_pb2.Frame()
        frame.unsubscribe.subscription = 2
        one.send(frame)
        self.assertTrue(one.receive().HasField("unsubscribed"))
        two.subscribe(2, "c")

    def test_payloads(self):
        robot = self.client(token=self.token)
        robot.publish("shop.a", b"x" * 101)
        self.assertEqual(robot.receive().error.code, error_pb2.PAYLOAD_TOO_LARGE)
        self.assertEqual(robot.request("$SYS.echo", b"x" * 100).message.payload, b"x" * 100)

    def test_of_failures_on_loopback_lock_no_client_out(self):
        """Each process of this host comes from there: tokens and keys have no common count."""
        for _ in range(30):
            self.assert_refused(self.client(token="wrong"))
        self.assertIsNone(self.client(token=self.token).refusal)

    def test_of_failures_for_each_user_name_on_loopback(self):
        for user in ("anna", "unknown"):
            for _ in range(10):
                self.assert_refused(self.client(user=user, password="wrong"))
            self.assert_refused(self.client(user=user, password="wrong"), error_pb2.AUTHENTICATION_BUSY)
        self.assert_refused(self.client(user="anna", password="secret"), error_pb2.AUTHENTICATION_BUSY)
        self.assert_refused(self.client(user="other", password="wrong"))
        self.assertIsNone(self.client(token=self.token).refusal)

    def test_of_failures_while_a_hundred_guess_another_password(self):
        """Guesses of one user's password on loopback delay no other user."""
        guess = telex_pb2.Frame()
        guess.hello.version = 1
        guess.hello.user, guess.hello.password = "robot", "wrong"
        address = f"tcp://127.0.0.1:{self.daemon.port('native')}"
        with Crowd(address, 100, Client.encode(guess)):
            for _ in range(50):
                with Client(address, user="anna", password="secret") as client:
                    self.assertIsNone(client.refusal)

    def test_of_failures_while_a_hundred_guess(self):
        """Each valid attempt is served, none is refused."""
        guess = telex_pb2.Frame()
        guess.hello.version = 1
        guess.hello.token = "wrong"
        address = f"tcp://127.0.0.1:{self.daemon.port('native')}"
        with Crowd(address, 100, Client.encode(guess)):
            for _ in range(50):
                with Client(address, token=self.token) as client:
                    self.assertIsNone(client.refusal)


    def test_of_concurrent_password_checks(self):
        """Each of many concurrent attempts receives a result, and the exchange keeps running."""
        guest = self.client("hall")
        frame = telex_pb2.Frame()
        frame.hello.version = 1
        frame.hello.user, frame.hello.password = "anna", "secret"
        data = Client.encode(frame)
        address = f"tcp://127.0.0.1:{self.daemon.port('native')}"
        peers = [connect(address) for _ in range(200)]
        for peer in peers:
            peer.sendall(data)
        self.assertEqual(guest.request("$SYS.echo", b"hi").message.payload, b"hi")
        answers = {"welcome": 0, "error": 0}
        for peer in peers:
            with peer:
                answer = telex_pb2.Frame()
                data = peer.recv(4096)
                answer.ParseFromString(data[2 if data[0] > 127 else 1:])
                answers[answer.WhichOneof("control")] += 1
        self.assertEqual(sum(answers.values()), len(peers))
        self.assertGreater(answers["welcome"], 0)


class Sources(CredentialsTest):
    """The sources of failed attempts, which count together."""

    def test_are_networks(self):
        self.enter_own_network("10.9.0.1", "10.9.0.2", "10.9.1.1")
        self.start(USERS + """
listeners:
  - {name: hall, address: "tcp://127.0.0.1:0", user: guest}
  - {name: native, address: "tcp://*:0", plaintext_secrets: true}
  - {name: side, address: "tcp://*:0", plaintext_secrets: true}
""")

        def come(host, token, listener="native"):
            client = Client(f"tcp://{host}:{self.daemon.port(listener)}", token=token)
            self.addCleanup(client.socket.close)
            return client

        for _ in range(10):
            self.assert_refused(come("10.9.0.1", "wrong"))
        self.assert_refused(come("10.9.0.1", "wrong"), error_pb2.AUTHENTICATION_BUSY)
        self.assert_refused(come("10.9.0.2", self.token), error_pb2.AUTHENTICATION_BUSY)
        self.assert_refused(come("10.9.0.2", self.token, "side"), error_pb2.AUTHENTICATION_BUSY)
        self.assertIsNone(come("10.9.1.1", self.token).refusal)

    def test_are_users_of_the_system(self):
        self.start(USERS + """
listeners:
  - {name: hall, address: "tcp://127.0.0.1:0", user: guest}
  - {name: lines, address: "unix://{folder}/lines.sock", protocol: json, mode: "0666"}
http: {address: "unix://{folder}/http.sock", mode: "0666"}
""")
        self.need_another_user()
        codes = self.as_other(f"""
import json, socket
for token in ["wrong"] * 11 + ["{self.token}"]:
    peer = socket.socket(socket.AF_UNIX)
    peer.connect("{self.folder}/lines.sock")
    peer.sendall(json.dumps({{"hello": {{"version": 1, "token": token}}}}).encode() + b"\\n")
    answer = json.loads(peer.makefile().readline())
    print(answer.get("error", {{}}).get("code", "WELCOME"))
""")
        self.assertEqual(codes, ["NOT_AUTHENTICATED"] * 10 + ["AUTHENTICATION_BUSY"] * 2)
        self.assertEqual(self.as_other(f"""
import socket
peer = socket.socket(socket.AF_UNIX)
peer.connect("{self.folder}/http.sock")
peer.sendall(b"POST /api/v1/drain HTTP/1.1\\r\\nHost: telex\\r\\nConnection: close\\r\\n"
             b"Authorization: Bearer wrong\\r\\n\\r\\n")
print(peer.makefile().readline())
""")[0], "HTTP/1.1 429 Too Many Requests", "HTTP counts with the listeners")
        with connect(f"unix://{self.folder}/lines.sock") as peer:
            peer.sendall(json.dumps({"hello": {"version": 1, "token": self.token}}).encode() + b"\n")
            self.assertIn("welcome", json.loads(peer.makefile().readline()), "another user")

    def test_of_http_are_users_of_the_system(self):
        self.start(USERS + """
listeners:
  - {name: hall, address: "tcp://127.0.0.1:0", user: guest}
  - {name: native, address: "tcp://127.0.0.1:0"}
http: {address: "unix://{folder}/http.sock", mode: "0666"}
""")
        self.need_another_user()
        statuses = self.as_other(f"""
import socket
for _ in range(12):
    peer = socket.socket(socket.AF_UNIX)
    peer.connect("{self.folder}/http.sock")
    peer.sendall(b"POST /api/v1/drain HTTP/1.1\\r\\nHost: telex\\r\\nConnection: close\\r\\n"
                 b"Authorization: Bearer wrong\\r\\n\\r\\n")
    print(peer.makefile().readline().split()[1])
""")
        self.assertEqual(statuses, ["401"] * 10 + ["429"] * 2)
        self.assertIsNone(self.client(token=self.token).refusal, "others are not affected")

    def as_other(self, program):
        """Runs Python as another system user. Returns the lines of its output."""
        done = subprocess.run(
            ["/usr/bin/python3", "-c", program], user=4711, group=4711, extra_groups=[], capture_output=True,
            timeout=DEADLINE, check=True, text=True, env={"PATH": os.environ["PATH"]})
        return done.stdout.splitlines()


class Rates(CredentialsTest):
    def rate(self, limits):
        self.start("""
users:
  - name: anna
    password: "{hash}"
    publish: {allow: [">", "$SYS.>"]}
    subscribe: {allow: ">"}
    limits: {%s}
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
""" % limits)
        return self.client(user="anna", password="secret")

    def test_of_frames_hold_within_one_read(self):
        """Frames that arrive together are routed at the rate, too: at most a second's worth before time has passed."""
        anna = self.rate("frames_per_second: 100")
        watcher = self.client(user="anna", password="secret")
        watcher.subscribe(1, "a")
        before = time.monotonic()
        anna.socket.sendall(1000 * Client.encode(Client.message("a", b"x")))
        received = 0
        while received < 150:
            watcher.receive()
            received += 1
            allowed = 100 * (1 + time.monotonic() - before) + 2
            self.assertLessEqual(received, allowed)

    def test_of_frames_throttle_reads(self):
        anna = self.rate("frames_per_second: 200")
        anna.socket.sendall(600 * Client.encode(Client.message("a", b"x")))  # at once: three times the limit
        anna.flush()
        stats = anna.stats()
        self.assertEqual(stats.received_messages, 601, "nothing is lost")
        self.assertGreater(stats.throttled_reads, 0)

    def test_of_bytes_throttle_reads(self):
        anna = self.rate("bytes_per_second: 100KiB")
        anna.publish("a", b"x" * 300_000)  # at once: three times the limit
        anna.flush()
        stats = anna.stats()
        self.assertEqual(stats.received_messages, 2)
        self.assertGreater(stats.throttled_reads, 0)

    def test_within_the_limit_do_not_throttle(self):
        anna = self.rate("frames_per_second: 1000000, bytes_per_second: 1GiB")
        for _ in range(1000):
            anna.publish("a", b"x")
        anna.flush()
        self.assertEqual(anna.stats().throttled_reads, 0)

    def test_pending_bytes_of_all_connections_are_limited(self):
        """Over the user's limit its slow consumers are disconnected, long before the listener's limit."""
        anna = self.rate("max_pending: 200KiB")
        slow = self.client(user="anna", password="secret")
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.subscribe(1, "a")
        for _ in range(1500):
            anna.publish("a", b"x" * 10_000)
        anna.flush()
        self.daemon.line("reason=slow_consumer")
        self.assertEqual(anna.request("$SYS.echo", b"hi").message.payload, b"hi")


class Admission(CredentialsTest):
    def test_is_fair_between_networks_before_authentication(self):
        self.start(USERS + """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0", limits: {max_unauthenticated: 16, hello_timeout: 1h}}
  - {name: hall, address: "tcp://127.0.0.1:0", user: guest}
""")
        known = self.client(token=self.token)
        address = ("127.0.0.1", self.daemon.port("native"))

        def come(source):
            peer = socket.create_connection(address, DEADLINE, (source, 0))
            self.addCleanup(peer.close)
            return peer

        crowd = [come(f"127.0.7.{number}") for number in range(1, 7)]
        self.daemon.line("are not authenticated", 2)
        turned_away = select.select(crowd, [], [], 0)[0]
        self.assertEqual(len(turned_away), 2, "four places are for one network")
        for peer in turned_away:
            self.assertIn(b"are not authenticated", read_to_end(peer))
        self.assertEqual(known.request("$SYS.echo", b"hi").message.payload, b"hi")
        self.assertIsNone(Client(come("127.0.8.1"), token=self.token).refusal)
        stayed = next(peer for peer in crowd if peer not in turned_away)
        source = "%s:%d" % stayed.getsockname()
        stayed.close()
        self.daemon.line(f"peer={source} ")
        self.assertIsNone(Client(come("127.0.7.9"), user="anna", password="secret").refusal)

    def test_slot_is_free_when_the_end_is_logged(self):
        self.start(USERS + """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0", limits: {max_connections: 1}}
  - {name: hall, address: "tcp://127.0.0.1:0", user: guest}
""")
        for number in range(1, 41):
            client = self.client(token=self.token)
            self.assertIsNone(client.refusal, f"after {number - 1} others")
            client.socket.close()
            self.daemon.line("connection ended", number)

    def test_refuses_plaintext_secrets(self):
        config = USERS + LISTENERS.replace(
            "{name: native, address: \"tcp://127.0.0.1:0\"}",
            "{name: native, address: \"tcp://*:0\"}")
        self.start(config)
        self.assertIsNone(self.client(token=self.token).refusal, "loopback needs no TLS")


class Listeners(CredentialsTest):
    CONFIG = """
users:
  - {name: robot, tokens: "{token}", listeners: native, publish: {allow: "$SYS.>"}}
  - {name: anna, password: "{hash}", publish: {allow: "$SYS.>"}}
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - {name: side, address: "tcp://127.0.0.1:0"}
"""

    def test_of_a_user_are_restricted(self):
        self.start(self.CONFIG)
        robot = self.client(token=self.token)
        self.assertIsNone(robot.refusal)
        self.assert_refused(self.client("side", token=self.token))
        self.assertIsNone(self.client("side", user="anna", password="secret").refusal)
        self.reload(self.CONFIG.replace("listeners: native,", "listeners: side,"))
        self.assertEqual(robot.receive().error.code, error_pb2.NOT_AUTHENTICATED)
        self.assertIsNone(self.client("side", token=self.token).refusal)


class Tenants(CredentialsTest):
    CONFIG = """
accounts:
  - name: shop
    exports: {messages: "orders.>", requests: "billing.*"}
  - name: audit
    imports: [{account: shop, messages: orders.new, requests: billing.charge}]
users:
  - {name: robot, tokens: "{token}", account: shop, publish: {allow: [">", "$SYS.>"]},
     subscribe: {allow: ">"}}
  - {name: anna, password: "{hash}", account: audit, publish: {allow: ">"},
     subscribe: {allow: ">"}}
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
"""

    def setUp(self):
        super().setUp()
        self.start(self.CONFIG)
        self.shop = self.client(token=self.token)
        self.audit = self.client(user="anna", password="secret")

    def test_use_the_same_subjects_without_meeting(self):
        self.shop.subscribe(1, ">")
        self.audit.subscribe(1, ">")
        self.audit.publish("orders.mine", b"audit")
        self.assertEqual(self.audit.receive().message.payload, b"audit")
        self.shop.publish("orders.old", b"shop")
        self.shop.publish("other", b"shop")
        self.shop.publish("orders.new", b"exported and imported")
        self.assertEqual(self.audit.receive().message.payload, b"exported and imported")
        received = self.shop.receive(), self.shop.receive(), self.shop.receive()
        self.assertEqual([frame.message.subject for frame in received],
                         ["orders.old", "other", "orders.new"])

    def test_send_requests_across_imports(self):
        self.shop.subscribe(1, "billing.*")
        self.audit.publish("billing.charge", b"how much", request=1)
        asked = self.shop.receive()
        self.shop.publish(asked.reply_to, b"42")
        self.assertEqual(self.audit.receive().message.payload, b"42")
        answer = self.audit.request("billing.other", b"", number=2)
        self.assertEqual(answer.error.code, error_pb2.NO_RESPONDERS)
        self.assertEqual(self.shop.request("orders.none", b"").error.code,
                         error_pb2.NO_RESPONDERS)

    def test_have_separate_queue_groups(self):
        self.shop.subscribe(1, "orders.*", queue_group="workers")
        self.audit.subscribe(1, "orders.*", queue_group="workers")
        self.shop.publish("orders.new", b"for both")
        self.assertEqual(self.shop.receive().message.payload, b"for both")
        self.assertEqual(self.audit.receive().message.payload, b"for both")

    def test_lose_an_import_by_a_reload(self):
        self.audit.subscribe(1, "orders.>")
        self.assertIn("changes=", self.reload(self.CONFIG.replace(
            "imports: [{account: shop, messages: orders.new, requests: billing.charge}]", "")))
        self.shop.publish("orders.new", b"not any more")
        self.shop.flush()
        self.audit.publish("orders.own", b"its own")
        self.assertEqual(self.audit.receive().message.payload, b"its own")

    def test_users_that_move_are_disconnected(self):
        self.assertIn("changes=", self.reload(self.CONFIG.replace("account: audit, publish",
                                                                  "account: shop, publish")))
        self.assertTrue(self.audit.receive().error.closing)
        self.assertEqual(self.shop.request("$SYS.echo", b"hi").message.payload, b"hi")


if __name__ == "__main__":
    unittest.main()
