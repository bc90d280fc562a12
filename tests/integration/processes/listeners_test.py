"""Changes around a listener: addresses that appear later, renames, deleted socket files."""

import json
import os
import pathlib
import shutil
import socket
import stat
import threading
import unittest
import urllib.error
import urllib.request

from processes import DEADLINE, TELEXD, DaemonTest, free_port
from wire import Client, admin_pb2, connect


class LateAddress(DaemonTest):
    config = None

    def add(self, address):
        self.run_program("ip", "address", "add", address, "dev", "lo", *(["nodad"] if ":" in address else []))

    def test_is_served_as_soon_as_it_exists(self):
        self.enter_own_network()
        self.start_daemon("""
server: {reactors: 2}
listeners:
  - {name: native, address: ["tcp://10.9.7.1:4650", "tcp://[fd00:9::1]:4650", "tcp://127.0.0.1:4650"]}
  - {name: sensor, address: "udp://10.9.7.1:4651", protocol: raw, request: $SYS.echo}
""")
        for listener, address in (("native", "tcp://10.9.7.1:4650"), ("native", "tcp://[fd00:9::1]:4650"),
                                  ("sensor", "udp://10.9.7.1:4651")):
            self.daemon.line(f"address not assigned to this host yet: listener={listener} address={address}")
        self.assertEqual(self.daemon.log().count("not assigned to this host"), 3, "loopback is here")
        with self.assertRaises(OSError):
            connect("tcp://10.9.7.1:4650")
        self.add("10.9.7.1/32")
        self.add("fd00:9::1/128")
        for address in ("tcp://10.9.7.1:4650", "tcp://[fd00:9::1]:4650"):
            with Client(address) as client:
                self.assertEqual(client.request("$SYS.echo", b"late").message.payload, b"late")
        with connect("udp://10.9.7.1:4651") as sensor:
            sensor.send(b"late")
            self.assertEqual(sensor.recv(100), b"late")

    def test_from_a_host_name_is_an_error(self):
        # A label of 64 letters is invalid: the resolver fails without a query.
        address = f"tcp://{'a' * 64}:1"
        out, err = self.run_program(
            TELEXD, "--config", self.configure(f"listeners: [{{name: n, address: '{address}'}}]"), code=71)
        self.assertIn(f"look up {address}", out + err)


