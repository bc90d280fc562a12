"""Clients of other protocols that we did not write, with a responder on the bus: they print what it replies."""

import os
import subprocess
import threading
import unittest

import stomp

from processes import DEADLINE, DaemonTest
from wire import Client

CONFIG = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - {name: redis, address: "tcp://127.0.0.1:0", protocol: raw, framing: resp, request: redis}
  - name: ldap
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: {kind: length, length: {encoding: ber, canonical: false, at: 1, keep_head: true}}
    request: ldap
  - name: git
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: {kind: length, length: {encoding: hex, width: 4, counts: frame}, unframed: ["0000"]}
    publish: git.in
    subscribe: git.out
  - {name: sip, address: "tcp://127.0.0.1:0", protocol: raw, framing: sip, request: sip}
  - name: stomp
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: stomp
    publish: stomp.in
    subscribe: stomp.out
  - {name: postgresql, address: "tcp://127.0.0.1:0", protocol: raw, framing: postgresql, request: postgresql}
"""

NAME = "789185271971ef425b7fde9e00f86895812bb22c"


def ldap_response(message_id, operation, *fields):
    """A message of LDAP with short lengths; each field has its tag in front."""
    body = b"".join(fields)
    content = b"\x02\x01" + bytes([message_id]) + bytes([operation, len(body)]) + body
    return b"\x30" + bytes([len(content)]) + content


LDAP_SUCCESS = b"\x0a\x01\x00\x04\x00\x04\x00"


def ldap_reply(request):
    message_id, operation = request[4], request[5]
    if operation == 0x60:
        return ldap_response(message_id, 0x61, LDAP_SUCCESS)
    if operation == 0x63:
        entry = ldap_response(message_id, 0x64, b"\x04\x0fdc=example,c=de", b"\x30\x00")
        return entry + ldap_response(message_id, 0x65, LDAP_SUCCESS)
    return None  # the client leaves


def sip_reply(request):
    kept = (b"via", b"from", b"to", b"call-id", b"cseq")
    lines = [line for line in request.split(b"\r\n") if line.split(b":")[0].lower() in kept]
    return b"\r\n".join([b"SIP/2.0 200 OK", *lines, b"Content-Length: 0", b"", b""])


def postgresql_message(kind, body):
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def postgresql_reply(request):
    """To a request for TLS, the start, a query, and the end."""
    ready = postgresql_message(b"Z", b"I")
    if request[4:8] == b"\x04\xd2\x16\x2f":
        return b"N"
    if request[:1] == b"\0":
        return postgresql_message(b"R", bytes(4)) + ready
    if request[:1] == b"X":
        return None
    column = b"\0\1a\0" + bytes(6) + b"\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0"
    row = b"\0\1\0\0\0\5hello"
    return (postgresql_message(b"T", column) + postgresql_message(b"D", row)
            + postgresql_message(b"C", b"SELECT 1\0") + ready)


def redis_reply(request):
    return b"+PONG\r\n" if b"PING" in request else b"$" + b"5\r\nhello\r\n"


class Programs(DaemonTest):
    config = CONFIG

    def setUp(self):
        super().setUp()
        self.bus = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.bus.socket.close)

    def respond(self, subject, reply, requests):
        """Replies to this number of requests in the background. Nothing is written for a reply of None."""
        self.bus.subscribe(1, subject)
        self.bus.flush()

        def serve():
            for _ in range(requests):
                request = self.bus.receive()
                payload = reply(request.message.payload)
                frame = Client.message(request.reply_to, payload or b"")
                if payload is None:
                    frame.message.headers.add(name="Telex-No-Answer", value="1")
                self.bus.send(frame)

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)

    def run_program(self, *command, **environment):
        done = subprocess.run(command, capture_output=True, timeout=DEADLINE, check=False, text=True,
                              env={**os.environ, **environment})
        self.assertEqual(done.returncode, 0, done)
        return done.stdout

    def port(self, listener):
        return str(self.daemon.port(listener))

    def test_redis_cli(self):
        self.respond("redis", redis_reply, requests=2)
        self.assertEqual(self.run_program("redis-cli", "-p", self.port("redis"), "PING"), "PONG\n")
        self.assertEqual(self.run_program("redis-cli", "-p", self.port("redis"), "GET", "a"), "hello\n")

    def test_ldapsearch(self):
        self.respond("ldap", ldap_reply, requests=3)
        out = self.run_program("ldapsearch", "-x", "-LLL", "-H", f"ldap://127.0.0.1:{self.port('ldap')}",
                               "-b", "dc=example,c=de")
        self.assertEqual(out.strip(), "dn: dc=example,c=de")

    def test_git_ls_remote(self):
        self.bus.subscribe(1, "git.in")
        self.bus.flush()

        def serve():
            self.bus.receive()
            self.bus.publish("git.out", f"{NAME} HEAD\0agent=test\n".encode())
            self.bus.publish("git.out", f"{NAME} refs/heads/main\n".encode())
            self.bus.publish("git.out", b"0000")

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        out = self.run_program("git", "-c", "protocol.version=0", "ls-remote",
                               f"git://127.0.0.1:{self.port('git')}/demo")
        self.assertEqual(out, f"{NAME}\tHEAD\n{NAME}\trefs/heads/main\n")

    def test_sipsak(self):
        self.respond("sip", sip_reply, requests=1)
        out = self.run_program("sipsak", "-E", "tcp", "-v", "-H", "127.0.0.1",
                               "-s", f"sip:user@127.0.0.1:{self.port('sip')}")
        self.assertIn("SIP/2.0 200 OK", out)

    def test_psql(self):
        self.respond("postgresql", postgresql_reply, requests=4)
        out = self.run_program("psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", self.port("postgresql"),
                               "-U", "user", "-d", "demo", "-c", "select a", PGGSSENCMODE="disable")
        self.assertEqual(out, "hello\n")

    def test_stomp_py_with_a_zero_byte_in_the_body(self):
        self.bus.subscribe(1, "stomp.in")
        self.bus.flush()
        received = []
        arrived = threading.Event()

        class Listener(stomp.ConnectionListener):
            def on_message(self, frame):
                received.append(frame.body)
                arrived.set()

        def serve():
            self.bus.receive()
            self.bus.publish("stomp.out", b"CONNECTED\nversion:1.1\n\n")
            sent = self.bus.receive().message.payload
            body = sent.split(b"\n\n", 1)[1]
            self.bus.publish("stomp.out", b"MESSAGE\ndestination:/queue/a\nmessage-id:1\nsubscription:1\n"
                             b"content-length:%d\n\n%b" % (len(body), body))

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        connection = stomp.Connection([("127.0.0.1", int(self.port("stomp")))], auto_decode=False)
        connection.set_listener("", Listener())
        connection.connect("user", "secret", wait=True)
        self.addCleanup(connection.disconnect)
        connection.send("/queue/a", b"a\0b")
        self.assertTrue(arrived.wait(DEADLINE))
        self.assertEqual(received, [b"a\0b"])


if __name__ == "__main__":
    unittest.main()
