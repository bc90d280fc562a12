"""Listening sockets of the daemon in the service manager's descriptor store: clients that connect while no daemon
runs are served by the next one."""

import os
import pathlib
import signal
import socket
import stat
import unittest

from manager import ServiceManager
from processes import DEADLINE, DaemonTest, free_port
from wire import Client, connect

CONFIG = """
server: {{reactors: {reactors}}}
http: {{address: "tcp://127.0.0.1:{http}"}}
listeners:
  - {{name: native, address: ["tcp://127.0.0.1:{tcp}", "unix://{folder}/bus.sock", "unix:@{abstract}"],
     allow_abstract: true}}
  - {{name: sensor, address: "udp://127.0.0.1:{udp}", protocol: raw, publish: "sensor.value"}}
"""


class StoreTest(DaemonTest):
    config = None
    store = {"FDSTORE": "100"}

    def setUp(self):
        super().setUp()
        self.places = {
            "tcp": free_port(), "http": free_port(), "udp": free_port(socket.SOCK_DGRAM),
            "abstract": f"telex-store-{os.getpid()}", "folder": self.folder, "reactors": 2,
        }
        self.tcp = f"tcp://127.0.0.1:{self.places['tcp']}"
        self.unix = f"unix://{self.folder}/bus.sock"
        self.path = f"{self.folder}/bus.sock"
        self.manager = ServiceManager(
            self.folder, self.write_config(), [], self.environment | self.store
        )
        self.addCleanup(self.manager.end)

    def write_config(self, text=CONFIG, **changes):
        return self.write("telexd.yaml", text.format(**self.places | changes))

    def connect_early(self):
        """Clients of every kind, with data sent before the daemon accepts."""
        self.early = [connect(self.tcp), connect(self.unix),
                      connect(f"unix:@{self.places['abstract']}")]
        for client in self.early:
            self.addCleanup(client.close)
            client.settimeout(DEADLINE)
            client.sendall(b"\x02\x08\x01")  # not a Hello: causes an error frame
        self.web = socket.create_connection(("127.0.0.1", self.places["http"]), DEADLINE)
        self.addCleanup(self.web.close)
        self.web.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def expect_answers(self):
        for client in self.early:
            self.assertGreater(len(client.recv(1000)), 0)
        self.assertIn(b" 200 ", self.web.recv(1000))

    def assert_serves(self, *addresses):
        for address in addresses or (self.tcp, self.unix):
            with Client(address) as client:
                self.assertEqual(client.request("$SYS.echo", b"x").message.payload, b"x")

    def assert_refused(self, address):
        with self.assertRaises((ConnectionRefusedError, FileNotFoundError)):
            connect(address)


class Restart(StoreTest):
    def test_serves_clients_that_connected_meanwhile(self):
        self.manager.start()
        self.assert_serves()
        self.assertEqual(self.manager.stop(), 0)
        self.connect_early()
        self.manager.start()
        self.expect_answers()
        self.assert_serves()

    def test_after_a_crash_serves_clients_that_connected_meanwhile(self):
        self.manager.start()
        self.manager.kill()
        self.connect_early()
        self.manager.start()
        self.expect_answers()

    def test_reads_datagrams_that_arrived_meanwhile(self):
        self.manager.start()
        self.manager.stop()
        with connect(f"udp://127.0.0.1:{self.places['udp']}") as sender:
            sender.send(b"meanwhile")
        self.manager.start()
        with Client(self.tcp) as client:
            # Another reactor may read it in its first turn.
            seen = next(
                (n for n in (client.stats().unrouted_messages for _ in range(10_000)) if n), 0
            )
            self.assertEqual(seen, 1)

    def test_stores_nothing_twice(self):
        self.manager.start()
        before = list(self.manager.stored)
        self.assertEqual(len(before), 2 + 1 + 1 + 2 + 1)  # tcp and udp: one per reactor
        self.manager.notifications.clear()
        self.manager.restart()
        self.assertEqual(self.manager.stored, before)
        self.assertFalse([one for one in self.manager.notifications if "FDSTORE" in one])

    def test_with_more_and_fewer_reactors(self):
        self.manager.start()
        for reactors in (4, 1):
            self.write_config(reactors=reactors)
            self.assertEqual(self.manager.stop(), 0)
            # The kernel spreads them over all sockets: each must be accepted from.
            early = [connect(self.tcp) for _ in range(32)]
            self.manager.start()
            for client in early:
                client.settimeout(DEADLINE)
                client.sendall(b"\x02\x08\x01")
                self.assertGreater(len(client.recv(1000)), 0)
                client.close()
            self.assertEqual(
                sum("tcp" in name and str(self.places["tcp"]) in name
                    for name, _ in self.manager.stored), 4
            )

    def test_applies_changed_permissions_of_the_file(self):
        self.manager.start()
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)
        inode = os.stat(self.path).st_ino
        self.write_config(CONFIG.replace("allow_abstract", "mode: '0660', allow_abstract"))
        self.manager.restart()
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o660)
        self.assertEqual(os.stat(self.path).st_ino, inode)


