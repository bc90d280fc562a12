"""Clients that are let in and hostile, beside a victim. Limits are asserted by counts; times are printed."""

import select
import sys
import threading
import time
import unittest

from hostile_test import HostileTest
from processes import DEADLINE
from wire import Client, error_pb2, telex_pb2, varint

MIB = 1 << 20
SUBSCRIBERS = 10_000
# Units of work, as in daemon/reactor/work_meter.hpp and ready_queue.hpp.
DELIVERY = 8
NODE = 2
ENTRY = 2
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

    def test_of_the_end_of_many_subscriptions(self):
        """They are removed in slices, on both reactors; ten clients with thousands each end at once."""
        crowd = [self.client() for _ in range(10)]
        for number, client in enumerate(crowd):
            client.socket.sendall(b"".join(
                Client.encode(self.subscription(device, f"device.{number}.{device}"))
                for device in range(1, SUBSCRIBERS + 1)))
        for client in crowd:
            for _ in range(SUBSCRIBERS):
                self.assertTrue(client.receive().HasField("subscribed"))
        alone = self.round_trips(200)
        for client in crowd:
            client.socket.close()
        beside = self.round_trips(200)
        self.report(f"the end of {len(crowd)} x {SUBSCRIBERS} subscriptions", alone, beside)
        row = self.reactor()
        self.assertLess(row.subscriptions, SUBSCRIBERS)
        # Each is marked twice at the end, so that no message finds it.
        self.assertLess(row.largest_slice, MAX_SHARE + 2 * ENTRY * SUBSCRIBERS + 6_000)

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


