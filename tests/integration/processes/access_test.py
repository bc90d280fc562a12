"""Authentication by the connection, and permissions."""

import json
import os
import subprocess
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, error_pb2, read_to_end, telex_pb2

# User `me` has the uid of the test; only root can switch to another one.
OTHER_UID = 12345

USERS = """
users:
  - name: me
    unix_users: "{uid}"
    publish: {allow: ["shop.>", "inbox.me", "$SYS.>"], deny: "shop.secret.>"}
    subscribe: {allow: ["shop.>", "news.*"], deny: ["shop.secret.>", "news.internal"]}
  - name: other
    unix_users: "{other}"
    publish: {allow: "other.>"}
    subscribe: {allow: "other.>"}
  - name: everything
    certificates: unused.example
    publish: {allow: ">"}
    subscribe: {allow: [">"]}
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock", mode: "0666"}
  - {name: open, address: "tcp://127.0.0.1:0", user: everything}
  - {name: chat, address: "unix://{folder}/chat.sock", protocol: raw, publish: chat.all,
     subscribe: chat.all}
  - {name: shop, address: "unix://{folder}/shop.sock", protocol: raw, publish: shop.lines}
  - {name: lines, address: "unix://{folder}/lines.sock", protocol: json}
"""


class AccessTest(DaemonTest):
    config = None

    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)
        self.start_daemon(
            USERS.replace("{uid}", str(os.getuid())).replace("{other}", str(OTHER_UID)))

    def bus(self):
        return Client(f"unix://{self.folder}/bus.sock")

    def all_rights(self):
        return Client(f"tcp://127.0.0.1:{self.daemon.port('open')}")

    @staticmethod
    def publish(client, subject, payload=b"x", reply=""):
        frame = telex_pb2.Frame()
        frame.message.subject = subject
        frame.message.payload = payload
        frame.message.reply = reply
        client.send(frame)

    @staticmethod
    def subscribe(client, number, subject, group=""):
        """Returns the frame that follows."""
        frame = telex_pb2.Frame()
        frame.subscribe.subscription = number
        frame.subscribe.filter = subject
        frame.subscribe.queue_group = group
        client.send(frame)
        return client.receive()

    def assert_denied(self, frame, *words):
        self.assertEqual(frame.error.code, error_pb2.PERMISSION_DENIED, frame)
        self.assertFalse(frame.error.closing)
        for word in words:
            self.assertIn(word, frame.error.text)


