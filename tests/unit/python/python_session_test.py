"""The protocol core of the Python client: received frames in, events and frames out."""

import asyncio
import random
import unittest

from python_client import telex
from telex.credentials import SigningKey
from telex.errors import Errc, make_error
from telex.events import Arrived, Changed, Completed, Leaving, Reported, Violated, Welcomed
from telex.frames import FrameSplitter, encode_message, encode_publication, encode_reply, varint
from telex.notices import MAX_WAITING, Notices
from telex.session import Session, Stage
from telex.subscription_state import Phase
from telex.v1 import error_pb2, telex_pb2 as pb


class SessionTest(unittest.TestCase):
    def start(self, key=None, **options):
        self.session = Session(telex.Options(**options), key)
        self.session.open("tcp://a:1")

    def receive(self, **frame):
        data = pb.Frame(**frame).SerializeToString()
        return self.session.receive(varint(len(data)) + data)

    def sent(self):
        """The frames that the session sends now."""
        frames = []
        while data := self.session.outbox.writable(self.session.takes):
            frames += [pb.Frame.FromString(frame) for frame in FrameSplitter(1 << 20).feed(bytes(data))]
            self.session.outbox.wrote(len(data))
        return frames

    def kinds(self):
        return [frame.WhichOneof("control") or "message" for frame in self.sent()]

    def welcome(self, **limits):
        return self.receive(welcome=pb.Welcome(version=1, server_name="s", limits=pb.Limits(**limits)))

    def connect(self, **options):
        self.start(**options)
        self.welcome()
        self.sent()

    def subscribe(self, **options):
        subscription = self.session.subscriptions.add("a", telex.SubscribeOptions(**options))
        subscription.frame_for_new_connection()
        self.receive(subscribed=pb.Subscribed(subscription=subscription.number))
        return subscription

    def deliver(self, subscription, payload=b""):
        return self.receive(subscription=subscription.number, message=pb.Message(subject="a", payload=payload))


class Handshake(SessionTest):
    def test_begins_with_hello(self):
        self.start(name="me", no_echo=True, credentials=telex.UserPassword("u", "p"))
        (frame,) = self.sent()
        hello = frame.hello
        self.assertEqual((hello.version, hello.client_name, hello.no_echo, hello.user, hello.password),
                         (1, "me", True, "u", "p"))

    def test_ends_with_welcome(self):
        self.start()
        (event,) = self.welcome(max_frame_bytes=1000)
        self.assertIsInstance(event, Welcomed)
        self.assertEqual((event.info.url, event.info.name, event.info.max_frame_bytes), ("tcp://a:1", "s", 1000))
        self.assertIs(self.session.stage, Stage.CONNECTED)

    def test_buffered_messages_wait_for_welcome(self):
        self.start()
        self.session.outbox.append(encode_publication(encode_message("a", b"", {})))
        self.assertEqual(self.kinds(), ["hello"])
        self.welcome()
        self.assertEqual(self.kinds(), ["message"])

    def test_drops_messages_over_the_limit_of_this_server(self):
        self.start()
        self.session.outbox.append(encode_publication(encode_message("a", bytes(2000), {})))
        (event,) = self.welcome(max_frame_bytes=1000)
        self.assertEqual(event.too_large, 1)
        self.assertEqual(self.session.statistics.unsent_messages, 1)

    def test_rejects_another_version(self):
        self.start()
        (event,) = self.receive(welcome=pb.Welcome(version=2))
        self.assertEqual(event.error.code, Errc.SERVER_PROTOCOL_ERROR)

    def test_rejects_a_second_welcome(self):
        self.connect()
        self.assertIsInstance(self.welcome()[0], Violated)

    def test_proves_its_key_once(self):
        self.start(SigningKey(b"k" * 32, lambda statement: b"signed " + statement))
        self.assertEqual(self.sent()[0].hello.public_key, b"k" * 32)
        nonce = bytes(range(32))
        self.assertEqual(self.receive(challenge=pb.Challenge(nonce=nonce)), [])
        self.assertEqual(self.sent()[0].proof.signature, b"signed telex.v1.Challenge\0" + nonce)
        self.assertIsInstance(self.receive(challenge=pb.Challenge(nonce=nonce))[0], Violated)

    def test_refuses_a_challenge_without_a_key(self):
        self.start()
        self.assertIsInstance(self.receive(challenge=pb.Challenge(nonce=bytes(32)))[0], Violated)

    def test_recognizes_a_server_with_tls(self):
        self.start()
        (event,) = self.session.receive(b"\x15\x03\x01\x00\x02\x02\x46")
        self.assertIn("use tls://", event.error.text)

    def test_reports_a_refusal(self):
        self.start()
        (event,) = self.receive(error=pb.Error(code=error_pb2.NOT_AUTHENTICATED, text="no", closing=True))
        self.assertEqual((type(event), event.reason.code), (Leaving, Errc.NOT_AUTHENTICATED))