class Renaming(DaemonTest):
    config = None
    text = """
server: {reactors: 2}
users:
  - {name: me, unix_users: "{uid}", listeners: [OLD], publish: {allow: ["$SYS.>", "news"]}, subscribe: {allow: news}}
  - {name: guest, listeners: [OLD, sensor], publish: {allow: [$SYS.echo, news]}, subscribe: {allow: news}}
listeners:
  - {name: OLD, address: ["tcp://127.0.0.1:{tcp}", "unix://{folder}/telex/telex.sock"], user: guest}
  - {name: sensor, address: "udp://127.0.0.1:{udp}", protocol: raw, request: $SYS.echo, user: guest}
"""

    def setUp(self):
        super().setUp()
        for name, value in (("uid", os.getuid()), ("tcp", free_port()), ("udp", free_port(socket.SOCK_DGRAM))):
            self.text = self.text.replace("{" + name + "}", str(value))
        self.start_daemon(self.text.replace("OLD", "old"))
        self.tcp, self.unix = self.daemon.addresses("old")
        self.path = f"{self.folder}/telex/telex.sock"

    def listener(self, name):
        (row,) = [row for row in json.loads(self.run_tool("listeners", "--format", "json")[0])["listeners"]
                  if row["name"] == name]
        return row

    def test_keeps_sockets_connections_and_counters(self):
        file = os.stat(self.path).st_ino
        with Client(self.tcp) as old, Client(self.unix) as local:
            old.subscribe(1, "news")
            accepted = int(self.listener("old")["acceptedTotal"])
            said = self.reload(self.text.replace("OLD", "new"))
            self.assertIn("changes=3 ", said)
            self.daemon.line("configuration change: change=\"listeners[new].name: 'old' -> 'new'")
            self.daemon.line(f"listening: listener=new address={self.tcp}")
            self.assertEqual(os.stat(self.path).st_ino, file)
            self.assertGreater(int(self.listener("new")["acceptedTotal"]), accepted)
            with Client(self.tcp) as new:
                new.publish("news", b"from a new one")
                self.assertEqual(old.receive().message.payload, b"from a new one")
            self.assertEqual(local.request("$SYS.echo", b"still").message.payload, b"still")
            rows = json.loads(self.run_tool("connections", "--format", "json")[0])["connections"]
            self.assertEqual({row["listener"] for row in rows}, {"new"})
        self.daemon.line("connection ended: connection=1 listener=new ")
        self.daemon.line("connection ended: connection=2 listener=new ")

    def test_refuses_no_connection_meanwhile(self):
        enough = threading.Event()
        outcomes = []

        def come_and_go():
            while not enough.is_set():
                for address in (self.tcp, self.unix):
                    try:
                        with Client(address) as client:
                            answer = client.request("$SYS.echo", b"hi")
                            outcomes.append(answer.message.payload if answer else "it was closed")
                    except (AssertionError, OSError) as problem:
                        outcomes.append(repr(problem))

        crowd = threading.Thread(target=come_and_go)
        crowd.start()
        try:
            for number in range(100):
                self.assertIn("changes=3 ", self.reload(self.text.replace("OLD", f"name-{number}")))
        finally:
            enough.set()
            crowd.join()
        self.assertEqual(set(outcomes), {b"hi"})

    def test_of_datagrams(self):
        with connect(self.daemon.addresses("sensor")[0]) as sender:
            sender.send(b"before")
            self.assertEqual(sender.recv(100), b"before")
            self.assertIn("changes=", self.reload(self.text.replace("OLD", "old").replace("sensor", "meter")))
            sender.send(b"after")
            self.assertEqual(sender.recv(100), b"after")
        self.assertEqual(self.listener("meter")["acceptedTotal"], "1", "the peer is the same")

    def test_with_another_limit(self):
        text = self.text.replace("OLD", "new").replace("user: guest}\n  - {name: sensor",
                                                       "user: guest, limits: {max_subscriptions: 1}}\n  - {name: sensor")
        with Client(self.tcp) as old:
            self.assertIn("changes=", self.reload(text))
            self.assertEqual(old.request("$SYS.echo", b"still").message.payload, b"still")
        with Client(self.tcp) as new:
            new.subscribe(1, "news")
            with self.assertRaisesRegex(AssertionError, "TOO_MANY_SUBSCRIPTIONS"):
                new.subscribe(2, "news")

    def test_with_another_address_needs_a_restart(self):
        """The address that stays cannot be bound twice."""
        other = f"tcp://127.0.0.1:{free_port()}"
        for name, addresses in (("other", f'["{other}", "{self.unix}"]'), ("fewer", f'"{self.unix}"'),
                                ("more", f'["{self.tcp}", "{self.unix}", "{other}"]')):
            text = self.text.replace(f'["{self.tcp}", "unix://{{folder}}/telex/telex.sock"]', addresses)
            self.assertNotEqual(text, self.text)
            said = self.reload(text.replace("OLD", name))
            self.assertIn(f"only a restart can change listeners[{name}].address", said)
        with Client(self.tcp) as client:
            self.assertEqual(client.request("$SYS.echo", b"as before").message.payload, b"as before")
        self.assertEqual(self.listener("old")["name"], "old")

    def test_reports_settings_that_need_a_restart(self):
        text = self.text.replace("OLD", "new").replace("user: guest}\n  - {name: sensor",
                                                       "user: guest, accept: reuseport}\n  - {name: sensor")
        said = self.reload(text)
        self.assertIn("only a restart can change listeners[new].accept: set to 'reuseport'", said)
        with Client(self.tcp) as client:
            self.assertEqual(client.request("$SYS.echo", b"as before").message.payload, b"as before")
        self.assertEqual(self.listener("old")["name"], "old")


