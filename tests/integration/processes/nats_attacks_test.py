"""Hostile clients of NATS beside a victim of the same listener. After each attack the victim is served, the counters
name the reason, the memory is given back, and the books balance (Daemon.check_books)."""

import contextlib
import json
import socket
import time
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, read_to_end

MIB = 1 << 20
CONNECT = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True}


class Nats:
    """A NATS client, after the PONG that follows its CONNECT; with options=None after INFO."""

    def __init__(self, address, options=CONNECT):
        self.socket = connect(address)
        self.rest = b""
        self.info = json.loads(self.line().removeprefix(b"INFO "))
        if options is not None:
            self.send(b"CONNECT " + json.dumps(options).encode() + b"\r\n")
            self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        """Returns the next line, or b"" at the end."""
        while b"\r\n" not in self.rest:
            piece = self.receive()
            if not piece:
                return b""
            self.rest += piece
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line

    def receive(self):
        with contextlib.suppress(ConnectionResetError):
            return self.socket.recv(65536)
        return b""

    def message(self):
        """Returns the line and the payload of the next MSG or HMSG."""
        line = self.line()
        if b"MSG " not in line:
            raise AssertionError(f"not a message: {line!r}")
        size = int(line.split()[-1])
        while len(self.rest) < size + 2:
            self.rest += self.socket.recv(65536) or self.end_of(line)
        payload, self.rest = self.rest[:size], self.rest[size + 2:]
        return line, payload

    @staticmethod
    def end_of(line):
        raise EOFError(f"closed within {line!r}")

    def flush(self):
        self.send(b"PING\r\n")
        line = self.line()
        if line != b"PONG":
            raise AssertionError(f"not PONG: {line!r}")

    def end(self):
        """Returns what comes before the end, without INFO lines."""
        data = self.rest
        while piece := self.receive():
            data += piece
        return b"".join(line for line in data.splitlines(True) if not line.startswith(b"INFO "))


class Attacks(DaemonTest):
    SERVER = ""
    LISTENER = ""
    USERS = ""
    ATTACKER = CONNECT
    VICTIM = CONNECT

    def setUp(self):
        self.config = f"""
server: {{reactors: 2, memory_budget: 32MiB{self.SERVER}}}
{self.USERS}
listeners:
  - {{name: native, address: "unix://{{folder}}/bus.sock"{", user: operator" if self.USERS else ""}}}
  - name: nats
    address: tcp://127.0.0.1:0
    protocol: nats
{self.LISTENER}
"""
        super().setUp()
        self.address = self.daemon.addresses("nats")[0]
        self.operator = Client(self.daemon.addresses("native")[0], "operator")
        self.addCleanup(self.operator.socket.close)
        self.victim = Nats(self.address, self.VICTIM)
        self.addCleanup(self.victim.socket.close)
        self.victim.send(b"SUB victim.* 1\r\nSUB _INBOX.v.* 2\r\n")
        self.victim.flush()
        self.rounds = 0
        self.live()
        self.before = self.operator.stats()

    def live(self):
        """The victim receives its messages, and replies to its requests."""
        for _ in range(10):
            self.rounds += 1
            text = str(self.rounds).encode()
            self.victim.send(b"PUB victim.a %d\r\n%s\r\n" % (len(text), text))
            self.assertEqual(self.victim.message(), (b"MSG victim.a 1 %d" % len(text), text))
            self.victim.send(b"PUB svc.none _INBOX.v.%s 0\r\n\r\n" % text)
            line, block = self.victim.message()
            self.assertEqual(line, b"HMSG _INBOX.v.%s 2 16 16" % text)
            self.assertEqual(block, b"NATS/1.0 503\r\n\r\n")

    def attacker(self):
        client = Nats(self.address, self.ATTACKER)
        self.addCleanup(client.socket.close)
        return client

    def await_stats(self, what, holds):
        until = time.monotonic() + DEADLINE
        while not holds(stats := self.operator.stats()):
            self.assertLess(time.monotonic(), until, f"{what}: {stats}")
        return stats

    def assert_over(self, **refusals):
        """Attackers have gone, the victim is served, and each refusal was counted."""
        self.live()
        stats = self.await_stats(
            "connections and memory are given back",
            lambda stats: stats.connections == self.before.connections and
            stats.pending_bytes == self.before.pending_bytes and stats.subscriptions == self.before.subscriptions)
        counted = {name: count - self.before.refusals.get(name, 0) for name, count in stats.refusals.items()}
        for name, count in refusals.items():
            self.assertEqual(counted.get(name, 0), count, counted)
        return stats


