"""Publications on subjects that streams store: durable ones, plain ones, and those that are refused."""

import json
import unittest

from nats_raw import NatsClient
from processes import DaemonTest
from wire import Client, connect, error_pb2

CONFIG = """
storage: {folder: "{folder}/store", ballast: 1MiB, reserve: 1MiB}
streams:
  - {name: ORDERS, subjects: "orders.>", max_message_bytes: 1000B, allow_ttl: true, allow_roll_up: true}
  - {name: FEW, subjects: few, max_messages: 2, discard: newest}
server: {reactors: 2}
listeners:
  - {name: native, address: ["tcp://127.0.0.1:0", "unix://{folder}/telex/telex.sock"]}
  - {name: json, address: "tcp://127.0.0.1:0", protocol: json}
  - {name: nats, address: "tcp://127.0.0.1:0", protocol: nats}
"""


class StreamsPublishTest(DaemonTest):
    config = CONFIG

    def client(self):
        client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(client.socket.close)
        return client

    def store(self, client, number, subject, payload=b"x", **fields):
        """Publishes durably; returns the reply."""
        frame = Client.message(subject, payload, request=number, durable=True)
        for name, value in fields.items():
            setattr(frame.message, name, value)
        client.send(frame)
        answer = client.receive()
        self.assertEqual(answer.request, number)
        return answer

    def stored(self, *arguments, **fields):
        """The same; returns stream, sequence and whether it is a duplicate."""
        answer = self.store(*arguments, **fields)
        self.assertTrue(answer.HasField("stored"), answer)
        return answer.stored.stream, answer.stored.sequence, answer.stored.duplicate

    def code(self, *arguments, **fields):
        """The same; returns the name of the error's code."""
        return error_pb2.ErrorCode.Name(self.store(*arguments, **fields).error.code)


class Native(StreamsPublishTest):
    def test_sequences_ascend(self):
        client = self.client()
        self.assertGreater(client.welcome.limits.max_durable_publications, 0)
        self.assertEqual(self.stored(client, 1, "orders.a"), ("ORDERS", 1, False))
        self.assertEqual(self.stored(client, 2, "orders.b"), ("ORDERS", 2, False))
        self.assertEqual(self.stored(client, 3, "few"), ("FEW", 1, False))

    def test_many_may_be_under_way(self):
        client = self.client()
        frames = [Client.message("orders.a", b"x", request=n, durable=True) for n in range(1, 2001)]
        client.socket.sendall(b"".join(Client.encode(frame) for frame in frames))
        answers = [client.receive() for _ in frames]
        self.assertEqual([a.request for a in answers], list(range(1, 2001)))
        self.assertEqual([a.stored.sequence for a in answers], list(range(1, 2001)))

    def test_a_subscriber_gets_the_message_once(self):
        subscriber, client = self.client(), self.client()
        subscriber.subscribe(1, "orders.>")
        self.assertEqual(self.stored(client, 1, "orders.a", b"one", id="i"), ("ORDERS", 1, False))
        self.assertEqual(self.stored(client, 2, "orders.a", b"again", id="i"), ("ORDERS", 1, True))
        self.assertEqual(self.stored(client, 3, "orders.a", b"two"), ("ORDERS", 2, False))
        self.assertEqual([subscriber.receive().message.payload for _ in range(2)], [b"one", b"two"])

    def test_a_wrong_sequence_is_refused_and_not_delivered(self):
        subscriber, client = self.client(), self.client()
        subscriber.subscribe(1, "orders.>")
        self.stored(client, 1, "orders.a", b"one", expected_last_sequence=0)
        answer = self.store(client, 2, "orders.a", b"no", expected_last_sequence=0)
        self.assertEqual(answer.error.code, error_pb2.WRONG_SEQUENCE)
        self.assertEqual(answer.error.sequence, 1)
        self.assertEqual(self.code(client, 3, "orders.b", b"no", expected_subject_sequence=1),
                         "WRONG_SEQUENCE")
        self.stored(client, 4, "orders.b", b"two", expected_subject_sequence=0)
        self.assertEqual([subscriber.receive().message.payload for _ in range(2)], [b"one", b"two"])

    def test_other_refusals(self):
        client = self.client()
        self.assertEqual(self.code(client, 1, "elsewhere"), "NO_STREAM")
        self.assertEqual(self.code(client, 2, "orders.a", b"x" * 2000), "NOT_STORABLE")
        self.assertEqual(self.code(client, 3, "orders.*"), "WILDCARD_IN_PUBLISH")
        self.assertEqual([self.stored(client, n, "few")[1] for n in (4, 5)], [1, 2])
        self.assertEqual(self.code(client, 6, "few"), "STREAM_FULL")
        refused = client.stats().refused_publications
        self.assertEqual(dict(refused), {"NO_STREAM": 1, "NOT_STORABLE": 1, "STREAM_FULL": 1})

    def test_a_plain_publication_is_stored_and_delivered(self):
        subscriber, client = self.client(), self.client()
        subscriber.subscribe(1, "orders.>")
        for number in range(100):
            client.publish("orders.a", b"%d" % number)
        self.assertEqual([subscriber.receive().message.payload for _ in range(100)],
                         [b"%d" % number for number in range(100)])
        self.assertEqual(self.stored(client, 1, "orders.a"), ("ORDERS", 101, False))
        self.assertEqual(client.stats().captured_messages, 101)

    def test_a_refused_plain_publication_is_not_delivered(self):
        subscriber, client = self.client(), self.client()
        subscriber.subscribe(1, "few")
        subscriber.subscribe(2, "done")
        for payload in (b"1", b"2", b"3"):
            client.publish("few", payload)
        client.flush()
        client.publish("done", b"")
        got = [subscriber.receive().message.payload for _ in range(3)]
        self.assertEqual(got, [b"1", b"2", b""])

    def test_a_request_is_stored_and_answered(self):
        responder, client = self.client(), self.client()
        responder.subscribe(1, "orders.ask")
        client.send(Client.message("orders.ask", b"?", request=1))
        request = responder.receive()
        responder.publish(request.reply_to, b"!")
        self.assertEqual(client.receive().message.payload, b"!")
        self.assertEqual(self.stored(client, 2, "orders.a")[1], 2)

    def test_messages_survive_a_restart(self):
        client = self.client()
        self.stored(client, 1, "orders.a", b"one", id="i")
        self.daemon.stop()
        self.start_daemon()
        client = self.client()
        self.assertEqual(self.stored(client, 1, "orders.a", b"one", id="i"), ("ORDERS", 1, True))
        self.assertEqual(self.stored(client, 2, "orders.a", b"two"), ("ORDERS", 2, False))

    def test_a_daemon_that_stops_answers(self):
        client = self.client()
        frames = [Client.message("orders.a", b"x", request=n, durable=True) for n in range(1, 501)]
        client.socket.sendall(b"".join(Client.encode(frame) for frame in frames))
        answers = [client.receive()]
        self.daemon.signal(15)
        while len(answers) < 500:
            frame = client.receive()
            self.assertIsNotNone(frame)
            if frame.request:
                answers.append(frame)
        self.assertEqual({a.WhichOneof("control") for a in answers if a.request <= 1}, {"stored"})
        self.assertEqual([a.request for a in answers], list(range(1, 501)))
        client.socket.close()
        self.assertEqual(self.daemon.wait(), 0)


