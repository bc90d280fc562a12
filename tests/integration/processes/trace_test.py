"""Message traces: $SYS.admin.trace and `telex trace`."""

import json
import unittest

from admin_test import AdminTest
from wire import Client, admin_pb2, telex_pb2

Code = admin_pb2.AdminError.Code
Event = admin_pb2.TraceEvent
CONFIG = """
server: {reactors: 4}
listeners:
  - name: native
    accept: reuseport
    address: [tcp://127.0.0.1:0, "unix://{folder}/telex/telex.sock"]
"""


class TraceTest(AdminTest):
    config = CONFIG

    def owner(self):
        client = Client(f"unix://{self.folder}/telex/telex.sock")
        self.addCleanup(client.socket.close)
        return client

    def ask_trace(self, owner, **question):
        answer = owner.request("$SYS.admin.trace", admin_pb2.Trace(**question).SerializeToString())
        self.assertEqual(answer.message.type, "telex.v1.TraceReport")
        return admin_pb2.TraceReport.FromString(answer.message.payload)

    def refused(self, owner, code, text, **question):
        error = self.ask_trace(owner, **question).error
        self.assertEqual(error.code, code, error)
        self.assertIn(text, error.message)

    def begin(self, owner, **what):
        report = self.ask_trace(owner, **what)
        self.assertFalse(report.HasField("error"), report)
        return report.trace

    def number_of(self, client):
        """The id of the connection."""
        port = client.socket.getsockname()[1]
        rows = self.ask("connections")["connections"]
        return next(int(row["number"]) for row in rows if row["peer"].endswith(f":{port}"))


class Requests(TraceTest):
    def test_every_step_of_a_message_on_all_reactors(self):
        owner, source = self.owner(), self.client("source")
        sinks = [self.client(f"sink {i}") for i in range(8)]
        for sink in sinks:
            sink.subscribe(7, "orders.*")
        trace = self.begin(owner, filter="orders.>")
        source.publish("orders.new", b"12345")
        source.publish("orders.old.one", b"")
        source.publish("other", b"")
        for sink in sinks:
            sink.receive()
        source.flush()
        events = self.ask_trace(owner, trace=trace).events
        first = [event for event in events if event.subject == "orders.new"]
        self.assertEqual(first[0].kind, Event.PUBLISHED)
        self.assertEqual(first[0].connection, self.number_of(source))
        self.assertGreaterEqual(first[0].bytes, 5)
        self.assertEqual(
            {(event.kind, event.connection, event.subscription) for event in first[1:]},
            {(Event.DELIVERED, self.number_of(sink), 7) for sink in sinks},
        )
        self.assertEqual(
            [event.kind for event in events if event.subject == "orders.old.one"],
            [Event.PUBLISHED, Event.UNROUTED],
        )
        self.assertFalse([event for event in events if event.subject == "other"])
        self.assertEqual(list(self.ask_trace(owner, trace=trace).events), [])

    def test_a_sample_of_messages_with_all_their_steps(self):
        owner, source, sink = self.owner(), self.client("source"), self.client("sink")
        sink.subscribe(1, "numbers")
        trace = self.begin(owner, filter="numbers", sample=10)
        for _ in range(100):
            source.publish("numbers", b"x")
        for _ in range(100):
            sink.receive()
        kinds = [event.kind for event in self.ask_trace(owner, trace=trace).events]
        self.assertEqual(kinds.count(Event.PUBLISHED), 10)
        self.assertEqual(kinds.count(Event.DELIVERED), 10)

    def test_one_connection_from_its_subscriptions_to_its_end(self):
        owner, followed, other = self.owner(), self.client("followed"), self.client("other")
        trace = self.begin(owner, connection=self.number_of(followed))
        followed.subscribe(3, "a")
        other.publish("a", b"")
        followed.receive()
        other.publish("b", b"")
        followed.publish("c", b"")
        followed.send(telex_pb2.Frame(unsubscribe=telex_pb2.Unsubscribe(subscription=3)))
        self.assertTrue(followed.receive().HasField("unsubscribed"))
        followed.request("$SYS.echo", b"x", number=5)
        number = self.number_of(followed)
        followed.socket.close()
        steps = []
        while not steps or steps[-1][0] != Event.CLOSED:
            events = self.ask_trace(owner, trace=trace).events
            self.assertTrue(all(event.connection == number for event in events))
            steps += [(event.kind, event.subject) for event in events]
        self.assertEqual(steps, [
            (Event.SUBSCRIBED, "a"), (Event.DELIVERED, "a"), (Event.PUBLISHED, "c"),
            (Event.UNROUTED, "c"), (Event.UNSUBSCRIBED, ""), (Event.REQUESTED, "$SYS.echo"),
            (Event.ANSWERED, ""), (Event.CLOSED, ""),
        ])

    def test_some_messages_of_one_connection(self):
        owner, followed, other = self.owner(), self.client("followed"), self.client("other")
        trace = self.begin(owner, connection=self.number_of(followed), filter="a")
        for client in (other, followed):
            client.publish("a", b"")
            client.publish("b", b"")
            client.flush()
        events = self.ask_trace(owner, trace=trace).events
        self.assertEqual([(event.kind, event.subject) for event in events],
                         [(Event.PUBLISHED, "a"), (Event.UNROUTED, "a")])

    def test_requests_until_their_reply_or_error(self):
        owner, requester, responder = self.owner(), self.client("requester"), self.client("responder")
        responder.subscribe(1, "price")
        trace = self.begin(owner, filter="*")
        requester.publish("price", b"apples", request=11)
        asked = responder.receive()
        responder.publish(asked.reply_to, b"42")
        requester.receive()
        requester.request("nobody", b"", number=12)
        events = self.ask_trace(owner, trace=trace).events
        self.assertEqual(
            [(event.kind, event.request, event.detail) for event in events],
            [(Event.REQUESTED, 11, ""), (Event.DELIVERED, 0, ""), (Event.ANSWERED, 11, ""),
             (Event.REQUESTED, 12, ""), (Event.FAILED, 12, "NO_RESPONDERS")],
        )

    def test_messages_that_wait_for_credit_or_are_dropped(self):
        owner, source, sink = self.owner(), self.client("source"), self.client("sink")
        sink.subscribe(1, "held", credit=1)
        sink.subscribe(2, "flood", slow_policy=telex_pb2.SLOW_POLICY_DROP_NEWEST)
        trace = self.begin(owner, filter="held")
        source.publish("held", b"")
        source.publish("held", b"")
        source.flush()
        kinds = [event.kind for event in self.ask_trace(owner, trace=trace, end=True).events]
        self.assertEqual(kinds.count(Event.DELIVERED), 1)
        self.assertEqual(kinds.count(Event.HELD), 1)
        trace = self.begin(owner, filter="flood")
        dropped = []
        while not dropped:
            for _ in range(20):
                source.publish("flood", bytes(1_000_000))
            source.flush()
            dropped = [event for event in self.ask_trace(owner, trace=trace).events
                       if event.kind == Event.DROPPED]
        self.assertEqual(dropped[0].detail, "slow_newest")
        self.assertEqual(dropped[0].connection, self.number_of(sink))

    def test_events_over_the_rate_are_counted(self):
        owner, source = self.owner(), self.client("source")
        trace = self.begin(owner, filter="flood")
        for _ in range(2_000):
            source.publish("flood", b"")
        source.flush()
        report = self.ask_trace(owner, trace=trace)
        self.assertEqual(len(report.events) + report.lost, 4_000)
        self.assertGreater(report.lost, 0)

    def test_invalid_traces_are_refused(self):
        owner = self.owner()
        for code, text, question in (
            (Code.INVALID_ARGUMENT, "say what to follow", {}),
            (Code.INVALID_ARGUMENT, "the filter", {"filter": "a..b"}),
            (Code.NOT_FOUND, "there is no connection 999", {"connection": 999}),
            (Code.NOT_FOUND, "there is no trace 999", {"trace": 999}),
        ):
            self.refused(owner, code, text, **question)
        traces = [self.begin(owner, filter="a") for _ in range(4)]
        self.refused(owner, Code.LIMIT_REACHED, "4 traces", filter="a")
        self.ask_trace(owner, trace=traces[0], end=True)
        self.refused(owner, Code.NOT_FOUND, "a trace ends after", trace=traces[0])
        self.begin(owner, filter="a")

    def test_need_permission(self):
        stranger = self.client("stranger")
        answer = stranger.request(
            "$SYS.admin.trace", admin_pb2.Trace(filter=">").SerializeToString(), number=1
        )
        self.assertTrue(answer.HasField("error"), answer)


