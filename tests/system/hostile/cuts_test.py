"""Clients that are let in, and whose queues or frames are made to be expensive, beside a victim on the same reactor.
Limits are asserted by counts; times are printed."""

import sys
import time
import unittest

from hostile_test import HostileTest
from processes import DEADLINE
from wire import Client, connect, telex_pb2

# A unit of work is about ten nanoseconds, a read is 128 (daemon/reactor/work_meter.hpp).
WORK_OF_READ = 128


class Cuts(HostileTest):
    CONFIG = """
server: {reactors: 1}
listeners:
  - {name: native, address: "unix://{folder}/bus.sock"}
  - {name: lines, address: "unix://{folder}/lines.sock", protocol: json}
  - name: small
    address: "unix://{folder}/small.sock"
    slow_consumer: {policy: disconnect, max_pending: 1MiB}
"""

    def setUp(self):
        super().setUp()
        self.asked = 0
        self.start_beside_victim(self.CONFIG)

    def client(self, listener="native"):
        client = Client(self.daemon.addresses(listener)[0])
        self.addCleanup(client.socket.close)
        return client

    def stats(self):
        self.asked += 1
        return self.victim.client.stats()

    def await_end(self, connections):
        """Waits until the exchange has this number of connections; returns the statistics."""
        until = time.monotonic() + DEADLINE
        while (stats := self.stats()).connections != connections:
            if time.monotonic() > until:
                raise AssertionError(f"{stats.connections} connections")
        return stats

    def test_of_deliveries_behind_control_frames_are_dropped_at_once(self):
        """Dropping one of them must not pass all control frames before it."""
        pings, messages = 40_000, 40_000
        before = self.stats()
        peer = self.client()
        peer.subscribe(1, "own")
        ping = telex_pb2.Frame()
        ping.ping.nonce = 0
        # The first two fill the socket and what is committed to it.
        peer.socket.sendall(2 * Client.encode(Client.message("own", bytes(300_000)))
                            + pings * Client.encode(ping)
                            + messages * Client.encode(Client.message("own", b"")))
        while self.stats().received_messages - before.received_messages < messages + 2:
            pass
        began = time.perf_counter()
        peer.socket.close()
        stats = self.await_end(before.connections)
        self.victim.live()
        print(f"{messages} deliveries behind {pings} control frames: dropped within"
              f" {(time.perf_counter() - began) * 1e3:.1f} ms", file=sys.stderr)
        self.assertGreaterEqual(stats.dropped_messages["connection_lost"], messages)

    def test_of_a_consumer_that_is_cut_have_exact_books(self):
        """Each message was received to its last byte, or is counted as dropped."""
        messages = 20_000
        before = self.stats()
        asked = self.asked
        consumer = self.client("small")
        consumer.subscribe(1, "feed")
        publisher = self.client()
        publisher.socket.sendall(b"".join(
            Client.encode(Client.message("feed", number.to_bytes(4, "big") + bytes(200)))
            for number in range(messages)))
        publisher.flush()
        # The exchange gives up after some seconds, since nothing is read.
        stats = self.await_end(before.connections + 1)
        received = 0
        while (frame := consumer.receive()) is not None:
            received += frame.HasField("message")
        self.assertGreater(received, 0)
        self.assertLess(received, messages)
        # The victim's statistics are replies, and delivered as well. The last one does not contain itself.
        delivered = stats.delivered_messages - before.delivered_messages - (self.asked - asked)
        self.assertEqual(delivered, received)
        self.assertGreater(stats.dropped_messages["slow_disconnect"], 0)
        self.assertEqual(stats.dropped_messages["connection_lost"], 0)
        self.assertEqual(stats.routed_messages, stats.delivered_messages + sum(stats.dropped_messages.values()))

    def test_of_a_long_line_is_read_in_large_pieces(self):
        size = 900_000
        with connect(self.daemon.addresses("lines")[0]) as peer:
            peer.sendall(b'{"ping":{}}\n')
            peer.recv(1_000)
            before = self.stats().reactors[0].work
            peer.sendall(b'{"ping":{}}' + bytes(b" " * size) + b"\n")
            self.assertIn(b"pong", peer.recv(1_000))
            work = self.stats().reactors[0].work - before
        self.assertLess(work, size * WORK_OF_READ / 10, "one read for each ten bytes would be more")


if __name__ == "__main__":
    unittest.main()
