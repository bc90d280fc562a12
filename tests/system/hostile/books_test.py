"""Random clients that a daemon lets in, hostile ones among them, and its books.

Each run is a number of steps that a seed determines: connections, subscriptions with every policy, credit, queue groups, requests,
half-closes, resets, kicks, reloads. After every few steps, and after each kind of end, the daemon has to account for every message
(books.py). At the end the living clients read everything: each has received exactly what the daemon says that it delivered, and a
last round of messages is routed to exactly the subscriptions that match.

A run that fails prints its seed. It belongs into books_seeds.txt, whose runs are repeated first.

    TELEX_BOOKS_SEED=7 TELEX_BOOKS_STEPS=2000     one run
    TELEX_BOOKS_MINUTES=5                         new seeds for this time; script/fuzz 5 books does it"""

import os
import pathlib
import random
import re
import select
import signal
import socket
import struct
import time
import unittest

import books
from processes import DEADLINE, DaemonTest
from wire import Client, admin_pb2, connect, sys_pb2, telex_pb2

SEEDS = pathlib.Path(__file__).with_name("books_seeds.txt")
FRESH_SEEDS = 4
STEPS = int(os.environ.get("TELEX_BOOKS_STEPS", "5000"))
STEPS_BETWEEN_CHECKS = 25
MOST_CLIENTS = 10

SUBJECTS = ("a", "a.b", "b", "job.1", "job.2", "lines")
FILTERS = ("a", "a.b", "a.>", "*", ">", "job.*", "job.1", "_REPLY.>", "")
GROUPS = ("", "", "", "workers", "others")
POLICIES = telex_pb2.SlowPolicy.values()

CONFIG = """
server: {reactors: 3, drain_timeout: 2s}
users:
  - name: me
    unix_users: "{uid}"
    allow_block: true
    publish: {allow: [">", "$SYS.>"]}
    subscribe: {allow: ">"{deny}}
listeners:
  - {name: ops, address: "unix://{folder}/ops.sock"}
  # The kernel queues little for a unix socket: a client that does not read is soon a slow one. Frames beyond 256 KiB can be
  # dropped from a send queue.
  - name: native
    address: unix://{folder}/native.sock
    slow_consumer: {policy: disconnect, fallback: drop-newest, max_block: 50ms, max_pending: 400KiB, max_pending_age: 1s}
    limits: {max_connections: 30, max_subscriptions: 8, max_frame: 48KiB}
  - name: lines
    address: tcp://127.0.0.1:0
    protocol: raw
    user: me
    subscribe: lines
    slow_consumer: {policy: drop-oldest, max_pending: 64KiB}
    limits: {max_frame: 48KiB}
  - {name: questions, address: "tcp://127.0.0.1:0", protocol: raw, user: me, request: job.1}
"""
DENIALS = ("", ", deny: a.b", ', deny: ["a.b", "job.1"]')


class RandomClient:
    """A connection of the native protocol that reads on request, and keeps count. Never waits, except in
    read_everything."""

    MOST_UNSENT = 1 << 20

    def __init__(self, address, name):
        peer = connect(address)
        self.wire = Client(peer, name, no_echo=name.endswith("quiet"))
        if self.wire.refusal is not None:
            raise AssertionError(self.wire.refusal)
        peer.setblocking(False)
        self.socket = peer
        self.name = name
        self.unsent = b""
        self.messages = 0
        self.replies = {"pong": 0, "flushed": 0}  # the number of these frames
        self.requests = []  # reply subjects of requests that it may answer
        self.broken = False  # its frames no longer make sense
        self.ended = False

    def send(self, frame):
        self.send_bytes(Client.encode(frame))

    def send_bytes(self, data):
        if len(self.unsent) < self.MOST_UNSENT:
            self.unsent += data
        self.pump()

    def pump(self):
        """Sends what the daemon takes now."""
        try:
            while self.unsent:
                self.unsent = self.unsent[self.socket.send(self.unsent):]
        except BlockingIOError:
            pass
        except OSError:
            self.ended = True

    def control(self, name, **fields):
        """Unlike a message it is sent however much is unsent: a client may be waiting for its reply."""
        frame = telex_pb2.Frame()
        control = getattr(frame, name)
        control.SetInParent()
        for field, value in fields.items():
            setattr(control, field, value)
        self.unsent += Client.encode(frame)
        self.pump()

    def read(self, frames):
        """Reads up to this many of the frames that have arrived."""
        self.pump()
        while frames > 0 and not self.ended and (frame := self.wire.receive_now()) is not None:
            frames -= 1
            if frame.HasField("message"):
                self.messages += 1
                if frame.reply_to and frame.subscription:
                    self.requests.append(frame.reply_to)
            for name in self.replies:
                self.replies[name] += frame.HasField(name)
        self.ended = self.ended or self.wire.ended

    def read_everything(self):
        """Reads until the daemon has answered a Ping, which comes after everything that it has queued."""
        self.control("ping", nonce=1)
        self.await_reply("pong", self.replies["pong"] + 1)

    def flush(self):
        """Returns when the daemon has routed all that was published, on all reactors."""
        self.control("flush", id=1)
        self.await_reply("flushed", self.replies["flushed"] + 1)

    def await_reply(self, name, number):
        deadline = time.monotonic() + DEADLINE
        while not self.ended and self.replies[name] < number:
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name} received no {name}, {len(self.unsent)} bytes are unsent")
            select.select([self.socket], [self.socket] if self.unsent else [], [], 1)
            self.read(1000)


