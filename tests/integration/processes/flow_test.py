"""Messages over time: precision of time limits, liveness, and send backlogs during a drain."""

import collections
import contextlib
import os
import re
import select
import signal
import socket
import struct
import threading
import time
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, admin_pb2, connect, count_up_to, error_pb2, read_to_end, telex_pb2


def field(line, name):
    return re.search(rf"\b{name}=(\S+)", line).group(1)


class TimeLimits(DaemonTest):
    """Limits far below a second. A check once per second would take most of a second for each limit in a row but the first;
    on a busy machine, at least one of them is on time."""

    ROW = 8
    LATE_SECONDS = 0.8
    config = """
server: {reactors: 1}
listeners:
  - name: native
    address: unix://{folder}/bus.sock
    slow_consumer: {policy: block, max_block: 50ms, fallback: drop-newest, max_pending: 64KiB}
    limits: {max_frame: 32KiB, hello_timeout: 100ms, frame_timeout: 100ms}
"""

    def assert_one_is_on_time(self, lines):
        self.assertLess(min(float(field(line, "seconds")) for line in lines[1:]), self.LATE_SECONDS, lines)

    def test_max_block_resumes_publishers(self):
        address = self.daemon.addresses("native")[0]
        lines = []
        for number in range(1, self.ROW + 1):
            with Client(address) as consumer, Client(address) as publisher:
                consumer.subscribe(1, "data")
                for _ in range(200):
                    publisher.publish("data", b"x" * 4096)
                lines.append(self.daemon.line("publishers resumed:", number))
                publisher.flush()
                stats = publisher.stats()
        blocked = [int(field(line, "blocked_ms")) for line in lines]
        self.assertGreaterEqual(min(blocked), 50)
        self.assertLess(min(blocked[1:]), self.LATE_SECONDS * 1000, lines)
        self.assertEqual({field(line, "publishers") for line in lines}, {"1"})
        self.assertEqual(stats.expired_blocks, self.ROW)

    def test_hello_timeout_closes(self):
        address = self.daemon.addresses("native")[0]
        lines = []
        for number in range(1, self.ROW + 1):
            with connect(address) as client:
                read_to_end(client)
            lines.append(self.daemon.line("reason=hello_timeout", number))
        self.assert_one_is_on_time(lines)

    def test_frame_timeout_closes(self):
        address = self.daemon.addresses("native")[0]
        lines = []
        for number in range(1, self.ROW + 1):
            with Client(address) as client:
                client.socket.sendall(b"\xff")
                self.assertEqual(client.receive().error.code, error_pb2.IDLE_TIMEOUT)
                self.assertIsNone(client.receive())
                client.socket.shutdown(socket.SHUT_WR)
                lines.append(self.daemon.line("reason=idle_timeout", number))
        self.assert_one_is_on_time(lines)


class Blocking(DaemonTest):
    """A consumer that blocks its publishers and reads loses nothing, wherever they live."""

    config = """
server: {reactors: 2}
listeners:
  - name: native
    address: unix://{folder}/bus.sock
    slow_consumer: {policy: block, max_pending: 64KiB, max_block: 1m}
    limits: {max_frame: 32KiB}
"""
    PAYLOAD = 4096

    def setUp(self):
        super().setUp()
        self.address = self.daemon.addresses("native")[0]
        self.operator = self.client("operator")

    def client(self, name):
        client = Client(self.address, name)
        self.addCleanup(client.socket.close)
        return client

    def reactor_of(self, name):
        query = admin_pb2.ListConnections(limit=1000).SerializeToString()
        answer = self.operator.request("$SYS.admin.connections", query)
        rows = admin_pb2.ConnectionList.FromString(answer.message.payload).connections
        return next(row.reactor for row in rows if row.client_name == name)

    def publishers(self, consumer, here, elsewhere):
        """Clients on the consumer's reactor and on the other one."""
        home = self.reactor_of(consumer)
        found = {True: [], False: []}
        number = 0
        while len(found[True]) < here or len(found[False]) < elsewhere:
            number += 1
            name = f"publisher-{number}"
            client = self.client(name)
            found[self.reactor_of(name) == home].append(client)
        return found[True][:here] + found[False][:elsewhere]

    def flood(self, publisher, source, messages):
        """Publishes in a thread, as fast as the daemon reads."""
        payload = bytes([source]) + bytes(self.PAYLOAD - 1)
        data = publisher.encode(publisher.message("data", payload)) * messages
        thread = threading.Thread(target=publisher.socket.sendall, args=(data,))
        thread.start()
        self.addCleanup(thread.join, DEADLINE)

    def expect_all(self, consumer, sources, messages):
        got = collections.Counter()
        while got.total() < sources * messages:
            frame = consumer.receive()
            self.assertIsNotNone(frame, f"cut after {got}")
            self.assertFalse(frame.HasField("error"), frame)
            got[frame.message.payload[0]] += 1
        self.assertEqual(set(got.values()), {messages})
        stats = consumer.stats()
        self.assertEqual(dict(stats.dropped_messages), {})
        self.assertEqual(stats.delivered_messages, stats.routed_messages)
        self.assertNotIn("slow_consumer", stats.closed_connections)

    def test_loses_nothing_of_another_reactor(self):
        consumer = self.client("consumer")
        consumer.subscribe(1, "data")
        [publisher] = self.publishers("consumer", 0, 1)
        self.flood(publisher, 0, 5000)
        self.expect_all(consumer, 1, 5000)

    def test_loses_nothing_of_many_publishers(self):
        consumer = self.client("consumer")
        consumer.subscribe(1, "data")
        publishers = self.publishers("consumer", 30, 30)
        for number, publisher in enumerate(publishers):
            self.flood(publisher, number, 100)
        self.expect_all(consumer, len(publishers), 100)