class Memory(HostileTest):
    """Whatever a client makes the daemon keep is charged to the memory budget: the resident memory stays within it, and
    comes back when the client has left."""

    BUDGET = 16 * MIB
    # Beyond the budget: the allocator's arenas, spare blocks, code that is used for the first time.
    SLACK = 16 * MIB
    CONFIG = """
server: {{reactors: 2, memory_budget: 16MiB{server}}}
listeners:
  - name: native
    address: unix://{{folder}}/bus.sock
    limits: {{max_connections: 1000}}
"""

    def start(self, server=""):
        self.start_beside_victim(self.CONFIG.format(server=server))
        self.address = self.daemon.addresses("native")[0]
        self.victim.live()
        self.before = self.most = self.resident()

    def look(self):
        """The victim lives, and the memory is within its bound."""
        self.victim.live()
        self.most = max(self.most, self.resident())
        self.assertLessEqual(self.most - self.before, self.BUDGET + self.SLACK)

    def expect_return(self):
        began = time.monotonic()
        while (left := self.resident() - self.before) > self.SLACK:
            self.assertLess(time.monotonic() - began, DEADLINE, f"{left >> 20} MiB are left")
            self.victim.live()
        print(f"{self.id().rsplit('.', 1)[-1]}: grew by {(self.most - self.before) / MIB:.1f} MiB, "
              f"{left / MIB:.1f} MiB left after {time.monotonic() - began:.1f} s", file=sys.stderr)

    def send_all(self, clients, data):
        """Sends `data` on all of them at once, as far as the daemon takes it. Returns those that are still open."""
        left = {}
        poll = select.poll()
        for client in clients:
            client.socket.setblocking(False)
            left[client.socket.fileno()] = (client, memoryview(data))
            poll.register(client.socket, select.POLLOUT)
        closed = []
        began = time.monotonic()
        while left:
            self.assertLess(time.monotonic() - began, DEADLINE)
            for descriptor, _ in poll.poll(20):
                client, rest = left[descriptor]
                try:
                    rest = rest[client.socket.send(rest):]
                except BlockingIOError:
                    continue
                except OSError:
                    closed.append(client)
                    rest = b""
                left[descriptor] = (client, rest)
                if not rest:
                    poll.unregister(descriptor)
                    del left[descriptor]
            self.look()
        for client in clients:
            client.socket.settimeout(DEADLINE)
        return [client for client in clients if client not in closed]

    def last_frame(self, client):
        """Reads to the end. Returns the last frame, or None if there was none."""
        last = None
        try:
            while (frame := client.receive()) is not None:
                last = frame
        except ConnectionResetError:
            pass
        return last

    def test_partial_frames_stay_within_the_budget(self):
        self.start()
        crowd = [Client(self.address) for _ in range(150)]
        self.send_all(crowd, varint(MIB - 100) + bytes(MIB - 200))
        for _ in range(20):
            self.look()
        self.assertGreater(self.victim.client.stats().refusals["OVER_MEMORY_BUDGET"], 100)
        for client in crowd:
            client.socket.close()
        self.expect_return()

    def test_tiny_messages_without_credit_stay_within_the_budget(self):
        self.start()
        crowd = [Client(self.address) for _ in range(4)]
        for client in crowd:
            for number in range(1, 301):
                client.subscribe(number, "tiny", credit=1)
        with Client(self.address) as publisher:
            for _ in range(30):
                publisher.socket.sendall(publisher.encode(publisher.message("tiny", b"")) * 10)
                self.look()
            for client in crowd:
                client.socket.close()
        self.expect_return()

    def subscribe(self, client, first, count):
        """Returns the answers."""
        data = b""
        for number in range(first, first + count):
            frame = telex_pb2.Frame()
            frame.subscribe.subscription = number
            frame.subscribe.filter = f"{client.name}.{number}.a.b.c.d.e.f"
            data += client.encode(frame)
        client.socket.sendall(data)
        return [client.receive() for _ in range(count)]

    def test_subscriptions_stay_within_half_of_the_budget(self):
        self.start()
        crowd = [Client(self.address) for _ in range(4)]
        refused = 0
        for number, client in enumerate(crowd):
            client.name = f"hostile-{number}"
            for first in range(1, 10_000, 300):
                for answer in self.subscribe(client, first, 300):
                    if answer.HasField("error"):
                        self.assertEqual(answer.error.code, error_pb2.OVER_MEMORY_BUDGET)
                        self.assertFalse(answer.error.closing)
                        refused += 1
                self.look()
        self.assertGreater(refused, 10_000)
        self.assertLessEqual(self.most - self.before, self.BUDGET // 2 + self.SLACK)
        with Client(self.address) as honest:
            honest.subscribe(1, "something.is.left")
        for client in crowd:
            client.socket.close()
        self.expect_return()

    def test_a_crowd_does_not_fill_the_reply_table_for_others(self):
        self.start(server=", max_open_requests: 1000")
        with Client(self.address) as responder, Client(self.address) as silent, \
                Client(self.address) as honest:
            responder.subscribe(1, "service")
            silent.subscribe(1, "silence")
            crowd = [Client(self.address) for _ in range(20)]
            for client in crowd:
                data = b""
                for number in range(1, 201):
                    frame = client.message("silence", b"", request=number)
                    frame.timeout_ms = 300_000
                    data += client.encode(frame)
                client.socket.sendall(data)
            refused = 0
            for client in crowd:
                flush = telex_pb2.Frame()
                flush.flush.id = 1
                client.send(flush)
                while (frame := client.receive()).HasField("error"):
                    self.assertEqual(frame.error.code, error_pb2.TOO_MANY_REQUESTS)
                    refused += 1
            self.assertGreaterEqual(refused, 1500)
            for number in range(1, 51):
                honest.publish("service", b"?", request=number)
                asked = responder.receive()
                responder.publish(asked.reply_to, b"!")
                self.assertEqual(honest.receive().message.payload, b"!", number)
            self.look()
            for client in crowd:
                client.socket.close()

    def test_relief_spares_a_consumer_within_its_limit(self):
        """A crowd of small holders is cut with an error each, and a larger consumer gets all its messages."""
        self.start()
        with Client(self.address) as consumer, Client(self.address) as publisher:
            consumer.subscribe(1, "honest")
            for _ in range(330):
                publisher.publish("honest", bytes(10_000))
            publisher.flush()
            crowd = [Client(self.address) for _ in range(420)]
            self.send_all(crowd, varint(MIB - 100) + bytes(60_000))
            for _ in range(330):
                self.assertEqual(len(consumer.receive().message.payload), 10_000)
            consumer.flush()
            told = 0
            for client in crowd:
                if select.select([client.socket], [], [], 0)[0]:
                    last = self.last_frame(client)
                    self.assertIsNotNone(last)
                    self.assertEqual(last.error.code, error_pb2.OVER_MEMORY_BUDGET)
                    told += 1
                client.socket.close()
            self.assertGreater(told, 20)
            self.assertGreaterEqual(told, self.victim.client.stats().refusals["OVER_MEMORY_BUDGET"])
        self.expect_return()


if __name__ == "__main__":
    unittest.main()
