"""The Python example: run as in the README, and used as a module."""

import importlib
import os
import pathlib
import queue
import socket
import subprocess
import sys
import threading
import unittest

import wire  # generates and imports telex.v1
from processes import DEADLINE, DaemonTest

ROOT = pathlib.Path(__file__).resolve().parents[3]


sys.path.insert(0, str(ROOT / "examples/python"))
telex_client = importlib.import_module("telex_client")


class PythonExample(DaemonTest):
    def run_example(self, *arguments):
        self.environment["PYTHONPATH"] = wire.GENERATED
        return self.run_program(
            "/usr/bin/python3", f"{ROOT}/examples/python/telex_client.py", *arguments
        )[0]

    def test_over_the_unix_socket(self):
        out = self.run_example(f"{self.folder}/telex/telex.sock")
        self.assertEqual(out, "hello from python\n7 and back\n")

    def test_over_tcp(self):
        # The example uses a fixed port; the class accepts any.
        port = self.daemon.port("native")
        script = (
            "import telex_client as t\n"
            f"telex = t.Telex(('127.0.0.1', {port}))\n"
            "telex.subscribe(1, 'a.>')\n"
            "telex.publish('a.b', b'x' * 300)\n"
            "print(len(telex.receive().message.payload), telex.welcome.server_name)\n"
        )
        self.environment["PYTHONPATH"] = os.pathsep.join(
            (wire.GENERATED, f"{ROOT}/examples/python"))
        out, _ = self.run_program("/usr/bin/python3", "-c", script)
        self.assertEqual(out, "300 telex\n")


class LargeFrames(DaemonTest):
    config = """
listeners:
  - {name: native, address: "unix://{folder}/telex/telex.sock",
     limits: {max_frame: 17MiB}, slow_consumer: {max_pending: 17MiB}}
"""

    def test_are_accepted_up_to_the_limit_of_the_exchange(self):
        size = (17 << 20) - 20
        with telex_client.Telex(f"{self.folder}/telex/telex.sock") as telex:
            telex.subscribe(10**15, "a")
            telex.publish("a", bytes(size))
            self.assertEqual(len(telex.receive(timeout=DEADLINE).message.payload), size)


class Module(DaemonTest):
    def client(self, address=None, **options):
        client = telex_client.Telex(address or f"{self.folder}/telex/telex.sock", **options)
        self.addCleanup(client.close)
        return client

    def test_sends_requests(self):
        telex = self.client(("127.0.0.1", self.daemon.port("native")))
        self.assertEqual(telex.request("$SYS.echo", b"hello").payload, b"hello")
        with self.assertRaises(telex_client.TelexError) as raised:
            telex.request("nobody.there", b"")
        self.assertEqual(raised.exception.code, wire.error_pb2.NO_RESPONDERS)

    def test_sends_small_messages_without_delay(self):
        telex = self.client(("127.0.0.1", self.daemon.port("native")))
        self.assertEqual(
            telex._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), 1)

    def test_shares_messages_in_a_queue_group(self):
        workers = [self.client(), self.client()]
        for worker in workers:
            worker.subscribe(1, "jobs", queue_group="workers")
        boss = self.client()
        for number in range(100):
            boss.publish("jobs", b"%d" % number)
        flush = wire.telex_pb2.Frame()
        flush.flush.id = 1
        boss.send(flush)  # every job waits for a worker
        self.assertEqual(boss.receive(DEADLINE).flushed.id, 1)
        got = []
        for worker in workers:
            worker.subscribe(2, "end")
            worker.publish("end", b"")
            while (frame := worker.receive(DEADLINE)).subscription == 1:
                got.append(int(frame.message.payload))
        self.assertEqual(sorted(got), list(range(100)))

    def test_reports_refusals(self):
        telex = self.client()
        with self.assertRaises(telex_client.TelexError) as raised:
            telex.subscribe(1, "a..b")
        self.assertEqual(raised.exception.code, wire.error_pb2.BAD_SUBJECT)
        telex.publish("a..b", b"")
        self.assertEqual(telex.receive(DEADLINE).error.code, wire.error_pb2.BAD_SUBJECT)

    def test_reconnects_and_resubscribes(self):
        telex = self.client()
        telex.subscribe(1, "news")
        self.daemon.end()
        self.start_daemon()
        responder = threading.Thread(target=self.answer_one, args=(telex,))
        responder.start()
        other = self.client()
        # The subscription exists once a request on its subject succeeds.
        answer = None
        while answer is None:
            try:
                answer = other.request("news", b"?", DEADLINE)
            except telex_client.TelexError as error:
                self.assertEqual(error.code, wire.error_pb2.NO_RESPONDERS)
        responder.join(DEADLINE)
        self.assertEqual(answer.payload, b"fresh")

    @staticmethod
    def answer_one(telex):
        telex.publish(telex.receive(DEADLINE).reply_to, b"fresh")

    def test_ends_with_its_connection_if_reconnect_is_off(self):
        telex = self.client(reconnect=False)
        self.daemon.end()
        for _ in range(2):
            with self.assertRaises(telex_client.TelexError):
                telex.receive(DEADLINE)
        with self.assertRaises(telex_client.TelexError):
            telex.publish("a", b"")

    def test_closes(self):
        telex = self.client()
        with self.assertRaises(queue.Empty):
            telex.receive(0)
        telex.close()
        with self.assertRaisesRegex(telex_client.TelexError, "closed"):
            telex.receive(DEADLINE)
        telex.close()


