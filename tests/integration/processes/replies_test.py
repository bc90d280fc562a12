"""Replies and deliveries that cannot be written: an accepted message arrives, or its loss is reported with the
reason."""

import http.client
import json
import re
import signal
import socket
import time
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, admin_pb2, connect, error_pb2, read_exactly, read_to_end, telex_pb2

MIB = 1 << 20
NATIVE = """
  - name: native
    address: [tcp://127.0.0.1:0, "unix://{folder}/telex/telex.sock"]
"""


def raw(name, framing, address="tcp://127.0.0.1:0", more=""):
    return (f"  - {{name: {name}, address: '{address}', protocol: raw, framing: {framing}, "
            f"request: q{more}}}\n")


class RepliesTest(DaemonTest):
    def client(self, address=None, **hello):
        client = Client(address or self.daemon.addresses("native")[0], **hello)
        self.addCleanup(client.socket.close)
        return client

    def connect(self, listener):
        connection = connect(self.daemon.addresses(listener)[0])
        self.addCleanup(connection.close)
        return connection

    def stats(self):
        """Statistics, by a separate connection."""
        with Client(self.daemon.addresses("native")[0]) as client:
            return client.stats()

    def await_stats(self, condition):
        """Waits: counters are summed with a delay."""
        deadline = time.monotonic() + DEADLINE
        while not condition(stats := self.stats()):
            if time.monotonic() > deadline:
                raise self.daemon.failure(f"condition not met: {stats}")
        return stats


def read_and_close(connection):
    """Reads to the end and closes, so that the exchange need not linger."""
    data = read_to_end(connection)
    connection.close()
    return data


class Responder:
    """Receives requests; the test decides when to reply."""

    def __init__(self, client, subject="q"):
        self.client = client
        client.subscribe(1, subject)

    def next(self):
        frame = self.client.receive()
        return frame.message.payload, frame.reply_to

    def take(self, count):
        return [self.next()[1] for _ in range(count)]

    def answer(self, reply_to, payload, **headers):
        frame = Client.message(reply_to, payload)
        for name, value in headers.items():
            frame.message.headers.add(name=name.replace("_", "-"), value=value)
        self.client.send(frame)


