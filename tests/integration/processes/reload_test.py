"""A configuration that changes under a running daemon: as a whole or not at all."""

import os
import socket
import threading
import time
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, error_pb2, read_to_end, telex_pb2

CONFIG = """
users:
  - name: all
    unix_users: "{uid}"
    publish: {allow: [">", "$SYS.>"]}
    subscribe: {allow: [">"]}
  - name: guest
    publish: {allow: ["news.>", "$SYS.echo"]}
    subscribe: {allow: ["news.>"]}
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock", limits: {max_subscriptions: 2}}
  - {name: hall, address: "tcp://127.0.0.1:0", user: guest}
  - {name: chat, address: "tcp://127.0.0.1:0", user: guest, protocol: raw, framing: lines,
     publish: news.chat, subscribe: news.chat, echo: true}
"""


class ReloadTest(DaemonTest):
    config = CONFIG

    def configure(self, config):
        return super().configure(config.replace("{uid}", str(os.getuid())))

    def bus(self):
        client = Client(f"unix://{self.folder}/bus.sock")
        self.addCleanup(client.socket.close)
        return client

    def guest(self):
        client = Client(self.daemon.addresses("hall")[-1])  # the last time that it was opened
        self.addCleanup(client.socket.close)
        return client

    def when_served(self, address):
        """A connection. A socket file exists shortly before listen()."""
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                return connect(address)
            except (FileNotFoundError, ConnectionRefusedError):
                self.assertLess(time.monotonic(), deadline)

    def change(self, *pairs):
        config = CONFIG
        for old, new in pairs:
            self.assertIn(old, config)
            config = config.replace(old, new)
        return self.reload(config)


class Reload(ReloadTest):
    def test_of_the_same_changes_nothing(self):
        self.assertIn("changes=0", self.reload())

    def test_limits_are_those_of_new_connections(self):
        old = self.bus()
        self.assertIn("changes=1", self.change(("max_subscriptions: 2", "max_subscriptions: 1")))
        new = self.bus()
        old.subscribe(1, "a")
        old.subscribe(2, "b")
        new.subscribe(1, "a")
        with self.assertRaisesRegex(AssertionError, "TOO_MANY_SUBSCRIPTIONS"):
            new.subscribe(2, "b")
        self.daemon.line("configuration change: change=\"listeners[bus].limits.max_subscriptions: '2' -> '1'")

    def test_the_level_of_the_log(self):
        # The reload that says nothing of itself is over when its new listener is there.
        self.configure(CONFIG + '  - {name: new, address: "unix://{folder}/new.sock"}\n'
                       + "log: {level: warning}\n")
        self.daemon.signal(1)
        with Client(self.when_served(f"unix://{self.folder}/new.sock")) as client:
            client.request("$SYS.echo", b"")
        self.assertIn("configuration reloaded", self.reload(CONFIG))
        self.assertEqual(self.daemon.log().count("configuration reloaded"), 1, "the first was not written")

    def test_listeners_come_and_go_and_connections_stay(self):
        guest = self.guest()
        hall = '  - {name: hall, address: "tcp://127.0.0.1:0", user: guest}\n'
        port = self.daemon.port("hall")
        self.change((hall, '  - {name: annex, address: "tcp://127.0.0.1:0", user: guest}\n'))
        with Client(f"tcp://127.0.0.1:{self.daemon.port('annex')}") as other:
            self.assertEqual(other.request("$SYS.echo", b"hi").message.payload, b"hi")
            other.subscribe(1, "news.>")
            guest.publish("news.a", b"from the closed hall")
            self.assertEqual(other.receive().message.payload, b"from the closed hall")
        with self.assertRaises(ConnectionRefusedError):
            connect(f"tcp://127.0.0.1:{port}")
        self.assertIn("changes=2", self.reload(CONFIG))
        self.assertEqual(guest.request("$SYS.echo", b"hi").message.payload, b"hi")
        with self.guest() as again:
            self.assertEqual(again.request("$SYS.echo", b"hi").message.payload, b"hi")

    def test_a_unix_socket_that_goes_takes_its_file_along(self):
        self.change(('  - {name: bus, address: "unix://{folder}/bus.sock", '
                     'limits: {max_subscriptions: 2}}\n', ""))
        self.assertFalse(os.path.exists(f"{self.folder}/bus.sock"))
        self.reload(CONFIG)
        self.assertEqual(self.bus().request("$SYS.echo", b"hi").message.payload, b"hi")

    def test_a_thousand_under_load_lose_nothing(self):
        publisher, subscriber = self.bus(), self.bus()
        subscriber.subscribe(1, "load.>")
        enough = threading.Event()
        sent = []

        def publish():
            number = 0
            while not enough.is_set():
                for _ in range(50):
                    publisher.publish("load.a", str(number).encode())
                    number += 1
                publisher.flush()
            sent.append(number)

        received = []

        def receive():
            while (payload := subscriber.receive().message.payload) != b"end":
                received.append(int(payload))

        threads = [threading.Thread(target=work) for work in (publish, receive)]
        for thread in threads:
            thread.start()
        files = len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))
        more = CONFIG.replace(
            "listeners:\n",
            f'listeners:\n  - {{name: more, address: "unix://{self.folder}/more.sock", user: guest}}\n'
        )
        for number in range(1000):
            said = self.reload(CONFIG if number % 2 else more)
            self.assertIn("changes=1 ", said)
            self.assertEqual(os.path.exists(f"{self.folder}/more.sock"), number % 2 == 0)
            with self.guest() as guest:
                self.assertEqual(guest.request("$SYS.echo", b"hi").message.payload, b"hi", number)
        enough.set()
        threads[0].join()
        publisher.publish("load.a", b"end")
        threads[1].join()
        self.assertEqual(received, list(range(sent[0])))
        left = len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))
        self.assertLessEqual(left, files + 2, "but for guests whose end is not noticed yet")