class Lines(Attacks):
    """Control lines and sizes. A client without a right to the text gets none."""

    def assert_ends(self, data, answer, code, options=CONNECT):
        with Nats(self.address, options) as client:
            client.send(data)
            client.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(client.end(), answer, data[:100])
        self.assert_over(**{code: 1})
        self.before = self.operator.stats()

    def test_that_never_end(self):
        for data in (b"x" * 5_000, b"SUB " + b"s" * MIB, b"PUB " + b" " * 5_000 + b"a 0\r\n\r\n"):
            self.assert_ends(data, b"-ERR 'maximum control line exceeded'\r\n", "BAD_FRAME")

    def test_with_lies_about_sizes(self):
        unknown = b"-ERR 'Unknown Protocol Operation'\r\n"
        self.assert_ends(b"PUB victim.a 2\r\nxyz\r\n", unknown, "BAD_FRAME")
        self.assert_ends(b"PUB victim.a 5\r\nxyz\r\nPUB victim.a 1\r\nx\r\n", unknown, "BAD_FRAME")
        self.assert_ends(b"PUB victim.a 5\r\nxyz", b"", "BAD_FRAME")
        self.assert_ends(b"PUB victim.a 999999999\r\nx", b"-ERR 'Maximum Payload Violation'\r\n", "FRAME_TOO_LARGE")
        for size in (b"-1", b"x", b"0x1", b"1000000000", b"99999999999999999999999"):
            self.assert_ends(b"PUB victim.a " + size + b"\r\nx\r\n", b"", "BAD_MESSAGE")
        self.assert_ends(b"HPUB victim.a 9 5\r\nhello\r\n", b"", "BAD_MESSAGE")
        self.assert_ends(b"HPUB victim.a 999999999 5\r\nhello\r\n", b"", "BAD_MESSAGE")

    def test_of_other_protocols(self):
        for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(600),
                     b"SSH-2.0-x\r\n"):
            with Nats(self.address, None) as client:
                client.send(data)
                self.assertEqual(client.end(), b"-ERR 'Unknown Protocol Operation'\r\n")
            self.live()

    def test_of_connect_with_hostile_json(self):
        for text in (b"[" * 4_080, b'{"a":' * 800, b'{"name":"\xff"}', b'{"verbose":1}', b"", b"{}}"):
            self.assert_ends(b"CONNECT " + text + b"\r\n", b"", "BAD_MESSAGE", None)
        nested = b'{"verbose":false,"a":' + b"[" * 2_000 + b"]" * 2_000 + b"}"
        with Nats(self.address, None) as client:
            client.send(b"CONNECT " + nested + b"\r\n")
            client.flush()

    def test_with_a_thousand_names_of_a_client(self):
        """The last one counts; a name is printable, and short."""
        with Nats(self.address) as client:
            for number in range(1_000):
                options = CONNECT | {"name": f"{number}\x1b[2J" + "n" * 3_000}
                client.send(b"CONNECT " + json.dumps(options).encode() + b"\r\n")
            client.flush()
        self.assert_over()


