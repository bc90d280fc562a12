"""The socket of the Python client, with a peer in the test: one turn of the event loop has a limited amount of work."""

import asyncio
import socket
import unittest

from python_client import telex
from telex.events import Completed
from telex.frames import varint
from telex.link import Link
from telex.session import FRAMES_PER_TURN, Session
from telex.v1 import telex_pb2 as pb


def reply(number):
    frame = pb.Frame(request=number, message=pb.Message(subject="a")).SerializeToString()
    return varint(len(frame)) + frame


class Turns(unittest.IsolatedAsyncioTestCase):
    def link(self, on_bytes):
        """Returns the peer of a link."""
        ours, peer = socket.socketpair()
        self.addCleanup(peer.close)
        self.ended = asyncio.get_running_loop().create_future()
        self.connection = Link(ours, on_bytes, lambda: None, self.ended.set_result)
        self.addCleanup(self.connection.close)
        self.connection.start()
        return peer

    async def test_decode_a_bounded_number_of_frames_in_order(self):
        session = Session(telex.Options())
        session.open("tcp://a:1")
        turns = []

        def on_bytes(data):
            turns.append([event.request for event in session.receive(data) if isinstance(event, Completed)])
            return session.is_behind

        peer = self.link(on_bytes)
        numbers = list(range(1, 3 * FRAMES_PER_TURN))
        peer.sendall(b"".join(map(reply, numbers)))
        peer.close()
        await self.ended
        self.assertEqual([number for turn in turns for number in turn], numbers)
        self.assertLessEqual(max(map(len, turns)), FRAMES_PER_TURN)

    async def test_read_nothing_while_behind_and_let_others_run(self):
        seen = []
        peer = self.link(lambda data: seen.append(data) or len(seen) < 4)
        peer.sendall(b"first")
        while not seen:
            await asyncio.sleep(0)
        peer.sendall(b"second")
        while len(seen) < 4:
            count = len(seen)
            await asyncio.sleep(0)
            self.assertLessEqual(len(seen), count + 1)
        peer.close()
        await self.ended
        self.assertEqual(seen, [b"first", b"", b"", b"", b"second"])

    async def test_end_with_the_link(self):
        seen = []

        def on_bytes(data):
            seen.append(data)
            self.connection.close()
            return True

        self.link(on_bytes).sendall(b"first")
        while not seen:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.assertEqual(seen, [b"first"])


if __name__ == "__main__":
    unittest.main()
