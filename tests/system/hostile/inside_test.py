"""Clients that are let in and hostile, beside a victim. Limits are asserted by counts; times are printed."""

import select
import ssl
import sys
import time
import unittest

from inside import (ALL, DELIVERY, ENTRY, FEW, FLUSH, FRAME, LIST_ENTRY, MAX_SHARE, MIB, NODE, READ, REFUSAL, SLICE,
                    Background, InsideTest, JsonClient, frame, in_settings, message)
from processes import DEADLINE
from wire import Client, admin_pb2, error_pb2, telex_pb2, varint

SUBSCRIBERS = 10_000


class Work(InsideTest):
    """Frames that cost much: a slice is a share of work, not a number of frames."""

    SERVER = ", memory_budget: 1GiB"
    LISTENER = "    slow_consumer: {max_pending: 64MiB}\n"

    def listeners(self):
        return {"lines": "    protocol: json\n"}

    def flood_message_for_all(self, what):
        """Floods with messages for all the subscriptions of one connection. Each message is divided."""
        publisher = self.neighbour()
        alone = self.round_trips(200)
        before = self.stats().delivered_messages
        flood = self.flood(publisher, message("all", b"") * 10, 10)
        beside = self.round_trips(200, flood)
        publisher.flush()
        self.report(what, alone, beside)
        stats = self.await_count(lambda stats: stats.delivered_messages, before + 100 * SUBSCRIBERS)
        # The slice of a publisher is charged for the deliveries on other reactors.
        elsewhere = SUBSCRIBERS * DELIVERY if self.setting.reactors > 1 else 0
        self.expect_slices_up_to(MAX_SHARE + SLICE + elsewhere)
        if not elsewhere:
            self.assertEqual(sum(row.overdrafts for row in stats.reactors), 0)

    @in_settings(ALL)
    def test_of_a_message_with_thousands_of_subscriptions(self):
        consumer = self.client()
        self.subscribe_to(consumer, ["all"] * SUBSCRIBERS)
        self.discard(consumer)
        self.flood_message_for_all(f"{SUBSCRIBERS} deliveries for each message")

    @in_settings(FEW)
    def test_of_a_message_with_thousands_of_queue_groups(self):
        consumer = self.client()
        data = b"".join(frame("subscribe", subscription=number, filter="all", queue_group=f"group-{number}")
                        for number in range(1, SUBSCRIBERS + 1))
        consumer.socket.sendall(data)
        for _ in range(SUBSCRIBERS):
            self.assertTrue(consumer.receive().HasField("subscribed"))
        self.discard(consumer)
        self.flood_message_for_all(f"{SUBSCRIBERS} queue groups for each message")

    @in_settings(ALL)
    def test_of_filters_with_wildcards_at_many_places(self):
        tokens = 13
        hostile, publisher = self.neighbour(), self.neighbour("publisher")
        taken = refused = 0
        for stars in range(2_000):
            pattern = ".".join("*" if stars >> token & 1 else "a" for token in range(tokens))
            hostile.socket.sendall(frame("subscribe", subscription=stars + 1, filter=pattern + ".end"))
            answer = hostile.receive()
            taken += answer.HasField("subscribed")
            refused += answer.error.code == error_pb2.TOO_MANY_SUBSCRIPTIONS
        self.assertEqual((taken, refused), (65, 2_000 - 65), "64 patterns, and one without a wildcard")
        alone = self.round_trips(200)
        before = self.work()
        subject = "a." * tokens
        flood = self.flood(publisher, b"".join(message(subject + str(number), b"") for number in range(2_000)), 5)
        beside = self.round_trips(200, flood)
        publisher.flush()
        self.report("filters with wildcards at many places", alone, beside)
        # A round of the victim is a message and a request, each read and flushed.
        rounds = len(self.victim.times) * 4 * (READ + FLUSH + 2 * FRAME + DELIVERY)
        self.assertLess((self.work() - before - rounds) / 10_000, 65 * (tokens + 1) * NODE + 500)
        self.expect_slices_up_to(MAX_SHARE + 65 * (tokens + 1) * NODE + 1_000)

    @in_settings(FEW)
    def test_of_the_end_of_many_subscriptions(self):
        """They are removed in slices, on all reactors; ten clients with thousands each end at once."""
        crowd = [self.neighbour(f"hostile-{number}") for number in range(10)]
        for number, client in enumerate(crowd):
            self.subscribe_to(client, (f"device.{number}.{device}" for device in range(SUBSCRIBERS)))
        alone = self.round_trips(200)
        for client in crowd:
            client.socket.close()
        beside = self.round_trips(200)
        self.report(f"the end of {len(crowd)} x {SUBSCRIBERS} subscriptions", alone, beside)
        self.await_count(lambda stats: -stats.subscriptions, -1)
        # Each is marked twice at the end, so that no message finds it.
        self.expect_slices_up_to(MAX_SHARE + 2 * ENTRY * SUBSCRIBERS + 6_000)

    @in_settings(FEW)
    def test_of_lists_of_a_hundred_thousand_subscriptions(self):
        """They are made in slices: the victim's frames are served between."""
        clients = 10
        for number in range(clients):
            consumer = self.neighbour(f"hostile-{number}")
            self.subscribe_to(consumer, (f"device.{number}.{name}.>" for name in range(SUBSCRIBERS)))
        alone = self.round_trips(200)
        before = self.reactors()[self.reactor_of_victim].turns
        lists = 3

        def attack():
            for _ in range(lists):
                payload = self.ask("$SYS.admin.subscriptions", admin_pb2.ListSubscriptions(limit=1_000))
                found = admin_pb2.SubscriptionList.FromString(payload)
                self.assertFalse(found.HasField("error"), found.error)
                self.assertEqual((found.total, len(found.subscriptions)), (clients * SUBSCRIBERS + 1, 1_000))

        beside = self.round_trips(200, Background(attack))
        self.report("lists of 100,000 subscriptions", alone, beside)
        turns = self.reactors()[self.reactor_of_victim].turns - before
        self.assertGreaterEqual(turns, lists * clients * SUBSCRIBERS * LIST_ENTRY // MAX_SHARE)

    @in_settings(ALL)
    def test_of_bad_lines_of_json(self):
        """One in sixteen is right, otherwise the session would end."""
        rounds, bad = 200, 15
        hostile = JsonClient(self.connection("lines"), **self.token("hostile"))
        self.clients.append(hostile)
        line = b'{"message":{"subject":"a","payload":' + b"[" * 200 + b"\n"
        alone = self.round_trips(200)
        before = self.stats()

        def attack():
            for _ in range(rounds):
                hostile.socket.sendall(line * bad + hostile.encode({"ping": {}}))
                for _ in range(bad):
                    self.assertEqual(hostile.receive()["error"]["code"], "BAD_MESSAGE")
                self.assertIn("pong", hostile.receive())

        beside = self.round_trips(200, Background(attack))
        self.report("bad lines of JSON", alone, beside)
        after = self.stats()
        self.assertEqual(after.refusals["BAD_MESSAGE"] - before.refusals["BAD_MESSAGE"], rounds * bad)
        # Each is counted as the exception that it costs.
        self.assertGreaterEqual(sum(row.work for row in after.reactors) - sum(row.work for row in before.reactors),
                                rounds * bad * REFUSAL)
        self.expect_slices_up_to(MAX_SHARE + 2 * REFUSAL + 2 * len(line) + 1_000)


class Memory(InsideTest):
    """Whatever a client makes the daemon keep is charged to the memory budget: the resident memory stays within it, and
    comes back when the client has left."""

    BUDGET = 16 * MIB
    # Beyond the budget: the allocator's arenas, spare blocks, code that is used for the first time.
    SLACK = 16 * MIB
    SERVER = ", memory_budget: 16MiB, max_open_requests: 1000"
    LISTENER = "    limits: {max_connections: 1000}\n"

    def enter(self, setting):
        super().enter(setting)
        self.carry_traffic()
        self.before = self.most = self.resident()

    def carry_traffic(self):
        """Some ordinary messages between all reactors, so that each has its buffers."""
        clients = [self.client(f"before-{number}") for number in range(4 * self.setting.reactors)]
        for client in clients:
            client.subscribe(1, "before")
        for client in clients:
            client.socket.sendall(message("before", bytes(100_000)) + 100 * message("before", bytes(100)))
            for reader in clients:
                for _ in range(101):
                    self.assertTrue(reader.receive().HasField("message"))
        for client in clients:
            client.socket.close()
        self.await_connections(2)

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
        print(f"{self.id().rsplit('.', 1)[-1]}, {self.setting}: grew by {(self.most - self.before) / MIB:.1f} MiB, "
              f"{left / MIB:.1f} MiB left after {time.monotonic() - began:.1f} s", file=sys.stderr)

    def end(self, *clients):
        for client in clients:
            client.socket.close()
        self.expect_return()

    def crowd(self, count):
        """Returns this number of clients."""
        return [self.client(f"crowd-{number}", user="crowd") for number in range(count)]

    def refused(self, code="OVER_MEMORY_BUDGET"):
        return self.stats().refusals[code]

    def send_all(self, clients, data, enough=lambda: False):
        """Sends `data` on all of them at once, as far as the daemon takes it, until all are done or it is enough."""
        left = {}
        poll = select.poll()
        for client in clients:
            client.socket.setblocking(False)
            left[client.socket.fileno()] = (client, memoryview(data))
            poll.register(client.socket, select.POLLOUT)
        began = time.monotonic()
        while left and not enough():
            self.assertLess(time.monotonic() - began, DEADLINE)
            for descriptor, _ in poll.poll(20):
                client, rest = left[descriptor]
                try:
                    rest = rest[client.socket.send(rest):]
                except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    continue
                except OSError:  # closed
                    rest = b""
                left[descriptor] = (client, rest)
                if not rest:
                    poll.unregister(descriptor)
                    del left[descriptor]
            self.look()
        for client in clients:
            client.socket.settimeout(DEADLINE)

    def last_frame(self, client):
        """Reads to the end. Returns the last frame, or None if there was none."""
        last = None
        try:
            while (one := client.receive()) is not None:
                last = one
        except OSError:  # reset
            pass
        return last

    @in_settings(FEW)
    def test_partial_frames_stay_within_the_budget(self):
        crowd = self.crowd(150)
        self.send_all(crowd, varint(MIB - 100) + bytes(MIB - 200))
        for _ in range(20):
            self.look()
        self.assertGreater(self.refused(), 100)
        self.end(*crowd)

    @in_settings(ALL)
    def test_tiny_messages_without_credit_stay_within_the_budget(self):
        crowd = self.crowd(4)
        for client in crowd:
            self.subscribe_to(client, ["tiny"] * 300, credit=1)
        publisher = self.client()
        for _ in range(30):
            publisher.socket.sendall(message("tiny", b"") * 10)
            self.look()
        self.end(publisher, *crowd)

    @in_settings(FEW)
    def test_tiny_messages_that_are_not_read_stay_within_the_budget(self):
        messages, subscriptions = 5_000, 100
        crowd = self.crowd(4)
        for client in crowd:
            self.subscribe_to(client, ["tiny"] * subscriptions)
        publisher = self.client()
        self.send_all([publisher], message("tiny", b"") * messages)
        # The whole budget was used.
        self.await_count(lambda stats: stats.refusals["OVER_MEMORY_BUDGET"], 1)
        self.look()
        self.end(publisher, *crowd)

    @in_settings(ALL)
    def test_replies_that_are_not_read_stay_within_the_budget(self):
        """A peer that does not read is not read: 256 KiB of its replies are being written, and 256 KiB wait."""
        limit, crowd = 256 << 10, self.crowd(3)

        def replies():
            return [row.pending_bytes for row in self.rows() if row.client_name.startswith("crowd")]

        # A ping is as long as its reply.
        ping = frame("ping", nonce=1)
        self.send_all(crowd, ping * (16 * MIB // len(ping)), enough=lambda: min(replies()) > limit)
        self.assertEqual(len(replies()), len(crowd))
        # And the replies to the frames of the last slice.
        self.assertLess(max(replies()), 2 * limit + 64 * 1024)
        self.end(*crowd)

    @in_settings(FEW)
    def test_subscriptions_stay_within_half_of_the_budget(self):
        crowd = self.crowd(4)
        refused = 0
        for number, client in enumerate(crowd):
            for first in range(1, 10_000, 300):
                for answer in self.try_to_subscribe(client, f"hostile-{number}", first, 300):
                    if answer.HasField("error"):
                        self.assertEqual(answer.error.code, error_pb2.OVER_MEMORY_BUDGET)
                        self.assertFalse(answer.error.closing)
                        refused += 1
                self.look()
        self.assertGreater(refused, 10_000)
        self.assertLessEqual(self.most - self.before, self.BUDGET // 2 + self.SLACK)
        honest = self.client("honest")
        honest.subscribe(1, "something.is.left")
        self.end(*crowd)

    @staticmethod
    def try_to_subscribe(client, name, first, count):
        """Returns the answers."""
        client.socket.sendall(b"".join(
            frame("subscribe", subscription=number, filter=f"{name}.{number}.a.b.c.d.e.f")
            for number in range(first, first + count)))
        return [client.receive() for _ in range(count)]

    @in_settings(ALL)
    def test_a_crowd_does_not_fill_the_reply_table_for_others(self):
        responder, silent, honest = self.client("responder"), self.client("silent"), self.client("honest")
        responder.subscribe(1, "service")
        silent.subscribe(1, "silence")
        crowd = self.crowd(20 * self.setting.reactors)
        for client in crowd:
            client.socket.sendall(b"".join(
                message("silence", b"", request=number, timeout_ms=300_000) for number in range(1, 201)))
        refused = 0
        for client in crowd:
            client.socket.sendall(frame("flush", id=1))
            while (answer := client.receive()).HasField("error"):
                self.assertEqual(answer.error.code, error_pb2.TOO_MANY_REQUESTS)
                refused += 1
        self.assertGreaterEqual(refused, 1500)
        for number in range(1, 51):
            honest.publish("service", b"?", request=number)
            asked = responder.receive()
            responder.publish(asked.reply_to, b"!")
            self.assertEqual(honest.receive().message.payload, b"!", number)
        self.look()
        self.end(silent, *crowd)

    @in_settings(FEW)
    def test_relief_spares_a_consumer_within_its_limit(self):
        """A crowd of small holders is cut with an error each, and a larger consumer gets all its messages."""
        consumer, publisher = self.client("honest", user="victim"), self.client()
        consumer.subscribe(1, "honest")
        for _ in range(330):
            publisher.publish("honest", bytes(10_000))
        publisher.flush()
        crowd = self.crowd(420)
        self.send_all(crowd, varint(MIB - 100) + bytes(60_000))
        for _ in range(330):
            self.assertEqual(len(consumer.receive().message.payload), 10_000)
        consumer.flush()
        told = 0
        began = time.monotonic()
        while told < self.refused():
            self.assertLess(time.monotonic() - began, DEADLINE)
            for client in [client for client in crowd if select.select([client.socket], [], [], 0)[0]]:
                last = self.last_frame(client)
                self.assertIsNotNone(last)
                self.assertEqual(last.error.code, error_pb2.OVER_MEMORY_BUDGET)
                told += 1
                crowd.remove(client)
                client.socket.close()
        self.assertGreater(told, 20)
        self.end(*crowd)
        self.end()


if __name__ == "__main__":
    unittest.main()