class Permissions(AccessTest):
    def test_deny_by_default_and_keep_the_connection(self):
        with self.bus() as me, self.all_rights() as watcher:
            self.assertTrue(self.subscribe(watcher, 1, ">").HasField("subscribed"))
            for subject in ("shop", "billing.charge", "shop.secret.key"):
                self.publish(me, subject)
                self.assert_denied(me.receive(), "user me may not publish to", f"'{subject}'")
            self.publish(me, "shop.order", b"allowed")
            received = watcher.receive()
            self.assertEqual((received.message.subject, received.message.payload),
                             ("shop.order", b"allowed"))

    def test_require_subscriptions_within_one_allowed_filter(self):
        with self.bus() as me:
            for number, subject in enumerate((">", "*.order", "news.>", "shop.secret.key"), 1):
                self.assert_denied(self.subscribe(me, number, subject), "may not subscribe to")
            self.assertTrue(self.subscribe(me, 1, "shop.*.eu").HasField("subscribed"))

    def test_filter_denied_subjects_from_wider_subscriptions(self):
        with self.bus() as me, self.all_rights() as publisher:
            self.assertTrue(self.subscribe(me, 1, "shop.>").HasField("subscribed"))
            self.assertTrue(self.subscribe(me, 2, "news.*").HasField("subscribed"))
            for subject in ("shop.secret.key", "news.internal", "shop.secret.a.b", "shop.open",
                            "news.today"):
                self.publish(publisher, subject)
            self.assertEqual([me.receive().message.subject for _ in range(2)],
                             ["shop.open", "news.today"])

    def test_refuse_queue_groups_that_overlap_denied_subjects(self):
        with self.bus() as me:
            self.assert_denied(self.subscribe(me, 1, "shop.>", "workers"), "in a group")
            self.assertTrue(self.subscribe(me, 1, "shop.order", "workers").HasField("subscribed"))

    def test_require_a_reply_subject_that_the_sender_may_publish_to(self):
        with self.bus() as me:
            self.publish(me, "shop.order", reply="billing.charge")
            self.assert_denied(me.receive(), "reply subject", "'billing.charge'")
            self.publish(me, "shop.order", reply="inbox.me")
            self.assertEqual(me.request("$SYS.echo", b"ok").message.payload, b"ok")

    def test_are_not_needed_for_replies(self):
        with self.bus() as me, self.all_rights() as requester:
            self.assertTrue(self.subscribe(me, 1, "shop.price").HasField("subscribed"))
            frame = telex_pb2.Frame()
            frame.message.subject = "shop.price"
            frame.request = 7
            requester.send(frame)
            self.publish(me, me.receive().reply_to, b"42")
            answer = requester.receive()
            self.assertEqual((answer.request, answer.message.payload), (7, b"42"))

    def test_for_publishing_apply_to_requests(self):
        with self.bus() as me, self.all_rights() as other:
            answer = me.request("billing.charge", b"")
            self.assertEqual(answer.error.code, error_pb2.PERMISSION_DENIED)
            self.assertEqual(me.request("$SYS.echo", b"mine").message.payload, b"mine")
            answer = other.request("$SYS.stats", b"")
            self.assertEqual(answer.error.code, error_pb2.PERMISSION_DENIED,
                             "`>` does not include $SYS subjects")

    def test_apply_to_json(self):
        with connect(f"unix://{self.folder}/lines.sock") as peer:
            peer.sendall(b'{"message":{"subject":"billing.charge","text":"hi"}}\n')
            self.assertEqual(json.loads(peer.recv(4096))["error"]["code"], "PERMISSION_DENIED")


class Authentication(AccessTest):
    def as_other(self, program, *arguments):
        """Runs Python as another system user."""
        self.need_another_user()
        return subprocess.run(
            ["/usr/bin/python3", "-c", program, *arguments], user=OTHER_UID, group=OTHER_UID,
            extra_groups=[], capture_output=True, timeout=DEADLINE, check=False, text=True,
            env={"PATH": os.environ["PATH"]})

    SPEAKER = """
import socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect(sys.argv[1])
for line in sys.argv[2:]:
    peer.sendall(line.encode() + b"\\n")
    print(peer.recv(65536).decode(), end="")
"""

    def test_by_uid_of_another_process(self):
        os.chmod(f"{self.folder}/lines.sock", 0o666)
        done = self.as_other(
            self.SPEAKER, f"{self.folder}/lines.sock",
            '{"message":{"subject":"shop.order","text":"hi"}}',
            '{"subscribe":{"subscription":1,"filter":"other.>"}}')
        first, second = map(json.loads, done.stdout.splitlines())
        self.assertEqual(first["error"]["code"], "PERMISSION_DENIED")
        self.assertIn("user other", first["error"]["text"])
        self.assertEqual(second["subscribed"]["subscription"], "1")
        self.daemon.line("user=other")

    def test_closes_raw_peers_without_permission(self):
        with connect(f"unix://{self.folder}/shop.sock") as peer, self.all_rights() as watcher:
            self.assertTrue(self.subscribe(watcher, 1, "shop.lines").HasField("subscribed"))
            peer.sendall(b"allowed\n")
            self.assertEqual(watcher.receive().message.payload, b"allowed")
        with connect(f"unix://{self.folder}/chat.sock") as peer:
            self.assertEqual(read_to_end(peer), b"")
        self.assertIn("may not publish to 'chat.all'", self.daemon.line("reason=not_permitted"))


