"""Base classes of tests of the Python client with the daemon."""

import asyncio
import unittest

from python_client import telex
from processes import DEADLINE, DaemonTest


class AsyncClientTest(DaemonTest, unittest.IsolatedAsyncioTestCase):
    """A daemon, and clients that are closed at the end of the test."""

    @property
    def url(self):
        return f"unix://{self.folder}/telex/telex.sock"

    async def client(self, url=None, **options):
        client = await telex.connect(url or self.url, **options)
        self.addAsyncCleanup(client.close)
        return client

    @staticmethod
    async def until(condition):
        """Waits for an event that only shows in a state. The loop serves others between two looks."""
        async with asyncio.timeout(DEADLINE):
            while not condition():
                await asyncio.sleep(0.001)


class BlockingClientTest(DaemonTest):
    @property
    def url(self):
        return f"unix://{self.folder}/telex/telex.sock"

    def client(self, url=None, **options):
        client = telex.blocking.connect(url or self.url, **options)
        self.addCleanup(client.close)
        return client