class Removed(StoreTest):
    """Sockets that are removed from the store."""

    def test_by_a_reload(self):
        self.manager.start()
        self.write_config("listeners: [{{name: other, address: 'unix://{folder}/other.sock'}}]\n"
                          "server: {{reactors: 2}}\nhttp: {{address: 'tcp://127.0.0.1:{http}'}}\n")
        self.manager.process.send_signal(signal.SIGHUP)
        self.manager.until("READY=1")
        self.manager.logged("configuration reloaded: changes=")
        self.assert_refused(self.tcp)
        self.assert_refused(self.unix)
        self.assertFalse(os.path.exists(self.path))
        self.assertEqual({name.split()[1] for name, _ in self.manager.stored}, {"other", "%24http"})
        self.manager.restart()
        self.assert_serves(f"unix://{self.folder}/other.sock")

    def test_name_of_a_renamed_listener(self):
        self.manager.start()
        files = {os.fstat(number).st_ino for name, number in self.manager.stored if "native" in name}
        self.write_config(CONFIG.replace("name: native", "name: renamed"))
        self.manager.process.send_signal(signal.SIGHUP)
        self.manager.until("READY=1")
        self.manager.logged("configuration reloaded: changes=1 ")
        self.manager.settle()
        self.assertFalse([name for name, _ in self.manager.stored if "native" in name])
        self.assertEqual(
            {os.fstat(number).st_ino for name, number in self.manager.stored if "renamed" in name}, files)
        self.manager.stop()
        self.connect_early()
        self.manager.start()
        self.expect_answers()
        self.assert_serves()

    def test_listener_of_a_failed_reload(self):
        self.manager.start()
        before = list(self.manager.stored)
        self.write_config(CONFIG + "  - {{name: more, address: 'unix://{folder}/more.sock'}}\n"
                                   "  - {{name: no, address: 'unix://{folder}/none/no.sock'}}\n")
        self.manager.process.send_signal(signal.SIGHUP)
        self.assertIn("refused", self.manager.until("READY=1"))
        self.assertEqual(self.manager.stored, before)
        self.assertFalse(os.path.exists(f"{self.folder}/more.sock"))

    def test_address_that_overlaps_a_new_one(self):
        self.manager.start()
        self.manager.stop()
        self.write_config(CONFIG.replace('"tcp://127.0.0.1:{tcp}"', '"tcp://localhost:{tcp}"'))
        self.manager.start()
        self.assert_serves()
        self.assertFalse([name for name, _ in self.manager.stored if "tcp%3a//127" in name
                          and "native" in name])

    def test_listener_frees_its_port(self):
        self.manager.start()
        self.manager.stop()
        self.write_config("listeners: [{{name: other, address: 'unix://{folder}/other.sock'}}]\n")
        self.manager.start()
        self.assert_refused(self.tcp)
        self.assert_refused(f"unix:@{self.places['abstract']}")
        with socket.create_server(("127.0.0.1", self.places["tcp"])):
            pass

    def test_socket_file(self):
        self.manager.start()
        self.manager.stop()
        os.unlink(self.path)
        self.manager.start()
        self.assert_serves()
        self.assertEqual(sum("bus.sock" in name for name, _ in self.manager.stored), 1)

    def test_socket_file_that_was_replaced_is_left_alone(self):
        self.manager.start()
        self.manager.stop()
        os.unlink(self.path)
        pathlib.Path(self.path).write_text("mine\n", encoding="ascii")
        self.manager.launch()
        self.assertEqual(self.manager.process.wait(DEADLINE), 75)
        self.assertEqual(pathlib.Path(self.path).read_text(encoding="ascii"), "mine\n")

    def test_failed_start_loses_nothing(self):
        self.manager.start()
        self.manager.stop()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.write_config(
                CONFIG + f"  - {{{{name: more, address: 'tcp://127.0.0.1:{port}'}}}}\n"
            )
            self.manager.launch()
            self.assertEqual(self.manager.process.wait(DEADLINE), 75)
        self.connect_early()
        self.write_config()
        self.manager.start()
        self.expect_answers()


class WithoutAStore(StoreTest):
    store = {}

    def test_a_socket_file_is_removed_with_its_process(self):
        self.manager.start()
        self.assert_serves()
        self.manager.stop()
        self.assertEqual(self.manager.stored, [])
        self.assertFalse(os.path.exists(self.path))
        self.assert_refused(self.tcp)
        self.manager.start()
        self.assert_serves()


if __name__ == "__main__":
    unittest.main()
