"""TLS from outside: openssl, curl and Python's ssl at the daemon's ports, and the options of the telex
tool."""

import contextlib
import json
import select
import shutil
import signal
import socket
import ssl
import subprocess
import time
import unittest

from authority import issue, make_authority, openssl
from processes import DEADLINE, TELEX, TELEXD, DaemonTest
from wire import Client, connect, read_to_end

CONFIG = """
listeners:
  - name: native
    address: "tcp://127.0.0.1:0"
    tls: &SERVER
  - name: members
    address: "tcp://127.0.0.1:0"
    tls: &MEMBERS
  - name: echo
    address: "tcp://127.0.0.1:0"
    protocol: raw
    framing: lines
    request: $SYS.echo
    tls: &QUICK
"""


class TlsTest(DaemonTest):
    config = None
    days = 90  # the server's certificate must be valid
    operators = '  - {name: operators, address: "unix://{folder}/telex/telex.sock"}\n'

    def setUp(self):
        super().setUp()
        make_authority(self.folder)
        issue(self.folder, "server", "first", self.days)
        issue(self.folder, "client", "billing")
        files = f"certificate: {self.folder}/server.pem, key: {self.folder}/server.key"
        text = CONFIG.replace("&SERVER", f"{{{files}}}")
        text = text.replace("&MEMBERS", f"{{{files}, client_ca: {self.folder}/ca.pem}}")
        text = text.replace("&QUICK", f"{{{files}, handshake_timeout: 100ms}}")
        self.start_daemon(text + self.operators)

    def context(self, **files):
        context = ssl.create_default_context(cafile=f"{self.folder}/ca.pem")
        if files:
            context.load_cert_chain(f"{self.folder}/client.pem", f"{self.folder}/client.key")
        return context

    def secured(self, listener, **files):
        """A socket of Python's ssl module."""
        plain = socket.create_connection(("127.0.0.1", self.daemon.port(listener)), DEADLINE)
        return self.context(**files).wrap_socket(plain, server_hostname="localhost")

    def s_client(self, listener, *arguments, say=b""):
        """Returns the output of openssl s_client and its exit code."""
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.daemon.port(listener)}",
             "-CAfile", f"{self.folder}/ca.pem", *arguments],
            input=say, capture_output=True, timeout=DEADLINE, check=False,
        )
        return (done.stdout + done.stderr).decode(errors="replace"), done.returncode


