"""The race of the Python client between the addresses of a server."""

import asyncio
import contextlib
import socket
import unittest

from python_client import telex
from telex.dial import Address, alternate_families, connect_any, resolve
from telex.servers import Endpoint


class Families(unittest.TestCase):
    def test_alternate_and_keep_their_order(self):
        four, six = socket.AF_INET, socket.AF_INET6
        given = [Address(family, None, name) for family, name in ((six, "a"), (six, "b"), (six, "c"), (four, "d"), (four, "e"))]
        self.assertEqual([address.text for address in alternate_families(given)], ["a", "d", "b", "e", "c"])


class Race(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def address(self, backlog):
        """A port whose listener accepts; without a backlog nothing listens there."""
        server = self.stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        if backlog is not None:
            server.listen(backlog)
        return Address(socket.AF_INET, server.getsockname(), str(server.getsockname()[1]))

    def silent(self):
        """A port where the kernel drops what comes, as a firewall does: its queue is full."""
        address = self.address(0)
        for _ in range(2):
            filler = self.stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(address.target)
        return address

    async def connect(self, *addresses, time=1000.0):
        connected, others = await connect_any(list(addresses), time)
        self.stack.enter_context(connected)
        return connected.getpeername(), [address.text for address in others]

    async def test_is_won_by_the_first_that_accepts(self):
        first, second = self.address(5), self.address(5)
        self.assertEqual(await self.connect(first, second), (first.target, [second.text]))

    async def test_a_refused_address_costs_nothing(self):
        dead, alive = self.address(None), self.address(5)
        self.assertEqual(await self.connect(dead, alive), (alive.target, []))

    async def test_a_silent_address_delays_the_next_one(self):
        silent, alive = self.silent(), self.address(5)
        self.assertEqual(await self.connect(silent, alive), (alive.target, [silent.text]))

    async def test_fails_with_the_outcome_of_each_address(self):
        one, two = self.address(None), self.address(None)
        with self.assertRaises(telex.ConnectFailedError) as raised:
            await self.connect(one, two)
        self.assertEqual(raised.exception.text, f"{one.text}: Connection refused, {two.text}: Connection refused")

    async def test_a_cancelled_attempt_leaves_no_task(self):
        silent = self.silent()
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.01):
                await self.connect(silent)
        self.assertEqual(asyncio.all_tasks(), {asyncio.current_task()})

    async def test_a_name_without_address_is_an_error(self):
        with self.assertRaises(telex.ConnectFailedError):
            await resolve(Endpoint("x", host="name.invalid", port=1))


if __name__ == "__main__":
    unittest.main()