class RawReplies(RepliesTest):
    """A reply is never attributed to another frame."""

    config = "server: {reactors: 2}\nlisteners:" + NATIVE + "".join((
        raw("lines", "lines"),
        raw("u8", "u8"),
        raw("u16be", "u16be"),
        raw("slip", "slip"),
        raw("netstring", "{preset: netstring, empty: ignore}"),
        raw("fixed", "'fixed:4'"),
        raw("packets", "datagram", "unix-seqpacket://{folder}/packets.sock"),
        raw("gearman", "{kind: length, length: {encoding: binary, width: 4, at: 8, keep_head: true}}"),
        raw("ftp", "{preset: crlf, delimiter: {keep: true}}"),
        raw("udp", "datagram", "udp://127.0.0.1:0"),
    ))

    def setUp(self):
        super().setUp()
        self.responder = Responder(self.client())

    # For two requests: a reply to the first that the framing cannot carry, and the error.
    UNWRITABLE = {
        "lines": (b"Q1\nQ2\n", b"A1\nA1b", "delimiter_in_payload"),
        "u8": (b"\2Q1\2Q2", bytes(300), "too_large"),
        "u16be": (b"\0\2Q1\0\2Q2", bytes(70_000), "too_large"),
        "slip": (b"Q1\xc0Q2\xc0", b"", "empty_frame"),
        "netstring": (b"2:Q1,2:Q2,", b"", "empty_frame"),
        "fixed": (b"Q001Q002", b"abc", "wrong_size"),
        "gearman": (2 * (b"\0REQ" + bytes(8)), b"\0RES" + bytes(7) + b"\1", "bad_length"),
        "ftp": (b"Q1\r\nQ2\r\n", b"1\r\n2", "delimiter_in_payload"),
    }

    def test_that_the_framing_cannot_carry_end_the_connection(self):
        for number, (listener, (questions, answer, why)) in enumerate(self.UNWRITABLE.items(), 1):
            with self.subTest(listener):
                peer = self.connect(listener)
                peer.sendall(questions)
                first, second = self.responder.take(2)
                self.responder.answer(first, answer)
                self.responder.answer(second, b"B\r\n" if listener == "ftp" else b"BBBB")
                self.assertEqual(read_and_close(peer), b"")
                line = self.daemon.line(f"messages dropped: reason=unwritable_answer framing={why}")
                self.assertIn("subject=_REPLY.", line)
                ended = self.daemon.line("reason=unwritable_answer detail=", number)
                self.assertIn(f"listener={listener} ", ended)
                self.assertIn(why, ended)
                stats = self.await_stats(
                    lambda stats: stats.closed_connections["unwritable_answer"] == number)
                self.assertEqual(stats.dropped_messages["unwritable_answer"], number)

    def test_that_are_empty_or_too_long_for_a_packet_end_the_connection(self):
        for number, answer in enumerate((b"", bytes(400_000)), 1):
            peer = self.connect("packets")
            peer.send(b"Q1")
            peer.send(b"Q2")
            first, second = self.responder.take(2)
            self.responder.answer(second, b"B")  # waits for the first reply
            self.responder.client.flush()
            self.responder.answer(first, answer)
            self.assertEqual(read_and_close(peer), b"")
            self.await_stats(lambda stats: stats.closed_connections["unwritable_answer"] == number)

    def test_before_the_failed_one_are_written(self):
        peer = self.connect("lines")
        peer.sendall(b"Q1\nQ2\nQ3\n")
        first, second, third = self.responder.take(3)
        self.responder.answer(third, b"C")
        self.responder.answer(second, b"two\nlines")
        self.responder.answer(first, b"A")
        self.assertEqual(read_and_close(peer), b"A\n")
        stats = self.await_stats(lambda stats: stats.closed_connections["unwritable_answer"] == 1)
        self.assertEqual(stats.dropped_messages["unwritable_answer"], 1)
        self.assertEqual(stats.dropped_messages["connection_lost"], 1)  # the third

    def test_may_be_empty_if_the_framing_has_empty_frames(self):
        peer = self.connect("lines")
        peer.sendall(b"Q1\nQ2\n")
        first, second = self.responder.take(2)
        self.responder.answer(first, b"")
        self.responder.answer(second, b"B")
        self.assertEqual(read_exactly(peer, 3), b"\nB\n")

    def test_can_be_declined_by_a_header(self):
        peer = self.connect("lines")
        peer.sendall(b"Q1\nQ2\nQ3\n")
        first, second, third = self.responder.take(3)
        self.responder.answer(second, b"B")
        self.responder.answer(first, b"unused", Telex_No_Answer="yes")
        self.assertEqual(read_exactly(peer, 2), b"B\n")
        self.responder.answer(third, b"", Telex_No_Answer="")
        peer.sendall(b"Q4\n")
        self.responder.answer(self.responder.take(1)[0], b"D")
        self.assertEqual(read_exactly(peer, 2), b"D\n")
        self.assertFalse(self.stats().dropped_messages)

    def test_can_report_failure_by_a_header(self):
        peer = self.connect("lines")
        peer.sendall(b"Q1\nQ2\n")
        first, second = self.responder.take(2)
        self.responder.answer(first, b"half of it", Telex_Error="exit status 3")
        self.responder.answer(second, b"B")
        self.assertEqual(read_and_close(peer), b"")
        self.assertIn("the responder failed: exit status 3",
                      self.daemon.line("reason=request_failed"))
        self.assertEqual(self.stats().refusals["RESPONDER_FAILED"], 1)

    def test_end_the_connection_if_the_last_request_has_no_responder(self):
        peer = self.connect("lines")
        peer.sendall(b"Q1\nQ2\n")
        first, second = self.responder.take(2)
        self.responder.client.send(telex_pb2.Frame(unsubscribe=telex_pb2.Unsubscribe(subscription=1)))
        self.assertTrue(self.responder.client.receive().HasField("unsubscribed"))
        peer.sendall(b"Q3\n")
        self.await_stats(lambda stats: stats.refusals["NO_RESPONDERS"] == 1)
        self.responder.answer(second, b"B")
        self.responder.answer(first, b"A")
        self.assertEqual(read_and_close(peer), b"A\nB\n")
        self.daemon.line("reason=request_failed")

    def test_of_several_frames_wait_for_earlier_replies(self):
        peer = self.connect("gearman")
        peer.sendall(2 * (b"\0REQ" + bytes(8)))
        first, second = self.responder.take(2)
        two = b"\0RES\0\0\0\x08\0\0\0\x03H:1" + b"\0RES\0\0\0\x0d\0\0\0\x01x"
        one = b"\0RES\0\0\0\x0d\0\0\0\0"
        self.responder.answer(second, two)
        self.responder.client.flush()
        self.responder.answer(first, one)
        self.assertEqual(read_exactly(peer, len(one + two)), one + two)

    def test_of_several_frames_are_written_unchanged(self):
        for listener, question, answer in (
            ("gearman", b"\0REQ" + bytes(8),
             b"\0RES\0\0\0\x08\0\0\0\x03H:1" + b"\0RES\0\0\0\x0d\0\0\0\x00"),
            ("ftp", b"RETR a\r\n", b"150 it comes\r\n226 done\r\n"),
        ):
            with self.subTest(listener):
                peer = self.connect(listener)
                peer.sendall(question)
                self.responder.answer(self.responder.take(1)[0], answer)
                self.assertEqual(read_exactly(peer, len(answer)), answer)
                peer.sendall(question)
                self.responder.answer(self.responder.take(1)[0], answer)
                self.assertEqual(read_exactly(peer, len(answer)), answer)

    def test_by_datagram(self):
        peer = self.connect("udp")
        peer.send(b"hi")
        self.responder.answer(self.responder.take(1)[0], b"an answer of thirty-four octets...")
        self.assertEqual(peer.recv(100), b"an answer of thirty-four octets...")
        for number, answer in enumerate((b"", bytes(70_000)), 1):
            peer.send(b"hi")
            self.responder.answer(self.responder.take(1)[0], answer)
            self.await_stats(lambda stats: stats.dropped_messages["unwritable_answer"] == number)
        peer.send(b"hi")
        self.responder.answer(self.responder.take(1)[0], b"still there")
        self.assertEqual(peer.recv(100), b"still there")