class Subjects(Attacks):
    def test_that_are_not_text(self):
        hostile = (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"a\x00b", b"a\x1b[2J", b"a..b", b".", b"a.", b"a.*",
                   b">", b"$SYS.x", b"$x", b"s" * 2_000, b".".join([b"t"] * 40))
        with Nats(self.address) as client:
            for subject in hostile:
                client.send(b"PUB %s 1\r\nx\r\n" % subject)
                self.assertTrue(client.line().startswith(b"-ERR 'Permissions Violation for Publish to \""), subject)
                client.send(b"PUB victim.a %s 1\r\nx\r\n" % subject)
                self.assertTrue(client.line().startswith(b"-ERR 'Permissions Violation for Publish to \""), subject)
            for subject in hostile[:8] + (b"a.>.b", b"_REPLY.>", b"$SYS.event.>"):
                client.send(b"SUB %s 7\r\n" % subject)
                self.assertTrue(client.line().startswith(b"-ERR 'Permissions Violation for Subscription to \""), subject)
            client.flush()
        self.assert_over()

    def test_with_sids_and_groups_that_are_hostile(self):
        with Nats(self.address) as client:
            for data in (b"SUB a " + b"s" * 4_000, b"SUB a 1\r2", b"SUB a \x1b[2J", b"SUB a q\x1b[2J 1",
                         b"SUB a " + b"q" * 256 + b" 1", b"SUB a \xff 1"):
                client.send(data + b"\r\n")
                line = client.line()
                self.assertTrue(line.startswith(b"-ERR 'Permissions Violation for Subscription to \"a\""), line)
                self.assertLess(len(line), 257)
            client.send(b"UNSUB " + b"s" * 4_000 + b"\r\n")
            client.flush()
        self.assert_over(BAD_SUBSCRIPTION=3, BAD_QUEUE_GROUP=3)

    def test_of_a_hundred_thousand_subscriptions(self):
        """Those over the limit are refused one by one, and the first ones stay."""
        client = self.attacker()
        count, limit = 100_000, 10_000
        refused = 0
        for first in range(1, count + 1, 10_000):
            client.send(b"".join(b"SUB many.%d %d\r\n" % (number, number) for number in range(first, first + 10_000)))
            client.send(b"PING\r\n")
            while (line := client.line()) != b"PONG":
                self.assertTrue(line.endswith(b", too many subscriptions'"), line)
                refused += 1
            self.live()
        self.assertEqual(refused, count - limit)
        client.send(b"PUB many.10000 1\r\nx\r\n")
        self.assertEqual(client.message(), (b"MSG many.10000 10000 1", b"x"))
        client.socket.close()
        self.assert_over(TOO_MANY_SUBSCRIPTIONS=count - limit)

    def test_of_named_subscriptions_that_come_and_go(self):
        client = self.attacker()
        for _ in range(5):
            client.send(b"".join(b"SUB many.x name-%d\r\nUNSUB name-%d\r\n" % (number, number)
                                 for number in range(5_000)))
            client.flush()
            self.live()
        client.socket.close()
        self.assert_over()


class Headers(Attacks):
    def publish(self, client, block):
        client.send(b"HPUB victim.h %d %d\r\n%s\r\n" % (len(block), len(block), block))

    def assert_refused(self, client, block):
        self.publish(client, block)
        self.assertEqual(client.line(),
                         b"-ERR 'Permissions Violation for Publish to \"victim.h\", too many headers'")
        self.live()

    def test_that_are_bombs(self):
        client = self.attacker()
        self.assert_refused(client, b"NATS/1.0\r\n" + b"a:\r\n" * 250_000 + b"\r\n")
        self.assert_refused(client, b"NATS/1.0\r\n" + b"\r\n".join(b"n%d: v" % n for n in range(10_000)) + b"\r\n\r\n")
        self.assert_refused(client, b"NATS/1.0\r\n" + b":\n" * 500_000 + b"\r\n\r\n")
        self.assert_refused(client, b"NATS/1.0\r\n" + b"x\r\n" * 300_000 + b"\r\n")
        self.assert_refused(client, b"x" * (MIB - 100))
        self.assert_refused(client, b"NATS/1.0\r\nname: " + b"v" * 20_000 + b"\r\n\r\n")
        client.socket.close()
        self.assert_over(TOO_MANY_HEADERS=6)

    def test_that_are_malformed_come_as_they_are(self):
        client = self.attacker()
        for block in (b"hello", b"NATS/1.0", b"NATS/1.0 503\r\n\r\n", b"NATS/1.0\r\n: x\r\n\r\n", b"\xff\x00\r\n\r\n",
                      b"NATS/1.0\r\na: b\r\n\r\nMSG victim.a 1 1\r\nx\r\n"):
            self.publish(client, block)
            line, got = self.victim.message()
            self.assertEqual(line, b"HMSG victim.h 1 %d %d" % (len(block), len(block)))
            self.assertEqual(got, block)
        client.socket.close()
        self.assert_over()


