"""Listeners whose surroundings change: addresses that come late."""

import unittest

from processes import TELEXD, DaemonTest
from wire import Client, connect


class LateAddress(DaemonTest):
    config = None

    def add(self, address):
        self.run_program("ip", "address", "add", address, "dev", "lo", *(["nodad"] if ":" in address else []))

    def test_is_served_when_it_comes(self):
        self.enter_own_network()
        self.start_daemon("""
server: {reactors: 2}
listeners:
  - {name: native, address: ["tcp://10.9.7.1:4650", "tcp://[fd00:9::1]:4650", "tcp://127.0.0.1:4650"]}
  - {name: sensor, address: "udp://10.9.7.1:4651", protocol: raw, request: $SYS.echo}
""")
        for listener, address in (("native", "tcp://10.9.7.1:4650"), ("native", "tcp://[fd00:9::1]:4650"),
                                  ("sensor", "udp://10.9.7.1:4651")):
            self.daemon.line(f"this host does not have the address yet: listener={listener} address={address}")
        self.assertEqual(self.daemon.log().count("does not have the address"), 3, "loopback is here")
        with self.assertRaises(OSError):
            connect("tcp://10.9.7.1:4650")
        self.add("10.9.7.1/32")
        self.add("fd00:9::1/128")
        for address in ("tcp://10.9.7.1:4650", "tcp://[fd00:9::1]:4650"):
            with Client(address) as client:
                self.assertEqual(client.request("$SYS.echo", b"late").message.payload, b"late")
        with connect("udp://10.9.7.1:4651") as sensor:
            sensor.send(b"late")
            self.assertEqual(sensor.recv(100), b"late")

    def test_of_a_name_is_an_error_that_another_try_may_not_have(self):
        # A label of 64 letters cannot exist: the resolver refuses it without asking anybody.
        address = f"tcp://{'a' * 64}:1"
        out, err = self.run_program(
            TELEXD, "--config", self.configure(f"listeners: [{{name: n, address: '{address}'}}]"), code=71)
        self.assertIn(f"look up {address}", out + err)


if __name__ == "__main__":
    unittest.main()
