"""Values that end themselves, in the bytes of the programs named, on raw listeners."""

import unittest

from processes import DaemonTest
from wire import Client, connect, read_exactly, read_to_end

# python3-msgpack 1.0.3, python3-cbor2 5.4.6, redis-cli 7.0.15, json.dumps.
STREAMS = {
    "json": b'{"a":[1,2]}{"b":"}"}[]"x"',
    "msgpack": bytes.fromhex("82a16193010203a162c403000102cd012cc0d92a") + 42 * b"x",
    "cbor": bytes.fromhex("a26161830102036162430001029f0102ffc11a514b67b0f6"),
    "resp": b"*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n*1\r\n$4\r\nPING\r\n",
}
COUNTS = {"json": 4, "msgpack": 4, "cbor": 4, "resp": 2}
MALFORMED = {"json": b'{"a":}', "msgpack": b"\xc1", "cbor": b"\x81\xff", "resp": b"PING\r\n"}


class Values(DaemonTest):
    config = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
""" + "".join(
        f"""
  - {{name: {name}, address: "tcp://127.0.0.1:0", protocol: raw, framing: {name}, publish: {name}}}
  - {{name: echo-{name}, address: "tcp://127.0.0.1:0", protocol: raw, framing: {name}, request: $SYS.echo}}"""
        for name in STREAMS
    ) + """
  - {name: redis, address: "tcp://127.0.0.1:0", protocol: raw, framing: resp, request: redis}
"""

    def setUp(self):
        super().setUp()
        self.client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.client.socket.close)

    def test_are_published_one_by_one(self):
        for number, (name, stream) in enumerate(STREAMS.items(), 1):
            self.client.subscribe(number, name)
            with self.subTest(format=name), connect(self.daemon.addresses(name)[0]) as peer:
                peer.sendall(stream)
                payloads = [self.client.receive().message.payload for _ in range(COUNTS[name])]
                self.assertEqual(b"".join(payloads), stream)

    def test_are_written_as_they_came(self):
        for name, stream in STREAMS.items():
            separators = COUNTS[name] if name == "json" else 0
            with self.subTest(format=name), connect(self.daemon.addresses(f"echo-{name}")[0]) as peer:
                peer.sendall(stream)
                echoed = read_exactly(peer, len(stream) + separators)
                self.assertEqual(echoed.replace(b"\n", b"") if separators else echoed, stream)

    def test_malformed_ones_end_the_connection(self):
        for number, (name, value) in enumerate(MALFORMED.items(), 1):
            with self.subTest(format=name), connect(self.daemon.addresses(name)[0]) as peer:
                peer.sendall(value)
                self.assertEqual(read_to_end(peer), b"")
                self.assertIn("bad_value", self.daemon.line("reason=bad_frame", number))

    def test_a_reply_may_be_several_values(self):
        self.client.subscribe(1, "redis")
        self.client.flush()
        with connect(self.daemon.addresses("redis")[0]) as peer:
            peer.sendall(b"*1\r\n$4\r\nPING\r\n")
            self.client.publish(self.client.receive().reply_to, b"+PONG\r\n$2\r\nhi\r\n")
            self.assertEqual(read_exactly(peer, 15), b"+PONG\r\n$2\r\nhi\r\n")


if __name__ == "__main__":
    unittest.main()
