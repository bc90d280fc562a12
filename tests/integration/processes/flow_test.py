"""Messages over time: precision of time limits, liveness, and send backlogs during a drain."""

import re
import select
import signal
import socket
import time
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, count_up_to, error_pb2, read_to_end, telex_pb2


def field(line, name):
    return re.search(rf"\b{name}=(\S+)", line).group(1)


class TimeLimits(DaemonTest):
    """Limits far below a second. A check once per second would take most of a second for each limit in
    a row."""

    ROW = 5
    # For a row; the limits add up to a tenth of it, the rest is for a busy machine.
    MOST_SECONDS = 2.5
    config = """
server: {reactors: 1}
listeners:
  - name: native
    address: unix://{folder}/bus.sock
    slow_consumer: {policy: block, max_block: 50ms, fallback: drop-newest, max_pending: 64KiB}
    limits: {max_frame: 32KiB, hello_timeout: 100ms, frame_timeout: 100ms}
"""

    def lasted(self, lines):
        return sum(float(field(line, "seconds")) for line in lines)

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
        self.assertLess(sum(blocked), self.MOST_SECONDS * 1000, lines)
        self.assertEqual({field(line, "publishers") for line in lines}, {"1"})
        self.assertEqual(stats.expired_blocks, self.ROW)

    def test_hello_timeout_closes(self):
        address = self.daemon.addresses("native")[0]
        lines = []
        for number in range(1, self.ROW + 1):
            with connect(address) as client:
                read_to_end(client)
            lines.append(self.daemon.line("reason=hello_timeout", number))
        self.assertLess(self.lasted(lines), self.MOST_SECONDS, lines)

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
        self.assertLess(self.lasted(lines), self.MOST_SECONDS, lines)


class Liveness(DaemonTest):
    config = """
server: {reactors: 1}
listeners:
  - name: native
    address: tcp://127.0.0.1:0
    limits: {idle_timeout: 1s}
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
                # Reading all of them takes four times the idle timeout.
                ahead = begun + 4.0 * got / self.MESSAGES - time.monotonic()
                if ahead > 0:
                    select.select([], [], [], ahead)
            reader.send(telex_pb2.Frame(flush=telex_pb2.Flush(id=7)))
            while (frame := reader.receive()).HasField("ping"):
                pass
            self.assertEqual(frame.flushed.id, 7)

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


if __name__ == "__main__":
    unittest.main()