class Goodbye(SessionTest):
    """After it the server gets the replies to its requests, and nothing else."""

    def setUp(self):
        self.connect()
        self.subscription = self.subscribe()

    def request(self):
        self.receive(subscription=1, reply_to="_REPLY.0.1.2", message=pb.Message(subject="a"))
        return self.subscription.take()

    def test_is_reported(self):
        (event,) = self.receive(goodbye=pb.Goodbye(reconnect=True, text="bye"))
        self.assertEqual((event.reason.code, event.reconnect, event.stays), (Errc.SHUTTING_DOWN, True, True))
        (event,) = self.receive(error=pb.Error(code=error_pb2.KICKED, closing=True))
        self.assertEqual((event.reconnect, event.stays), (False, False))

    def test_lets_replies_and_pongs_pass(self):
        message = self.request()
        self.assertTrue(self.session.pending_replies)
        self.receive(goodbye=pb.Goodbye(reconnect=True))
        outbox = self.session.outbox
        outbox.append(encode_publication(encode_message("b", b"", {})))
        outbox.append(encode_reply(encode_message(message.reply_to, b"", {})))
        self.session.flush()
        self.receive(ping=pb.Ping(nonce=3))
        first, second = self.sent()
        self.assertEqual((first.message.subject, second.pong.nonce), ("_REPLY.0.1.2", 3))
        self.session.lost(make_error(Errc.DISCONNECTED, ""))
        self.session.open("tcp://a:1")
        self.welcome()
        self.assertEqual([frame.message.subject for frame in self.sent() if frame.HasField("message")], ["b"])

    def test_concerns_the_requests_of_its_connection(self):
        message = self.request()
        self.session.lost(make_error(Errc.DISCONNECTED, ""))
        self.session.open("tcp://a:1")
        self.assertFalse(self.session.pending_replies)
        message.note_reply()

    def test_concerns_requests_only(self):
        self.receive(subscription=1, reply_to="my.replies", message=pb.Message(subject="a"))
        self.receive(subscription=1, message=pb.Message(subject="a"))
        self.assertFalse(self.session.pending_replies)


class Deliveries(SessionTest):
    def setUp(self):
        self.connect()

    def test_are_queued_with_one_event_for_each_run(self):
        subscription = self.subscribe()
        frame = pb.Frame(subscription=1, message=pb.Message(subject="a", payload=b"x")).SerializeToString()
        events = self.session.receive((varint(len(frame)) + frame) * 3)
        self.assertEqual(events, [Arrived(subscription)])
        self.assertEqual([subscription.take().payload for _ in range(3)], [b"x"] * 3)
        self.assertIsNone(subscription.take())

    def test_of_an_unknown_subscription_are_ignored(self):
        self.assertEqual(self.receive(subscription=99, message=pb.Message(subject="a")), [])

    def test_over_the_local_limits_are_dropped_and_reported_once(self):
        for options in ({"max_pending_messages": 2}, {"max_pending_bytes": 30}):
            with self.subTest(options):
                subscription = self.subscribe(**options)
                kinds = [[type(event) for event in self.deliver(subscription, b"x" * 5)] for _ in range(4)]
                self.assertEqual(kinds, [[Arrived], [Arrived], [Reported], []])
                self.assertEqual(subscription.statistics.dropped, 2)
                while subscription.take():
                    pass
                self.deliver(subscription, b"x" * 5)
                self.deliver(subscription, b"x" * 5)
                (event,) = self.deliver(subscription, b"x" * 5)
                self.assertEqual(event.error.code, Errc.MESSAGES_DROPPED)
        self.assertEqual(self.session.statistics.dropped_messages, 6)

    def test_keep_their_fields(self):
        subscription = self.subscribe()
        body = pb.Message(subject="a", payload=b"p", headers=[pb.Header(name="n", value="v")], id="i", content_type="c",
                          type="t")
        self.receive(subscription=subscription.number, message=body, reply_to="r")
        message = subscription.take()
        self.assertEqual(
            (message.subject, message.payload, message.headers, message.header("n"), message.header("N"), message.id,
             message.content_type, message.type, message.reply_to, message.wants_reply),
            ("a", b"p", [("n", "v")], "v", None, "i", "c", "t", "r", True))

    def test_broken_frames_are_a_violation(self):
        self.assertIsInstance(self.session.receive(b"\x02\xff\xff")[0], Violated)

    def test_unknown_controls_are_ignored(self):
        self.assertEqual(self.session.receive(b"\x03\xf2\x01\x00"), [])