class DeletedSocketFile(DaemonTest):
    config = """
listeners:
  - {name: bus, address: ["unix://{folder}/telex/telex.sock", "tcp://127.0.0.1:0"], mode: "0660"}
  - {name: gram, address: "unix-dgram://{folder}/telex/gram.sock", protocol: raw, publish: news}
http: {address: "tcp://127.0.0.1:0"}
"""

    def setUp(self):
        super().setUp()
        self.path = f"{self.folder}/telex/telex.sock"
        self.address = f"unix://{self.path}"

    def page(self, path):
        """Returns status and body."""
        base = self.daemon.line("protocol=http").rsplit("address=tcp", 1)[1]
        try:
            with urllib.request.urlopen(f"http{base}{path}", timeout=DEADLINE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def delete(self):
        os.unlink(self.path)
        self.daemon.line("socket file deleted, reload to recreate it: "
                         f"listener=bus address={self.address}")

    def assert_serves(self, address):
        with Client(address) as client:
            self.assertEqual(client.request("$SYS.echo", b"x").message.payload, b"x")

    def test_is_reported_and_restored_by_a_reload(self):
        self.assertEqual(self.page("/readyz")[0], 200)
        with Client(self.address) as old:
            self.delete()
            status, body = self.page("/readyz")
            self.assertEqual(status, 503)
            self.assertEqual(json.loads(body)["reasons"], [
                f"the socket file of {self.address} was deleted; reload to recreate it"])
            self.assertIn('telex_unreachable_addresses{listener="bus"} 1\n', self.page("/metrics")[1])
            self.assert_serves(self.daemon.addresses("bus")[0])
            self.assertIn("changes=0 ", self.reload())
            self.daemon.line(f"configuration change: change=\"listeners[bus]: {self.address} was deleted, and is made again")
            self.assertEqual(self.page("/readyz")[0], 200)
            self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o660)
            self.assert_serves(self.address)
            self.assertEqual(old.request("$SYS.echo", b"stays").message.payload, b"stays")
        # It belongs to this daemon like the first one.
        self.assertIn("in use by process", self.run_program(
            TELEXD, "--config", f"{self.folder}/telexd.yaml", code=75)[1])
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(os.listdir(f"{self.folder}/telex"), [])

    def test_a_dry_run_restores_nothing(self):
        with Client(self.address) as client:
            self.delete()
            asked = client.request("$SYS.admin.reload", admin_pb2.Reload(dry_run=True).SerializeToString())
            report = admin_pb2.ReloadReport.FromString(asked.message.payload)
            self.assertEqual([effect.address for effect in report.effects], [self.address])
            self.assertFalse(report.HasField("error"))
            self.assertFalse(os.path.exists(self.path))
            self.assertTrue(os.path.exists(f"{self.path}.lock"))
            self.reload()
        self.assert_serves(self.address)
        self.assertEqual(self.run_tool("reload", "--wait")[0], "nothing has changed\n")

    def test_of_datagrams(self):
        path = f"{self.folder}/telex/gram.sock"
        os.unlink(path)
        self.daemon.line("socket file deleted")
        self.reload()
        with Client(self.address) as client, connect(f"unix-dgram://{path}") as sender:
            client.subscribe(1, "news")
            client.flush()
            sender.send(b"hello")
            self.assertEqual(client.receive().message.payload, b"hello")

    def test_with_its_folder(self):
        shutil.rmtree(f"{self.folder}/telex")
        self.daemon.line(f"listener=bus address={self.address}")
        self.assertIn("reload failed", self.reload())
        os.mkdir(f"{self.folder}/telex", 0o700)
        self.assertIn("changes=0 ", self.reload())
        self.assert_serves(self.address)

    def test_that_was_replaced_is_left_alone(self):
        self.delete()
        self.write("telex/telex.sock", "mine\n")
        self.assertEqual(self.page("/readyz")[0], 503)
        self.assertIn("a file is in the way and is left alone", self.reload())
        self.assertEqual(pathlib.Path(self.path).read_text(encoding="utf-8"), "mine\n")
        os.unlink(self.path)
        self.assertIn("changes=0 ", self.reload())
        self.assert_serves(self.address)


if __name__ == "__main__":
    unittest.main()
