"""Order and completeness under load, and a shutdown under load."""

import signal
import threading
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, count_up_to, read_exactly

CONFIG = """
server: {reactors: 4, drain_timeout: 30s}
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
"""

PUBLISHERS = 4
SUBSCRIBERS = 8
MESSAGES = 10_000


class Runner(threading.Thread):
    """A thread whose exception fails the test."""

    def __init__(self, work, *arguments):
        super().__init__()
        self._work = lambda: work(*arguments)
        self._failure = None
        self.start()

    def run(self):
        try:
            self._work()
        except BaseException as failure:  # raised by join
            self._failure = failure

    def join(self, timeout=3 * DEADLINE):
        super().join(timeout)
        if self._failure:
            raise self._failure
        if self.is_alive():
            raise TimeoutError("a client did not finish")


def publish_numbered(address, publisher, count):
    with Client(address) as client:
        batch = b""
        for number in range(count):
            frame = Client.message(f"seq.{publisher}", str(number).encode())
            batch += Client.encode(frame)
            if len(batch) > 20_000:
                client.socket.sendall(batch)
                batch = b""
        client.socket.sendall(batch)
        client.flush()


def receive_in_order(client, count):
    """Receives `count` messages; those of each publisher must be complete and in order."""
    following = [0] * PUBLISHERS
    for _ in range(count):
        message = client.receive().message
        publisher, number = int(message.subject[4:]), int(message.payload)
        if number != following[publisher]:
            raise AssertionError(f"{number} of {publisher} came for {following[publisher]}")
        following[publisher] += 1


class Load(DaemonTest):
    config = CONFIG

    def subscribers(self):
        clients = []
        for _ in range(SUBSCRIBERS):
            client = Client(self.daemon.addresses("native")[0])
            self.addCleanup(client.socket.close)
            client.subscribe(1, "seq.*")
            clients.append(client)
        return clients

    def run_load(self, beside=lambda: None):
        address = self.daemon.addresses("native")[0]
        each = MESSAGES // PUBLISHERS
        runners = [Runner(receive_in_order, client, MESSAGES) for client in self.subscribers()]
        publishers = [Runner(publish_numbered, address, i, each) for i in range(PUBLISHERS)]
        while any(runner.is_alive() for runner in publishers):
            beside()
            publishers[0].is_alive() or [runner.join() for runner in publishers]
        for runner in publishers + runners:
            runner.join()
        with Client(address) as client:
            return client.stats()

    def test_arrives_once_and_in_order(self):
        stats = self.run_load()
        self.assertGreaterEqual(stats.delivered_messages, MESSAGES * SUBSCRIBERS)
        self.assertEqual(dict(stats.dropped_messages), {})
        self.assertEqual(len(stats.reactors), 4)
        self.assertGreater(sum(reactor.handed_over_messages for reactor in stats.reactors), 0)

    def test_arrives_while_other_clients_come_and_go(self):
        address = self.daemon.addresses("native")[0]

        def visit():
            with Client(address, "visitor") as visitor:
                visitor.subscribe(1, "seq.>")
                visitor.subscribe(2, "seq.1", queue_group="visitors")

        self.run_load(visit)

    def test_a_queue_group_on_all_reactors_gets_each_message_once(self):
        address = self.daemon.addresses("native")[0]
        members = []
        for _ in range(SUBSCRIBERS):
            client = Client(address)
            self.addCleanup(client.socket.close)
            client.subscribe(1, "seq.*", queue_group="workers")
            members.append(client)
        publishers = [Runner(publish_numbered, address, i, 500) for i in range(PUBLISHERS)]
        for runner in publishers:
            runner.join()
        seen = []
        for client in members:
            frame = Client.message("unused", b"")
            frame.Clear()
            frame.unsubscribe.subscription = 1
            client.send(frame)
            while not (received := client.receive()).HasField("unsubscribed"):
                seen.append((received.message.subject, int(received.message.payload)))
            self.assertEqual(received.unsubscribed.dropped, 0)
        expected = [(f"seq.{i}", number) for i in range(PUBLISHERS) for number in range(500)]
        self.assertEqual(sorted(seen), sorted(expected))

    def test_a_confirmed_subscription_is_active_on_all_reactors(self):
        address = self.daemon.addresses("native")[0]
        publishers = [Client(address) for _ in range(8)]
        for number in range(1, 101):
            with Client(address) as subscriber:
                subscriber.subscribe(1, f"now.{number}")
                publishers[number % 8].publish(f"now.{number}", b"go")
                self.assertEqual(subscriber.receive().message.payload, b"go")
        for client in publishers:
            client.socket.close()


