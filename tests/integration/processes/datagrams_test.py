"""Several frames in one datagram: senders of statsd and carbon, netcat, and hostile datagrams."""

import socket
import unittest

import statsd

from processes import DaemonTest
from wire import Client, connect

CONFIG = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - name: metrics
    address: ["udp://127.0.0.1:0", "unix-dgram://{folder}/metrics.sock"]
    protocol: raw
    framing: lines
    publish: "metrics.{transport}"
  - name: records
    address: "udp://127.0.0.1:0"
    protocol: raw
    framing: {preset: u16be, max_frame: 100B, oversize: discard}
    publish: records
  - name: both
    address: ["udp://127.0.0.1:0", "tcp://127.0.0.1:0"]
    protocol: raw
    framing: lines
    publish: both
  - name: divided
    address: ["udp://127.0.0.1:0", "tcp://127.0.0.1:0"]
    protocol: raw
    framing: lines
    packets: split
    publish: divided
  - name: whole
    address: "udp://127.0.0.1:0"
    protocol: raw
    framing: {kind: datagram, trim: ["\\n", "\\0"]}
    publish: whole
  - name: echo
    address: "udp://127.0.0.1:0"
    protocol: raw
    framing: lines
    request: $SYS.echo
"""


class DatagramTest(DaemonTest):
    config = CONFIG

    def setUp(self):
        super().setUp()
        self.bus = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.bus.socket.close)

    def send(self, listener, data, transport="udp"):
        address = next(one for one in self.daemon.addresses(listener)
                       if one.startswith(f"{transport}://"))
        sender = connect(address)
        self.addCleanup(sender.close)
        sender.send(data)
        return sender

    def payloads(self, count):
        return [self.bus.receive().message.payload for _ in range(count)]


class Frames(DatagramTest):
    def test_of_statsd(self):
        self.bus.subscribe(1, "metrics.udp")
        with statsd.StatsClient("127.0.0.1", self.daemon.port("metrics", "udp"), prefix="web").pipeline() as pipe:
            pipe.incr("hits")
            pipe.gauge("users", 7)
            pipe.timing("load", 320)
        self.assertEqual(self.payloads(3), [b"web.hits:1|c", b"web.users:7|g", b"web.load:320.000000|ms"])

    def test_of_carbon_by_netcat(self):
        self.bus.subscribe(1, "metrics.udp")
        self.run_program("nc", "-u", "-w1", "-N", "127.0.0.1", str(self.daemon.port("metrics", "udp")),
                         data=b"servers.a.load 0.5 1700000000\nservers.b.load 1.5 1700000000\n")
        self.assertEqual(self.payloads(2),
                         [b"servers.a.load 0.5 1700000000", b"servers.b.load 1.5 1700000000"])

    def test_of_unix_sockets(self):
        self.bus.subscribe(1, "metrics.unix-dgram")
        self.send("metrics", b"a\nb", "unix-dgram")
        self.assertEqual(self.payloads(2), [b"a", b"b"])

    def test_with_lengths(self):
        self.bus.subscribe(1, "records")
        sender = self.send("records", b"\0\1a\0\2bc\0\xc8" + b"x" * 200 + b"\0\1d\0\6trunc")
        sender.send(b"\0\1e")
        self.assertEqual(self.payloads(4), [b"a", b"bc", b"d", b"e"])
        stats = self.bus.stats()
        self.assertEqual(stats.refusals["FRAME_TOO_LARGE"], 1)
        self.assertEqual(stats.refusals["BAD_FRAME"], 1)

    def test_are_packets_on_listeners_that_have_streams_too(self):
        self.bus.subscribe(1, "both")
        self.bus.subscribe(2, "divided")
        self.send("both", b"a\nb")
        self.assertEqual(self.payloads(1), [b"a\nb"])
        self.send("divided", b"a\nb")
        self.assertEqual(self.payloads(2), [b"a", b"b"])

    def test_may_be_trimmed(self):
        self.bus.subscribe(1, "whole")
        for end in (b"", b"\n", b"\0"):
            self.send("whole", b"<12>m" + end)
        self.assertEqual(self.payloads(3), [b"<12>m"] * 3)

    def test_are_replied_to_one_by_one(self):
        sender = self.send("echo", b"one\ntwo\n")
        self.assertEqual([sender.recv(100), sender.recv(100)], [b"one\n", b"two\n"])


class Slices(DatagramTest):
    def test_end_within_a_datagram(self):
        """A datagram of thirty thousand frames is as much work as a whole second of others."""
        count = 30_000
        self.bus.subscribe(1, "metrics.>")
        self.send("metrics", b"x\n" * count)
        self.assertEqual(self.payloads(count), [b"x"] * count)
        largest = max(reactor.largest_slice for reactor in self.bus.stats().reactors)
        self.assertLess(largest, 100_000)


if __name__ == "__main__":
    unittest.main()