class Handshakes(TlsTest):
    def test_openssl_negotiates_1_3(self):
        said, code = self.s_client("native")
        self.assertEqual(code, 0, said)
        self.assertIn("New, TLSv1.3", said)
        self.assertIn("Verify return code: 0 (ok)", said)

    def test_accept_1_2_and_refuse_1_1(self):
        said, code = self.s_client("native", "-tls1_2")
        self.assertEqual(code, 0, said)
        said, code = self.s_client("native", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
        self.assertNotEqual(code, 0, said)
        self.assertIn("alert protocol version", said)
        self.daemon.line('reason=tls_failed detail="unsupported protocol"')

    def member(self, certificate):
        """Performs a handshake with a client certificate and waits for the result."""
        context = self.context()
        context.load_cert_chain(f"{self.folder}/{certificate}.pem", f"{self.folder}/client.key")
        plain = socket.create_connection(("127.0.0.1", self.daemon.port("members")), DEADLINE)
        with plain, context.wrap_socket(plain, server_hostname="localhost") as secured:
            return secured.recv(1)

    def test_limit_the_size_of_certificates(self):
        names = ",".join(f"DNS:name-{number}.example" for number in range(5_000))
        with open(f"{self.folder}/large.ext", "w", encoding="ascii") as extensions:
            extensions.write(f"subjectAltName={names}\n")
        openssl(self.folder, "x509", "-req", "-in", "client.csr", "-CA", "ca.pem", "-CAkey",
                "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "large.ext", "-out",
                "large.pem")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.member("large")
        self.daemon.line("reason=tls_failed")
        with Client(self.secured("members", certificate=True)) as member:
            self.assertEqual(member.request("$SYS.echo", b"hi").message.payload, b"hi")

    def test_limit_the_length_of_chains(self):
        authority, chain = "ca", ""
        for number in range(12):
            name = f"between{number}"
            with open(f"{self.folder}/{name}.ext", "w", encoding="ascii") as extensions:
                extensions.write("basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n")
            openssl(self.folder, "req", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
                    f"{name}.csr", "-subj", f"/CN={name}")
            openssl(self.folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem",
                    "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", "2", "-extfile",
                    f"{name}.ext", "-out", f"{name}.pem")
            with open(f"{self.folder}/{name}.pem", encoding="ascii") as file:
                chain = file.read() + chain
            authority = name
        openssl(self.folder, "x509", "-req", "-in", "client.csr", "-CA", f"{authority}.pem",
                "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", "2", "-out", "end.pem")
        with open(f"{self.folder}/end.pem", "a", encoding="ascii") as file:
            file.write(chain)
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.member("end")
        self.daemon.line("reason=tls_failed")

    def test_require_a_client_certificate(self):
        with self.secured("members") as stranger:
            with self.assertRaisesRegex(ssl.SSLError, "certificate required"):
                stranger.recv(1)  # with TLS 1.3 the client receives the alert after its handshake
        self.daemon.line("listener=members")
        self.daemon.line('reason=tls_failed detail="peer did not return a certificate"')
        with self.secured("members", certificate=True) as member:
            with Client(member) as client:
                self.assertEqual(client.request("$SYS.echo", b"me").message.payload, b"me")
        self.assertIn("tls=TLSv1.3 certificate=localhost", self.daemon.line("reason=client_"))

    def test_carry_lines_both_ways(self):
        with self.secured("echo") as peer:
            peer.sendall(b"one\ntwo\n")
            got = b""
            while len(got) < 8:
                got += peer.recv(100)
            self.assertEqual(got, b"one\ntwo\n")

    def test_identify_and_close_other_protocols(self):
        port = self.daemon.port("native")
        with connect(f"tcp://127.0.0.1:{port}") as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertEqual(read_to_end(plain)[:2], b"\x15\x03", "an alert")
        self.daemon.line('reason=wrong_protocol detail="the peer does not speak TLS: http request"')
        curl = subprocess.run(["curl", "-sS", "--max-time", str(DEADLINE),
                               f"http://127.0.0.1:{port}/"], capture_output=True, check=False)
        self.assertNotEqual(curl.returncode, 0)
        with Client(self.secured("native")) as client:
            stats = client.request("$SYS.stats", b"").message.payload
        self.assertIn(b"WRONG_PROTOCOL", stats)

    def test_refuse_a_browser_by_alpn(self):
        curl = subprocess.run(
            ["curl", "-sS", "--max-time", str(DEADLINE), "--cacert", f"{self.folder}/ca.pem",
             f"https://localhost:{self.daemon.port('native')}/"],
            capture_output=True, check=False,
        )
        self.assertIn(b"no application protocol", curl.stderr)

    def test_over_the_connection_limit_are_bounded(self):
        files = f"certificate: {self.folder}/server.pem, key: {self.folder}/server.key"
        daemon = self.start_daemon(f"""
listeners:
  - name: small
    address: "tcp://127.0.0.1:0"
    tls: {{{files}, handshake_timeout: 10m}}
    limits: {{max_connections: 1}}
""")
        address = f"tcp://127.0.0.1:{daemon.port('small')}"
        with contextlib.ExitStack() as crowd:
            silent = [crowd.enter_context(connect(address)) for _ in range(70)]
            # One has the slot, 64 may finish to receive the error, 5 are closed immediately.
            closed = set()
            while len(closed) < 5:
                ready, _, _ = select.select([peer for peer in silent if peer not in closed], [], [],
                                            DEADLINE)
                self.assertTrue(ready)
                closed.update(ready)
            daemon.line("reason=too_many_connections")

    def test_time_out(self):
        with connect(f"tcp://127.0.0.1:{self.daemon.port('echo')}") as silent:
            self.assertEqual(read_to_end(silent), b"")
        self.daemon.line('reason=tls_failed detail="the handshake timed out"')
        with connect(f"tcp://127.0.0.1:{self.daemon.port('echo')}") as slow:
            slow.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a ClientHello
            self.assertEqual(read_to_end(slow), b"")


class Certificates(TlsTest):
    def subject(self):
        with self.secured("native") as peer:
            return dict(pair[0] for pair in peer.getpeercert()["subject"])["commonName"]

    def test_are_replaced_by_a_reload_and_sessions_stay(self):
        with Client(self.secured("native")) as old:
            self.assertEqual(self.subject(), "first")
            issue(self.folder, "server", "second")
            self.daemon.signal(signal.SIGHUP)
            self.daemon.line("configuration reloaded: changes=0 renewed=")
            self.assertEqual(self.subject(), "second")
            self.assertEqual(old.request("$SYS.echo", b"still").message.payload, b"still")

    def test_renewed_ones_are_logged(self):
        self.assertEqual(self.run_tool("reload", "--wait")[0], "nothing has changed\n")
        issue(self.folder, "server", "second")
        out, _ = self.run_tool("reload", "--wait")
        lines = out.splitlines()
        for listener, line in zip(("native", "members", "echo"), lines):
            self.assertRegex(line, rf"^listeners\[{listener}\]\.tls\.certificate: renewed, CN=second until "
                                   r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(lines[3:], ["reloaded"])
        self.daemon.line("configuration change: change=\"listeners[echo].tls.certificate: renewed, CN=second until ")
        self.daemon.line("configuration reloaded: changes=0 renewed=3")
        self.assertEqual(self.run_tool("reload", "--wait")[0], "nothing has changed\n")

    def test_renewed_authorities_are_logged(self):
        make_authority(self.folder)
        out, _ = self.run_tool("reload", "--wait")
        self.assertEqual(out, "listeners[members].tls.client_ca: renewed\nreloaded\n")

    def test_expired_ones_do_not_replace_valid_ones(self):
        issue(self.folder, "server", "late", days=-1)
        out, err = self.run_tool("reload", "--wait", code=78)
        self.assertEqual(out, "")
        self.assertRegex(err, r"listener 'native', tls: the certificate of CN=late has expired: it was valid "
                              r"until \S+; the certificate of CN=first is valid until ")
        self.assertEqual(self.subject(), "first")
        issue(self.folder, "server", "second")
        self.assertIn("renewed, CN=second", self.run_tool("reload", "--wait")[0])

    def check(self, code):
        return "".join(self.run_program(TELEXD, "--check-config", f"{self.folder}/telexd.yaml", code=code))

    def test_expired_ones_fail_the_configuration_check(self):
        self.assertEqual(self.check(0), f"{self.folder}/telexd.yaml: the configuration is right\n")
        issue(self.folder, "server", "late", days=-1)
        self.assertRegex(self.check(78), r"telexd\.yaml:\d+:\d+: error: listeners\[0\]\.tls\.certificate: "
                                         r"the certificate of CN=late has expired: it was valid until ")

    def test_that_expire_soon_cause_a_warning(self):
        issue(self.folder, "server", "soon", days=29)
        self.assertRegex(self.check(0), r"warning: listeners\[0\]\.tls\.certificate: the certificate of "
                                        r"CN=soon expires in 2[89] days, at ")
        out, err = self.run_tool("reload", "--wait")
        self.assertIn("renewed, CN=soon", out)
        self.assertRegex(err, r"listeners\[native\]\.tls\.certificate: the certificate of CN=soon expires in 2[89] ")
        self.assertRegex(self.daemon.line("certificate expires soon: listener=native"),
                         r'days=2[89] subject="CN=soon"')

    def test_invalid_ones_fail_the_reload(self):
        shutil.copy(f"{self.folder}/client.key", f"{self.folder}/server.key")
        self.daemon.signal(signal.SIGHUP)
        said = self.daemon.line("reload failed, keeping the current configuration")
        self.assertIn("the configuration has errors", said)
        self.assertIn(f"{self.folder}/server.key", self.daemon.log())
        self.assertEqual(self.subject(), "first")


class Expired(TlsTest):
    days = -1

    def test_is_used_and_logged_as_an_error(self):
        """A restart must not stop the service for clients that do not check the certificate."""
        line = self.daemon.line("certificate not valid: listener=native")
        self.assertRegex(line, r"error.* reason=expired subject=\"CN=first\" not_before=\S+ not_after=\S+")
        with Client(f"unix://{self.folder}/telex/telex.sock") as client:
            self.assertEqual(client.request("$SYS.echo", b"up").message.payload, b"up")
        out, err = self.run_tool("reload", "--wait")
        self.assertEqual(out, "nothing has changed\n")
        self.assertIn("listeners[native].tls.certificate: the certificate of CN=first has expired", err)
        self.daemon.line("certificate not valid: listener=native", 2)
        issue(self.folder, "server", "second")
        self.assertIn("renewed, CN=second", self.run_tool("reload", "--wait")[0])

    def test_is_named_by_the_tool(self):
        server = f"tls://127.0.0.1:{self.daemon.port('native')}"
        _, err = self.run_tool("rtt", "--server", server, "--tls-ca", f"{self.folder}/ca.pem", code=69)
        self.assertRegex(err, r"certificate has expired: CN=first until \d{4}-\d\d-\d\dT")
        self.assertIn("Renew the server's certificate", err)


class TheTool(TlsTest):
    def telex(self, *options, listener="native", code=0, scheme="tls", host="127.0.0.1"):
        out, err = self.run_program(
            TELEX, "request", "$SYS.echo", "hello", "--server",
            f"{scheme}://{host}:{self.daemon.port(listener)}", *options, code=code)
        return out + err

    def pin(self):
        key = subprocess.run(["openssl", "x509", "-in", f"{self.folder}/server.pem", "-noout",
                              "-pubkey"], capture_output=True, check=True).stdout
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key,
                             capture_output=True, check=True).stdout
        digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=der,
                                capture_output=True, check=True).stdout
        return subprocess.run(["base64"], input=digest, capture_output=True,
                              check=True).stdout.decode().strip()

    def test_trusts_the_given_authority(self):
        self.assertEqual(self.telex("--tls-ca", f"{self.folder}/ca.pem"), "hello\n")
        self.assertEqual(
            self.telex("--tls-ca", f"{self.folder}/ca.pem", host="localhost"), "hello\n")

    def test_trusts_no_other_server(self):
        said = self.telex(code=69)
        self.assertIn("unable to get local issuer certificate", said)
        self.assertIn("--tls-ca FILE", said)
        said = self.telex("--tls-ca", f"{self.folder}/ca.pem", "--tls-name", "other", code=69)
        self.assertRegex(said, "hostname mismatch: the certificate is for .*localhost")
        self.assertIn("--tls-name NAME", said)

    def test_trusts_a_pinned_key(self):
        self.assertEqual(self.telex("--tls-pin", self.pin()), "hello\n")
        self.assertIn("differs from the pinned key", self.telex("--tls-pin", "A" * 43 + "=", code=69))

    def test_carries_large_messages_both_ways(self):
        for size, count in (("16B", 20000), ("64KiB", 300)):
            with self.subTest(size=size):
                out, _ = self.run_program(
                    TELEX, "bench", "pubsub", "--size", size, "--count", str(count), "--format",
                    "json", "--server", f"tls://127.0.0.1:{self.daemon.port('native')}",
                    "--tls-ca", f"{self.folder}/ca.pem")
                self.assertEqual(json.loads(out)["received"]["messages"], count)

    def test_presents_its_certificate(self):
        ca = ["--tls-ca", f"{self.folder}/ca.pem"]
        own = ["--tls-cert", f"{self.folder}/client.pem", "--tls-key", f"{self.folder}/client.key"]
        self.assertEqual(self.telex(*ca, *own, listener="members"), "hello\n")
        self.assertIn("certificate required", self.telex(*ca, listener="members", code=69))
        self.assertIn("a certificate requires its key", self.telex(*ca, *own[:2], code=64))

    def test_suggests_the_right_scheme(self):
        self.assertIn("use tls:// instead of tcp://", self.telex(scheme="tcp", code=69))

    def test_detects_a_server_without_tls(self):
        daemon = self.start_daemon(
            "listeners:\n  - {name: plain, address: 'tcp://127.0.0.1:0'}\n")
        self.assertIn("does not use TLS", self.telex(listener="plain", code=69))
        self.assertIsNotNone(daemon)


