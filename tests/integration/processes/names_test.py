"""A client's way to a name with several addresses, of which one is of no use."""

import contextlib
import socket
import tempfile
import unittest

from namespaces import enter_hosts
from processes import DaemonTest

GOOD, BAD = "127.0.0.2", "127.0.0.3"
# In both orders, because the resolver may have one of its own.
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
        """A socket that listens there, at the daemon's port, and is not served."""
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

    def test_with_an_address_where_nothing_answers(self):
        self.bad_address(16)
        self.assert_connects()

    def test_with_no_good_one_says_what_each_did(self):
        port = self.daemon.port("native")
        self.daemon.stop()
        _, err = self.run_tool("pub", "a", "b", "--server", f"tcp://one:{port}", code=69)
        for address in (GOOD, BAD):
            self.assertIn(f"{address} Connection refused", err)


if __name__ == "__main__":
    unittest.main()
