"""Events on $SYS.event.*: permissions, content, rate."""

import contextlib
import json
import os
import unittest

from processes import DaemonTest
from wire import Client, connect, error_pb2, event_pb2, telex_pb2

SECRET = "correct-horse-battery"

# TCP requires a password; the test itself uses the unix socket.
USERS = """
users:
  - name: watcher
    unix_users: "{uid}"
    publish: {allow: ["$SYS.>", "data"]}
    subscribe: {allow: ["$SYS.event.>", "$SYS.json.>", "data"]}
{guest}
    publish: {allow: ">"}
    subscribe: {allow: [">", "$SYS.other.>"]}
listeners:
  - name: bus
    address: ["unix://{folder}/telex/telex.sock", "tcp://127.0.0.1:0"]
    slow_consumer: {policy: drop-newest, max_pending: 64KiB}
    limits: {max_frame: 32KiB}
  - {name: lines, address: "unix://{folder}/lines.sock", protocol: json}
  - {name: raw, address: "unix://{folder}/raw.sock", protocol: raw, subscribe: "$SYS.json.event.>", user: watcher}
"""

NO_USERS = """
listeners:
  - {name: bus, address: ["unix://{folder}/telex/telex.sock", "tcp://127.0.0.1:0"]}
"""


def event_of(frame):
    return event_pb2.Event.FromString(frame.message.payload)


class Watcher(Client):
    """Subscribes to all events and skips those that the test does not expect."""

    def __init__(self, address, pattern="$SYS.event.>"):
        super().__init__(address, name="watcher")
        self.subscribe(1, pattern)

    def next(self, kind, wanted=lambda event: True):
        while True:
            frame = self.receive()
            if frame is None or frame.HasField("error"):
                raise AssertionError(f"no {kind}: {frame}")
            if frame.message.subject == f"$SYS.event.{kind}" and wanted(event_of(frame)):
                return event_of(frame)


