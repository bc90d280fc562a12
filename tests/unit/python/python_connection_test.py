"""The connection of the Python client: its timers, without a server."""

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
        session = Session(options)
        session.open("tcp://a:1")
        notices = Notices(options, lambda notices: None)
        self.connection = Connection(
            session, options, [], None, notices, lambda events: None, lambda reason: None)
        self.addCleanup(self.connection._stop_timer)

    async def test_has_one_time_limit_however_often_it_is_announced(self):
        self.connection._on_bytes(WELCOME)
        silence = self.connection._timer
        self.connection._on_bytes(GOODBYE)
        limit = self.connection._timer
        self.assertIsNot(limit, silence)
        self.assertTrue(silence.cancelled())
        for repeated in (GOODBYE, CLOSING_ERROR):
            self.connection._on_bytes(repeated)
            self.assertIs(self.connection._timer, limit)
        self.assertFalse(limit.cancelled())

    async def test_before_welcome_is_not_undone_by_it(self):
        self.connection._on_bytes(GOODBYE)
        limit = self.connection._timer
        self.connection._on_bytes(WELCOME)
        self.assertIs(self.connection._timer, limit)
        self.assertFalse(limit.cancelled())


if __name__ == "__main__":
    unittest.main()
