"""Publish and subscribe, as every NATS client does it."""

import re
from collections import Counter

from nats_client_case import NatsClientCase

OCTETS = bytes(range(256)).decode("latin-1")


def headers_of(message):
    """The headers of a message by name: clients list names in any order, and the values of a name in theirs."""
    found = {}
    for name, value in message["headers"]:
        found.setdefault(name, []).append(value)
    return found


def header_blocks(verb, data):
    """Returns the header blocks of all HPUB or HMSG commands in a stream."""
    blocks = []
    for match in re.finditer(verb + rb" [^\r\n]* (\d+) (\d+)\r\n", data):
        blocks.append(data[match.end():match.end() + int(match[1])])
    return blocks


class MessageCases(NatsClientCase):
    def test_messages_arrive_as_they_are(self):
        self.connect()
        subject = self.name("a")
        self.subscribe("s", f"{subject}.>")
        for payload in ("", "text", OCTETS, "PUB x 1\r\ny\r\n"):
            self.publish(f"{subject}.b", payload, reply="answers.here")
            message = self.message("s")
            self.assertEqual((message["payload"], message["subject"], message["reply"], message["headers"]),
                             (payload, f"{subject}.b", "answers.here", []))
        self.publish(f"{subject}.c", size=1 << 20)
        self.assertEqual(self.message("s")["size"], 1 << 20)

    def test_subjects_may_have_any_characters(self):
        self.connect()
        subject = self.name("größe".encode().decode("latin-1"))
        self.subscribe("s", subject)
        self.publish(subject, "x")
        self.assertEqual(self.message("s")["payload"], "x")

    def test_wildcards_match(self):
        self.connect()
        subject = self.name("w")
        for name, filter_ in (("one", f"{subject}.*"), ("inner", f"{subject}.*.c"), ("rest", f"{subject}.>"), ("all", f"{subject}.b.c")):
            self.subscribe(name, filter_)
        self.publish(f"{subject}.b", "1")
        self.publish(f"{subject}.b.c", "2")
        self.publish(f"{subject}.b.c.d", "3")
        self.publish(subject, "none")
        self.assertEqual([self.payloads(name, count) for name, count in (("one", 1), ("inner", 1), ("rest", 3), ("all", 1))],
                         [["1"], ["2"], ["1", "2", "3"], ["2"]])
        self.flush()
        for name in ("one", "inner", "rest", "all"):
            self.quiet(name)

    def test_queue_groups_get_each_message_once(self):
        subject = self.name("q")
        for client in ("a", "b", "c", "d"):
            self.connect(client)
        for client in ("a", "b", "c"):
            self.subscribe(f"member {client}", subject, client, queue_group="workers")
        self.subscribe("other group", subject, "d", queue_group="loggers")
        self.subscribe("plain", subject, "d")
        for number in range(300):
            self.begin("publish", client="d", subject=subject, payload=str(number))
        self.flush("d")
        self.assertEqual(self.payloads("plain", 300), [str(number) for number in range(300)])
        self.assertEqual(self.payloads("other group", 300), [str(number) for number in range(300)])
        received, shares = Counter(), Counter()
        for _ in range(300):
            event = self.harness.take_event("message", {"subject": subject})
            received[event["payload"]] += 1
            shares[event["subscription"]] += 1
        self.assertEqual(received, Counter(str(number) for number in range(300)))
        self.assertEqual(len(shares), 3, shares)

    def test_headers_arrive(self):
        self.connect()
        subject = self.name("h")
        self.subscribe("s", subject)
        headers = [["One", "1"], ["Several", "a"], ["Several", "b"], ["several", "c"], ["Colons", "a: b:c"]]
        self.publish(subject, "x", headers=headers)
        message = self.message("s")
        self.assertEqual(headers_of(message),
                         {"One": ["1"], "Several": ["a", "b"], "several": ["c"], "Colons": ["a: b:c"]})
        self.assertEqual(message["payload"], "x")
        self.publish(subject, "", headers=[["Only", "headers"]])
        self.assertEqual(headers_of(self.message("s")), {"Only": ["headers"]})

    def test_empty_headers_arrive(self):
        self.need("empty_headers")
        self.connect()
        subject = self.name("h")
        self.subscribe("s", subject)
        self.publish(subject, "x", headers=[["Empty", ""], ["Full", "1"], ["Last", ""]])
        self.assertEqual(headers_of(self.message("s")), {"Empty": [""], "Full": ["1"], "Last": [""]})

    def test_header_blocks_are_kept_byte_for_byte(self):
        tap = self.tap()
        self.connect(port=tap.port)
        subject = self.name("h")
        self.subscribe("s", subject)
        self.publish(subject, "x", headers=[["B", "2"], ["a", "1"], ["B", "3"], ["Empty", ""]])
        self.publish(subject, "y", headers=[["Nats-Msg-Id", "7"]])
        self.messages("s", 2)
        sent, received = header_blocks(b"HPUB", tap.from_client()), header_blocks(b"HMSG", tap.from_server())
        self.assertEqual(len(sent), 2)
        self.assertEqual(received, sent)

    def test_headers_of_other_writers_are_read(self):
        self.connect()
        subject = self.name("h")
        self.subscribe("s", subject)
        block = b"NATS/1.0\r\nNoSpace:1\r\nA: 2\r\nA: 3\r\n\r\n"
        raw = self.raw()
        raw.send(b"HPUB %s %d %d\r\n%sx\r\n" % (subject.encode(), len(block), len(block) + 1, block))
        self.assertEqual(headers_of(self.message("s")), {"NoSpace": ["1"], "A": ["2", "3"]})

    def test_100000_messages_keep_their_order(self):
        self.connect("a")
        self.connect("b")
        subject = self.name("o")
        self.subscribe("s", subject, "b", take="count", count=100_000)
        self.publish(subject, count=100_000, size=128)
        counted = self.counted("s")
        self.assertEqual((counted["count"], counted["in_order"]), (100_000, True))

    def test_echo_can_be_switched_off(self):
        self.connect("a", no_echo=True)
        self.connect("b")
        subject = self.name("e")
        self.subscribe("own", subject)
        self.subscribe("group", subject, queue_group="g")
        self.subscribe("other", subject, "b")
        self.publish(subject, "from a")
        self.assertEqual(self.message("other")["payload"], "from a")
        self.publish(subject, "from b", "b")
        self.assertEqual(self.message("own")["payload"], "from b")
        self.assertEqual(self.message("group")["payload"], "from b")

    def test_unsubscribed_filters_match_no_longer(self):
        self.connect()
        subject = self.name("u")
        self.subscribe("s", subject)
        self.subscribe("marks", self.name("marks"))
        self.publish(subject, "1")
        self.assertEqual(self.message("s")["payload"], "1")
        self.do("unsubscribe", subscription="s")
        self.publish(subject, "2")
        self.publish(self.name("marks"))
        self.message("marks")
        self.quiet("s")

    def test_subscriptions_end_after_their_messages(self):
        self.connect()
        subject = self.name("m")
        self.subscribe("at once", subject, max_messages=3)
        self.subscribe("later", subject)
        self.subscribe("lowered", subject, max_messages=9)
        self.subscribe("plain", subject)
        for number in range(2):
            self.publish(subject, str(number))
        self.messages("plain", 2)
        self.messages("later", 2)
        self.do("unsubscribe", subscription="later", max_messages=4)
        self.do("unsubscribe", subscription="lowered", max_messages=3)
        for number in range(2, 6):
            self.publish(subject, str(number))
        self.assertEqual(self.payloads("plain", 4), ["2", "3", "4", "5"])
        self.assertEqual(self.payloads("at once", 3), ["0", "1", "2"])
        self.assertEqual(self.payloads("later", 2), ["2", "3"])
        self.assertEqual(self.payloads("lowered", 3), ["0", "1", "2"])
        self.flush()
        for name in ("at once", "later", "lowered"):
            self.quiet(name)

    def test_a_client_may_write_100000_messages_to_itself(self):
        """Tens of megabytes wait for a program of Node.js, which writes all of them before it reads."""
        self.connect()
        subject = self.name("own")
        self.subscribe("s", subject, take="count", count=100_000)
        self.publish(subject, count=100_000, size=self.own_bytes)
        counted = self.counted("s")
        self.assertEqual((counted["count"], counted["in_order"]), (100_000, True))
        self.assertEqual(self.left("error", "disconnected"), [])

    def test_drained_subscriptions_get_what_was_published(self):
        self.connect("a")
        self.connect("b")
        subject = self.name("d")
        self.subscribe("s", subject, take="count", count=20_000)
        self.publish(subject, client="b", count=20_000, size=64)
        self.flush("b")
        self.do("drain", subscription="s")
        counted = self.counted("s")
        self.assertEqual((counted["count"], counted["in_order"]), (20_000, True))
        self.assertEqual(self.do("status", client="a"), {"status": "connected"})

    def test_drained_connections_get_what_was_published(self):
        self.connect("a")
        self.connect("b")
        subject = self.name("d")
        self.subscribe("s", subject, take="count", count=20_000)
        self.subscribe("answers", self.name("answers"), "b", take="count", count=1000)
        self.publish(subject, client="b", count=20_000, size=64)
        self.flush("b")
        self.publish(self.name("answers"), count=1000)
        self.do("drain", client="a")
        counted = self.counted("s")
        self.assertEqual((counted["count"], counted["in_order"]), (20_000, True))
        self.event("closed", "a")
        self.assertEqual(self.counted("answers")["count"], 1000)

    def test_flush_is_a_barrier(self):
        """A subscription that was flushed gets what is published later on any reactor; what was flushed has been routed."""
        for client in ("a", "b", "c", "d"):
            self.connect(client)
        subject = self.name("f")
        for number in range(100):
            publisher, subscriber = ("abcd"[number % 4], "abcd"[(number // 4) % 4])
            self.subscribe(f"s{number}", f"{subject}.{number}", subscriber)
            self.publish(f"{subject}.{number}", "x", publisher)
            self.flush(publisher)
            self.flush(subscriber)
            self.message(f"s{number}")

    def test_verbose_and_pedantic_clients_work(self):
        self.connect(verbose=True, pedantic=True)
        subject = self.name("v")
        self.subscribe("s", f"{subject}.*", max_messages=3)
        self.subscribe("echo", self.name("echo"), take="respond")
        for number in range(4):
            self.publish(f"{subject}.a", str(number))
        self.assertEqual(self.payloads("s", 3), ["0", "1", "2"])
        self.assertEqual(self.do("request", client="a", subject=self.name("echo"), payload="x")["payload"], "x")
        self.assertEqual(self.left("error"), [])