class Events(DaemonTest):
    config = None

    def setUp(self):
        super().setUp()
        guest, _ = self.run_tool("passwd", "guest", data=f"{SECRET}\n".encode())
        self.text = USERS.replace("{uid}", str(os.getuid())).replace("{guest}", guest.rstrip("\n"))
        self.start_daemon(self.text)
        self.tcp, self.unix = sorted(self.daemon.addresses("bus"))
        self.watcher = Watcher(self.unix)
        self.addCleanup(self.watcher.socket.close)

    def test_of_connects_and_disconnects(self):
        with Client(self.tcp, name="printer", user="guest", password=SECRET):
            event = self.watcher.next("connect", lambda event: event.connect.connection.user == "guest")
            came = event.connect.connection
            self.assertEqual((came.client_name, came.listener, came.protocol), ("printer", "bus", "telex"))
            self.assertRegex(came.peer, r"^127\.0\.0\.1:\d+$")
            self.assertGreater(event.unix_nanoseconds, 1_700_000_000 * 10**9)
            self.assertEqual((event.server_name, event.suppressed), ("telex", 0))
        event = self.watcher.next("disconnect")
        went = event.disconnect.connection
        self.assertEqual((went.number, went.user, went.close_reason), (came.number, "guest", "client_closed"))
        self.assertGreater(went.received_bytes, 0)
        self.assertEqual(went.close_detail, "")

    def test_of_refused_connections(self):
        with Client(self.tcp, user="guest", password="wrong-" + SECRET) as client:
            self.assertEqual(client.refusal.code, error_pb2.NOT_AUTHENTICATED)
        event = self.watcher.next("authentication_failure").authentication_failure
        self.assertEqual(event.code, error_pb2.NOT_AUTHENTICATED)
        self.assertEqual((event.connection.listener, event.connection.user), ("bus", "(anonymous)"))
        self.assertNotIn(SECRET, str(event))
        with Client(self.tcp, user="guest", password=SECRET):
            # A refused connection causes no connect event: the next one is of this connection.
            event = self.watcher.next("connect")
            self.assertEqual(event.connect.connection.user, "guest")

    def test_of_slow_consumers(self):
        with Client(self.unix, name="slow") as slow, Client(self.unix, name="fast") as publisher:
            slow.subscribe(7, "data")
            for _ in range(500):
                publisher.publish("data", b"x" * 4096)
            publisher.flush()
            event = self.watcher.next("slow_consumer").slow_consumer
            self.assertEqual(event.action, event.DROPPING)
            self.assertEqual((event.subscription, event.connection.client_name), (7, "slow"))
            self.assertEqual(event.limit_bytes, 64 << 10)
            self.assertGreater(event.connection.pending_bytes, 0)
            # One event for all drops.
            self.assertGreater(publisher.stats().dropped_messages["slow_newest"], 1)
        self.watcher.next("disconnect", lambda event: event.disconnect.connection.client_name == "slow")

    def test_of_reloads(self):
        self.reload(self.text.replace("max_frame: 32KiB", "max_frame: 32KiB, max_requests: 77"))
        event = self.watcher.next("reload").reload
        self.assertTrue(event.succeeded)
        self.assertEqual(list(event.changed_paths), ["listeners[bus].limits.max_requests"])
        self.reload("log: {level: loud}\n" + self.text)
        event = self.watcher.next("reload").reload
        self.assertEqual((event.succeeded, list(event.changed_paths)), (False, []))
        self.assertEqual(event.error, 4)  # INVALID_CONFIGURATION

    def test_are_available_as_json(self):
        with connect(f"unix://{self.folder}/raw.sock") as raw, \
                connect(f"unix://{self.folder}/lines.sock") as lines:
            lines.sendall(b'{"subscribe":{"subscription":"1","filter":"$SYS.json.event.connect"}}\n')
            answers = map(json.loads, lines.makefile("rb"))
            # Events of earlier connections may come first.
            while "subscribed" not in next(answers):
                pass
            with Client(self.unix, name="a \"third\""):
                message = next(frame["message"] for frame in answers
                               if "third" in frame["message"]["text"])
                self.assertEqual((message["subject"], message["contentType"]),
                                 ("$SYS.json.event.connect", "application/json"))
                event = json.loads(message["text"])
                self.assertEqual(event["connect"]["connection"]["clientName"], "a \"third\"")
                self.assertIn("third", next(text for text in raw.makefile() if "third" in text))

    def test_are_shown_by_the_tool(self):
        tool = self.listening("sub", "$SYS.event.connect")
        with Client(self.unix, name="shown"):
            line = tool.out.until('"clientName":"shown"')
        self.assertIn("$SYS.event.connect  {", line)

    def test_need_permission(self):
        with Client(self.tcp, user="guest", password=SECRET) as guest:
            for pattern in ("$SYS.event.>", "$SYS.event.connect", "$SYS.json.event.>", "$SYS.>", "$SYS.*.*"):
                frame = telex_pb2.Frame()
                frame.subscribe.subscription = 1
                frame.subscribe.filter = pattern
                guest.send(frame)
                self.assertEqual(guest.receive().error.code, error_pb2.PERMISSION_DENIED, pattern)
            guest.subscribe(2, ">")
            with Client(self.unix, name="unseen"):
                self.watcher.next("connect", lambda event: event.connect.connection.client_name == "unseen")
            guest.flush()

    def test_of_a_flood_are_published_or_counted(self):
        crowd = 300
        with contextlib.ExitStack() as everybody, Client(self.unix, name="requester") as requester:
            for _ in range(crowd):
                everybody.enter_context(Client(self.unix, name="crowd"))
            stats = requester.stats()
            self.assertEqual(stats.published_events + stats.suppressed_events, crowd + 1)
            events = [self.watcher.next("connect") for _ in range(stats.published_events)]
            self.assertLessEqual(sum(event.suppressed for event in events), stats.suppressed_events)


class WithoutUsers(DaemonTest):
    config = NO_USERS

    def test_only_the_owner_receives_them(self):
        tcp, unix = sorted(self.daemon.addresses("bus"))
        with Client(tcp) as stranger:
            frame = telex_pb2.Frame()
            frame.subscribe.subscription = 1
            frame.subscribe.filter = "$SYS.>"
            stranger.send(frame)
            self.assertEqual(stranger.receive().error.code, error_pb2.PERMISSION_DENIED)
        watcher = Watcher(unix)
        self.addCleanup(watcher.socket.close)
        with Client(tcp, name="somebody"):
            event = watcher.next("connect")
            self.assertEqual(event.connect.connection.client_name, "somebody")

    def test_clients_cannot_forge_them(self):
        _, unix = sorted(self.daemon.addresses("bus"))
        with Client(unix) as client:
            client.publish("$SYS.event.connect", b"")
            self.assertEqual(client.receive().error.code, error_pb2.RESERVED_SUBJECT)
            self.assertEqual(client.stats().published_events, 0)


if __name__ == "__main__":
    unittest.main()
