"""Consumers of streams with the real daemon: delivery, outcomes, members, restarts, dead letters, rights."""

import json
import os
import socket
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, error_pb2, read_to_end, telex_pb2

CONFIG = """
server: {reactors: 2}
storage: {folder: "{folder}/store", reserve: 1MiB, ballast: 1MiB}
streams:
  - {name: orders, subjects: [orders.>]}
  - {name: failed, subjects: [failed.>]}
listeners:
  - {name: native, address: "unix://{folder}/native.sock"}
  - {name: json, address: "unix://{folder}/json.sock", protocol: json}
"""


class ConsumerTest(DaemonTest):
    config = CONFIG

    def client(self, **hello):
        client = Client(f"unix://{self.folder}/native.sock", **hello)
        self.addCleanup(client.socket.close)
        return client

    def publish(self, *payloads, subject="orders.new"):
        with Client(f"unix://{self.folder}/native.sock") as client:
            for number, payload in enumerate(payloads, 1):
                answer = client.request(subject, payload.encode(), number=number, durable=True)
                self.assertTrue(answer.HasField("stored"), answer)

    @staticmethod
    def consume(client, number=1, consumer="billing", credit=100, stream="orders", **settings):
        """Returns the first answer: Subscribed or an error."""
        frame = telex_pb2.Frame()
        frame.consume.subscription = number
        frame.consume.stream = stream
        frame.consume.consumer = consumer
        frame.consume.credit = credit
        frame.consume.create.SetInParent()
        for name, value in settings.items():
            if isinstance(value, list):
                getattr(frame.consume.create, name).extend(value)
            else:
                setattr(frame.consume.create, name, value)
        client.send(frame)
        return client.receive()

    def join(self, client, **options):
        answer = self.consume(client, **options)
        self.assertTrue(answer.HasField("subscribed"), answer)

    @staticmethod
    def acknowledge(client, sequence, outcome="ACK", number=1, **fields):
        frame = telex_pb2.Frame()
        frame.acknowledge.subscription = number
        frame.acknowledge.sequence = sequence
        frame.acknowledge.outcome = telex_pb2.Acknowledge.Outcome.Value(outcome)
        for name, value in fields.items():
            setattr(frame.acknowledge, name, value)
        client.send(frame)

    def next(self, client):
        """Returns payload, sequence, attempt and the flag of the next delivery."""
        frame = client.receive()
        self.assertTrue(frame is not None and frame.HasField("position"), frame)
        place = frame.position
        return frame.message.payload.decode(), place.sequence, place.attempt, place.redelivered