class Refused(ReloadTest):
    def assert_as_before(self):
        self.assertEqual(self.bus().request("$SYS.echo", b"hi").message.payload, b"hi")
        self.assertEqual(self.guest().request("$SYS.echo", b"hi").message.payload, b"hi")

    def test_for_mistakes_which_are_named(self):
        said = self.change(("max_subscriptions: 2", "max_subscription: 1"),
                           ('allow: ["news.>", "$SYS.echo"]', "allow: []"))
        self.assertIn("keeping the current configuration: error=\"the configuration has errors", said)
        self.assertRegex(self.daemon.log(), r"telexd\.yaml:\d+:\d+: error: unknown key")
        self.assert_as_before()

    def test_for_what_needs_a_restart(self):
        said = self.change(("{name: hall, address: \"tcp://127.0.0.1:0\"",
                            "{name: hall, address: \"tcp://127.0.0.2:0\""),
                           ("max_subscriptions: 2", "max_subscriptions: 1"))
        self.assertIn("only a restart can change listeners[hall].address", said)
        self.assertNotIn("max_subscriptions", said)
        self.assert_as_before()
        bus = self.bus()
        bus.subscribe(1, "a")
        bus.subscribe(2, "b")

    def test_for_having_no_users_any_more(self):
        users, listeners = CONFIG.split("listeners:")
        said = self.reload("listeners:" + listeners.replace("user: guest, ", "")
                           .replace(", user: guest", ""))
        self.assertIn("only a restart can change", said)
        self.assertIn("users[guest]: removed", said)
        self.assert_as_before()

    def test_for_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            said = self.change((
                "listeners:\n",
                f'listeners:\n  - {{name: first, address: "unix://{self.folder}/new.sock"}}\n'
                f'  - {{name: second, address: "tcp://127.0.0.1:{port}", user: guest}}\n'),
                ("max_subscriptions: 2", "max_subscriptions: 1"))
            self.assertIn(str(port), said)
        self.assertFalse(os.path.exists(f"{self.folder}/new.sock"), "nothing of it is left")
        self.assert_as_before()
        self.assertIn("changes=0", self.reload(CONFIG))

    def test_for_a_file_that_is_gone(self):
        os.rename(f"{self.folder}/telexd.yaml", f"{self.folder}/away.yaml")
        self.assertIn("reload failed", self.reload())
        self.assert_as_before()
        os.rename(f"{self.folder}/away.yaml", f"{self.folder}/telexd.yaml")
        self.assertIn("changes=0", self.reload())