class Sizes(RepliesTest):
    """An accepted publication can be delivered, whatever head it gets."""

    config = "listeners:" + NATIVE + """
  - {name: source, address: "tcp://127.0.0.1:0", protocol: raw, framing: u32be, publish: edge.raw}
  - {name: tight, address: "tcp://127.0.0.1:0",
     limits: {max_frame: 64KiB}, slow_consumer: {max_pending: 64KiB, policy: drop-newest}}
  - {name: large, address: "tcp://127.0.0.1:0",
     limits: {max_frame: 17MiB}, slow_consumer: {max_pending: 17MiB}}
"""
    NUMBERS = (1, 10**15, 2**64 - 1)

    def subscribers(self, listener="native"):
        sinks = [self.client(self.daemon.addresses(listener)[0]) for _ in self.NUMBERS]
        for sink, number in zip(sinks, self.NUMBERS):
            sink.subscribe(number, "edge.>")
        return sinks

    def accepted(self, size):
        """Does the tool publish a payload of this size?"""
        self.write("payload", "x" * size)
        try:
            self.run_tool("pub", "edge.a", "--file", f"{self.folder}/payload")
            return True
        except AssertionError as error:
            self.assertIn("frame_too_large", str(error))
            return False

    def test_of_the_largest_publication_of_the_tool_fit_every_subscriber(self):
        sinks = self.subscribers()
        least, most = MIB - 200, MIB + 1
        while most - least > 1:
            middle = (least + most) // 2
            if self.accepted(middle):
                least = middle
                for sink in sinks:
                    self.assertEqual(len(sink.receive().message.payload), middle)
            else:
                most = middle
        for size in (least, least - 1, least - 9):
            self.assertTrue(self.accepted(size))
            for sink, number in zip(sinks, self.NUMBERS):
                frame = sink.receive()
                self.assertEqual((len(frame.message.payload), frame.subscription), (size, number))
        self.assertFalse(self.stats().dropped_messages)

    def largest(self, subject="edge.b", limit=MIB, **fields):
        """Returns the largest frame of a publication."""
        frame = Client.message(subject, b"", **fields)
        frame.message.reply = "r" * 1000
        for number in range(20):
            frame.message.headers.add(name=f"name-{number}", value="v" * 500)
        size = limit - frame.ByteSize() - 20
        while True:
            frame.message.payload = bytes(size)
            if frame.ByteSize() == limit:
                return frame
            size += limit - frame.ByteSize()

    def test_include_subject_reply_and_headers(self):
        sinks, source = self.subscribers(), self.client()
        frame = self.largest("edge." + "s" * 1000)
        source.send(frame)
        for sink in sinks:
            self.assertEqual(sink.receive().message, frame.message)
        frame.message.payload += b"x"
        source.send(frame)
        self.assertEqual(source.receive().error.code, error_pb2.FRAME_TOO_LARGE)

    def test_of_requests_and_replies(self):
        responder, requester = self.client(), self.client()
        responder.subscribe(2**64 - 1, "edge.question")
        question = self.largest("edge.question", request=2**64 - 1, timeout_ms=300_000)
        requester.send(question)
        asked = responder.receive()
        self.assertEqual(asked.message, question.message)
        answer = self.largest(asked.reply_to)
        answer.message.reply = ""
        responder.send(answer)
        received = requester.receive()
        self.assertEqual((received.request, received.message), (2**64 - 1, answer.message))

    def test_of_raw_publications_allow_for_an_envelope(self):
        sinks = self.subscribers()
        peer = self.connect("source")
        peer.sendall(MIB.to_bytes(4, "big") + bytes(MIB))
        for sink in sinks:
            self.assertEqual(sink.receive().message.payload, bytes(MIB))

    def test_a_queue_as_long_as_a_message_holds_one(self):
        address = self.daemon.addresses("tight")[0]
        sinks, source = self.subscribers("tight"), self.client(address)
        frame = self.largest(limit=64 << 10)
        for _ in range(3):
            source.send(frame)
            for sink in sinks:
                self.assertEqual(sink.receive().message, frame.message)

    def test_clients_accept_the_frames_of_a_larger_listener(self):
        """Larger than the default that applies when a server announces no limit."""
        address = self.daemon.addresses("large")[0]
        sub = self.listening("sub", "edge.>", "--raw", "--count", "1", "--server", address)
        self.write("payload", "x" * (17 * MIB - 100))
        self.run_tool("pub", "edge.a", "--file", f"{self.folder}/payload", "--server", address)
        code, out = sub.finish()
        self.assertEqual((code, len(out)), (0, 17 * MIB - 100 + 1))

    def test_a_capture_of_deliveries_can_be_decoded(self):
        frame = telex_pb2.Frame(subscription=10**15)
        frame.message.subject = "a"
        frame.message.payload = bytes(MIB - 10)
        out, _ = self.run_tool("frame", "decode", "--framing", "protobuf-delimited", "--hex",
                               data=Client.encode(frame))
        self.assertIn(str(frame.ByteSize()), out[:100])


