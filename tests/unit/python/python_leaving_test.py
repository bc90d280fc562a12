"""How long the Python client stays with a server that leaves."""

import gc
import threading
import unittest

import python_client
from telex.leaving import LONGEST, MOMENT, Leaving
from telex.message import Message
from telex.pending_replies import PendingReplies


class Stay(unittest.TestCase):
    def check(self, leaving, sends, deadline):
        self.assertEqual((leaving.sends, leaving.deadline), (sends, deadline))

    def test_without_work_lasts_a_moment(self):
        leaving = Leaving(100, stays=True)
        for now in (100, 101):
            leaving.update(now, busy=False)
            self.check(leaving, False, 100 + MOMENT)

    def test_lasts_until_the_work_is_done(self):
        leaving = Leaving(100, stays=True)
        leaving.update(100, busy=True)
        self.check(leaving, True, 100 + LONGEST)
        leaving.update(105, busy=False)
        self.check(leaving, False, 105 + MOMENT)

    def test_is_not_put_off_by_requests_that_arrive_later(self):
        leaving = Leaving(100, stays=True)
        leaving.update(100, busy=False)
        leaving.update(101, busy=True)
        self.check(leaving, False, 100 + MOMENT)

    def test_is_short_if_the_server_takes_no_replies(self):
        leaving = Leaving(100, stays=False)
        leaving.update(100, busy=True)
        self.check(leaving, False, 100 + MOMENT)

    def test_ends_when_the_server_stops_to_take_replies(self):
        leaving = Leaving(100, stays=True)
        leaving.update(100, busy=True)
        leaving.end_replies()
        leaving.update(101, busy=True)
        self.check(leaving, False, 101 + MOMENT)


class Pending(unittest.TestCase):
    def setUp(self):
        self.replies = PendingReplies()
        self.settled = []
        self.replies.on_settled = lambda: self.settled.append(threading.current_thread())

    def message(self):
        return Message(None, "_REPLY.0.1.2", self.replies.add())

    def test_until_the_reply(self):
        message = self.message()
        self.assertTrue(self.replies)
        message.note_reply()
        message.note_reply()
        self.assertFalse(self.replies)

    def test_until_the_message_is_destroyed(self):
        message = self.message()
        other = message
        del message
        self.assertTrue(self.replies)
        del other
        gc.collect()
        self.assertFalse(self.replies)

    def test_each_of_several(self):
        first, second = self.message(), self.message()
        first.note_reply()
        del first
        self.assertEqual((bool(self.replies), self.settled), (True, []))
        second.note_reply()
        self.assertEqual((bool(self.replies), len(self.settled)), (False, 1))

    def test_on_another_thread(self):
        messages = [self.message()]
        thread = threading.Thread(target=messages.clear)
        thread.start()
        thread.join()
        self.assertFalse(self.replies)
        self.assertEqual(self.settled, [thread])


if __name__ == "__main__":
    unittest.main()
