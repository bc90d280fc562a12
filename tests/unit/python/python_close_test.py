"""The end of a client of the Python package that has no connection: close() does not wait for the application for ever."""

import asyncio
import unittest

from python_client import telex
from telex.errors import Errc, make_error


class Close(unittest.IsolatedAsyncioTestCase):
    async def test_is_bounded_if_a_function_of_the_application_does_not_return(self):
        may_return, closed = asyncio.Event(), asyncio.Event()
        calls = []

        async def on_error(error):
            calls.append(error.code)
            await may_return.wait()

        client = telex.connect_in_background(
            "unix:///none/telex.sock", close_timeout=0.01, on_error=on_error, on_closed=closed.set)
        for _ in range(2):
            client._notices.error(make_error(Errc.INTERNAL, ""))
        await asyncio.wait_for(client.close(), 30)
        self.assertEqual(calls, [Errc.INTERNAL])
        self.assertFalse(closed.is_set())
        may_return.set()
        await asyncio.wait_for(closed.wait(), 30)  # the rest follows, in order
        self.assertEqual(calls, [Errc.INTERNAL] * 2)

    async def test_before_the_first_attempt_calls_on_closed_and_waits_for_it(self):
        calls = []
        client = telex.connect_in_background("unix:///none/telex.sock", on_closed=lambda: calls.append("closed"))
        await client.close()
        self.assertEqual(calls, ["closed"])
        self.assertIs(client.status, telex.Status.CLOSED)


if __name__ == "__main__":
    unittest.main()
