"""Users and their permissions: who a peer is found to be, and what it may then do."""

import json
import os
import subprocess
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, error_pb2, read_to_end, telex_pb2

# The test's own uid is `me`; another one exists only for root to become.
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
    certificates: nobody.example
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
        client.say(frame)

    @staticmethod
    def subscribe(client, number, subject, group=""):
        """The answer."""
        frame = telex_pb2.Frame()
        frame.subscribe.subscription = number
        frame.subscribe.filter = subject
        frame.subscribe.queue_group = group
        client.say(frame)
        return client.hear()

    def assert_denied(self, frame, *words):
        self.assertEqual(frame.error.code, error_pb2.PERMISSION_DENIED, frame)
        self.assertFalse(frame.error.closing)
        for word in words:
            self.assertIn(word, frame.error.text)


class Permissions(AccessTest):
    def test_what_is_not_allowed_is_denied_and_the_connection_stays(self):
        with self.bus() as me, self.all_rights() as watcher:
            self.assertTrue(self.subscribe(watcher, 1, ">").HasField("subscribed"))
            for subject in ("shop", "billing.charge", "shop.secret.key"):
                self.publish(me, subject)
                self.assert_denied(me.hear(), "user me may not publish to", f"'{subject}'")
            self.publish(me, "shop.order", b"allowed")
            heard = watcher.hear()
            self.assertEqual((heard.message.subject, heard.message.payload),
                             ("shop.order", b"allowed"))

    def test_subscriptions_must_be_allowed_as_a_whole(self):
        with self.bus() as me:
            for number, subject in enumerate((">", "*.order", "news.>", "shop.secret.key"), 1):
                self.assert_denied(self.subscribe(me, number, subject), "may not subscribe to")
            self.assertTrue(self.subscribe(me, 1, "shop.*.eu").HasField("subscribed"))

    def test_what_is_denied_is_kept_from_wider_subscriptions(self):
        with self.bus() as me, self.all_rights() as publisher:
            self.assertTrue(self.subscribe(me, 1, "shop.>").HasField("subscribed"))
            self.assertTrue(self.subscribe(me, 2, "news.*").HasField("subscribed"))
            for subject in ("shop.secret.key", "news.internal", "shop.secret.a.b", "shop.open",
                            "news.today"):
                self.publish(publisher, subject)
            self.assertEqual([me.hear().message.subject for _ in range(2)],
                             ["shop.open", "news.today"])

    def test_a_group_does_not_lose_what_one_member_may_not_have(self):
        with self.bus() as me:
            self.assert_denied(self.subscribe(me, 1, "shop.>", "workers"), "in a group")
            self.assertTrue(self.subscribe(me, 1, "shop.order", "workers").HasField("subscribed"))

    def test_a_reply_subject_is_somewhere_that_the_sender_may_publish(self):
        with self.bus() as me:
            self.publish(me, "shop.order", reply="billing.charge")
            self.assert_denied(me.hear(), "reply subject", "'billing.charge'")
            self.publish(me, "shop.order", reply="inbox.me")
            self.assertEqual(me.request("$SYS.echo", b"ok").message.payload, b"ok")

    def test_answers_need_no_permission(self):
        with self.bus() as me, self.all_rights() as asker:
            self.assertTrue(self.subscribe(me, 1, "shop.price").HasField("subscribed"))
            frame = telex_pb2.Frame()
            frame.message.subject = "shop.price"
            frame.request = 7
            asker.say(frame)
            self.publish(me, me.hear().reply_to, b"42")
            answer = asker.hear()
            self.assertEqual((answer.request, answer.message.payload), (7, b"42"))

    def test_a_request_is_a_publication(self):
        with self.bus() as me, self.all_rights() as other:
            answer = me.request("billing.charge", b"")
            self.assertEqual(answer.error.code, error_pb2.PERMISSION_DENIED)
            self.assertEqual(me.request("$SYS.echo", b"mine").message.payload, b"mine")
            answer = other.request("$SYS.stats", b"")
            self.assertEqual(answer.error.code, error_pb2.PERMISSION_DENIED,
                             "everything is everything but the exchange's own")

    def test_json_is_held_to_the_same(self):
        with connect(f"unix://{self.folder}/lines.sock") as peer:
            peer.sendall(b'{"message":{"subject":"billing.charge","text":"hi"}}\n')
            self.assertEqual(json.loads(peer.recv(4096))["error"]["code"], "PERMISSION_DENIED")


class Recognition(AccessTest):
    def as_other(self, program, *arguments):
        """Runs Python as another user of the system."""
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

    def test_a_process_of_another_uid_has_that_users_permissions(self):
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

    def test_raw_peers_without_the_right_are_closed(self):
        with connect(f"unix://{self.folder}/shop.sock") as peer, self.all_rights() as watcher:
            self.assertTrue(self.subscribe(watcher, 1, "shop.lines").HasField("subscribed"))
            peer.sendall(b"allowed\n")
            self.assertEqual(watcher.hear().message.payload, b"allowed")
        with connect(f"unix://{self.folder}/chat.sock") as peer:
            self.assertEqual(read_to_end(peer), b"")
        self.assertIn("may not publish to 'chat.all'", self.daemon.line("reason=not_permitted"))


class Strangers(DaemonTest):
    config = None
    LISTENER = """
import socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect(sys.argv[1])
while piece := peer.recv(65536):
    sys.stdout.buffer.write(piece)
"""

    def heard_by_another_user(self, path):
        result = subprocess.run(
            ["/usr/bin/python3", "-c", self.LISTENER, path], user=OTHER_UID, group=OTHER_UID,
            extra_groups=[], capture_output=True, timeout=DEADLINE, check=True,
            env={"PATH": os.environ["PATH"]})
        return result.stdout

    def test_are_told_and_closed(self):
        self.need_another_user()
        self.start_daemon("""
users:
  - {name: nobody-here, unix_users: "54321", publish: {allow: ">"}}
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock", mode: "0666"}
  - {name: chat, address: "unix://{folder}/chat.sock", mode: "0666", protocol: raw, publish: chat}
""")
        frame = telex_pb2.Frame()
        # After one byte of length.
        frame.ParseFromString(self.heard_by_another_user(f"{self.folder}/bus.sock")[1:])
        self.assertEqual(frame.error.code, error_pb2.NOT_AUTHENTICATED)
        self.assertTrue(frame.error.closing)
        self.daemon.line("reason=not_authenticated")
        self.assertEqual(self.heard_by_another_user(f"{self.folder}/chat.sock"), b"")


if __name__ == "__main__":
    unittest.main()