class Revocation(ReloadTest):
    def test_of_a_user_ends_its_connections(self):
        bus, guest = self.bus(), self.guest()
        self.change(('unix_users: "{uid}"', 'unix_users: "54321"'))
        said = bus.receive().error
        self.assertEqual(said.code, error_pb2.NOT_AUTHENTICATED)
        self.assertTrue(said.closing)
        self.assertEqual(guest.request("$SYS.echo", b"hi").message.payload, b"hi")

    def test_of_a_right_ends_subscriptions_and_refuses_messages(self):
        guest, bus = self.guest(), self.bus()
        guest.subscribe(1, "news.a")
        guest.subscribe(2, "news.*")
        guest.publish("news.b", b"")
        self.assertEqual(guest.receive().message.subject, "news.b")
        self.change(('subscribe: {allow: ["news.>"]}', 'subscribe: {allow: "news.a"}'),
                    ('allow: ["news.>", "$SYS.echo"]', 'allow: ["news.chat", "$SYS.echo"]'))
        # The raw listener's peers keep their permissions, but are not notified.
        said = guest.receive().error
        self.assertEqual((said.code, said.subscription), (error_pb2.PERMISSION_DENIED, 2))
        self.assertEqual(guest.receive().unsubscribed.subscription, 2)
        guest.publish("news.b", b"")
        self.assertEqual(guest.receive().error.code, error_pb2.PERMISSION_DENIED)
        bus.publish("news.a", b"still")
        self.assertEqual(guest.receive().message.payload, b"still")

    def test_of_thousands_of_subscriptions_takes_slices(self):
        count = 3_000
        guest, bus = self.guest(), self.bus()
        frames = []
        for number in range(1, 2 * count + 1):
            frame = telex_pb2.Frame()
            frame.subscribe.subscription = number
            frame.subscribe.filter = f"news.{'gone' if number % 2 else 'kept'}.{number}"
            frames.append(Client.encode(frame))
        guest.socket.sendall(b"".join(frames))
        for _ in frames:
            self.assertTrue(guest.receive().HasField("subscribed"))
        self.change(('subscribe: {allow: ["news.>"]}', 'subscribe: {allow: "news.kept.*"}'))
        refused, ended = set(), set()
        for _ in range(2 * count):
            frame = guest.receive()
            if frame.HasField("error"):
                self.assertEqual(frame.error.code, error_pb2.PERMISSION_DENIED)
                refused.add(frame.error.subscription)
            else:
                ended.add(frame.unsubscribed.subscription)
        self.assertEqual(refused, set(range(1, 2 * count, 2)))
        self.assertEqual(ended, refused)
        bus.publish("news.gone.1", b"")
        bus.publish("news.kept.2", b"")
        self.assertEqual(guest.receive().message.subject, "news.kept.2")
        # A slice, its last subscription, and a refusal: units of daemon/reactor/work_meter.hpp.
        for reactor in bus.stats().reactors:
            self.assertLess(reactor.largest_slice, 49_152 + 2_000)

    def test_of_a_part_hides_it_from_what_stays(self):
        guest, bus = self.guest(), self.bus()
        guest.subscribe(1, "news.>")
        self.change(('subscribe: {allow: ["news.>"]}',
                     'subscribe: {allow: "news.>", deny: "news.secret"}'))
        bus.publish("news.secret", b"")
        bus.publish("news.open", b"")
        self.assertEqual(guest.receive().message.subject, "news.open")

    def test_reaches_peers_without_words(self):
        with connect(f"tcp://127.0.0.1:{self.daemon.port('chat')}") as peer:
            peer.sendall(b"hello\n")
            self.assertEqual(peer.recv(100), b"hello\n")
            self.change(('allow: ["news.>", "$SYS.echo"]', 'allow: ["news.a", "$SYS.echo"]'))
            self.assertEqual(read_to_end(peer), b"")
        self.assertIn("may not publish to 'news.chat'", self.daemon.line("reason=not_permitted"))

    def test_leaves_no_trace_in_the_account(self):
        """The usage of a user survives reloads, and is released once."""
        limited = ('publish: {allow: ["news.>", "$SYS.echo"]}',
                   'limits: {max_subscriptions: 2}\n    publish: {allow: ["news.>", "$SYS.echo"]}')
        self.change(limited)
        guest = self.guest()
        guest.subscribe(1, "news.a")
        for _ in range(3):
            self.change(limited, ('subscribe: {allow: ["news.>"]}', 'subscribe: {allow: news.a}'))
            self.change(limited)
        guest.subscribe(2, "news.b")
        with self.assertRaisesRegex(AssertionError, "TOO_MANY_SUBSCRIPTIONS"):
            guest.subscribe(3, "news.c")