class RequesterErrors(RepliesTest):
    """A requester receives one frame immediately, not a time-out, if its reply cannot be written."""

    config = "server: {reactors: 2}\nlisteners:" + NATIVE + """
  - {name: small, address: "tcp://127.0.0.1:0", limits: {max_frame: 64KiB}}
  - {name: json, address: "tcp://127.0.0.1:0", protocol: json, limits: {max_frame: 64KiB}}
  - {name: tiny, address: "tcp://127.0.0.1:0", framing: u8, limits: {max_frame_before_hello: 255B}}
  - {name: udp, address: "udp://127.0.0.1:0"}
  - {name: local, address: "unix-dgram://{folder}/local.sock"}
"""
    PATIENCE = 300_000  # longer than the deadline of the test

    def setUp(self):
        super().setUp()
        self.responder = Responder(self.client())

    def answer(self, size):
        self.responder.answer(self.responder.take(1)[0], bytes(size))

    def expect_counted(self, number=1):
        stats = self.await_stats(lambda stats: stats.dropped_messages["unwritable_answer"] == number)
        self.assertEqual(stats.refusals["ANSWER_TOO_LARGE"], number)
        self.daemon.line("messages dropped: reason=unwritable_answer framing=too_large")

    def test_on_a_smaller_listener(self):
        requester = self.client(self.daemon.addresses("small")[0])
        requester.publish("q", b"?", request=7, timeout_ms=self.PATIENCE)
        self.answer(100_000)
        frame = requester.receive()
        self.assertEqual((frame.request, frame.error.code), (7, error_pb2.ANSWER_TOO_LARGE))
        self.assertFalse(frame.error.closing)
        requester.flush()  # receives nothing else
        self.expect_counted()
        requester.publish("q", b"?", request=7, timeout_ms=self.PATIENCE)
        self.answer(60_000)
        self.assertEqual(len(requester.receive().message.payload), 60_000)

    def test_by_json(self):
        requester = self.connect("json")
        lines = requester.makefile("rb")
        question = {"request": 7, "timeoutMs": self.PATIENCE, "message": {"subject": "q"}}
        for number, size in ((1, 100_000), (2, 60_000)):  # 80,000 in base64
            requester.sendall(json.dumps(question).encode() + b"\n")
            self.answer(size)
            answer = json.loads(lines.readline())
            self.assertEqual(answer["error"]["code"], "ANSWER_TOO_LARGE")
            self.assertEqual(answer["request"], "7")
            self.expect_counted(number)
        requester.sendall(json.dumps(question).encode() + b"\n")
        self.answer(40_000)
        self.assertIn("message", json.loads(lines.readline()))
        lines.close()

    def test_on_a_framing_of_255_bytes(self):
        requester = self.connect("tiny")
        hello = telex_pb2.Frame()
        hello.hello.version = 1
        for frame in (hello, Client.message("q", b"?", request=7, timeout_ms=self.PATIENCE)):
            data = frame.SerializeToString()
            requester.sendall(bytes([len(data)]) + data)

        def receive():
            return telex_pb2.Frame.FromString(read_exactly(requester, read_exactly(requester, 1)[0]))

        self.assertTrue(receive().HasField("welcome"))
        self.answer(1_000)
        self.assertEqual(receive().error.code, error_pb2.ANSWER_TOO_LARGE)

    def ask_by_datagram(self, peer, size):
        peer.send(Client.message("q", b"?", request=7, timeout_ms=self.PATIENCE).SerializeToString())
        self.answer(size)
        return telex_pb2.Frame.FromString(peer.recv(1 << 18))

    def test_by_udp(self):
        peer = self.connect("udp")
        self.assertEqual(self.ask_by_datagram(peer, 100_000).error.code,
                         error_pb2.ANSWER_TOO_LARGE)
        self.expect_counted()
        self.assertEqual(len(self.ask_by_datagram(peer, 60_000).message.payload), 60_000)

    def test_by_unix_datagram(self):
        peer = self.connect("local")
        peer.bind(f"{self.folder}/requester.sock")
        self.assertEqual(self.ask_by_datagram(peer, 500_000).error.code,
                         error_pb2.ANSWER_TOO_LARGE)
        self.expect_counted()

    def test_by_the_tool(self):
        self.listening("reply", "big", "--command", "head -c 100000 /dev/zero")
        server = self.daemon.addresses("small")[0]
        _, err = self.run_tool("request", "big", "x", "--server", server, "--timeout", "300s", code=1)
        self.assertIn("answer_too_large", err)