class Deliveries(ConsumerTest):
    def test_messages_before_and_after_the_start(self):
        self.publish("one", "two")
        client = self.client()
        self.join(client)
        self.assertEqual([self.next(client) for _ in range(2)], [("one", 1, 1, False), ("two", 2, 1, False)])
        self.publish("three")
        self.assertEqual(self.next(client), ("three", 3, 1, False))

    def test_unacknowledged_messages_go_to_the_next_member(self):
        self.publish("one", "two", "three")
        with self.client() as first:
            self.join(first)
            self.assertEqual([self.next(first)[0] for _ in range(3)], ["one", "two", "three"])
            self.acknowledge(first, 2)
            first.flush()
        second = self.client()
        self.join(second)
        self.assertEqual([self.next(second) for _ in range(2)], [("one", 1, 2, True), ("three", 3, 2, True)])

    def test_negative_acknowledgement(self):
        self.publish("one")
        client = self.client()
        self.join(client)
        self.assertEqual(self.next(client), ("one", 1, 1, False))
        self.acknowledge(client, 1, "NAK")
        self.assertEqual(self.next(client), ("one", 1, 2, True))

    def test_credit(self):
        self.publish("one", "two", "three")
        client = self.client()
        self.join(client, credit=1)
        self.assertEqual(self.next(client)[0], "one")
        client.flush()  # nothing was sent before its answer
        frame = telex_pb2.Frame()
        frame.credit.subscription = 1
        frame.credit.messages = 2
        client.send(frame)
        self.assertEqual([self.next(client)[0] for _ in range(2)], ["two", "three"])

    def test_filters(self):
        self.publish("one", subject="orders.new")
        self.publish("two", subject="orders.old")
        self.publish("three", subject="orders.new")
        client = self.client()
        self.join(client, filters=["orders.new"])
        self.assertEqual([self.next(client)[0] for _ in range(2)], ["one", "three"])

    def test_a_range_of_acknowledgements(self):
        self.publish(*map(str, range(1, 6)))
        with self.client() as first:
            self.join(first)
            for _ in range(5):
                self.next(first)
            self.acknowledge(first, 1, through=4)
            first.flush()
        second = self.client()
        self.join(second)
        self.assertEqual(self.next(second), ("5", 5, 2, True))

    def test_a_consumer_survives_a_kill(self):
        self.publish("one", "two")
        client = self.client()
        self.join(client)
        self.next(client)
        self.next(client)
        self.daemon.process.kill()
        self.daemon.wait()
        self.start_daemon()
        again = self.client()
        self.join(again)
        got = [self.next(again) for _ in range(2)]
        self.assertEqual([(payload, sequence, flag) for payload, sequence, _, flag in got],
                         [("one", 1, True), ("two", 2, True)])

    def test_dead_letters(self):
        self.publish("bad", "worse")
        client = self.client()
        self.join(client, max_deliveries=2, dead_letter_subject="failed.orders")
        reader = self.client()
        self.join(reader, stream="failed", consumer="watch")
        self.assertEqual(self.next(client)[:3], ("bad", 1, 1))
        self.assertEqual(self.next(client)[:3], ("worse", 2, 1))
        self.acknowledge(client, 2, "TERM")
        self.acknowledge(client, 1, "NAK")
        self.assertEqual(self.next(client)[:3], ("bad", 1, 2))
        self.acknowledge(client, 1, "NAK")
        self.assertEqual(sorted(self.next(reader)[0] for _ in range(2)), ["bad", "worse"])

    def test_json(self):
        self.publish("one")
        with connect(f"unix://{self.folder}/json.sock") as peer:
            for line in ({"hello": {"version": 1}},
                         {"consume": {"subscription": 5, "stream": "orders", "consumer": "j", "credit": 1, "create": {}}}):
                peer.sendall(json.dumps(line).encode() + b"\n")
            lines = peer.makefile("rb")
            peer.settimeout(DEADLINE)
            self.assertIn("welcome", json.loads(lines.readline()))
            self.assertEqual(json.loads(lines.readline()), {"subscribed": {"subscription": "5"}})
            delivery = json.loads(lines.readline())
            self.assertEqual(delivery["message"]["text"], "one")
            self.assertEqual(delivery["position"]["sequence"], "1")
            peer.shutdown(socket.SHUT_WR)
            read_to_end(peer)


class Refusals(ConsumerTest):
    def refused(self, client, code, **options):
        answer = self.consume(client, **options)
        self.assertEqual(error_pb2.ErrorCode.Name(answer.error.code), code, answer)
        self.assertEqual(answer.error.subscription, options.get("number", 1))

    def test_no_stream(self):
        self.refused(self.client(), "NO_CONSUMER", stream="nothing")

    def test_other_settings(self):
        client = self.client()
        self.join(client, max_deliveries=3)
        self.refused(client, "BAD_CONSUMER", number=2, max_deliveries=4)

    def test_impossible_settings(self):
        self.refused(self.client(), "BAD_CONSUMER", filters=["other.>"])


class Rights(ConsumerTest):
    config = CONFIG + """
users:
  - {name: ops, unix_users: "{uid}", publish: {allow: ">"}, subscribe: {allow: "orders.new"}}
"""

    def configure(self, config):
        return super().configure(config.replace("{uid}", str(os.getuid())))

    def test_only_what_the_user_may_subscribe_to(self):
        self.publish("one", subject="orders.new")
        self.publish("secret", subject="orders.old")
        self.publish("two", subject="orders.new")
        client = self.client()
        answer = self.consume(client, number=1, consumer="all")
        self.assertEqual(error_pb2.ErrorCode.Name(answer.error.code), "PERMISSION_DENIED", answer)
        self.join(client, number=2, consumer="some", filters=["orders.new"])
        self.assertEqual([self.next(client)[0] for _ in range(2)], ["one", "two"])


if __name__ == "__main__":
    unittest.main()