class Anonymous(DaemonTest):
    config = None
    LISTENER = """
import socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect(sys.argv[1])
while piece := peer.recv(65536):
    sys.stdout.buffer.write(piece)
"""

    def read_as_another_user(self, path):
        result = subprocess.run(
            ["/usr/bin/python3", "-c", self.LISTENER, path], user=OTHER_UID, group=OTHER_UID,
            extra_groups=[], capture_output=True, timeout=DEADLINE, check=True,
            env={"PATH": os.environ["PATH"]})
        return result.stdout

    def test_peers_receive_an_error_and_are_closed(self):
        self.need_another_user()
        self.start_daemon("""
users:
  - {name: unused, unix_users: "54321", publish: {allow: ">"}}
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock", mode: "0666"}
  - {name: chat, address: "unix://{folder}/chat.sock", mode: "0666", protocol: raw, publish: chat}
""")
        frame = telex_pb2.Frame()
        # Skip the length byte.
        frame.ParseFromString(self.read_as_another_user(f"{self.folder}/bus.sock")[1:])
        self.assertEqual(frame.error.code, error_pb2.NOT_AUTHENTICATED)
        self.assertTrue(frame.error.closing)
        self.daemon.line("reason=not_authenticated")
        self.assertEqual(self.read_as_another_user(f"{self.folder}/chat.sock"), b"")


class BlockingPublishers(DaemonTest):
    """The slow-consumer policy `block` slows others down."""

    config = None
    WITHOUT_USERS = """
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock"}
  - {name: no, address: "unix://{folder}/no.sock", slow_consumer: {allow_block: false}}
"""
    WITH_USERS = """
users:
  - {name: me, unix_users: "{uid}", {own} publish: {allow: ">"}, subscribe: {allow: ">"}}
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock"}
  - {name: yes, address: "unix://{folder}/yes.sock", slow_consumer: {allow_block: true}}
  - {name: always, address: "unix://{folder}/always.sock", slow_consumer: {policy: block}}
"""

    def with_users(self, own=""):
        return self.WITH_USERS.replace("{uid}", str(os.getuid())).replace("{own}", own)

    def client(self, listener):
        client = Client(f"unix://{self.folder}/{listener}.sock")
        self.addCleanup(client.socket.close)
        return client

    def may_block(self, client, number=1):
        frame = telex_pb2.Frame()
        frame.subscribe.subscription = number
        frame.subscribe.filter = "a"
        frame.subscribe.slow_policy = telex_pb2.SLOW_POLICY_BLOCK
        client.send(frame)
        answer = client.receive()
        if answer.HasField("error"):
            self.assertEqual(answer.error.code, error_pb2.PERMISSION_DENIED)
            self.assertEqual(answer.error.subscription, number)
            self.assertIn("may not block publishers", answer.error.text)
            client.subscribe(number + 1, "a")  # the connection stays, and the number of the subscription is free
            client.subscribe(number, "a")
        return answer.HasField("subscribed")

    def test_is_allowed_without_users(self):
        self.start_daemon(self.WITHOUT_USERS)
        self.assertTrue(self.may_block(self.client("bus")))
        self.assertFalse(self.may_block(self.client("no")))

    def test_needs_permission_where_there_are_users(self):
        self.start_daemon(self.with_users())
        self.assertFalse(self.may_block(self.client("bus")))
        self.assertTrue(self.may_block(self.client("yes")))
        self.assertTrue(self.may_block(self.client("always")))

    def test_the_user_takes_precedence_over_the_listener(self):
        self.start_daemon(self.with_users("allow_block: true,"))
        self.assertTrue(self.may_block(self.client("bus")))
        client = self.client("yes")
        self.assertTrue(self.may_block(client))
        self.reload(self.with_users("allow_block: false,"))
        self.assertFalse(self.may_block(self.client("yes")))
        # The subscription that it had is taken away.
        answer = client.receive()
        self.assertEqual((answer.error.code, answer.error.subscription), (error_pb2.PERMISSION_DENIED, 1))
        self.assertTrue(client.receive().HasField("unsubscribed"))


if __name__ == "__main__":
    unittest.main()
