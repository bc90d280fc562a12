"""Arguments of the wrong type: errors that name the argument, before anything is sent."""

import unittest

from python_client import telex
from telex.changes import Changes
from telex.client import make_options
from telex.options import check_options, check_subscribe_options
from telex.publisher import Publisher
from telex.session import Session
from telex.subscriber import Subscriber


class Payloads(unittest.TestCase):
    def setUp(self):
        self.publisher = Publisher(Session(telex.Options()))

    def test_are_text_or_bytes(self):
        for payload in ("ab", b"ab", bytearray(b"ab"), memoryview(b"ab")):
            with self.subTest(payload):
                self.assertEqual(self.publisher.message("a", payload, {}), b"\x0a\x01a\x12\x02ab")

    def test_of_other_types_are_refused(self):
        for payload in (5, 0, 1.5, [1, 2], (), None, {"a": 1}):
            for make in (self.publisher.publication, self.publisher.message):
                with self.subTest(payload), self.assertRaisesRegex(TypeError, "payload must be str, bytes"):
                    make("a", payload, {})


class Subscriptions(unittest.TestCase):
    def setUp(self):
        session = Session(telex.Options())
        self.subscriber = Subscriber(session, Publisher(session), Changes(), lambda: None, lambda *_: None)

    def test_need_a_handler_that_can_be_called(self):
        for handler in (5, "print", telex.SubscribeOptions()):
            with self.subTest(handler), self.assertRaisesRegex(TypeError, "handler must be a function"):
                self.subscriber.begin_subscribe("a", handler, telex.SubscribeOptions())
        for handler in (None, print):
            self.subscriber.begin_subscribe("a", handler, telex.SubscribeOptions())

    def test_need_a_policy_of_the_enumeration(self):
        for policy in (2, 77, "DROP_OLDEST", None):
            with self.subTest(policy), self.assertRaisesRegex(TypeError, "slow_policy must be a telex.SlowPolicy"):
                check_subscribe_options(telex.SubscribeOptions(slow_policy=policy))
        check_subscribe_options(telex.SubscribeOptions(slow_policy=telex.SlowPolicy.DROP_OLDEST))


class Servers(unittest.TestCase):
    def test_are_text(self):
        for servers in (("127.0.0.1", 4650), [None], b"tcp://a:1"):
            with self.subTest(servers), self.assertRaisesRegex(TypeError, "a server must be text such as 'tcp://"):
                make_options(servers, {})

    def test_that_are_empty_are_not_the_default(self):
        for servers in ([], (), "", ["a", ""]):
            with self.subTest(servers), self.assertRaisesRegex(telex.InvalidArgumentError, "servers is empty; omit it"):
                telex.connect(servers)
        self.assertEqual(make_options(None, {}), telex.Options())

    def test_may_be_one_or_several(self):
        self.assertEqual(make_options("a", {}).servers, ("a",))
        self.assertEqual(make_options(iter(["a", "b"]), {}).servers, ("a", "b"))


class Credentials(unittest.TestCase):
    def test_of_other_types_are_refused(self):
        for credentials, text in (
            ("secret", "must be a telex.UserPassword, telex.Token or telex.KeyFile, not str"),
            (("u", "p"), "must be a telex.UserPassword"), (telex.Token(b"t"), "the token must be str, not bytes"),
            (telex.UserPassword(1, "p"), "the user must be str"), (telex.UserPassword("u", None), "the password must be str"),
            (telex.KeyFile(b"k"), "the path of the key must be str"),
        ):
            with self.subTest(text), self.assertRaisesRegex(TypeError, text):
                check_options(telex.Options(credentials=credentials))

    def test_that_are_empty_are_refused(self):
        for credentials in (telex.Token(""), telex.UserPassword("", "p"), telex.KeyFile("")):
            with self.subTest(type(credentials)), self.assertRaisesRegex(telex.InvalidArgumentError, "is empty"):
                check_options(telex.Options(credentials=credentials))

    def test_are_valid(self):
        for credentials in (None, telex.Token("t"), telex.UserPassword("u", ""), telex.KeyFile("k")):
            check_options(telex.Options(credentials=credentials))


if __name__ == "__main__":
    unittest.main()
