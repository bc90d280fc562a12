"""Frames that end with a pause of the sender. Each burst follows an observed delivery: no test depends on the length of a pause."""

import socket
import threading
import unittest

from processes import DaemonTest
from wire import Client, connect, read_exactly, read_to_end

# Modbus RTU: a request for two registers, its reply.
REQUEST = bytes.fromhex("010300000002c40b")
REPLY = bytes.fromhex("0103040006000529f1")


class Pauses(DaemonTest):
    config = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - {name: bursts, address: "tcp://127.0.0.1:0", protocol: raw, framing: {kind: idle, idle: 1ms}, publish: bursts}
  - {name: rtu, address: "tcp://127.0.0.1:0", protocol: raw, framing: {kind: idle}, request: rtu}
  - name: slow
    address: "tcp://127.0.0.1:0"
    protocol: raw
    framing: {kind: idle, idle: 190ms}
    publish: slow
    limits: {frame_timeout: 200ms}
  - name: short
    address: "tcp://127.0.0.1:0"
    protocol: raw
    framing: {kind: idle, max_frame: 4B}
    publish: short
"""

    def setUp(self):
        super().setUp()
        self.client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.client.socket.close)
        for number, subject in enumerate(("bursts", "rtu"), 1):
            self.client.subscribe(number, subject)
        self.client.flush()

    def open(self, listener):
        peer = connect(self.daemon.addresses(listener)[0])
        self.addCleanup(peer.close)
        return peer

    def test_divide_bursts(self):
        peer = self.open("bursts")
        for burst in (b"one", b"t", b"three\nlines\n", b"\0"):
            peer.sendall(burst)
            self.assertEqual(self.client.receive().message.payload, burst)

    def test_are_not_needed_at_the_end_of_the_stream(self):
        peer = self.open("bursts")
        peer.sendall(b"all")
        peer.shutdown(socket.SHUT_WR)
        self.assertEqual(self.client.receive().message.payload, b"all")

    def test_divide_requests_and_replies(self):
        peer = self.open("rtu")
        for _ in range(3):
            peer.sendall(REQUEST)
            request = self.client.receive()
            self.assertEqual(request.message.payload, REQUEST)
            self.client.publish(request.reply_to, REPLY)
            self.assertEqual(read_exactly(peer, len(REPLY)), REPLY)

    def test_that_never_come_end_the_connection(self):
        peer = self.open("slow")
        stop = threading.Event()

        def drip():
            try:
                while not stop.wait(0.001):
                    peer.sendall(b".")
            except OSError:
                pass

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            line = self.daemon.line("connection ended: ")
        finally:
            stop.set()
            thread.join()
        self.assertIn("reason=idle_timeout", line)

    def test_bound_no_frame_over_the_limit(self):
        peer = self.open("short")
        peer.sendall(b"12345")
        self.assertEqual(read_to_end(peer), b"")
        self.assertIn("too_large", self.daemon.line("reason=frame_too_large"))


if __name__ == "__main__":
    unittest.main()