class ThrottledPeer(DaemonTest):
    """The user has one connection, and has sent so much that it is not read for ten minutes."""

    CONFIG = """
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock", user: all}
  - {name: lines, address: "tcp://127.0.0.1:0", user: slow, protocol: raw, framing: lines, publish: data,
     tls: {certificate: "{folder}/server.pem", key: "{folder}/server.key"}}
users:
  - {name: slow, publish: {allow: ">"}, limits: {bytes_per_second: 1B, max_connections: 1}}
  - {name: all, publish: {allow: ">"}, subscribe: {allow: ">"}}
"""
    config = None

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.daemon.port("lines")), DEADLINE)
        context = ssl.create_default_context(cafile=f"{self.folder}/ca.pem")
        return context.wrap_socket(plain, server_hostname="localhost")

    def test_that_closes_frees_its_place(self):
        make_authority(self.folder)
        issue(self.folder, "server", "first")
        self.start_daemon(self.CONFIG)
        with Client(f"unix://{self.folder}/bus.sock") as subscriber:
            subscriber.subscribe(1, "data")
            with self.connect() as peer:
                line = b"x" * 599
                peer.sendall(line + b"\n")
                self.assertEqual(subscriber.receive().message.payload, line)
            taken = False
            deadline = time.monotonic() + DEADLINE
            while not taken:
                self.assertLess(time.monotonic(), deadline)
                with self.connect() as peer, contextlib.suppress(ConnectionError, ssl.SSLError):
                    peer.sendall(b"again\n")
                    ready, _, _ = select.select([peer, subscriber.socket], [], [], DEADLINE)
                    taken = subscriber.socket in ready
            self.assertEqual(subscriber.receive().message.payload, b"again")


if __name__ == "__main__":
    unittest.main()