class Liveness(DaemonTest):
    config = """
server: {reactors: 1}
listeners:
  - name: native
    address: tcp://127.0.0.1:0
    limits: {idle_timeout: 4s}  # a reader of a busy machine may have no processor for seconds
    slow_consumer: {policy: disconnect, max_pending: 32MiB, max_pending_age: 1m}
"""
    MESSAGES = 3000
    PAYLOAD = b"x" * 4096

    def reader(self):
        """A connection with a small receive buffer, so that unread bytes wait in the daemon."""
        host, port = self.daemon.addresses("native")[0].removeprefix("tcp://").rsplit(":", 1)
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        plain.settimeout(DEADLINE)
        plain.connect((host, int(port)))
        return Client(plain)

    def publish_all(self, publisher):
        one = publisher.encode(publisher.message("data", self.PAYLOAD))
        publisher.socket.sendall(one * self.MESSAGES)
        publisher.flush()

    def test_slow_reader_that_replies_to_pings_stays(self):
        with self.reader() as reader, Client(self.daemon.addresses("native")[0]) as publisher:
            reader.subscribe(1, "data")
            self.publish_all(publisher)
            got = pings = 0
            begun = time.monotonic()
            while got < self.MESSAGES:
                frame = reader.receive()
                self.assertIsNotNone(frame, f"cut after {got} messages")
                self.assertFalse(frame.HasField("error"), frame)
                if frame.HasField("ping"):
                    pings += 1
                    answer = telex_pb2.Frame()
                    answer.pong.nonce = frame.ping.nonce
                    reader.send(answer)
                    continue
                got += 1
                # Reading all of them takes more than twice the idle timeout.
                ahead = begun + 10.0 * got / self.MESSAGES - time.monotonic()
                if ahead > 0:
                    select.select([], [], [], ahead)
            reader.send(telex_pb2.Frame(flush=telex_pb2.Flush(id=7)))
            while (frame := reader.receive()).HasField("ping"):
                pass
            self.assertEqual(frame.flushed.id, 7, frame)

    def test_reader_that_reads_nothing_is_closed(self):
        with self.reader() as reader, Client(self.daemon.addresses("native")[0]) as publisher:
            reader.subscribe(1, "data")
            self.publish_all(publisher)
            # Hello and Subscribe. (The publisher does not reply to Pings, either.)
            number = 1
            while " frames_in=2 " not in (line := self.daemon.line("reason=idle_timeout", number)):
                number += 1
            self.assertIn("not even after a Ping", line)