class Credit(SessionTest):
    def setUp(self):
        self.connect()

    def test_returns_in_halves_of_the_window(self):
        subscription = self.subscribe(credit=4)
        due = []
        for _ in range(4):
            self.deliver(subscription)
            subscription.take()
            due.append(subscription.credit_due())
        self.assertEqual(due, [0, 2, 0, 2])

    def test_is_the_applications_without_automatic_credit(self):
        subscription = self.subscribe(credit=1, automatic_credit=False)
        self.deliver(subscription)
        subscription.take()
        self.assertEqual(subscription.credit_due(), 0)

    def test_that_is_used_up_parks_the_subscription_on_a_new_connection(self):
        subscription = self.subscribe(credit=2, automatic_credit=False)
        self.deliver(subscription)
        frame = pb.Frame.FromString(subscription.frame_for_new_connection()[1:])
        self.assertEqual(frame.subscribe.credit, 1)
        self.deliver(subscription)
        self.assertIsNone(subscription.frame_for_new_connection())
        self.assertTrue(subscription.grant(3))
        frame = pb.Frame.FromString(subscription.frame_for_new_connection()[1:])
        self.assertEqual(frame.subscribe.credit, 3)
        self.assertFalse(subscription.grant(1))


class Ends(SessionTest):
    def setUp(self):
        self.connect()

    def test_goodbye_stops_what_is_not_being_written(self):
        self.session.outbox.append(encode_publication(encode_message("a", b"", {})))
        (event,) = self.receive(goodbye=pb.Goodbye(reconnect=True, text="restart"))
        self.assertEqual((event.reason.code, event.reason.text, event.reconnect), (Errc.SHUTTING_DOWN, "restart", True))
        self.assertEqual(self.kinds(), [])
        self.session.lost(event.reason)
        self.session.open("tcp://a:1")
        self.welcome()
        self.assertEqual(self.kinds(), ["hello", "message"])

    def test_a_new_connection_renews_subscriptions_before_the_messages(self):
        self.subscribe(queue_group="g", slow_policy=telex.SlowPolicy.DROP_OLDEST)
        self.session.lost(make_error(Errc.DISCONNECTED, "lost"))
        self.session.outbox.append(encode_publication(encode_message("a", b"", {})))
        self.session.open("tcp://a:1")
        self.welcome()
        hello, subscribe, message = self.sent()
        self.assertEqual((subscribe.subscribe.filter, subscribe.subscribe.queue_group, subscribe.subscribe.slow_policy),
                         ("a", "g", pb.SLOW_POLICY_DROP_OLDEST))
        self.assertEqual(message.message.subject, "a")

    def test_max_messages_continue_on_a_new_connection(self):
        rest, complete = self.subscribe(max_messages=3), self.subscribe(max_messages=1)
        self.deliver(rest)
        self.deliver(complete)
        self.session.lost(make_error(Errc.DISCONNECTED, "lost"))
        self.session.open("tcp://a:1")
        self.welcome()
        _, subscribe = self.sent()
        self.assertEqual((subscribe.subscribe.subscription, subscribe.subscribe.max_messages), (rest.number, 2))
        self.assertEqual(complete.end_reason.code, Errc.SUBSCRIPTION_ENDED)

    def test_a_subscription_that_drains_ends_with_the_connection(self):
        subscription = self.subscribe()
        subscription.phase = Phase.DRAINING
        self.session.lost(make_error(Errc.KICKED, "kicked"))
        self.assertEqual(subscription.error_at_end().code, Errc.DISCONNECTED)

    def test_unsubscribed_ends_it_with_its_counts(self):
        subscription = self.subscribe()
        self.deliver(subscription)
        self.receive(unsubscribed=pb.Unsubscribed(subscription=subscription.number, dropped=7))
        self.assertIs(subscription.phase, Phase.ENDED)
        self.assertEqual(subscription.statistics.dropped_by_exchange, 7)
        self.assertIsNotNone(subscription.take())

    def test_a_refused_subscription_is_reported_if_no_call_waits(self):
        waited = self.session.subscriptions.add("b", telex.SubscribeOptions())
        denied = pb.Error(code=error_pb2.PERMISSION_DENIED, text="no", subscription=waited.number)
        self.assertEqual(self.receive(error=denied), [Changed()])
        self.assertIsInstance(waited.error_at_end(), telex.PermissionDeniedError)
        active = self.subscribe()
        denied.subscription = active.number
        self.assertEqual([type(event) for event in self.receive(error=denied)], [Reported, Changed])

    def test_an_exchange_that_stops_does_not_end_subscriptions(self):
        subscription = self.session.subscriptions.add("b", telex.SubscribeOptions())
        error = pb.Error(code=error_pb2.SHUTTING_DOWN, subscription=subscription.number)
        self.assertEqual(self.receive(error=error), [])
        self.assertIs(subscription.phase, Phase.WANTED)

    def test_a_flush_is_confirmed_by_its_number(self):
        number = self.session.flush()
        self.assertEqual(self.sent()[0].flush.id, number)
        self.receive(flushed=pb.Flushed(id=number + 5))  # never sent
        self.assertEqual(self.session.flushed, number)

    def test_pings_get_a_pong_within_the_limit_of_the_buffer(self):
        self.receive(ping=pb.Ping(nonce=5))
        self.assertEqual(self.sent()[0].pong.nonce, 5)
        self.session.outbox.append(bytes(self.session.outbox.limit))
        size = self.session.outbox.unsent_bytes
        self.receive(ping=pb.Ping(nonce=5))
        self.assertEqual(self.session.outbox.unsent_bytes, size)

    def test_replies_and_errors_complete_requests(self):
        (event,) = self.receive(request=3, message=pb.Message(subject="_REPLY", payload=b"r"))
        self.assertEqual((event.request, event.result.payload), (3, b"r"))
        (event,) = self.receive(request=4, error=pb.Error(code=error_pb2.NO_RESPONDERS, text="none"))
        self.assertEqual((type(event), event.request), (Completed, 4))
        self.assertIsInstance(event.result, telex.NoRespondersError)

    def test_a_code_of_a_later_version_is_unspecified(self):
        (event,) = self.receive(error=pb.Error(code=59, text="new"))
        self.assertEqual((event.error.code, event.error.text), (Errc.UNSPECIFIED, "new"))

    def test_close_counts_unsent_messages_and_ends_subscriptions(self):
        subscription = self.subscribe()
        self.session.outbox.append(encode_publication(encode_message("a", b"", {})))
        self.session.close(make_error(Errc.CLOSED, "closed"))
        self.assertEqual(self.session.statistics.unsent_messages, 1)
        self.assertIsInstance(subscription.error_at_end(), telex.ClosedError)