class Run:
    """One run on a running daemon."""

    def __init__(self, test, seed):
        self.test = test
        self.seed = seed
        self.random = random.Random(seed)
        self.done = []  # the last steps, for the report
        self.clients = []
        self.raw = []
        self.names = 0
        self.operator = Client(f"unix://{test.folder}/ops.sock", "operator")
        self.reloads = 0
        self.counted = sys_pb2.ServerStats()  # at the last check

    # --- steps ----------------------------------------------------------------------------------

    def step(self):
        weighted = {
            self.join: 3, self.subscribe: 8, self.unsubscribe: 4, self.credit: 6, self.publish: 14, self.request: 4,
            self.answer: 5, self.read: 8, self.flush: 3, self.garbage: 0.3, self.half_close: 0.6, self.reset: 0.6,
            self.goodbye: 0.6, self.kick: 0.6, self.reload: 0.4, self.raw_join: 0.5, self.raw_send: 3, self.raw_end: 0.4,
        }
        action = self.random.choices(list(weighted), list(weighted.values()))[0]
        self.done = [*self.done[-200:], action.__name__]
        action()
        self.clients = [client for client in self.clients if not client.ended]

    def some(self):
        return self.random.choice(self.clients) if self.clients else self.join()

    def join(self):
        if len(self.clients) >= MOST_CLIENTS:
            return self.random.choice(self.clients)
        self.names += 1
        quiet = self.random.random() < 0.2
        client = RandomClient(self.test.address("native"), f"c{self.names}{'-quiet' if quiet else ''}")
        self.clients.append(client)
        return client

    def subscribe(self):
        group = self.random.choice(GROUPS)
        self.some().control(
            "subscribe",
            subscription=self.random.randint(1, 4),
            filter=self.random.choice(FILTERS),
            queue_group=group,
            slow_policy=self.random.choice(POLICIES),
            credit=self.random.choice((0, 0, 1, 5, 1000)),
            max_messages=self.random.choice((0, 0, 0, 3, 50)),
        )

    def unsubscribe(self):
        self.some().control("unsubscribe", subscription=self.random.randint(1, 4))

    def credit(self):
        self.some().control("credit", subscription=self.random.randint(1, 4),
                            messages=self.random.choice((0, 1, 10, 300, (1 << 64) - 1)))

    def message(self, **fields):
        payload = bytes(self.random.choice((0, 10, 400, 400, 3000, 3000, 20000, 45000)))
        return Client.message(self.random.choice(SUBJECTS), payload, **fields)

    def publish(self):
        client = self.some()
        client.send_bytes(Client.encode(self.message()) * self.random.choice((1, 1, 5, 30, 30)))

    def request(self):
        self.some().send(self.message(request=self.random.randint(1, 50), timeout_ms=self.random.choice((1, 50, 1000))))

    def answer(self):
        client = self.some()
        client.read(20)
        for _ in range(min(len(client.requests), self.random.choice((1, 5)))):
            subject = client.requests.pop(self.random.randrange(len(client.requests)))
            for _ in range(self.random.choice((1, 1, 1, 2))):
                client.send(Client.message(subject, bytes(self.random.choice((0, 10, 30000)))))

    def read(self):
        self.some().read(self.random.choice((1, 10, 1000)))

    def flush(self):
        self.some().control("flush", id=self.random.randint(1, 9))

    def garbage(self):
        client = self.some()
        client.send_bytes(self.random.randbytes(self.random.randint(1, 40)))
        client.broken = True

    def half_close(self):
        client = self.some()
        client.pump()
        try:
            client.socket.shutdown(socket.SHUT_WR)
        except OSError:
            client.ended = True
        client.broken = True

    def reset(self):
        client = self.some()
        client.socket.close()
        client.ended = True

    def goodbye(self):
        client = self.some()
        client.control("goodbye")
        if self.random.random() < 0.5:
            client.socket.close()
            client.ended = True

    def kick(self):
        rows = self.connections()
        if rows:
            kick = admin_pb2.Kick(connection=self.random.choice(rows).number)
            self.ask("$SYS.admin.kick", kick)

    def reload(self):
        self.test.configure(self.test.configuration(self.random.choice(DENIALS)))
        report = admin_pb2.ReloadReport.FromString(self.ask("$SYS.admin.reload", admin_pb2.Reload()))
        self.test.assertFalse(report.HasField("error"), report)

    def raw_join(self):
        if len(self.raw) < 3:
            self.raw.append(connect(self.test.address(self.random.choice(("lines", "questions")))))

    def raw_send(self):
        if not self.raw:
            return
        line = bytes(self.random.choice((b"x", b"y"))) * self.random.choice((0, 10, 5000)) + b"\n"
        peer = self.random.choice(self.raw)
        try:
            if select.select([], [peer], [], 0)[1]:
                peer.sendall(line)
        except OSError:
            self.raw.remove(peer)

    def raw_end(self):
        if self.raw:
            peer = self.raw.pop(self.random.randrange(len(self.raw)))
            if self.random.random() < 0.5:  # a reset
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()

    # --- the oracle -----------------------------------------------------------------------------

    def ask(self, subject, query=None):
        return self.operator.request(subject, query.SerializeToString() if query else b"", number=1).message.payload

    def connections(self):
        query = admin_pb2.ListConnections(limit=1000, listener="native")
        return admin_pb2.ConnectionList.FromString(self.ask("$SYS.admin.connections", query)).connections

    def subscriptions(self):
        query = admin_pb2.ListSubscriptions(limit=1000)
        return admin_pb2.SubscriptionList.FromString(self.ask("$SYS.admin.subscriptions", query)).subscriptions

    def stats(self):
        return sys_pb2.ServerStats.FromString(self.ask("$SYS.stats"))

    def check(self):
        stats = self.stats()
        books.check_stats(stats)
        self.check_counters(stats)
        self.test.assertGreater(books.check_lists(self.operator), 0)

    def check_counters(self, stats):
        """None has decreased. (A message that moves to another member of its group is routed again.)"""
        self.test.assertGreaterEqual(stats.delivered_messages, self.counted.delivered_messages)
        for reason, count in self.counted.dropped_messages.items():
            self.test.assertGreaterEqual(stats.dropped_messages[reason], count, reason)
        self.counted = stats

    def read_all(self):
        """Until each client has read everything that was queued for it."""
        for client in self.clients:
            if client.broken:
                client.socket.close()
                client.ended = True
        # A client whose publications wait for another one goes on when that one has read.
        for _ in range(3):
            for client in self.clients:
                client.read(1_000_000)
            for client in self.clients:
                client.read_everything()
            self.clients = [client for client in self.clients if not client.ended]

    def check_deliveries(self):
        """Each living client has received what the daemon says that it delivered to it, exactly."""
        deadline = time.monotonic() + DEADLINE
        while (problem := self.unequal_delivery()) is not None:
            self.test.assertLess(time.monotonic(), deadline, problem)

    def unequal_delivery(self):
        """Returns the first difference. A publisher that was paused may add to what was read."""
        self.read_all()
        rows = {row.client_name: row for row in self.connections()}
        for client in self.clients:
            row = rows.get(client.name)
            self.test.assertIsNotNone(row, f"{client.name} is not listed")
            if client.messages != row.delivered_messages:
                return f"{client.name}: received {client.messages}; {row}"
        return None

    def check_last_round(self):
        """Without other traffic messages are routed to the subscriptions that match, and to one of each group."""
        subscriptions = [row for row in self.subscriptions() if row.filter == "last.round"]
        self.test.assertEqual(subscriptions, [])
        plain = [self.join_anew() for _ in range(3)]
        for number, client in enumerate(plain, 1):
            client.control("subscribe", subscription=100, filter="last.round", credit=number)
        members = [self.join_anew() for _ in range(3)]
        for client in members:
            client.control("subscribe", subscription=100, filter="last.*", queue_group="last")
        self.read_all()
        publisher = self.join_anew()
        before = self.stats()
        for _ in range(20):
            publisher.send(Client.message("last.round", b"x"))
        publisher.flush()
        after = self.stats()
        # The first statistics themselves are a reply.
        self.test.assertGreaterEqual(after.routed_messages - before.routed_messages, 20 * (len(plain) + 1) + 1)
        rows = [row for row in self.subscriptions() if row.filter in ("last.round", "last.*")]
        self.test.assertEqual(sorted((row.routed_messages, row.delivered_messages, row.held_messages)
                                     for row in rows if not row.queue_group),
                              [(20, 1, 19), (20, 2, 18), (20, 3, 17)])
        self.test.assertEqual(sum(row.routed_messages for row in rows if row.queue_group), 20)
        for client in plain + members:
            client.control("unsubscribe", subscription=100)

    def join_anew(self):
        self.names += 1
        client = RandomClient(self.test.address("native"), f"c{self.names}")
        self.clients.append(client)
        return client

    def go(self, steps):
        for number in range(1, steps + 1):
            self.step()
            if number % STEPS_BETWEEN_CHECKS == 0:
                self.check()
        self.check_deliveries()
        self.check()
        self.test.assertGreater(self.stats().delivered_messages, steps // 4)
        self.check_last_round()
        self.check_deliveries()
        self.check()

    def close(self):
        for client in self.clients:
            client.socket.close()
        for peer in self.raw:
            peer.close()
        self.operator.socket.close()


class Oracle(unittest.TestCase):
    def test_accepts_what_balances(self):
        books.expect_balance("x", 10, 5, 3, 2)
        books.expect_balance("x", 0, 0, 0, 0)

    def test_detects_a_lost_message(self):
        with self.assertRaisesRegex(books.Unbalanced, "x: routed 10, delivered 5, dropped 3, waiting 1, queued 0"):
            books.expect_balance("x", 10, 5, 3, 1)

    def test_detects_a_count_that_wrapped_around(self):
        with self.assertRaises(books.Unbalanced):
            books.expect_balance("x", 1, (1 << 64) - 1, 2, 0)

    def test_detects_it_in_statistics(self):
        stats = sys_pb2.ServerStats(routed_messages=3, delivered_messages=1, waiting_messages=1)
        stats.dropped_messages["slow_newest"] = 1
        stats.reactors.add(routed_messages=3, delivered_messages=1, waiting_messages=1, dropped_messages=1)
        books.check_stats(stats)
        stats.reactors[0].routed_messages = 4
        with self.assertRaisesRegex(books.Unbalanced, "reactor 0"):
            books.check_stats(stats)


class RandomClients(DaemonTest):
    config = None

    def address(self, listener):
        return self.daemon.addresses(listener)[-1]

    def configuration(self, deny):
        return CONFIG.replace("{uid}", str(os.getuid())).replace("{deny}", deny)

    def run_seed(self, seed, steps=STEPS):
        daemon = self.start_daemon(self.configuration(""))
        run = Run(self, seed)
        try:
            run.go(steps)
        except Exception as problem:
            raise daemon.failure(f"seed {seed}, {steps} steps, the last ones {run.done[-40:]}: {problem!r}") from problem
        finally:
            run.close()
        # The remaining clients end with a drain.
        self.assertEqual(daemon.stop(), 0)
        print(f"seed {seed}: {steps} steps")

    @staticmethod
    def known_seeds():
        return [int(line) for line in re.findall(r"^\d+", SEEDS.read_text(encoding="utf-8"), re.MULTILINE)]

    def test_seeds_that_failed_once(self):
        for seed in self.known_seeds():
            self.run_seed(seed)

    def test_new_seeds(self):
        chosen = os.environ.get("TELEX_BOOKS_SEED")
        minutes = float(os.environ.get("TELEX_BOOKS_MINUTES", "0"))
        if chosen:
            self.run_seed(int(chosen))
            return
        for seed in range(FRESH_SEEDS):
            self.run_seed(seed)
        end = time.monotonic() + 60 * minutes
        while time.monotonic() < end:
            self.run_seed(random.SystemRandom().randrange(1 << 32))


if __name__ == "__main__":
    unittest.main()
