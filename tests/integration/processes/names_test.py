"""Connecting to a host name with several addresses, one of which does not work."""

import contextlib
import socket
import tempfile
import unittest

from namespaces import enter_hosts
from processes import DaemonTest

GOOD, BAD = "127.0.0.2", "127.0.0.3"
# Both orders, because the resolver may sort them.
HOSTS = f"{BAD} one\n{GOOD} one\n{GOOD} other\n{BAD} other\n127.0.0.1 localhost\n"


class Names(DaemonTest):
    config = """
listeners:
  - {name: native, address: "tcp://%s:0"}
""" % GOOD

    @classmethod
    def setUpClass(cls):
        hosts = tempfile.NamedTemporaryFile("w", suffix=".hosts")
        cls.addClassCleanup(hosts.close)
        hosts.write(HOSTS)
        hosts.flush()
        enter_hosts(hosts.name)

    def bad_address(self, backlog):
        """A socket that listens there on the daemon's port and never accepts."""
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind((BAD, self.daemon.port("native")))
        listener.listen(backlog)
        return listener

    def assert_connects(self):
        for name in ("one", "other"):
            url = f"tcp://{name}:{self.daemon.port('native')}"
            self.assertEqual(self.run_tool("pub", "a", "b", "--server", url), ("", ""))

    def test_with_an_address_that_refuses(self):
        self.assert_connects()

    def test_with_an_address_that_drops(self):
        listener = self.bad_address(0)
        filler = socket.create_connection(listener.getsockname())
        self.addCleanup(filler.close)
        with contextlib.closing(socket.socket()) as probe:
            probe.settimeout(0.2)
            with self.assertRaises(TimeoutError):
                probe.connect(listener.getsockname())
        self.assert_connects()

    def test_with_an_address_that_does_not_respond(self):
        self.bad_address(16)
        self.assert_connects()

    def test_without_a_working_address_reports_each_error(self):
        port = self.daemon.port("native")
        self.daemon.stop()
        _, err = self.run_tool("pub", "a", "b", "--server", f"tcp://one:{port}", code=69)
        for address in (GOOD, BAD):
            self.assertIn(f"{address} Connection refused", err)


if __name__ == "__main__":
    unittest.main()