class DatagramPeers(ReloadTest):
    """Senders of datagrams are their listener's user, also after a reload."""

    config = """
users:
  - {name: all, publish: {allow: [">", "$SYS.>"]}, subscribe: {allow: ">"}}
  - {name: auditor, account: audit, subscribe: {allow: ">"}}
  - {name: meter, publish: {allow: "m.>"}}
accounts:
  - {name: audit}
listeners:
  - {name: bus, address: "unix://{folder}/bus.sock", user: all}
  - {name: audit, address: "unix://{folder}/audit.sock", user: auditor}
  - {name: udp, address: "udp://127.0.0.1:0", user: meter, protocol: raw, publish: m.x}
  - {name: dgram, address: "unix-dgram://{folder}/meter.sock", user: meter, protocol: raw, publish: m.x}
"""

    def subscriber(self, listener):
        client = Client(f"unix://{self.folder}/{listener}.sock")
        self.addCleanup(client.socket.close)
        client.subscribe(1, "m.x")
        return client

    def assert_next(self, client, payload):
        self.assertEqual(client.receive().message.payload, payload)

    def change(self, *pairs):
        config = self.config
        for old, new in pairs:
            self.assertIn(old, config)
            config = config.replace(old, new)
        return self.reload(config)

    def test_move_to_another_account_with_their_user(self):
        bus, audit = self.subscriber("bus"), self.subscriber("audit")
        for kind in ("udp", "dgram"):
            with self.subTest(kind), connect(self.daemon.addresses(kind)[0]) as peer:
                peer.send(b"one")
                self.assert_next(bus, b"one")
                self.change(("{name: meter,", "{name: meter, account: audit,"))
                peer.send(b"two")
                self.assert_next(audit, b"two")
                self.change()
                peer.send(b"three")
                self.assert_next(bus, b"three")

    def test_lose_and_regain_rights(self):
        bus = self.subscriber("bus")
        for kind in ("udp", "dgram"):
            with self.subTest(kind), connect(self.daemon.addresses(kind)[0]) as peer:
                peer.send(b"one")
                self.assert_next(bus, b"one")
                before = bus.stats().refusals["PERMISSION_DENIED"]
                self.change(('{name: meter, publish: {allow: "m.>"}', '{name: meter, publish: {allow: "o.>"}'))
                peer.send(b"two")
                while bus.stats().refusals["PERMISSION_DENIED"] == before:
                    pass
                self.change()
                peer.send(b"three")
                self.assert_next(bus, b"three")


if __name__ == "__main__":
    unittest.main()