class Memory(Attacks):
    # Each holds this much of a publication.
    HELD = 100_000

    def test_of_publications_that_are_never_finished(self):
        crowd = [self.attacker() for _ in range(200)]
        for client in crowd:
            client.send(b"PUB victim.a 1000000\r\n" + bytes(self.HELD))
        stats = self.await_stats("what they hold is charged",
                                 lambda stats: stats.pending_bytes - self.before.pending_bytes >=
                                 len(crowd) * self.HELD)
        self.assertLessEqual(stats.pending_bytes, 32 * MIB)
        self.live()
        for client in crowd:
            client.socket.close()
        self.assert_over()

    def test_of_publications_beyond_the_budget(self):
        crowd = [self.attacker() for _ in range(80)]
        for client in crowd:
            client.socket.setblocking(False)
            with contextlib.suppress(OSError):
                client.socket.send(b"PUB victim.a 1000000\r\n" + bytes(900_000))
        left = {client: 900_000 for client in crowd}
        until = time.monotonic() + DEADLINE
        while not (stats := self.operator.stats()).refusals.get("OVER_MEMORY_BUDGET"):
            self.assertLess(time.monotonic(), until, stats)
            self.assertLessEqual(stats.pending_bytes, 32 * MIB)
            for client in left:
                with contextlib.suppress(OSError):
                    client.socket.send(bytes(60_000))
        for client in crowd:
            client.socket.close()
        self.live()
        self.await_stats("memory", lambda stats: stats.pending_bytes == self.before.pending_bytes)

    def test_of_a_slow_consumer(self):
        client = self.attacker()
        client.send(b"SUB flood 1\r\n")
        client.flush()
        publisher = self.attacker()
        one = b"PUB flood 10000\r\n" + bytes(10_000) + b"\r\n"
        for _ in range(20):
            publisher.send(one * 100)
            self.live()
        publisher.flush()
        stats = self.await_stats(
            "messages are dropped, or their consumer is",
            lambda stats: sum(stats.dropped_messages.values()) > sum(self.before.dropped_messages.values()))
        self.assertLessEqual(stats.pending_bytes, 32 * MIB)
        client.socket.close()
        publisher.socket.close()
        self.assert_over()


class SlowConsumers(Attacks):
    LISTENER = "    slow_consumer: {policy: disconnect, max_pending: 256KiB}\n"

    def test_receive_the_reason(self):
        client = self.attacker()
        client.send(b"SUB flood 1\r\n")
        client.flush()
        publisher = self.attacker()
        one = b"PUB flood 10000\r\n" + bytes(10_000) + b"\r\n"
        until = time.monotonic() + DEADLINE
        while not self.operator.stats().closed_connections.get("slow_consumer"):
            self.assertLess(time.monotonic(), until)
            publisher.send(one * 20)
        end = client.end()
        self.assertIn(b"-ERR 'Permissions Violation: slow consumer, ", end[-200:])
        client.socket.close()
        publisher.flush()
        publisher.socket.close()
        self.assert_over(SLOW_CONSUMER=1)


