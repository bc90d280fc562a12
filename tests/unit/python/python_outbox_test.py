"""The publish buffer of the Python client: order, limit, and what a lost connection leaves."""

import unittest

import python_client
from telex.frames import Control, KeepAlive, encode_message, encode_publication, encode_reply
from telex.outbox import Outbox, Takes

CONTROL = Control(b"\x02\x7a\x00")
PONG = KeepAlive(b"\x02\x7b\x00")
REPLY = encode_reply(encode_message("_REPLY.0.1.2", b"r", {}))


def publication(size):
    """A publication with this number of bytes of payload."""
    return encode_publication(encode_message("a", b"x" * size, {}))


class OutboxTest(unittest.TestCase):
    def setUp(self):
        self.outbox = Outbox(1000)

    def write(self, size=None):
        data = self.outbox.writable(Takes.ALL)
        size = len(data) if size is None else size
        self.outbox.wrote(size)
        return bytes(data[:size])

    def test_writes_in_order_and_the_handshake_first(self):
        self.outbox.append(b"c")
        self.outbox.append(b"d")
        self.outbox.introduce(Control(b"a"))
        self.outbox.put_first([Control(b"1"), Control(b"2")])
        self.assertEqual(self.write(), b"a")
        self.assertEqual(self.write(), b"12cd")
        self.assertEqual(self.write(), b"")

    def test_pending_frames_wait_for_welcome(self):
        self.outbox.append(b"c")
        self.assertEqual(bytes(self.outbox.writable(Takes.NONE)), b"")

    def test_limits_its_bytes_but_not_one_frame(self):
        self.assertTrue(self.outbox.has_room(5000))
        self.outbox.append(bytes(600))
        self.assertTrue(self.outbox.has_room(400))
        self.assertFalse(self.outbox.has_room(401))
        self.write(100)
        self.assertEqual(self.outbox.unsent_bytes, 500)
        self.assertTrue(self.outbox.has_room(500))

    def test_a_lost_connection_keeps_publications_that_were_not_completely_written(self):
        first, second, third = publication(20), publication(30), publication(40)
        for frame in (first, CONTROL, second):
            self.outbox.append(frame)
        self.write(len(first) + len(CONTROL) + 1)
        self.outbox.append(third)
        self.outbox.append(CONTROL)
        self.outbox.rewind()
        self.assertEqual(self.write(), second + third)

    def test_a_frame_that_was_completely_written_is_not_sent_twice(self):
        self.outbox.append(publication(20))
        self.write()
        self.outbox.rewind()
        self.assertEqual(self.outbox.unsent_bytes, 0)

    def test_a_lost_handshake_leaves_nothing(self):
        self.outbox.introduce(CONTROL)
        self.write(1)
        self.outbox.rewind()
        self.assertEqual(self.write(), b"")

    def test_drops_publications_over_the_limit_of_a_new_server(self):
        small, large = publication(20), publication(200)
        for frame in (small, large, CONTROL):
            self.outbox.append(frame)
        self.assertEqual(self.outbox.drop_larger_than(100), 1)
        self.assertEqual(self.write(), small + CONTROL)

    def test_counts_dropped_publications_at_the_end(self):
        for frame in (publication(20), publication(20), CONTROL, publication(20)):
            self.outbox.append(frame)
        self.write(len(publication(20)) + 1)
        self.assertEqual(self.outbox.drop_all(), 2)
        self.assertEqual(self.outbox.unsent_bytes, 0)

    def test_a_server_that_leaves_gets_the_replies_only(self):
        for frame in (publication(1), REPLY, CONTROL, PONG, publication(2)):
            self.outbox.append(frame)
        self.assertEqual(bytes(self.outbox.writable(Takes.LAST)), REPLY + PONG)
        self.outbox.wrote(len(REPLY + PONG))
        self.assertEqual(bytes(self.outbox.writable(Takes.LAST)), b"")
        self.assertEqual(self.outbox.unsent_bytes, len(publication(1) + CONTROL + publication(2)))
        self.outbox.append(REPLY)
        self.assertEqual(bytes(self.outbox.writable(Takes.LAST)), REPLY)
        self.outbox.wrote(1)
        self.outbox.rewind()
        self.assertEqual(self.write(), REPLY + publication(1) + publication(2))


if __name__ == "__main__":
    unittest.main()
