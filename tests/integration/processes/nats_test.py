"""NATS clients on a plain socket: what docs/nats.md says of the server, line by line."""

import json
import os
import pathlib
import unittest

from bus_peers import Json, Native
from nats_raw import NatsClient
from processes import DaemonTest
from wire import Client, connect, read_to_end, sys_pb2

CONFIG = """
server: {reactors: 2}
listeners:
  - name: nats
    address: tcp://127.0.0.1:0
    protocol: nats
    limits: {max_frame: 2KiB, max_subscriptions: 3}
  - {name: native, address: ["tcp://127.0.0.1:0", "unix://{folder}/telex/telex.sock"]}
  - {name: json, address: "tcp://127.0.0.1:0", protocol: json}
"""


class NatsTest(DaemonTest):
    config = CONFIG

    def client(self, **fields):
        client = NatsClient(self.daemon.addresses("nats")[0], **fields)
        self.addCleanup(client.close)
        return client

    def native(self):
        client = Client(f"unix://{self.folder}/telex/telex.sock")
        self.addCleanup(client.socket.close)
        return client


class Opening(NatsTest):
    def test_info_has_what_libraries_require(self):
        info = self.client().info
        self.assertRegex(info["version"], r"^2\.9\.10-telex\d")
        self.assertEqual((info["headers"], info["max_payload"], info["proto"]), (True, 2048, 1))
        self.assertNotIn("auth_required", info)

    def test_lists_name_the_client_and_the_protocol(self):
        client = self.client(lang="go", version="1.22.1")
        named = self.client(name="meter", lang="go")
        client.ping()
        named.ping()
        connections, _ = self.run_tool("connections", "--format", "json")
        self.assertIn("nats go 1.22.1", connections)
        self.assertIn("meter", connections)
        listeners, _ = self.run_tool("listeners")
        self.assertRegex(listeners, r"nats +nats ")

    def test_other_protocols_are_refused(self):
        """Also a page that hides commands in the body of a request."""
        native = self.native()
        native.subscribe(1, "a")
        with connect(self.daemon.addresses("nats")[0]) as browser:
            browser.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nPUB a 1\r\nx\r\n")
            self.assertTrue(read_to_end(browser).endswith(b"-ERR 'Unknown Protocol Operation'\r\n"))
        native.publish("a", b"only this")
        self.assertEqual(native.receive().message.payload, b"only this")


class Errors(NatsTest):
    def stays(self, *commands):
        """Returns the errors of commands that leave the connection open."""
        client = self.client()
        for command in commands:
            client.socket.sendall(command)
        return client.ping()

    def ends(self, data, **fields):
        """Returns the lines before the server closes."""
        client = self.client(**fields)
        client.socket.sendall(data)
        lines = []
        while line := client.line():
            lines.append(line)
        return lines

    def test_of_publications_leave_the_connection_open(self):
        for subject in ("a..b", "a.*", "a.>", ".a", "$SYS.echo", "$other.a", "x" * 1025, ".".join("a" * 33)):
            text = f"Permissions Violation for Publish to \"{subject[:120]}"
            with self.subTest(subject=subject):
                (line,) = self.stays(f"PUB {subject} 0\r\n\r\n".encode())
                self.assertTrue(line.startswith(f"-ERR '{text}"), line)

    def test_of_many_headers_leave_the_connection_open(self):
        block = b"NATS/1.0\r\n" + b"A: 1\r\n" * 33 + b"\r\n"
        self.assertEqual(self.stays(b"HPUB a %d %d\r\n%s\r\n" % (len(block), len(block), block)),
                         ["-ERR 'Permissions Violation for Publish to \"a\", too many headers'"])

    def test_of_subscriptions_leave_the_connection_open(self):
        for arguments, text in {"a..b 1": '"a..b"', "foo* 1": '"foo*"', ">.a 1": '">.a"', "_REPLY.> 1": '"_REPLY.>"',
                                "$SYS.event.> 1": '"$SYS.event.>"', f"a {'s' * 65}": '"a"',
                                f"a {'q' * 256} 1": f'"a" using queue "{"q" * 40}"'}.items():
            with self.subTest(arguments=arguments):
                self.assertEqual(self.stays(f"SUB {arguments}\r\n".encode()),
                                 [f"-ERR 'Permissions Violation for Subscription to {text}'"])

    def test_of_too_many_subscriptions_leave_the_connection_open(self):
        self.assertEqual(self.stays(b"SUB a 1\r\nSUB b 2\r\nSUB c 3\r\nSUB d 4\r\n"),
                         ["-ERR 'Permissions Violation for Subscription to \"d\", too many subscriptions'"])

    def test_that_end_the_connection(self):
        for data, text in {b"PUB a 2049\r\n": "Maximum Payload Violation",
                           b"PUB " + b"a" * 4096: "maximum control line exceeded",
                           b"PUB a 1\r\nlonger\r\n": "Unknown Protocol Operation",
                           b"FOO\r\n": "Unknown Protocol Operation",
                           b'CONNECT {"protocol":2}\r\n': "invalid client protocol",
                           b'CONNECT {"no_responders":true}\r\n': "No responders requires headers support"}.items():
            with self.subTest(data=data[:20]):
                self.assertEqual(self.ends(data), [f"-ERR '{text}'"])

    def test_that_end_the_connection_without_a_text(self):
        for data in (b"SUB a\r\n", b"PUB a x\r\n", b"CONNECT nonsense\r\n", b"+OK\r\n"):
            with self.subTest(data=data):
                self.assertEqual(self.ends(data), [])
        self.assertEqual(self.ends(b"HPUB a 0 0\r\n\r\n", headers=False, no_responders=False), [])

    def test_of_an_operator_announce_the_end(self):
        client = self.client(name="victim")
        connections, _ = self.run_tool("connections", "--format", "json")
        (number,) = [row["number"] for row in json.loads(connections)["connections"] if row["clientName"] == "victim"]
        self.run_tool("kick", str(number))
        self.assertTrue(json.loads(client.line().removeprefix("INFO "))["ldm"])
        self.assertEqual(client.line(), "")


