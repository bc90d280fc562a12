"""NATS clients and their credentials, with and without TLS: what a socket sees, line by line."""

import base64
import binascii
import json
import os
import pathlib
import socket
import ssl
import unittest

from authority import issue, make_authority
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from processes import DEADLINE, DaemonTest
from wire import count_up_to

CONFIG = """
users:
{password}    publish: {{allow: ">"}}
    subscribe: {{allow: ">"}}
  - {{name: job, {token}, publish: {{allow: ">"}}}}
  - {{name: robot, {nkey}, publish: {{allow: ">"}}}}
  - {{name: billing, certificates: localhost, publish: {{allow: ">"}}}}
  - {{name: guest, publish: {{allow: "guests.>"}}}}
listeners:
  - {{name: open, address: "tcp://127.0.0.1:0", protocol: nats, user: guest}}
  - {{name: login, address: "tcp://127.0.0.1:0", protocol: nats}}
  - {{name: tls, address: "tcp://127.0.0.1:0", protocol: nats, tls: {{{files}}}}}
  - {{name: quick, address: "tcp://127.0.0.1:0", protocol: nats, tls: {{{files}, handshake_timeout: 100ms}}}}
  - {{name: first, address: "tcp://127.0.0.1:0", protocol: nats, handshake_first: true, tls: {{{files}}}}}
  - {{name: verified, address: "tcp://127.0.0.1:0", protocol: nats, tls: {{{files}, client_ca: {folder}/ca.pem}}}}
  - {{name: native, address: "unix://{folder}/telex/telex.sock"}}
"""

VIOLATION = "-ERR 'Authorization Violation'"