class OtherProtocols(StreamsPublishTest):
    def test_json(self):
        connection = connect(self.daemon.addresses("json")[0])
        self.addCleanup(connection.close)
        lines = connection.makefile("rwb")
        self.addCleanup(lines.close)

        def ask(frame):
            lines.write(json.dumps(frame).encode() + b"\n")
            lines.flush()
            return json.loads(lines.readline())

        frame = {"request": 1, "durable": True, "message": {"subject": "orders.a", "text": "x", "id": "i"}}
        self.assertEqual(ask(frame), {"request": "1", "stored": {"stream": "ORDERS", "sequence": "1"}})
        self.assertEqual(ask(frame)["stored"], {"stream": "ORDERS", "sequence": "1", "duplicate": True})
        wrong = {"request": 2, "durable": True,
                 "message": {"subject": "orders.a", "expectedLastSequence": "7"}}
        error = ask(wrong)["error"]
        self.assertEqual((error["code"], error["sequence"]), ("WRONG_SEQUENCE", "1"))

    def test_nats(self):
        subscriber = self.client()
        subscriber.subscribe(1, "few")
        client = NatsClient(self.daemon.addresses("nats")[0])
        self.addCleanup(client.close)
        for payload in (b"1", b"2", b"3"):
            client.publish("few", payload)
        client.ping()
        self.assertEqual([subscriber.receive().message.payload for _ in range(2)], [b"1", b"2"])
        self.assertEqual(self.code(subscriber, 1, "few"), "STREAM_FULL")


class Tool(StreamsPublishTest):
    def test_pub_prints_where_messages_are_stored(self):
        out, _ = self.run_tool("pub", "orders.a", "x", "--durable", "-n", "3")
        self.assertEqual(out, "ORDERS 1\nORDERS 2\nORDERS 3\n")
        out, _ = self.run_tool("pub", "orders.a", "x", "--durable", "--id", "i", "-n", "2", "--format", "json")
        self.assertEqual([json.loads(line) for line in out.splitlines()],
                         [{"stream": "ORDERS", "sequence": 4, "duplicate": False},
                          {"stream": "ORDERS", "sequence": 4, "duplicate": True}])

    def test_pub_passes_its_conditions(self):
        out, _ = self.run_tool("pub", "orders.a", "x", "--durable", "--expect-sequence", "0", "--ttl", "1h")
        self.assertEqual(out, "ORDERS 1\n")
        out, _ = self.run_tool("pub", "orders.a", "y", "--durable", "--expect-subject-sequence", "1", "--roll-up",
                               "subject")
        self.assertEqual(out, "ORDERS 2\n")
        out, err = self.run_tool("pub", "orders.a", "x", "--durable", "--expect-sequence", "0", code=1)
        self.assertEqual(out, "")
        self.assertIn("wrong_sequence", err)

    def test_pub_fails_without_a_stream(self):
        _, err = self.run_tool("pub", "elsewhere", "x", "--durable", code=1)
        self.assertIn("no_stream", err)
        _, err = self.run_tool("pub", "orders.a", "x", "--ttl", "1h", code=64)
        self.assertIn("--durable", err)


if __name__ == "__main__":
    unittest.main()