class HeaderBlocks(NatsTest):
    def test_arrive_unchanged_and_as_headers(self):
        native = self.native()
        native.subscribe(1, "a")
        receiver, sender = self.client(), self.client()
        receiver.send("SUB a 1")
        receiver.ping()
        for block, headers in {b"NATS/1.0\r\nA: 1\r\n\r\n": [("A", "1")],
                               b"NATS/1.0 503 Gone\r\nA:1\r\nA:  2 \r\nnone\r\n\xff: 1\r\n\r\n": [("A", "1"), ("A", "2")],
                               b"garbage": []}.items():
            with self.subTest(block=block):
                sender.send(f"HPUB a {len(block)} {len(block) + 1}", block + b"x")
                self.assertEqual(receiver.receive().block, block)
                message = native.receive().message
                self.assertEqual([(header.name, header.value) for header in message.headers], headers)
                self.assertEqual(message.payload, b"x")
                self.assertIn(message.header_block, (b"", block))

    def test_of_native_clients_end_no_message(self):
        receiver = self.client()
        receiver.send("SUB a 1")
        receiver.ping()
        frame = Client.message("a", b"payload")
        frame.message.headers.add(name="a b:\r\n", value="1\r\n\r\nMSG a 1 0")
        frame.message.headers.add(name="", value="2")
        native = self.native()
        native.send(frame)
        self.assertEqual(receiver.receive().block, b"NATS/1.0\r\na-b---: 1    MSG a 1 0\r\n-: 2\r\n\r\n")
        frame = Client.message("a", b"payload")
        frame.message.header_block = b"\r\nMSG a 1 0\r\n\r\n"
        native.send(frame)
        got = receiver.receive()
        self.assertEqual((got.block, got.payload), (b"\r\nMSG a 1 0\r\n\r\n", b"payload"))

    def test_are_base64_in_json(self):
        receiver = Json(self.daemon)
        self.addCleanup(receiver.close)
        receiver.subscribe()
        sender = self.client()
        sender.send("HPUB bus 7 8", b"garbagex")
        self.assertEqual(json.loads(receiver.stream.readline())["message"]["headerBlock"], "Z2FyYmFnZQ==")

    def test_labels_of_native_messages_are_not_carried(self):
        receiver = self.client()
        receiver.send("SUB a 1")
        receiver.ping()
        frame = Client.message("a", b"x")
        frame.message.id, frame.message.content_type, frame.message.type = "1", "text/plain", "a.B"
        self.native().send(frame)
        self.assertEqual(receiver.receive().block, b"")


class Exchange(NatsTest):
    def ask(self, client, subject, payload=b""):
        client.send("SUB in 1")
        client.publish(subject, payload, reply="in")
        return client.receive()

    def test_replies_to_requests(self):
        client = self.client()
        self.assertEqual(self.ask(client, "$SYS.echo", b"hi").payload, b"hi")
        info = self.ask(client, "$SYS.info")
        self.assertEqual(sys_pb2.ServerInfo.FromString(info.payload).server_name, "telex")
        self.assertEqual(self.ask(client, "$SYS.nothing").status, "503")

    def test_reports_errors_as_headers(self):
        got = self.ask(self.client(), "$SYS.admin.kick", b"")
        self.assertEqual(got.headers["Telex-Error"], "PERMISSION_DENIED", got)

    def test_has_no_jetstream(self):
        client = self.client()
        self.assertEqual(json.loads(self.ask(client, "$JS.API.INFO").payload)["error"]["err_code"], 10076)
        client.send("SUB $KV.> 2")
        self.assertEqual(self.ask(client, "$JS.API.CONSUMER.MSG.NEXT.s.c").status, "503")
        client.publish("$KV.b.key", b"an ordinary subject")
        self.assertEqual(client.receive().payload, b"an ordinary subject")

    def test_shows_events_to_the_owner_only(self):
        client = self.client()
        client.send("SUB > 1")
        client.ping()
        self.client().close()  # events of its connection
        native = self.native()
        native.flush()
        self.assertEqual(client.ping(), [])
        client.publish("$KV.b.key", b"but other subjects of its kind")
        self.assertEqual(client.receive().subject, "$KV.b.key")


