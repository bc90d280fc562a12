"""Connections that begin with frames of another form, in the bytes of psql 15."""

import socket
import unittest

from processes import DaemonTest
from wire import Client, connect, read_exactly, read_to_end

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
STARTUP = bytes.fromhex("00000010000300007573657200750000")
QUERY = b"Q\0\0\0\x0dselect 1\0"
ERROR = b"E\0\0\0\x1eSFATAL\0C0A000\0Mno database\0\0"
ERROR = ERROR[:1] + (len(ERROR) - 1).to_bytes(4, "big") + ERROR[5:]
READY = b"Z\0\0\0\5I"


class Postgresql(DaemonTest):
    config = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - {name: pg, address: "tcp://127.0.0.1:0", protocol: raw, framing: postgresql, request: pg}
"""

    def setUp(self):
        super().setUp()
        self.client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.client.socket.close)
        self.client.subscribe(1, "pg")
        self.client.flush()
        self.peer = connect(self.daemon.addresses("pg")[0])
        self.addCleanup(self.peer.close)

    def exchange(self, message, reply):
        self.peer.sendall(message)
        request = self.client.receive()
        self.assertEqual(request.message.payload, message)
        self.client.publish(request.reply_to, reply)
        self.assertEqual(read_exactly(self.peer, len(reply)), reply)

    def test_a_client_starts_a_session(self):
        self.exchange(SSL_REQUEST, b"N")
        self.exchange(STARTUP, READY)
        self.exchange(QUERY, ERROR + READY)

    def test_a_first_message_after_others_is_not_one(self):
        self.exchange(QUERY, READY)
        self.peer.sendall(STARTUP)
        self.peer.shutdown(socket.SHUT_WR)
        self.assertEqual(read_to_end(self.peer), b"")
        self.assertIn("truncated", self.daemon.line("connection ended: "))


if __name__ == "__main__":
    unittest.main()
