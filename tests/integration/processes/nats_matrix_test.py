"""NATS, native, JSON, raw and syslog peers on one bus with two reactors: each behaviour for each ordered pair of protocols
that have it."""

import select
import threading
import unittest

from bus_peers import CONFIG, GROUP, INBOX, PROTOCOLS, SUBJECT, Got, Nats, Raw
from nats_raw import NatsClient
from processes import DEADLINE, DaemonTest

# Raw peers do not learn when their subscription is active: publishers repeat this until it arrives.
PROBE = b"probe"


def pairs(first, second=()):
    """Returns the ordered pairs of protocols of which each has its abilities."""
    return [(one, other) for one in PROTOCOLS for other in PROTOCOLS
            if one.can.issuperset(first) and other.can.issuperset(second)]


def subscribe(publisher, *subscribers, group=""):
    """Subscribes. Returns when messages of `publisher` reach all."""
    for one in subscribers:
        one.subscribe(group)
    for one in subscribers:
        while isinstance(one, Raw) and not select.select([one.connection], [], [], 0.05)[0]:
            publisher.publish(PROBE)


def is_probe(got):
    return isinstance(got, Got) and got.payload == PROBE


def next_message(peer):
    got = peer.receive()
    return next_message(peer) if is_probe(got) else got


class Collector:
    """Receives at several peers until they have left."""

    def __init__(self, peers):
        self._peers = peers
        self._changed = threading.Condition()
        self.payloads = []
        self._threads = [threading.Thread(target=self._collect, args=[peer]) for peer in peers]
        for thread in self._threads:
            thread.start()

    def _collect(self, peer):
        while (got := next_message(peer)) is not None:
            with self._changed:
                self.payloads.append(got.payload if isinstance(got, Got) else got)
                self._changed.notify_all()

    def finish(self, count):
        """Returns all payloads, after at least `count` have come."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.payloads) >= count, DEADLINE)
        for peer in self._peers:
            peer.connection.shutdown(1)
        for thread in self._threads:
            thread.join(DEADLINE)
        for peer in self._peers:
            peer.close()
        return self.payloads


class Matrix(DaemonTest):
    config = CONFIG

    def for_each(self, chosen, behaviour):
        """Each pair leaves no subscription behind, and no message that it did not expect."""
        self.assertGreater(len(chosen), 1)
        for one, other in chosen:
            with self.subTest(one=one.__name__, other=other.__name__):
                peers = [one(self.daemon), other(self.daemon)]
                try:
                    behaviour(*peers)
                    for peer in peers:
                        self.assertEqual([got for got in peer.leave() if not is_probe(got)], [])
                finally:
                    for peer in peers:
                        peer.close()

    def test_messages(self):
        def behaviour(one, other):
            subscribe(one, other)
            payloads = [b"first", b"second"]
            for payload in payloads:
                one.publish(payload)
            self.assertEqual([next_message(other).payload for _ in payloads], payloads)

        self.for_each(pairs(["publish"], ["subscribe"]), behaviour)

    def test_headers_and_reply_subjects(self):
        headers = {"First": "1", "second": "with: colon"}

        def behaviour(one, other):
            other.subscribe()
            one.subscribe(subject="answers")
            one.publish(b"question", headers, "answers")
            question = other.receive()
            self.assertEqual(question, Got(b"question", headers, "answers"))
            other.respond(question, b"answer", headers)
            self.assertEqual(one.receive(), Got(b"answer", headers))

        self.for_each(pairs(["headers"], ["headers"]), behaviour)

    def test_peers_without_headers(self):
        def behaviour(one, other):
            subscribe(one, other)
            one.publish(b"question", {"First": "1"}, "answers")
            self.assertEqual(next_message(other), Got(b"question"))

        self.for_each([(one, other) for one, other in pairs(["headers"], ["subscribe"]) if "headers" not in other.can],
                      behaviour)

    def test_headers_of_syslog(self):
        def behaviour(one, other):
            subscribe(one, other)
            one.publish(b"text")
            self.assertEqual(next_message(other).headers["syslog-severity"], "notice")

        self.for_each([(one, other) for one, other in pairs(["publish"], ["headers"])
                       if one.__name__ == "Syslog"], behaviour)

    def test_queue_groups(self):
        """Each message goes to one member of a group of all protocols."""
        members = [protocol for protocol in PROTOCOLS if "group" in protocol.can]
        payloads = [str(number).encode() for number in range(60)]
        for protocol in (protocol for protocol in PROTOCOLS if "publish" in protocol.can):
            with self.subTest(publisher=protocol.__name__):
                publisher, group = protocol(self.daemon), [member(self.daemon) for member in members]
                self.addCleanup(publisher.close)
                subscribe(publisher, *group, group=GROUP)
                collector = Collector(group)
                for payload in payloads:
                    publisher.publish(payload)
                self.assertEqual(sorted(collector.finish(len(payloads)), key=int), payloads)
                self.assertEqual(publisher.leave(), [])

    def test_requests(self):
        def behaviour(one, other):
            other.subscribe()
            for number in (b"1", b"2"):
                one.request(number)
                request = other.receive()
                self.assertEqual(request.payload, number)
                other.respond(request, b"reply to " + number, {"Kind": "reply"})
                reply = one.outcome()
                self.assertEqual(reply.payload, b"reply to " + number)
                if "headers" in one.can:
                    self.assertEqual(reply.headers, {"Kind": "reply"})

        self.for_each(pairs(["request"], ["respond"]), behaviour)

    def test_requests_to_a_group(self):
        def behaviour(one, other):
            other.subscribe(group=GROUP)
            one.request(b"question")
            other.respond(other.receive(), b"reply")
            self.assertEqual(one.outcome().payload, b"reply")

        self.for_each(pairs(["request"], ["respond"]), behaviour)

    def test_requests_without_responders_fail_at_once(self):
        def behaviour(one, other):
            other.subscribe()
            one.request(b"question")
            other.respond(other.receive(), b"reply")
            self.assertEqual(one.outcome().payload, b"reply")
            self.assertEqual(other.leave(), [])
            one.request(b"nobody replies")
            self.assertEqual(one.outcome(), one.no_responders)

        self.for_each(pairs(["request"], ["respond"]), behaviour)

    def test_requests_time_out(self):
        def behaviour(one, other):
            other.subscribe()
            one.request(b"question", hasty=True)
            self.assertEqual(other.receive().payload, b"question")
            self.assertEqual(one.outcome(), one.timed_out)

        self.for_each(pairs(["request"], ["respond"]), behaviour)

    def test_the_tool(self):
        """The tool, which is libtelex, on both sides of a NATS client."""
        nats = Nats(self.daemon)
        self.addCleanup(nats.close)
        nats.subscribe()
        self.run_tool("pub", SUBJECT, "from the tool", "--header", "Kind: tool")
        self.assertEqual(nats.receive(), Got(b"from the tool", {"Kind": "tool"}))
        subscriber = self.listening("sub", "tool", "--count", "1")
        nats.publish(b"to the tool", {"Kind": "nats"}, subject="tool")
        self.assertEqual(subscriber.out.next(), "tool  to the tool  [Kind: nats]")
        requester = self.tool("request", SUBJECT, "question")
        nats.respond(nats.receive(), b"reply")
        self.assertEqual(requester.finish(), (0, "reply\n"))
        self.listening("reply", "service", "--command", "tr a-z A-Z")
        nats.client.send(f"SUB {INBOX} inbox")
        nats.publish(b"loud", reply=INBOX, subject="service")
        self.assertEqual(nats.receive().payload, b"LOUD")


if __name__ == "__main__":
    unittest.main()
