"""Clients that are let in and hostile, beside a victim. Limits are asserted by counts; times are printed."""

import sys
import threading
import unittest

from hostile_test import HostileTest
from wire import Client, error_pb2

SUBSCRIBERS = 10_000
# Units of work, as in daemon/reactor/work_meter.hpp and ready_queue.hpp.
DELIVERY = 8
NODE = 2
MAX_SHARE = 32_768


class Inside(HostileTest):
    CONFIG = """
server: {reactors: 1}
listeners:
  - {name: native, address: "unix://{folder}/bus.sock"}
"""

    def setUp(self):
        super().setUp()
        self.start_beside_victim(self.CONFIG)
        self.address = self.daemon.addresses("native")[0]

    def client(self):
        client = Client(self.address)
        self.addCleanup(client.socket.close)
        return client

    def discard(self, client):
        """Reads what arrives until the connection ends."""
        def read():
            try:
                while client.socket.recv(1 << 20):
                    pass
            except OSError:
                pass

        threading.Thread(target=read, daemon=True).start()

    def flood(self, client, data, times):
        """Sends in the background."""
        def write():
            try:
                for _ in range(times):
                    client.socket.sendall(data)
            except OSError:
                pass

        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        return thread

    def round_trips(self, count):
        """The victim sends and receives; returns the median and the 99th percentile in milliseconds."""
        self.victim.times = []
        for _ in range(count):
            self.victim.live()
        times = sorted(self.victim.times)
        return times[count // 2] * 1e3, times[count * 99 // 100] * 1e3

    def report(self, what, alone, beside):
        print(f"{what}: p50 {alone[0]:.2f} ms and p99 {alone[1]:.2f} ms alone, p50 {beside[0]:.2f} ms and"
              f" p99 {beside[1]:.2f} ms beside it", file=sys.stderr)

    def reactor(self):
        return self.victim.client.stats().reactors[0]


class Work(Inside):
    """Frames that cost much: a slice is a share of work, not a number of frames."""

    def test_of_a_message_with_thousands_of_subscriptions(self):
        consumer, publisher = self.client(), self.client()
        consumer.socket.sendall(b"".join(Client.encode(self.subscription(number, "all"))
                                         for number in range(1, SUBSCRIBERS + 1)))
        for _ in range(SUBSCRIBERS):
            self.assertTrue(consumer.receive().HasField("subscribed"))
        self.discard(consumer)
        alone = self.round_trips(200)
        flood = self.flood(publisher, Client.encode(Client.message("all", b"")) * 10, 10)
        beside = self.round_trips(200)
        flood.join()
        publisher.flush()
        row = self.reactor()
        self.report(f"{SUBSCRIBERS} deliveries for each message", alone, beside)
        self.assertGreaterEqual(row.delivered_messages, 100 * SUBSCRIBERS)
        self.assertGreaterEqual(row.overdrafts, 1, "one message is more than a share")
        # A share and one message, with what it costs to find its subscribers.
        self.assertLess(row.largest_slice, MAX_SHARE + SUBSCRIBERS * (DELIVERY + NODE) + 1_000)

    @staticmethod
    def subscription(number, pattern):
        frame = Client.message("", b"")
        frame.Clear()
        frame.subscribe.subscription = number
        frame.subscribe.filter = pattern
        return frame

    def test_of_filters_with_wildcards_at_many_places(self):
        tokens = 13
        hostile, publisher = self.client(), self.client()
        taken = refused = 0
        for stars in range(2_000):
            pattern = ".".join("*" if stars >> token & 1 else "a" for token in range(tokens))
            hostile.send(self.subscription(stars + 1, pattern + ".end"))
            answer = hostile.receive()
            taken += answer.HasField("subscribed")
            refused += answer.error.code == error_pb2.TOO_MANY_SUBSCRIPTIONS
        self.assertEqual((taken, refused), (65, 2_000 - 65), "64 patterns, and one without a wildcard")
        alone = self.round_trips(200)
        before = self.reactor().work
        subject = "a." * tokens
        frames = b"".join(Client.encode(Client.message(subject + str(number), b""))
                          for number in range(2_000))
        flood = self.flood(publisher, frames, 5)
        beside = self.round_trips(200)
        flood.join()
        publisher.flush()
        row = self.reactor()
        self.report("filters with wildcards at many places", alone, beside)
        self.assertLess((row.work - before) / 10_000, 65 * (tokens + 1) * NODE + 500)
        self.assertLess(row.largest_slice, MAX_SHARE + 65 * (tokens + 1) * NODE + 1_000)

    def test_of_lists_of_many_subscriptions(self):
        """They are made in slices: the victim's frames are served between."""
        consumer = self.client()
        consumer.socket.sendall(b"".join(
            Client.encode(self.subscription(number, f"device.{number}.>"))
            for number in range(1, SUBSCRIBERS + 1)))
        for _ in range(SUBSCRIBERS):
            self.assertTrue(consumer.receive().HasField("subscribed"))
        before = self.reactor().turns
        out, _ = self.run_tool("subscriptions", "--format", "json", "--server", self.address)
        self.assertIn("device.", out)
        # An entry is 64 units of work.
        self.assertGreaterEqual(self.reactor().turns - before, SUBSCRIBERS * 64 // MAX_SHARE)


if __name__ == "__main__":
    unittest.main()