class Floods(Attacks):
    def test_of_pings_whose_answers_are_not_read(self):
        client = self.attacker()
        client.socket.setblocking(False)
        sent = 0
        pings = b"PING\r\n" * 10_000
        until = time.monotonic() + DEADLINE
        # Until the exchange reads no more: it keeps a bounded number of answers.
        full = 0
        while full < 20 and sent < 200 * MIB:
            self.assertLess(time.monotonic(), until)
            try:
                sent += client.socket.send(pings)
                full = 0
            except BlockingIOError:
                full += 1
                self.live()
            except OSError:
                break
        stats = self.operator.stats()
        self.assertLess(stats.pending_bytes, 4 * MIB)
        client.socket.close()
        self.assert_over()

    def test_of_requests_without_responders(self):
        client = self.attacker()
        client.send(b"SUB _INBOX.f.* 1\r\n")
        client.flush()
        count = 20_000
        client.socket.settimeout(DEADLINE)
        for first in range(0, count, 1_000):
            client.send(b"".join(b"PUB svc.none _INBOX.f.%d 0\r\n\r\n" % n for n in range(first, first + 1_000)))
            for number in range(first, first + 1_000):
                line, block = client.message()
                self.assertEqual(line, b"HMSG _INBOX.f.%d 1 16 16" % number)
            self.live()
        # With a reply subject without a subscription.
        client.send(b"PUB svc.none _INBOX.none 0\r\n\r\n" * count)
        client.flush()
        client.socket.close()
        self.assert_over()

    def test_of_requests_whose_replies_are_not_read(self):
        client = self.attacker()
        client.send(b"SUB _INBOX.f.* 1\r\n")
        client.flush()
        client.socket.setblocking(False)
        requests = b"".join(b"PUB $SYS.stats _INBOX.f.%d 0\r\n\r\nPUB svc.none _INBOX.f.x 0\r\n\r\n" % n
                            for n in range(1_000))
        for _ in range(40):
            with contextlib.suppress(BlockingIOError):
                client.socket.send(requests)
            self.live()
        self.assertLess(self.operator.stats().pending_bytes, 32 * MIB)
        client.socket.close()
        self.assert_over()

    def test_of_connections_that_end_in_the_middle(self):
        for data in (b"", b"CONN", b"CONNECT {}\r\nPIN", b"PUB a 5\r\nx", b"SUB a 1\r\nPUB a 0\r\n\r\n"):
            for _ in range(20):
                with contextlib.closing(connect(self.address)) as peer:
                    peer.sendall(data)
        self.assert_over()


class Strangers(Attacks):
    USERS = """users:
  - {name: operator, publish: {allow: [">", "$SYS.>"]}, subscribe: {allow: ">"}}
  - name: someone
    tokens: "sha256:2e90a2e0de3b16fcb1e0f0f5fef4a5fdf07aa2f2b4ef2cfbcd9f2f8d6cce9b35"
    publish: {allow: ">"}
    subscribe: {allow: ">"}
"""
    LISTENER = "    limits: {hello_timeout: 300ms}\n"
    TOKEN = "someone-or-other"
    VICTIM = CONNECT | {"auth_token": TOKEN}

    def setUp(self):
        import hashlib

        digest = hashlib.sha256(self.TOKEN.encode()).hexdigest()
        self.USERS = "\n".join(f'    tokens: "sha256:{digest}"' if "tokens:" in line else line
                               for line in self.USERS.split("\n"))
        super().setUp()

    def refused_with(self, data):
        with Nats(self.address, None) as client:
            self.assertTrue(client.info["auth_required"])
            with contextlib.suppress(OSError):
                client.send(data)
            return client.end()

    def test_do_nothing(self):
        violation = b"-ERR 'Authorization Violation'\r\n"
        commands = (b"PING\r\n", b"SUB > 1\r\n", b"PUB victim.a 1\r\nx\r\n", b"INFO {}\r\n", b"FOO\r\n",
                    b"CONNECT {}\r\n", b'CONNECT {"auth_token":"wrong"}\r\nSUB > 1\r\nPUB victim.a 1\r\nx\r\n',
                    b'CONNECT {"nkey":"U","sig":"x"}\r\n', b'CONNECT {"jwt":"x","sig":"x"}\r\n')
        for data in commands:
            self.assertEqual(self.refused_with(data), violation, data)
        self.assert_over(NOT_AUTHENTICATED=len(commands))

    def test_have_a_short_time(self):
        self.assertEqual(self.refused_with(b""), b"-ERR 'Authentication Timeout'\r\n")
        self.assert_over(HELLO_TIMEOUT=1)

    def test_keep_little_while_they_are_checked(self):
        data = b'CONNECT {"auth_token":"wrong"}\r\n' + b"PUB victim.a 10000\r\n" + bytes(10_000) + b"\r\n"
        self.assertEqual(self.refused_with(data * 30), b"-ERR 'Authorization Violation'\r\n")
        self.assert_over()

    def test_with_large_publications_are_refused_before_they_arrive(self):
        self.assertEqual(self.refused_with(b"PUB victim.a 900000\r\n"), b"-ERR 'Maximum Payload Violation'\r\n")
        self.assert_over(FRAME_TOO_LARGE=1)


if __name__ == "__main__":
    unittest.main()