class GoneRequesters(RepliesTest):
    """A requester that closes a local stream frees its requests; one that half-closes waits for its replies."""

    config = "listeners:" + NATIVE + raw("lines", "lines", "unix://{folder}/lines.sock", ", request_timeout: 300s")
    PATIENCE = 300_000  # longer than the deadline of the test

    def setUp(self):
        super().setUp()
        self.responder = Responder(self.client())

    def ask(self):
        """Returns a native requester and one of raw lines, whose requests have arrived."""
        native = self.client(self.daemon.addresses("native")[1])
        native.publish("q", b"one", request=1, timeout_ms=self.PATIENCE)
        lines = self.connect("lines")
        lines.sendall(b"two\n")
        return (native.socket, lines), dict(self.responder.next() for _ in range(2))

    def test_that_close(self):
        peers, _ = self.ask()
        for peer in peers:
            peer.close()
        self.await_stats(lambda stats: stats.connections == 2)

    def test_that_close_later_than_their_side(self):
        peers, _ = self.ask()
        for peer in peers:
            peer.shutdown(socket.SHUT_WR)
        self.responder.client.flush()
        self.assertEqual(self.stats().connections, 4)
        for peer in peers:
            peer.close()
        self.await_stats(lambda stats: stats.connections == 2)

    def test_that_half_close(self):
        (native, lines), replies = self.ask()
        for peer in (native, lines):
            peer.shutdown(socket.SHUT_WR)
        for payload, reply_to in replies.items():
            self.responder.answer(reply_to, payload)
        self.assertIn(b"one", read_to_end(native))
        self.assertEqual(read_to_end(lines), b"two\n")

    def test_do_not_hold_up_a_drain(self):
        peers, _ = self.ask()
        self.daemon.signal(signal.SIGTERM)
        for peer in peers:
            peer.close()
        self.assertEqual(self.daemon.wait(), 0)