class Quiet(DaemonTest):
    config = """
listeners:
  - {name: native, address: "unix://{folder}/telex/telex.sock", limits: {idle_timeout: 1s}}
"""

    def test_the_module_replies_to_pings(self):
        with telex_client.Telex(f"{self.folder}/telex/telex.sock", reconnect=False) as telex:
            telex.subscribe(1, "news")
            with wire.Client(f"unix://{self.folder}/telex/telex.sock") as silent:
                # The client without Pong is closed; the other one received as many Pings.
                while (frame := silent.receive()) is not None:
                    last = frame
                self.assertEqual(last.error.code, wire.error_pb2.IDLE_TIMEOUT)
            self.assertEqual(telex.request("$SYS.echo", b"here").payload, b"here")


class Users(DaemonTest):
    config = None

    def setUp(self):
        super().setUp()
        out, _ = self.run_tool("keygen", "--token", f"{self.folder}/token")
        with open(f"{self.folder}/token", encoding="ascii") as file:
            self.token = file.read().strip()
        self.keygen = self.run_tool("keygen", f"{self.folder}/key.pem")[0]
        hashed, _ = self.run_tool("passwd", "anna", data=b"secret\n")
        self.start_daemon(f"""
users:
{hashed}    publish: {{allow: "$SYS.>"}}
  - {{name: robot, {out.strip()}, publish: {{allow: "$SYS.>"}}}}
  - {{name: keyed, {self.keygen.strip()}, publish: {{allow: "$SYS.>"}}}}
listeners:
  - {{name: native, address: "unix://{{folder}}/telex/telex.sock"}}
""")

    def client(self, **options):
        client = telex_client.Telex(f"{self.folder}/telex/telex.sock", **options)
        self.addCleanup(client.close)
        return client

    def sign(self, statement):
        with open(f"{self.folder}/statement", "wb") as file:
            file.write(statement)
        return subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", f"{self.folder}/key.pem",
             "-in", f"{self.folder}/statement"],
            capture_output=True, check=True, timeout=DEADLINE).stdout

    def test_authenticate_with_each_kind_of_credentials(self):
        public_key = bytes.fromhex(self.keygen.split("ed25519:")[1].split('"')[0])
        for options in ({"user": "anna", "password": "secret"}, {"token": self.token},
                        {"public_key": public_key, "sign": self.sign}):
            with self.subTest(options):
                self.assertEqual(
                    self.client(**options).request("$SYS.echo", b"hi").payload, b"hi")

    def test_wrong_credentials_raise_an_error(self):
        for options in ({"token": "wrong"}, {"user": "anna", "password": "wrong"}):
            with self.assertRaises(telex_client.TelexError) as raised:
                self.client(**options)
            self.assertEqual(raised.exception.code, wire.error_pb2.NOT_AUTHENTICATED)


if __name__ == "__main__":
    unittest.main()
