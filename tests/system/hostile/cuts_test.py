"""Clients that are let in, and whose queues or frames are made to be expensive, beside a victim. Limits are asserted by
counts; times are printed."""

import sys
import time
import unittest

from inside import (
    ALL, FEW, FLUSH, MAX_SHARE, READ, READ_BYTES, WRITTEN_BYTES, InsideTest, JsonClient, frame, in_settings, message)
from processes import DEADLINE
from wire import read_exactly, telex_pb2


def cobs(data):
    """Encodes bytes without zeros."""
    blocks = [data[at:at + 254] for at in range(0, len(data), 254)]
    return b"".join(bytes([len(block) + 1]) + block for block in blocks) + b"\0"


class Cuts(InsideTest):
    PINGS = 40_000

    def listeners(self):
        return {"small": "    slow_consumer: {policy: disconnect, max_pending: 1MiB}\n"}

    def client_behind_pongs(self, **options):
        """Returns a client that does not read, with a subscription `own` and many control frames in its queue."""
        peer = self.neighbour(**options)
        peer.subscribe(1, "own", slow_policy=telex_pb2.SLOW_POLICY_DROP_OLDEST)
        # Fills the socket, and what is committed to it.
        sent = 1
        while self.row_of(peer.name).pending_bytes < 300_000:
            peer.socket.sendall(message("own", bytes(100_000)))
            sent += 1
        peer.socket.sendall(self.PINGS * frame("ping", nonce=0))
        until = time.monotonic() + DEADLINE
        while self.row_of(peer.name).received_frames < sent + self.PINGS:
            self.assertLess(time.monotonic(), until)
        return peer

    @in_settings(ALL)
    def test_of_deliveries_behind_control_frames_are_dropped_at_once(self):
        """Dropping one of them must not pass all control frames before it."""
        messages = 40_000
        peer = self.client_behind_pongs()
        before = self.stats()
        peer.socket.sendall(messages * message("own", b""))
        self.await_count(lambda stats: stats.received_messages, before.received_messages + messages)
        began = time.perf_counter()
        peer.socket.close()
        self.await_connections(before.connections - 1)
        self.victim.live()
        print(f"{messages} deliveries behind {self.PINGS} control frames, {self.setting}: dropped within"
              f" {(time.perf_counter() - began) * 1e3:.1f} ms", file=sys.stderr)
        self.assertGreaterEqual(self.stats().dropped_messages["connection_lost"], messages)

    @in_settings(ALL)
    def test_of_the_oldest_delivery_behind_control_frames_are_cheap(self):
        messages = 100_000
        consumer, publisher = self.client_behind_pongs(listener="small"), self.neighbour("publisher")
        alone = self.round_trips(200)
        before = self.stats()
        beside = self.round_trips(200, self.flood(publisher, 1_000 * message("own", bytes(200)), messages // 1_000))
        publisher.flush()
        self.report("oldest deliveries dropped behind control frames", alone, beside)
        after = self.stats()
        dropped = after.dropped_messages["slow_oldest"] - before.dropped_messages["slow_oldest"]
        self.assertGreater(dropped, messages // 2)
        used = sum(row.cpu_nanoseconds for row in after.reactors) - sum(row.cpu_nanoseconds for row in before.reactors)
        print(f"{dropped} dropped, {used / dropped:.0f} ns of processor time for each", file=sys.stderr)
        self.expect_slices_up_to(MAX_SHARE + 1_000 + self.PINGS)
        consumer.socket.close()

    @in_settings(FEW)
    def test_of_a_consumer_that_is_cut_have_exact_books(self):
        """Each message was received to its last byte, or is counted as dropped."""
        messages = 80_000  # more than the buffers of a socket
        consumer = self.client(listener="small")
        consumer.subscribe(1, "feed")
        connections = self.stats().connections
        publisher = self.client("publisher")
        publisher.socket.sendall(b"".join(
            message("feed", number.to_bytes(4, "big") + bytes(200)) for number in range(messages)))
        publisher.flush()
        # The exchange gives up after some seconds, since nothing is read.
        stats = self.await_connections(connections)
        received = 0
        while (one := consumer.receive()) is not None:
            received += one.HasField("message")
        self.assertGreater(received, 0)
        self.assertLess(received, messages)
        row, = self.rows(listener="small", closed=True)
        # Later messages were not routed to it.
        self.assertEqual((row.delivered_messages, row.dropped_messages), (received, row.routed_messages - received))
        self.assertGreater(row.dropped_messages, 0)
        self.assertEqual(stats.dropped_messages["slow_disconnect"], row.dropped_messages)
        self.assertEqual(stats.dropped_messages["connection_lost"], 0)


class LongFrames(InsideTest):
    """Frames whose end has to be searched for are read in large pieces."""

    SIZE = 900_000
    PIECE = 16 << 10

    def listeners(self):
        user = "    user: hostile\n" if self.setting.users else ""
        raw = {name: f"    protocol: raw\n    framing: {name}\n    request: $SYS.echo\n    limits: {{max_frame: 2MiB}}\n{user}"
               for name in ("lines", "cobs", "slip", "syslog")}
        return raw | {"json": "    protocol: json\n"}

    def exchange(self, peer, data, answer):
        peer.sendall(data)
        self.assertEqual(read_exactly(peer, len(answer)), answer)

    def expect_few_reads(self, what, peer, data, answer, more=0):
        """The work of sending `data` is that of few reads, apart from `more`. `peer` has had an answer: its handshake is over."""
        before = self.work()
        self.exchange(peer, data, answer)
        more += len(data) // READ_BYTES + len(answer) // WRITTEN_BYTES
        work = self.work() - before - more
        print(f"a frame of {len(data)} bytes, {what}, {self.setting}: at most {work // READ} reads", file=sys.stderr)
        # The kernel may cut a piece in two, and a vain read may follow each part. The answer is flushed again when the
        # socket has room for at least a piece. The rest is for the questions about the work.
        self.assertLess(work, READ * (4 * len(data) // self.PIECE + 40) + FLUSH * (len(answer) // self.PIECE + 1))

    @in_settings(ALL)
    def test_of_raw_listeners(self):
        framings = {  # what is sent for a payload, and the answer
            "lines": lambda data: (data + b"\n", data + b"\n"),
            "slip": lambda data: (data + b"\xc0", b"\xc0" + data + b"\xc0"),
            "cobs": lambda data: (cobs(data), cobs(data)),
            "syslog": lambda data: (data + b"\n", b"%d %s" % (len(data), data)),
        }
        for name, encode in framings.items():
            with self.connection(name) as peer:
                self.exchange(peer, *encode(b"<short"))
                self.expect_few_reads(name, peer, *encode(b"<" + b"x" * self.SIZE))

    @in_settings(ALL)
    def test_of_json(self):
        peer = JsonClient(self.connection("json"), **self.token("hostile"))
        self.clients.append(peer)
        line = b'{"ping":{}}' + b" " * self.SIZE + b"\n"
        self.expect_few_reads("json", peer.socket, line, b'{"pong":{}}\n', more=1_000 + 2 * len(line))


if __name__ == "__main__":
    unittest.main()
