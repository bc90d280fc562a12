"""kill -9 at random moments while publishers wait for acknowledgements, and a model of what was acknowledged.

Each cycle starts the daemon on the same store. Publishers repeat what was not acknowledged, with the same message ids, and publish more.
Then the daemon is killed: after a random number of acknowledgements, or at once after its start. Promises of the stream:

- an acknowledged message is there, under its sequence, once;
- a message that was not acknowledged is there once, or not at all; repeated, it is stored once;
- the messages of a publisher are in their order;
- a consumer gets every message at least once, and flags each that it may have got before.

A run that fails prints its seed.

    TELEX_KILLS=10000     cycles
    TELEX_KILLS_SEED=7    one seed"""

import os
import random
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, stream_pb2, telex_pb2

KILLS = int(os.environ.get("TELEX_KILLS", "500"))
SEED = int(os.environ.get("TELEX_KILLS_SEED", "0")) or random.randrange(1, 1 << 30)
CYCLES_BETWEEN_CHECKS = 50
PUBLISHERS = 3
WINDOW = 32
MOST_ACKNOWLEDGEMENTS = 200

CONFIG = """
server: {reactors: 2}
storage: {folder: "{folder}/store", reserve: 16MiB, ballast: 1MiB}
streams:
  - {name: kept, subjects: [kept.>], duplicate_window: 1h}
listeners:
  - {name: native, address: "unix://{folder}/native.sock"}
"""


class Publisher:
    """Publishes numbered messages and remembers the sequences of those that were acknowledged."""

    def __init__(self, number):
        self.subject = f"kept.{number}"
        self.sequences = {}  # acknowledged: by the number of the message
        self.published = 0
        self.duplicates = 0
        self.client = None

    def connect(self, address):
        self.client = Client(address)
        for number in self.open_numbers():
            self._send(number)

    def open_numbers(self):
        """Those that were published and not acknowledged, in order."""
        return [number for number in range(max(1, self.published - 2 * WINDOW), self.published + 1)
                if number not in self.sequences]

    def fill_window(self):
        while len(self.open_numbers()) < WINDOW:
            self.published += 1
            self._send(self.published)

    def _send(self, number):
        frame = Client.message(self.subject, b"%d" % number, request=number, durable=True)
        frame.message.id = f"{self.subject}-{number}"
        self.client.send(frame)

    def take_answer(self):
        frame = self.client.receive()
        if frame is None or not frame.HasField("stored"):
            raise AssertionError(f"instead of an acknowledgement: {frame}")
        self.sequences[frame.request] = frame.stored.sequence
        self.duplicates += frame.stored.duplicate


class Reader:
    """A member of a durable consumer that acknowledges most of its deliveries."""

    def __init__(self, chance):
        self.delivered = {}  # payloads, by sequence
        self.flagged = 0
        self.client = None
        self._chance = chance

    def connect(self, address):
        self.client = Client(address)
        frame = telex_pb2.Frame()
        frame.consume.subscription = 1
        frame.consume.stream = "kept"
        frame.consume.consumer = "reader"
        frame.consume.credit = 1 << 30
        frame.consume.create.SetInParent()
        self.client.send(frame)
        answer = self.client.receive()
        if not answer.HasField("subscribed"):
            raise AssertionError(f"instead of Subscribed: {answer}")

    def take(self, frame):
        place = frame.position
        if place.sequence in self.delivered and not place.redelivered:
            raise AssertionError(f"seed {SEED}: message {place.sequence} came again without a flag")
        self.flagged += place.redelivered
        self.delivered[place.sequence] = frame.message.payload
        if self._chance() < 0.9:
            outcome = telex_pb2.Frame()
            outcome.acknowledge.subscription = 1
            outcome.acknowledge.sequence = place.sequence
            self.client.send(outcome)

    def take_arrived(self):
        self.client.socket.setblocking(False)
        frames = []
        while (frame := self.client.receive_now()) is not None:
            frames.append(frame)
        self.client.socket.settimeout(DEADLINE)
        for frame in frames:
            self.take(frame)


class Kills(DaemonTest):
    config = None

    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.publishers = [Publisher(number) for number in range(PUBLISHERS)]
        self.reader = Reader(self.random.random)
        self.stored = {}  # by sequence: what the stream has, as far as it was read
        self.read_to = 0
        self.addCleanup(lambda: print(f"seed {SEED}: {sum(len(one.sequences) for one in self.publishers)} acknowledged, "
                                      f"{sum(one.duplicates for one in self.publishers)} repeated ones recognized, "
                                      f"{self.reader.flagged} flagged deliveries"))

    def run_until_killed(self, cycle):
        if self.random.random() < 0.1:
            daemon = self.launch_daemon(CONFIG)
        else:
            daemon = self.start_daemon(CONFIG)
            self.publish(self.random.randrange(MOST_ACKNOWLEDGEMENTS))
            if cycle % CYCLES_BETWEEN_CHECKS == 0:
                self.check_stream()
        daemon.process.kill()
        daemon.end()
        for one in (*self.publishers, self.reader):
            if one.client is not None:
                one.client.socket.close()

    def publish(self, acknowledgements):
        address = f"unix://{self.folder}/native.sock"
        self.reader.connect(address)
        for publisher in self.publishers:
            publisher.connect(address)
            publisher.fill_window()
        for _ in range(acknowledgements):
            publisher = self.random.choice(self.publishers)
            publisher.take_answer()
            publisher.fill_window()
            self.reader.take_arrived()

    def read_stream(self):
        """Returns the messages since the last call, by sequence."""
        messages = {}
        with Client(f"unix://{self.folder}/native.sock") as client:
            while True:
                query = stream_pb2.GetStreamMessage(stream="kept", count=10_000)
                setattr(query, "from", self.read_to + 1)
                answer = client.request("$SYS.stream.get", query.SerializeToString())
                reply = stream_pb2.StreamMessages.FromString(answer.message.payload)
                self.assertFalse(reply.HasField("error"), reply.error)
                for found in reply.messages:
                    messages[found.sequence] = found.message
                self.read_to = reply.next_sequence - 1
                if not reply.messages:
                    return messages

    def check_stream(self):
        fresh = self.read_stream()
        for sequence, message in fresh.items():
            self.assertNotIn(sequence, self.stored)
            self.stored[sequence] = (message.subject, int(message.payload))
        for publisher in self.publishers:
            places = {number: sequence for sequence, (subject, number) in self.stored.items() if subject == publisher.subject}
            numbers = [number for _, (subject, number) in sorted(self.stored.items()) if subject == publisher.subject]
            # In order, each once, without gaps: later ones are stored only with those before them.
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)), f"seed {SEED}: {publisher.subject}")
            for number, sequence in publisher.sequences.items():
                self.assertEqual(places.get(number), sequence, f"seed {SEED}: {publisher.subject} {number}")

    def test_nothing_acknowledged_is_lost(self):
        for cycle in range(1, KILLS + 1):
            self.run_until_killed(cycle)
        self.start_daemon(CONFIG)
        self.publish(0)
        for publisher in self.publishers:
            while publisher.open_numbers():
                publisher.take_answer()
        self.check_stream()
        self.assertEqual(len(self.stored), sum(publisher.published for publisher in self.publishers))
        while len(self.reader.delivered) < len(self.stored):
            self.reader.take(self.reader.client.receive())
        self.assertEqual({sequence: int(payload) for sequence, payload in self.reader.delivered.items()},
                         {sequence: number for sequence, (_, number) in self.stored.items()}, f"seed {SEED}")


if __name__ == "__main__":
    unittest.main()