class Draining(DaemonTest):
    """A send backlog has the drain timeout when the daemon stops."""

    CONFIG = """
server: {reactors: 1, drain_timeout: {drain}}
listeners:
  - {name: native, address: "unix://{folder}/bus.sock"}
  - name: lines
    address: unix://{folder}/lines.sock
    protocol: raw
    subscribe: data
    slow_consumer: {max_pending: 32MiB, max_pending_age: 1m}
"""
    config = None
    MESSAGES = 1000
    PAYLOAD = b"x" * 4095

    def stop_with_a_backlog(self, reader, drain):
        self.start_daemon(self.CONFIG.replace("{drain}", drain))
        reader.connect(f"{self.folder}/lines.sock")
        with Client(f"unix://{self.folder}/bus.sock") as publisher:
            while publisher.stats().subscriptions == 0:
                pass
            for _ in range(self.MESSAGES):
                publisher.publish("data", self.PAYLOAD)
            publisher.flush()
            self.assertEqual(publisher.stats().dropped_messages, {})
        self.daemon.signal(signal.SIGTERM)
        self.daemon.line("action=drain")

    def test_waits_for_a_send_backlog(self):
        with socket.socket(socket.AF_UNIX) as reader:
            reader.settimeout(DEADLINE)
            self.stop_with_a_backlog(reader, "1m")
            # Longer than the final flush of a connection that is closed for another reason.
            select.select([], [], [], 6.5)
            size = self.MESSAGES * (len(self.PAYLOAD) + 1)
            self.assertEqual(count_up_to(reader, size + 1), size)
        self.assertEqual(self.daemon.wait(), 0)
        self.assertIn("stopped: outcome=drained", self.daemon.log())

    def test_logs_unread_bytes(self):
        with socket.socket(socket.AF_UNIX) as reader:
            self.stop_with_a_backlog(reader, "100ms")
            self.daemon.wait()
        line = next(line for line in self.daemon.log().splitlines()
                    if "connection ended" in line and "listener=lines" in line)
        self.assertIn("reason=shutting_down", line)
        unread = int(re.search(r"timed out; (\d+) bytes were not read", line).group(1))
        self.assertGreater(unread, self.MESSAGES * len(self.PAYLOAD) // 2)
        self.assertIn("stopped: outcome=cut_off", self.daemon.log())


class DrainingWork(DaemonTest):
    """A drain ends no connection that something is still expected of. `bystander` is as quiet, and is ended: by then the
    daemon has looked at all of them."""

    CONFIG = """
server: {reactors: {reactors}, drain_timeout: 1m}
users:
  - name: slow
    publish: {allow: [">"]}
    limits: {frames_per_second: 20}
  - name: all
    unix_users: "{uid}"
    publish: {allow: [">"]}
    subscribe: {allow: [">"]}
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock"}
  - {name: hall, address: "tcp://127.0.0.1:0", user: slow}
  - {name: lines, address: "tcp://127.0.0.1:0", user: slow, protocol: raw, framing: lines, publish: data}
"""
    config = None

    def start(self, reactors):
        self.start_daemon(self.CONFIG.replace("{reactors}", str(reactors)).replace("{uid}", str(os.getuid())))

    def bus(self):
        client = Client(f"unix://{self.folder}/bus.sock")
        self.addCleanup(client.socket.close)
        return client

    def drain(self, bystander):
        self.daemon.signal(signal.SIGTERM)
        self.assertTrue(bystander.receive().HasField("goodbye"))
        self.assertIsNone(bystander.receive())

    @staticmethod
    def next_but_goodbye(client):
        while (frame := client.receive()).HasField("goodbye"):
            pass
        return frame

    def check_responder(self, reactors):
        self.start(reactors)
        bystander, responder, requester = self.bus(), self.bus(), self.bus()
        responder.subscribe(1, "svc")
        requester.publish("svc", b"?", request=1, timeout_ms=DEADLINE * 1000)
        request = responder.receive()
        self.drain(bystander)
        responder.publish(request.reply_to, b"done")
        self.assertEqual(self.next_but_goodbye(requester).message.payload, b"done")
        self.assertTrue(responder.receive().HasField("goodbye"))
        self.assertIsNone(responder.receive())
        self.assertEqual(self.daemon.wait(), 0)
        self.assertIn("stopped: outcome=drained", self.daemon.log())

    def test_waits_for_a_responder_that_works(self):
        self.check_responder(1)

    def test_waits_for_a_responder_on_another_reactor(self):
        self.check_responder(4)

    def receive_data(self, subscriber, first, after):
        for number in range(first, after):
            self.assertEqual(self.next_but_goodbye(subscriber).message.payload, b"%d" % number)

    def check_throttled(self, publisher, encode, end=b""):
        """The first read takes what costs two seconds; what follows has to wait for that."""
        subscriber, bystander = self.bus(), self.bus()
        subscriber.subscribe(1, "data")
        publisher.sendall(b"".join(encode(b"%d" % number) for number in range(60)))
        self.receive_data(subscriber, 0, 60)
        publisher.sendall(b"".join(encode(b"%d" % number) for number in range(60, 100)) + end)
        self.drain(bystander)
        self.receive_data(subscriber, 60, 100)

    def test_takes_what_a_throttled_publisher_has_sent(self):
        for reactors in (1, 4):
            self.start(reactors)
            publisher = Client(self.daemon.addresses("hall")[0])
            self.addCleanup(publisher.socket.close)
            flush = Client.encode(telex_pb2.Frame(flush=telex_pb2.Flush(id=7)))
            self.check_throttled(
                publisher.socket,
                lambda payload: Client.encode(Client.message("data", payload)), flush)
            self.assertEqual(self.next_but_goodbye(publisher).flushed.id, 7)
            self.assertEqual(self.daemon.wait(), 0)

    def test_takes_what_a_throttled_raw_peer_has_sent(self):
        self.start(1)
        with connect(self.daemon.addresses("lines")[0]) as publisher:
            self.check_throttled(publisher, lambda payload: payload + b"\n")
            self.assertEqual(self.daemon.wait(), 0)


class ThrottledEnds(DaemonTest):
    """The user has one connection, and has sent so much that it is not read for ten minutes."""

    CONFIG = """
users:
  - name: slow
    publish: {allow: [">"]}
    limits: {bytes_per_second: 1B, max_connections: 1}
  - name: all
    unix_users: "{uid}"
    publish: {allow: [">"]}
    subscribe: {allow: [">"]}
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock"}
  - {name: lines, address: "{scheme}", user: slow, protocol: raw, framing: lines, publish: data}
"""
    config = None

    def start(self, scheme="tcp://127.0.0.1:0"):
        config = self.CONFIG.replace("{uid}", str(os.getuid())).replace("{scheme}", scheme)
        self.start_daemon(config)
        self.subscriber = Client(f"unix://{self.folder}/bus.sock")
        self.addCleanup(self.subscriber.socket.close)
        self.subscriber.subscribe(1, "data")
        self.address = self.daemon.addresses("lines")[0]

    def throttled(self, seconds=600):
        """A line of as many bytes is paid for after this time."""
        peer = connect(self.address)
        self.addCleanup(peer.close)
        line = b"x" * (seconds - 1)
        peer.sendall(line + b"\n")
        self.receive_data(line)
        return peer

    def receive_data(self, *payloads):
        for payload in payloads:
            self.assertEqual(self.subscriber.receive().message.payload, payload)

    def assert_place_is_free(self):
        """Another connection of the user is taken, not rejected."""
        deadline = time.monotonic() + DEADLINE
        taken = False
        while not taken:
            self.assertLess(time.monotonic(), deadline)
            with connect(self.address) as peer, contextlib.suppress(ConnectionError):
                peer.sendall(b"again\n")
                ready, _, _ = select.select([peer, self.subscriber.socket], [], [], DEADLINE)
                taken = self.subscriber.socket in ready
        self.receive_data(b"again")

    def test_close_frees_the_place(self):
        for scheme in ("tcp://127.0.0.1:0", "unix://{folder}/lines.sock"):
            self.start(scheme.replace("{folder}", self.folder))
            self.throttled().close()
            self.assert_place_is_free()
            self.assertEqual(self.daemon.stop(), 0)

    def test_reset_frees_the_place_at_once(self):
        self.start()
        peer = self.throttled()
        peer.sendall(b"more\n")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
        self.assert_place_is_free()
        self.assertIn("connection ended", self.daemon.line("reason=client_reset"))

    def test_data_before_the_end_is_taken_in_order(self):
        self.start()
        peer = self.throttled(seconds=3)
        peer.sendall(b"3\n4\n")
        peer.close()
        self.receive_data(b"3", b"4")
        self.assertIn("reason=client_closed", self.daemon.line("connection ended"))


class PausedEnds(DaemonTest):
    """A consumer that does not read pauses a publisher, which is then not read either."""

    config = """
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock"}
  - {name: lines, address: "tcp://127.0.0.1:0", protocol: raw, framing: lines, publish: data}
  - name: sink
    address: unix://{folder}/sink.sock
    protocol: raw
    framing: lines
    subscribe: data
    slow_consumer: {policy: block, max_block: 1h, max_pending: 1MiB, max_pending_age: 1h}
"""

    def test_reset_frees_the_place_at_once(self):
        with Client(f"unix://{self.folder}/bus.sock") as bus, socket.socket(socket.AF_UNIX) as consumer:
            consumer.connect(f"{self.folder}/sink.sock")
            while bus.stats().subscriptions == 0:
                pass
            publisher = connect(self.daemon.addresses("lines")[0])
            publisher.settimeout(1)  # if it is too short, it is reset while it is read
            with self.assertRaises(TimeoutError):
                while True:
                    publisher.sendall(b"x" * 1023 + b"\n")
            self.assertEqual(bus.stats().connections, 3)
            publisher.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            publisher.close()
            self.assertIn("reason=client_reset", self.daemon.line("connection ended"))
            self.assertEqual(bus.stats().connections, 2)


if __name__ == "__main__":
    unittest.main()