class Peer:
    """A socket that may become one of TLS."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE)

    def close(self):
        self.socket.close()

    def start_tls(self, context):
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def send(self, line):
        self.socket.sendall(line.encode() + b"\r\n")

    def line(self):
        """Returns the next line without a byte of what follows it, or an empty text at the end."""
        line = b""
        while not line.endswith(b"\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                break
            line += byte
        return line.decode().removesuffix("\r\n")

    def info(self):
        return json.loads(self.line().removeprefix("INFO "))

    def connect(self, **fields):
        """Sends CONNECT and PING as libraries do. Returns the reply."""
        self.send("CONNECT " + json.dumps({"verbose": False, "protocol": 1} | fields) + "\r\nPING")
        return self.line()


class NatsAccessTest(DaemonTest):
    config = None

    def setUp(self):
        super().setUp()
        make_authority(self.folder)
        issue(self.folder, "server", "server")
        issue(self.folder, "client", "billing")
        self.start_daemon(CONFIG.format(
            folder=self.folder,
            files=f"certificate: {self.folder}/server.pem, key: {self.folder}/server.key",
            password=self.run_tool("passwd", "anna", data=b"secret\n")[0],
            token=self.keygen("token", "--token"),
            nkey=self.keygen("robot.nk", "--nkey")))
        self.token = pathlib.Path(self.folder, "token").read_text(encoding="ascii").strip()

    def keygen(self, name, *options):
        return self.run_tool("keygen", f"{self.folder}/{name}", *options)[0].strip()

    def peer(self, listener):
        peer = Peer(self.daemon.port(listener))
        self.addCleanup(peer.close)
        return peer

    def context(self, *, authority="ca.pem", certificate=False):
        context = ssl.create_default_context(cafile=f"{self.folder}/{authority}")
        if certificate:
            context.load_cert_chain(f"{self.folder}/client.pem", f"{self.folder}/client.key")
        return context

    def secured(self, listener, **options):
        """Returns a peer after INFO and the handshake."""
        peer = self.peer(listener)
        peer.first = peer.info()
        peer.start_tls(self.context(**options))
        return peer


class Handshakes(NatsAccessTest):
    def test_follow_info(self):
        peer = self.secured("tls")
        self.assertTrue(peer.first["tls_required"])
        self.assertEqual(peer.connect(auth_token=self.token), "PONG")
        connections, _ = self.run_tool("connections", "--format", "json")
        self.assertIn("TLSv1.3", connections)

    def test_come_first_where_the_listener_says_so(self):
        peer = self.peer("first")
        peer.start_tls(self.context())
        self.assertIn("version", peer.info())
        self.assertEqual(peer.connect(auth_token=self.token), "PONG")

    def test_are_required_after_info(self):
        for sent in ('CONNECT {"verbose":false}\r\nPING', "PING", "GET / HTTP/1.1\r\nHost: x\r\n"):
            peer = self.peer("tls")
            peer.info()
            peer.send(sent)
            self.assertEqual(count_up_to(peer.socket, 1), 0, "no alert, and no -ERR that the client would not expect")
        line = self.daemon.line("went on in plain text", 3)
        self.assertIn("listener=tls", line)
        self.assertIn("reason=tls_failed", line)

    def test_time_out_after_info(self):
        peer = self.peer("quick")
        peer.info()
        self.assertEqual(peer.line(), "")
        self.daemon.line('reason=tls_failed detail="the handshake timed out"')

    def test_commands_sent_before_them_are_not_carried_out(self):
        """They would be those of an attacker between the client and the server."""
        peer = self.peer("tls")
        peer.info()
        peer.send(f'CONNECT {{"auth_token":"{self.token}"}}\r\nPUB a 1\r\nx')
        with self.assertRaises((ssl.SSLError, OSError)):
            peer.start_tls(self.context())
        self.assertNotIn("user=job", self.daemon.line("went on in plain text"))

    def test_fail_for_clients_with_another_authority(self):
        other = pathlib.Path(self.folder, "other")
        other.mkdir()
        make_authority(other)
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.secured("tls", authority="other/ca.pem")
        self.daemon.line("reason=tls_failed")


class Certificates(NatsAccessTest):
    def test_identify_their_clients(self):
        peer = self.secured("verified", certificate=True)
        self.assertEqual(peer.connect(), "PONG")
        peer.close()
        self.daemon.line("user=billing")

    def test_are_required(self):
        peer = self.secured("verified")
        with self.assertRaisesRegex(ssl.SSLError, "certificate required"):
            peer.line()
        self.daemon.line('reason=tls_failed detail="peer did not return a certificate"')


class Secrets(NatsAccessTest):
    def test_password(self):
        self.assert_accepted("anna", user="anna", **{"pass": "secret"})

    def test_token(self):
        self.assert_accepted("job", auth_token=self.token)

    def assert_accepted(self, expected, **fields):
        peer = self.peer("login")
        self.assertTrue(peer.info()["auth_required"])
        self.assertEqual(peer.connect(**fields), "PONG")
        peer.close()
        self.daemon.line(f"user={expected} ")

    def test_wrong_ones_are_refused_with_one_text(self):
        for fields in ({"user": "anna", "pass": "wrong"}, {"user": "nobody", "pass": "secret"}, {"auth_token": "wrong"},
                       {"user": "anna"}, {"jwt": "x", "sig": "x"}, {}):
            with self.subTest(fields):
                peer = self.peer("login")
                peer.info()
                self.assertEqual(peer.connect(**fields), VIOLATION)
                self.assertEqual(peer.line(), "")
        self.daemon.line("reason=not_authenticated", 6)
        stats, _ = self.run_tool("status", "--format", "json")
        self.assertIn("NOT_AUTHENTICATED", stats)
        self.assertNotIn("secret", self.daemon.log())

    def test_wrong_ones_count_for_their_source(self):
        """The eleventh is not checked, unless the first ten took so long that some are forgiven."""
        for _ in range(100):
            peer = self.peer("login")
            peer.info()
            self.assertEqual(peer.connect(user="anna", **{"pass": "wrong"}), VIOLATION)
            if "too many authentication attempts" in self.daemon.log():
                break
        stats, _ = self.run_tool("status", "--format", "json")
        self.assertIn("AUTHENTICATION_BUSY", stats)


class Nkeys(NatsAccessTest):
    def setUp(self):
        super().setUp()
        seed = pathlib.Path(self.folder, "robot.nk").read_text(encoding="ascii").strip()
        self.assertEqual(os.stat(f"{self.folder}/robot.nk").st_mode & 0o777, 0o600)
        self.key = Ed25519PrivateKey.from_private_bytes(base64.b32decode(seed + "=" * 6)[2:34])

    @staticmethod
    def text(key):
        """Returns the public key as the client's library writes it."""
        raw = b"\xa0" + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b32encode(raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")).decode()

    def sign(self, nonce, key=None):
        signature = base64.b64encode((key or self.key).sign(nonce.encode())).decode()
        return {"nkey": self.text(key or self.key), "sig": signature}

    def assert_refused(self, listener="login", **fields):
        peer = self.peer(listener)
        peer.info()
        self.assertEqual(peer.connect(**fields), VIOLATION)

    def test_sign_the_nonce(self):
        """In base64 with padding, as nats.js does, and in base64url without, as others do."""
        for form in (lambda text: text, lambda text: text.rstrip("=").replace("+", "-").replace("/", "_")):
            peer = self.peer("login")
            fields = self.sign(peer.info()["nonce"])
            self.assertEqual(peer.connect(nkey=fields["nkey"], sig=form(fields["sig"])), "PONG")
            peer.close()
        self.assertIn("user=robot", self.daemon.line("reason=client_closed", 2))

    def test_sign_the_nonce_of_info_before_tls(self):
        peer = self.secured("tls")
        self.assertEqual(peer.connect(**self.sign(peer.first["nonce"])), "PONG")

    def test_take_precedence_over_the_user_of_the_listener(self):
        peer = self.peer("open")
        self.assertEqual(peer.connect(**self.sign(peer.info()["nonce"])), "PONG")
        peer.close()
        self.assertIn("user=robot", self.daemon.line("reason=client_closed"))

    def test_of_others_are_refused(self):
        peer = self.peer("login")
        other = Ed25519PrivateKey.generate()
        nonce = peer.info()["nonce"]
        stolen = self.sign(nonce, other) | {"nkey": self.text(self.key)}
        self.assertEqual(peer.connect(**stolen), VIOLATION)
        peer = self.peer("login")
        self.assertEqual(peer.connect(**self.sign(peer.info()["nonce"], other)), VIOLATION)

    def test_signatures_serve_once(self):
        peer = self.peer("login")
        used = self.sign(peer.info()["nonce"])
        self.assertEqual(peer.connect(**used), "PONG")
        self.assert_refused(**used)

    def test_damaged_ones_are_refused(self):
        text = self.text(self.key)
        signature = base64.b64encode(bytes(64)).decode()
        for fields in ({"nkey": text[:-1] + "A", "sig": signature}, {"nkey": text.lower(), "sig": signature},
                       {"nkey": text, "sig": ""}, {"nkey": text}, {"nkey": text, "sig": signature[4:]},
                       {"nkey": "U", "sig": signature}):
            with self.subTest(fields):
                self.assert_refused(**fields)


if __name__ == "__main__":
    unittest.main()