class TheTool(TraceTest):
    def tracing(self, *arguments):
        tool = self.tool("trace", *arguments)
        tool.err.until("tracing")
        return tool

    def test_prints_a_line_for_each_step(self):
        source, sink = self.client("source"), self.client("sink")
        sink.subscribe(7, "orders.>")
        tool = self.tracing("orders.>", "--count", "2")
        source.publish("orders.new", b"12345")
        code, out = tool.finish()
        self.assertEqual(code, 0)
        published, delivered = out.splitlines()
        number, other = self.number_of(source), self.number_of(sink)
        self.assertRegex(published, rf"^[\d-]+ [\d:]+\.\d{{6}}  published +source #{number}  orders\.new  5 B$")
        self.assertRegex(delivered, rf"delivered +sink #{other}  orders\.new  5 B  subscription 7$")

    def test_prints_a_json_object_for_each_step(self):
        source = self.client("source")
        tool = self.tracing("--connection", str(self.number_of(source)), "--format", "json")
        source.publish("a", b"")
        line = json.loads(tool.out.next())
        self.assertEqual((line["kind"], line["subject"]), ("PUBLISHED", "a"))
        code, _ = tool.stop()
        self.assertEqual(code, 0)
        # It has ended: four slots are free again.
        owner = self.owner()
        for _ in range(4):
            self.begin(owner, filter="a")

    def test_ends_with_the_connection(self):
        source = self.client("source")
        tool = self.tracing("--connection", str(self.number_of(source)))
        source.socket.close()
        tool.out.until("closed")

    def test_reports_invalid_traces(self):
        _, err = self.run_tool("trace", "--connection", "999", code=1)
        self.assertIn("there is no connection 999", err)
        _, err = self.run_tool("trace", code=64)
        self.assertIn("say what to follow", err)


if __name__ == "__main__":
    unittest.main()
