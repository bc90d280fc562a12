"""Connections that end with a reply or a message, as clients expect that read to the end of the connection."""

import socket
import subprocess
import threading
import unittest

import websocket
from processes import DEADLINE, DaemonTest
from wire import Client, connect, read_exactly, read_to_end

CONFIG = """
listeners:
  - name: native
    address: "unix://{folder}/telex/telex.sock"
    framing: {preset: protobuf-delimited, max_frame: 6MiB}
  - name: whois
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: {preset: crlf, write: {kind: idle}}
    request: whois
    close_after_reply: true
  - name: web
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: {preset: http, headers: {write_head: "HTTP/1.0 200 OK\\r\\n"}}
    request: web
    close_after_reply: true
  - name: adb
    address: tcp://127.0.0.1:0
    protocol: raw
    framing:
      kind: length
      length: {encoding: hex, width: 4}
      write: {kind: length, length: {head: OKAY, encoding: hex, width: 4}}
    request: adb
    close_after_reply: true
  - name: large
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: {preset: u32be, max_frame: 6MiB}
    request: large
  - {name: page, address: "tcp://127.0.0.1:0", protocol: raw, request: page, websocket: {path: /}}
  - name: menu
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: lines
    publish: menu.in.{connection}
    subscribe: menu.out.{connection}
    close_by_message: true
"""


class ClosingTest(DaemonTest):
    config = CONFIG

    def setUp(self):
        super().setUp()
        self.bus = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.bus.socket.close)

    def connect(self, listener):
        connection = connect(self.daemon.addresses(listener)[0])
        self.addCleanup(connection.close)
        return connection

    def send(self, subject, payload, *headers):
        frame = Client.message(subject, payload)
        for name in headers:
            frame.message.headers.add(name=name, value="")
        self.bus.send(frame)

    def respond(self, subject, replies):
        """Replies in the background to as many requests as there are replies; keys are the payloads."""
        self.bus.subscribe(1, subject)
        self.bus.flush()

        def serve():
            for _ in replies:
                request = self.bus.receive()
                self.send(request.reply_to, replies[request.message.payload])

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)

    def run_program(self, *command):
        done = subprocess.run(command, capture_output=True, timeout=DEADLINE, check=False, text=True)
        self.assertEqual(done.returncode, 0, done)
        return done.stdout

    def stats(self):
        with Client(self.daemon.addresses("native")[0]) as client:
            return client.stats()


class Programs(ClosingTest):
    """They wait for the end of the connection, and print the reply."""

    def test_whois(self):
        self.respond("whois", {b"telex.example": b"Domain: telex.example\r\n"})
        out = self.run_program("whois", "-h", "127.0.0.1", "-p", str(self.daemon.port("whois")), "telex.example")
        self.assertIn("Domain: telex.example", out)
        self.daemon.line("reason=finished")

    def test_adb(self):
        self.respond("adb", {b"host:version": b"0029", b"host:devices": b"emulator-5554\tdevice\n"})
        out = self.run_program("adb", "-H", "127.0.0.1", "-P", str(self.daemon.port("adb")), "devices")
        self.assertEqual(out.split("\n")[:2], ["List of devices attached", "emulator-5554\tdevice"])

    def test_curl_with_http_1_0(self):
        self.respond("web", {b"hello": b"world"})
        out = self.run_program("curl", "-s", "-0", "-d", "hello", f"http://127.0.0.1:{self.daemon.port('web')}/")
        self.assertEqual(out, "world")


class LastReplies(ClosingTest):
    def test_arrive_whole_before_the_end(self):
        """However slowly they are read, and though bytes of the peer remain unread."""
        self.bus.subscribe(1, "large")
        self.bus.flush()
        connection = socket.socket()
        self.addCleanup(connection.close)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(DEADLINE)
        connection.connect(("127.0.0.1", self.daemon.port("large")))
        connection.sendall(b"\0\0\0\1?")
        request = self.bus.receive()
        reply = bytes(range(256)) * 16_384
        self.send(request.reply_to, reply, "Telex-Close")
        connection.sendall(b"\0\0\0\1!")
        self.assertEqual(read_exactly(connection, 4), len(reply).to_bytes(4, "big"))
        self.assertEqual(read_to_end(connection), reply)

    def test_follow_frames_that_come_in_pieces(self):
        self.bus.subscribe(1, "whois")
        self.bus.flush()
        connection = self.connect("whois")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"telex.example\r\n":
            connection.sendall(bytes([byte]))
        request = self.bus.receive()
        self.assertEqual(request.message.payload, b"telex.example")
        self.send(request.reply_to, b"found\n")
        self.assertEqual(read_to_end(connection), b"found\n")

    def test_precede_the_close_frame_of_a_websocket(self):
        self.bus.subscribe(1, "page")
        self.bus.flush()
        client = websocket.create_connection(f"ws://127.0.0.1:{self.daemon.port('page')}/", timeout=DEADLINE)
        self.addCleanup(client.shutdown)
        client.send("hello")
        self.send(self.bus.receive().reply_to, b"bye", "Telex-Close")
        self.assertEqual(client.recv(), b"bye")
        opcode, data = client.recv_data(control_frame=True)
        self.assertEqual((opcode, data[:2]), (websocket.ABNF.OPCODE_CLOSE, (1000).to_bytes(2, "big")))

    def test_leave_no_request_behind_unseen(self):
        self.bus.subscribe(1, "whois")
        self.bus.flush()
        connection = self.connect("whois")
        connection.sendall(b"a\r\nb\r\nc\r\n")
        requests = [self.bus.receive() for _ in range(3)]
        self.send(requests[2].reply_to, b"C")
        self.send(requests[0].reply_to, b"A")
        self.send(requests[1].reply_to, b"B")
        self.assertEqual(read_to_end(connection), b"A")
        connection.close()
        self.daemon.line("reason=finished")
        self.bus.flush()
        stats = self.stats()
        self.assertEqual(stats.closed_connections["finished"], 1)
        self.assertEqual(sum(stats.dropped_messages.values()), 2)
        self.assertEqual(stats.refusals["UNEXPECTED_FRAME"], 1)


class LastMessages(ClosingTest):
    def begin(self):
        self.bus.subscribe(1, "menu.in.*")
        self.bus.flush()
        connection = self.connect("menu")
        connection.sendall(b"list\n")
        request = self.bus.receive()
        return connection, request.message.subject.replace(".in.", ".out.")

    def test_end_an_answer_of_several_frames(self):
        connection, out = self.begin()
        self.send(out, b"soup")
        self.send(out, b"bread")
        self.send(out, b"tea", "Telex-Close")
        self.assertEqual(read_to_end(connection), b"soup\nbread\ntea\n")
        self.daemon.line("reason=finished")

    def test_may_be_no_frame(self):
        connection, out = self.begin()
        self.send(out, b"soup")
        self.send(out, b"", "Telex-Close", "Telex-No-Answer")
        self.assertEqual(read_to_end(connection), b"soup\n")


if __name__ == "__main__":
    unittest.main()