class Requests(NatsTest):
    def test_have_several_replies(self):
        client, native = self.client(), Native(self.daemon)
        self.addCleanup(native.close)
        native.subscribe()
        client.send("SUB _INBOX.a 1")
        client.publish("bus", b"question", reply="_INBOX.a")
        request = native.receive()
        for number in (b"1", b"2"):
            native.respond(request, number)
            self.assertEqual(client.receive().payload, number)

    def test_may_be_passed_on_with_their_reply_subject(self):
        """A chain of NATS services behind a native request."""
        first, second, native = self.client(), self.client(), self.native()
        first.send("SUB front 1")
        first.ping()
        second.send("SUB back 1")
        second.ping()
        native.publish("front", b"question", request=1)
        request = first.receive()
        first.publish("back", request.payload, reply=request.reply)
        second.publish(second.receive().reply, b"reply")
        self.assertEqual(native.receive().message.payload, b"reply")


class Users(NatsTest):
    config = None

    USERS = """
users:
  - {name: anna, tokens: "{token}", publish: {allow: [">", "$SYS.>"]}, subscribe: {allow: [">", %s]}}
  - {name: local, unix_users: "{uid}", publish: {allow: ">"}, subscribe: {allow: "$SYS.>"}}
listeners:
  - {name: nats, address: %s, protocol: nats}
  - {name: bus, address: "unix://{folder}/telex/telex.sock"}
"""

    def configure(self, config):
        return super().configure(config.replace("{token}", self.hash).replace("{uid}", str(os.getuid())))

    def start(self, address='"tcp://127.0.0.1:0"'):
        printed, _ = self.run_tool("keygen", f"{self.folder}/token", "--token")
        self.hash = printed.split('"')[1]
        self.token = pathlib.Path(self.folder, "token").read_text(encoding="ascii").strip()
        self.address = address
        self.start_daemon(self.USERS % ("$KV.a", address))

    def refusal(self, address, **credentials):
        with connect(address) as connection:
            connection.sendall(f"CONNECT {json.dumps(credentials)}\r\nPING\r\n".encode())
            return read_to_end(connection).decode().split("\r\n", 1)[1]

    def test_require_credentials(self):
        self.start()
        address = self.daemon.addresses("nats")[0]
        self.assertEqual(self.refusal(address), "-ERR 'Authorization Violation'\r\n")
        self.assertEqual(self.refusal(address, auth_token="wrong"), "-ERR 'Authorization Violation'\r\n")
        self.assertTrue(self.client(auth_token=self.token).info["auth_required"])

    def test_credentials_are_not_logged(self):
        self.start()
        self.client(auth_token=self.token).close()
        self.refusal(self.daemon.addresses("nats")[0], user="anna", **{"pass": "correct-horse"})
        self.daemon.line("user=anna")
        self.assertNotIn(self.token, self.daemon.log())
        self.assertNotIn("correct-horse", self.daemon.log())

    def test_plaintext_credentials_of_other_hosts_are_refused(self):
        self.enter_own_network("10.9.0.1")
        self.start('"tcp://*:0", user: local')
        port = self.daemon.port("nats")
        self.assertEqual(self.refusal(f"tcp://10.9.0.1:{port}", auth_token=self.token),
                         "-ERR 'Authorization Violation'\r\n")
        self.daemon.line("passwords and tokens are accepted over TLS, unix sockets and loopback only")
        NatsClient(f"tcp://127.0.0.1:{port}", auth_token=self.token).close()

    def test_a_reload_shows_no_events(self):
        """`>` does not select them without a permission, also with those of a new configuration."""
        self.start()
        client = self.client(auth_token=self.token)
        client.send("SUB > 1")
        client.ping()
        self.assertIn("configuration reloaded", self.reload(self.USERS % ("$KV.b", self.address)))
        watcher = self.native()
        watcher.subscribe(1, "$SYS.event.>")
        self.native()
        self.assertIn("$SYS.event.", watcher.receive().message.subject)  # of the new connection
        self.assertEqual(client.ping(), [])


if __name__ == "__main__":
    unittest.main()