class Drops(RepliesTest):
    """Every drop is in the status, the metrics, the log and traces, with its reason."""

    config = "listeners:" + NATIVE + """
  - {name: small, address: "tcp://127.0.0.1:0", limits: {max_frame: 64KiB}}
  - {name: lines, address: "tcp://127.0.0.1:0", protocol: raw, framing: lines, subscribe: drops}
http:
  address: tcp://127.0.0.1:0
"""

    def setUp(self):
        super().setUp()
        self.owner = self.client(f"unix://{self.folder}/telex/telex.sock")
        self.source = self.client()

    def metric(self, reason):
        port = int(self.daemon.line("protocol=http").rsplit(":", 1)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return float(re.search(
            rf'^telex_dropped_messages_total{{reason="{reason}"}} (\S+)$', text, re.MULTILINE)[1])

    def ask_trace(self, **question):
        answer = self.owner.request(
            "$SYS.admin.trace", admin_pb2.Trace(**question).SerializeToString())
        return admin_pb2.TraceReport.FromString(answer.message.payload)

    def expect(self, reason, listener, count):
        self.await_stats(lambda stats: stats.dropped_messages[reason] == count)
        self.assertRegex(self.run_tool("status")[0], rf"(?m)^  {reason} +{count}$")
        deadline = time.monotonic() + DEADLINE  # scrapes are cached for a second
        while self.metric(reason) != count:
            self.assertLess(time.monotonic(), deadline)
        line = self.daemon.line(f"messages dropped: reason={reason}")
        self.assertIn(f" listener={listener} peer=127.0.0.1:", line)
        self.assertIn(" info messages dropped:", line)

    def traced_drops(self, publish):
        trace = self.ask_trace(filter="drops").trace
        publish()
        self.source.flush()
        return [event for event in self.ask_trace(trace=trace, end=True).events
                if event.kind == admin_pb2.TraceEvent.DROPPED]

    def test_too_large_for_a_subscriber(self):
        sink = self.client(self.daemon.addresses("small")[0])
        sink.subscribe(5, "drops")
        drops = self.traced_drops(lambda: self.source.publish("drops", bytes(100_000)))
        self.assertEqual([(drop.detail, drop.subscription) for drop in drops], [("too_large", 5)])
        self.expect("too_large", "small", 1)
        self.source.publish("drops", b"small")
        self.assertEqual(sink.receive().message.payload, b"small")
        sink.send(telex_pb2.Frame(unsubscribe=telex_pb2.Unsubscribe(subscription=5)))
        ended = sink.receive().unsubscribed
        self.assertEqual((ended.delivered, ended.dropped), (1, 1))

    def test_not_encodable_for_a_subscriber(self):
        peer = self.connect("lines")
        self.await_subscription()
        drops = self.traced_drops(lambda: self.source.publish("drops", b"two\nlines"))
        self.assertEqual([drop.detail for drop in drops], ["not_encodable"])
        self.expect("not_encodable", "lines", 1)
        self.assertIn("framing=delimiter_in_payload", self.daemon.line("messages dropped:"))
        self.source.publish("drops", b"one")
        self.assertEqual(read_exactly(peer, 4), b"one\n")

    def await_subscription(self):
        self.await_stats(lambda stats: stats.subscriptions == 1)

    def test_a_slow_consumer(self):
        sink = self.client()
        sink.subscribe(1, "drops", slow_policy=telex_pb2.SLOW_POLICY_DROP_NEWEST)

        def flood():
            while not self.stats().dropped_messages["slow_newest"]:
                for _ in range(20):
                    self.source.publish("drops", bytes(1_000_000))
                self.source.flush()

        self.assertEqual({drop.detail for drop in self.traced_drops(flood)}, {"slow_newest"})
        self.expect("slow_newest", "native", self.stats().dropped_messages["slow_newest"])

    def test_of_the_credit_queue_when_its_subscription_ends(self):
        sink = self.client()
        sink.subscribe(1, "drops", credit=1)
        for _ in range(4):
            self.source.publish("drops", b"")
        self.source.flush()
        sink.send(telex_pb2.Frame(unsubscribe=telex_pb2.Unsubscribe(subscription=1)))
        self.expect("no_credit", "native", 3)

    def test_of_a_late_reply(self):
        self.source.publish("_REPLY.0.1", b"late")
        self.source.flush()
        self.await_stats(lambda stats: stats.dropped_messages["late_answer"] == 1)
        self.assertIn("subject=_REPLY.0.1",
                      self.daemon.line("messages dropped: reason=late_answer"))

    def test_are_logged_at_a_limited_rate_and_in_total_at_the_end(self):
        sink = self.client(self.daemon.addresses("small")[0])
        sink.subscribe(1, "drops")
        for _ in range(300):
            self.source.publish("drops", bytes(70_000))
        self.source.flush()
        sink.socket.close()
        self.assertIn(" dropped=300 ", self.daemon.line("connection ended:"))
        self.assertLess(self.daemon.log().count("messages dropped: reason=too_large"), 150)

    def test_of_an_unwritable_message_cost_no_credit(self):
        sink = self.client(self.daemon.addresses("small")[0])
        sink.subscribe(1, "drops", credit=1)
        for size in (1, 100_000, 2):
            self.source.publish("drops", bytes(size))
        self.source.flush()
        credit = telex_pb2.Frame()
        credit.credit.subscription = credit.credit.messages = 1
        sink.send(credit)
        self.assertEqual([len(sink.receive().message.payload) for _ in range(2)], [1, 2])


class Commands(RepliesTest):
    """`telex reply --command` behind a listener of lines."""

    config = "listeners:" + NATIVE + raw("lines", "lines")

    def ask(self, *arguments):
        self.listening("reply", "q", *arguments)
        peer = self.connect("lines")
        peer.sendall(b"apples\n")
        peer.shutdown(socket.SHUT_WR)
        return read_and_close(peer)

    def test_remove_one_trailing_newline(self):
        self.assertEqual(self.ask("--command", "echo 42"), b"42\n")

    def test_remove_one_trailing_crlf(self):
        self.assertEqual(self.ask("--command", r"printf '42\r\n'"), b"42\n")

    def test_remove_only_one_newline(self):
        self.assertEqual(self.ask("--command", r"printf '42\n\n'"), b"")
        self.daemon.line("reason=unwritable_answer")

    def test_can_keep_the_newline(self):
        self.listening("reply", "kept", "--command", "echo 42", "--keep-newline")
        self.assertEqual(self.run_tool("request", "kept", "x", "--raw")[0], "42\n")
        _, err = self.run_tool("reply", "kept", "--text", "x", "--keep-newline", code=64)
        self.assertIn("--command", err)

    def test_can_decline_the_reply(self):
        self.assertEqual(self.ask("--text", "", "-H", "Telex-No-Answer: yes"), b"")
        self.assertIn("listener=lines", self.daemon.line("reason=client_closed"))

    def test_can_fail(self):
        self.assertEqual(self.ask("--command", "echo part; exit 3"), b"")
        self.assertIn("the responder failed: exit status 3",
                      self.daemon.line("reason=request_failed"))


if __name__ == "__main__":
    unittest.main()
