"""Base class of the tests with NATS servers."""

import os
import tempfile
import unittest

from authority import issue, make_authority
from nats_servers import Credentials, Servers
from raw_client import RawClient


class NatsServerCase(unittest.TestCase):
    """The servers of a class serve all its tests; names of subjects are made unique."""

    maxDiff = None
    shared = ("open",)

    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory(prefix="telex-nats-")
        cls.addClassCleanup(place.cleanup)
        cls.folder = place.name
        os.mkdir(f"{cls.folder}/telex", 0o700)
        make_authority(cls.folder)
        issue(cls.folder, "server", "server")
        issue(cls.folder, "client", "billing")
        cls.credentials = Credentials(cls.folder)
        cls.servers = Servers(cls.folder, cls.credentials, cls.shared)
        cls.addClassCleanup(cls.servers.end)
        cls.servers.start()
        cls.number = 0

    def setUp(self):
        type(self).number += 1

    def own_servers(self, *names):
        """Starts servers for this test only."""
        folder = tempfile.TemporaryDirectory(prefix="telex-nats-")
        self.addCleanup(folder.cleanup)
        os.mkdir(f"{folder.name}/telex", 0o700)
        servers = Servers(folder.name, self.credentials, names)
        self.addCleanup(servers.end)
        servers.start()
        return servers

    def name(self, text):
        """Returns a name of a client, subscription or subject that no other test has."""
        return f"{text}.t{self.number}"

    def raw(self, server="open", servers=None, **options):
        client = RawClient((servers or self.servers).port(server), **options)
        self.addCleanup(client.close)
        return client