class HostileServer(SessionTest):
    SEED = 20_261_130

    def test_random_changes_of_its_frames_are_accepted_or_a_violation(self):
        random_ = random.Random(self.SEED)
        frames = [
            pb.Frame(subscription=1, reply_to="r", message=pb.Message(subject="a", payload=b"x", id="i")),
            pb.Frame(request=1, message=pb.Message(subject="_REPLY")), pb.Frame(subscribed=pb.Subscribed(subscription=1)),
            pb.Frame(error=pb.Error(code=error_pb2.KICKED, text="t", subscription=1)), pb.Frame(ping=pb.Ping(nonce=1)),
            pb.Frame(unsubscribed=pb.Unsubscribed(subscription=1, dropped=3)), pb.Frame(flushed=pb.Flushed(id=1)),
            pb.Frame(goodbye=pb.Goodbye(reconnect=True, text="t")), pb.Frame(challenge=pb.Challenge(nonce=bytes(32))),
            pb.Frame(welcome=pb.Welcome(version=1, limits=pb.Limits(max_frame_bytes=1000))),
        ]
        violations = 0
        for _ in range(3000):
            self.connect()
            self.subscribe()
            data = bytearray()
            for frame in random_.choices(frames, k=3):
                encoded = frame.SerializeToString()
                data += varint(len(encoded)) + encoded
            for _ in range(random_.randrange(4)):
                data[random_.randrange(len(data))] = random_.randrange(128)  # the runtime prints bytes that are not UTF-8
            events = self.session.receive(bytes(data))
            violations += any(isinstance(event, Violated) for event in events)
        self.assertGreater(violations, 100)

    def test_announces_no_limit_that_this_client_has_to_hold(self):
        self.start()
        self.welcome(max_frame_bytes=2**63)
        (event,) = self.session.receive(varint((1 << 30) + 5000))
        self.assertIn("the limit is 1073745920", event.error.text)

    def test_flood_of_errors_is_bounded(self):
        self.connect()
        error = pb.Frame(error=pb.Error(code=error_pb2.INTERNAL, text="t")).SerializeToString()
        seen = []
        notices = Notices(telex.Options(on_error=seen.append), lambda notices: None)
        events = self.session.receive((varint(len(error)) + error) * 5000)
        while self.session.is_behind:
            events += self.session.receive(b"")
        self.assertEqual(len(events), 5000)
        for event in events:
            notices.error(event.error)
        asyncio.run(notices.run_all())
        self.assertEqual(len(seen), MAX_WAITING + 1)


if __name__ == "__main__":
    unittest.main()
