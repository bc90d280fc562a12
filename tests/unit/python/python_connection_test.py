"""The connection of the Python client: its timers, without a server."""

import asyncio
import unittest

from python_client import telex
from telex.connection import Connection
from telex.frames import encode_control
from telex.notices import Notices
from telex.session import Session
from telex.v1 import telex_pb2 as pb

WELCOME = encode_control(welcome=pb.Welcome(version=1))
GOODBYE = encode_control(goodbye=pb.Goodbye())
CLOSING_ERROR = encode_control(error=pb.Error(text="closed", closing=True))


class Leaving(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        options = telex.Options()
        self.loop = asyncio.get_running_loop()
        self.waits = False
        self.session = session = Session(options)
        session.open("tcp://a:1")
        notices = Notices(options, lambda notices: None)
        self.connection = Connection(
            session, options, [], None, notices, lambda events: None, lambda reason: None,
            lambda: self.waits)
        self.addCleanup(self.connection._stop_timers)

    async def test_has_one_time_limit_however_often_it_is_announced(self):
        self.connection._on_bytes(WELCOME)
        self.connection._on_bytes(GOODBYE)
        limit = self.connection._leave_timer
        for repeated in (GOODBYE, CLOSING_ERROR):
            self.connection._on_bytes(repeated)
            self.assertIs(self.connection._leave_timer, limit)
        self.assertFalse(limit.cancelled())

    async def test_before_welcome_is_not_undone_by_it(self):
        self.connection._on_bytes(GOODBYE)
        limit = self.connection._leave_timer
        self.connection._on_bytes(WELCOME)
        self.assertIs(self.connection._leave_timer, limit)
        self.assertFalse(limit.cancelled())

    async def test_is_put_off_by_replies_that_are_owed(self):
        self.connection._on_bytes(WELCOME)
        reply = self.session.pending_replies.add()
        self.connection._on_bytes(GOODBYE)
        self.assertGreater(self.connection._leave_timer.when(), self.loop.time() + 60)
        del reply
        await asyncio.sleep(0)
        self.assertLess(self.connection._leave_timer.when(), self.loop.time() + 60)

    async def test_is_put_off_by_requests(self):
        self.waits = True
        self.connection._on_bytes(WELCOME)
        self.connection._on_bytes(GOODBYE)
        self.assertGreater(self.connection._leave_timer.when(), self.loop.time() + 60)
        self.waits = False
        self.connection.pump()
        self.assertLess(self.connection._leave_timer.when(), self.loop.time() + 60)

    async def test_a_closing_error_is_not_put_off(self):
        self.waits = True
        self.connection._on_bytes(WELCOME)
        reply = self.session.pending_replies.add()
        self.connection._on_bytes(CLOSING_ERROR)
        self.assertLess(self.connection._leave_timer.when(), self.loop.time() + 60)
        del reply


if __name__ == "__main__":
    unittest.main()