class SpinningReactors(Load):
    """The same with reactors that spin before they sleep."""

    config = CONFIG.replace("reactors: 4", "reactors: 4, spin: 50us")


class LongMessages(DaemonTest):
    """A payload of 64 MiB for four subscribers that read only after everything was published."""

    SIZE = 64 << 20
    config = None
    TEMPLATE = """
server: {{reactors: 2, memory_budget: {budget}}}
listeners:
  - name: native
    address: "tcp://127.0.0.1:0"
    limits: {{max_frame: 65MiB}}
    slow_consumer: {{policy: block, max_pending: 65MiB, max_pending_age: 1h}}
"""

    def start(self, budget):
        daemon = self.start_daemon(self.TEMPLATE.format(budget=budget))
        self.address = daemon.addresses("native")[0]

    def client(self):
        client = Client(self.address)
        self.addCleanup(client.socket.close)
        return client

    def publish_to_four(self, payload):
        subscribers = [self.client() for _ in range(4)]
        for client in subscribers:
            client.subscribe(1, "long")
        publisher = self.client()
        publisher.publish("long", payload)
        publisher.flush()
        return subscribers

    def serve_a_neighbour(self):
        neighbour = self.client()
        neighbour.subscribe(1, "short")
        for number in range(100):
            neighbour.publish("short", str(number).encode())
            self.assertEqual(neighbour.receive().message.payload, str(number).encode())
        return neighbour.stats()

    def test_arrive_complete_and_do_not_block_others(self):
        self.start("600MiB")
        payload = bytes(range(256)) * (self.SIZE // 256)
        subscribers = self.publish_to_four(payload)
        self.assertEqual(dict(self.serve_a_neighbour().dropped_messages), {})
        expected = Client.message("long", payload)
        expected.subscription = 1
        frame = Client.encode(expected)
        for client in subscribers:
            self.assertTrue(read_exactly(client.socket, len(frame)) == frame)

    def test_over_the_memory_budget_close_only_their_connections(self):
        """A partly written frame cannot be dropped: its connection is closed."""
        self.start("200MiB")
        subscribers = self.publish_to_four(bytes(self.SIZE))
        neighbour = self.client()
        while (stats := neighbour.stats()).refusals["OVER_MEMORY_BUDGET"] == 0:
            pass
        self.assertLess(stats.pending_bytes, 200 << 20)
        self.serve_a_neighbour()
        whole = [count_up_to(client.socket, self.SIZE) == self.SIZE for client in subscribers]
        # Bytes under way between reactors count too: it may be more than one.
        self.assertIn(False, whole)
        self.assertIn(True, whole)


class Draining(DaemonTest):
    config = CONFIG

    def test_delivers_accepted_messages_and_says_goodbye(self):
        address = self.daemon.addresses("native")[0]
        subscriber = Client(address)
        self.addCleanup(subscriber.socket.close)
        subscriber.subscribe(1, "load")
        confirmed = threading.Event()
        told = []

        def publish_until_told():
            with Client(address) as client:
                number = 0
                while not told:
                    for _ in range(200):
                        client.publish("load", str(number).encode())
                        number += 1
                    frame = Client.message("unused", b"")
                    frame.Clear()
                    frame.flush.id = number
                    client.send(frame)
                    while not (received := client.receive()).HasField("flushed"):
                        self.assertTrue(received.HasField("goodbye"), received)
                        told.append(received.goodbye)
                    published.append(number)
                    confirmed.set()

        published = []
        publisher = Runner(publish_until_told)
        self.assertTrue(confirmed.wait(DEADLINE))
        self.daemon.signal(signal.SIGTERM)
        received = []
        goodbyes = 0
        while (frame := subscriber.receive()) is not None:
            if frame.HasField("goodbye"):
                goodbyes += 1
            else:
                received.append(int(frame.message.payload))
        publisher.join()
        self.assertEqual(received[: published[-1]], list(range(published[-1])))
        self.assertEqual(goodbyes, 1)
        self.assertTrue(told[0].reconnect)
        self.assertEqual(self.daemon.wait(), 0)


if __name__ == "__main__":
    unittest.main()
