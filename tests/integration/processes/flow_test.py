"""The flow of messages over time: how exactly limits of time are kept."""

import re
import socket
import unittest

from processes import DaemonTest
from wire import Client, connect, error_pb2, read_to_end


def field(line, name):
    return re.search(rf"\b{name}=(\S+)", line).group(1)


class LimitsOfTime(DaemonTest):
    """Limits far below a second. Whoever looks at them once a second only takes most of a second for
    each of a row, and several seconds for the row."""

    ROW = 5
    # Of a row; what is allowed is a tenth of it, and the rest is for a machine that has no time.
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

    def test_publishers_go_on_after_max_block(self):
        address = self.daemon.addresses("native")[0]
        lines = []
        for number in range(1, self.ROW + 1):
            with Client(address) as consumer, Client(address) as publisher:
                consumer.subscribe(1, "data")
                for _ in range(200):
                    publisher.publish("data", b"x" * 4096)
                lines.append(self.daemon.line("publishers go on:", number))
                publisher.flush()
                stats = publisher.stats()
        blocked = [int(field(line, "blocked_ms")) for line in lines]
        self.assertGreaterEqual(min(blocked), 50)
        self.assertLess(sum(blocked), self.MOST_SECONDS * 1000, lines)
        self.assertEqual({field(line, "publishers") for line in lines}, {"1"})
        self.assertEqual(stats.expired_blocks, self.ROW)

    def test_who_does_not_introduce_itself_is_closed(self):
        address = self.daemon.addresses("native")[0]
        lines = []
        for number in range(1, self.ROW + 1):
            with connect(address) as client:
                read_to_end(client)
            lines.append(self.daemon.line("reason=hello_timeout", number))
        self.assertLess(self.lasted(lines), self.MOST_SECONDS, lines)

    def test_who_does_not_end_its_frame_is_closed(self):
        address = self.daemon.addresses("native")[0]
        lines = []
        for number in range(1, self.ROW + 1):
            with Client(address) as client:
                client.socket.sendall(b"\xff")
                self.assertEqual(client.hear().error.code, error_pb2.IDLE_TIMEOUT)
                self.assertIsNone(client.hear())
                client.socket.shutdown(socket.SHUT_WR)
                lines.append(self.daemon.line("reason=idle_timeout", number))
        self.assertLess(self.lasted(lines), self.MOST_SECONDS, lines)


if __name__ == "__main__":
    unittest.main()
