"""telexd under a service manager: passed sockets, readiness, watchdog."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import unittest
import urllib.request

from manager import AS_SYSTEMD, place, unit_sockets
from processes import DEADLINE, TELEXD, Daemon, DaemonTest
from wire import Client, connect

EXAMPLES = pathlib.Path(__file__).resolve().parents[3] / "config/examples"
CONFIG = """
server: {reactors: 2}
listeners:
  - {name: native, address: "systemd:native"}
  - {name: local, address: "systemd:local"}
  - {name: sensor, address: "systemd:sensor", protocol: raw, publish: "sensor.{transport}"}
"""


class Activation(DaemonTest):
    config = None

    def sockets(self):
        sockets = unit_sockets(self.folder)
        for passed in sockets.values():
            self.addCleanup(passed.close)
        return sockets

    def launch(self, config, sockets):
        """Passes the sockets as descriptors 3 and on, and the process id as systemd does."""
        path = self.configure(config)
        descriptors = [passed.fileno() for passed in sockets.values()]
        environment = self.environment | {
            "LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": ":".join(sockets)
        }
        daemon = Daemon(
            "--config", path, wrapper=AS_SYSTEMD,
            env=environment, close_fds=False, preexec_fn=lambda: place(descriptors),
        )
        self.addCleanup(daemon.end)
        return daemon

    def test_serves_what_it_was_passed(self):
        sockets = self.sockets()
        port = sockets["native"].getsockname()[1]
        daemon = self.launch(CONFIG, sockets)
        self.assertEqual(daemon.addresses("native"), [f"tcp://127.0.0.1:{port}"])
        with Client(f"tcp://127.0.0.1:{port}") as client, \
                Client(f"unix://{self.folder}/local.sock") as other:
            client.subscribe(1, "sensor.>")
            other.publish("sensor.local", b"by unix")
            self.assertEqual(client.receive().message.payload, b"by unix")
            with connect("udp://127.0.0.1:%d" % sockets["sensor"].getsockname()[1]) as sender:
                sender.send(b"by udp")
            message = client.receive().message
            self.assertEqual((message.subject, message.payload), ("sensor.udp", b"by udp"))
        self.assertEqual(daemon.stop(), 0)
        self.assertTrue(os.path.exists(f"{self.folder}/local.sock"), "it is the manager's")

    def test_clients_that_connect_before_the_start_are_served(self):
        sockets = self.sockets()
        early = connect("tcp://127.0.0.1:%d" % sockets["native"].getsockname()[1])
        early.sendall(b"\x02\x08\x01")  # not a Hello; the answer says so
        self.launch(CONFIG, sockets).line("ready:")
        self.assertGreater(len(early.recv(1000)), 0)
        early.close()

    def test_a_name_that_was_not_passed(self):
        sockets = self.sockets()
        del sockets["local"]
        daemon = self.launch(CONFIG, sockets)
        self.assertEqual(daemon.wait(), 78)
        self.assertIn("systemd:local", daemon.log())

    def test_a_datagram_socket_for_a_listener_that_subscribes(self):
        config = CONFIG.replace('publish: "sensor.{transport}"', "subscribe: cmd.>")
        daemon = self.launch(config, self.sockets())
        self.assertNotEqual(daemon.wait(), 0)
        self.assertIn("datagram peers cannot subscribe", daemon.log())

    def test_a_socket_that_does_not_listen(self):
        sockets = self.sockets()
        sockets["native"] = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.addCleanup(sockets["native"].close)
        daemon = self.launch(CONFIG, sockets)
        self.assertNotEqual(daemon.wait(), 0)
        self.assertIn("native", daemon.log())

    def test_an_unused_socket_is_named(self):
        sockets = self.sockets()
        sockets["stray"] = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(sockets["stray"].close)
        daemon = self.launch(CONFIG, sockets)
        self.assertIn("name=stray", daemon.line("that no listener uses"))
        daemon.line("ready:")
        inode = os.fstat(sockets["stray"].fileno()).st_ino
        for descriptor in pathlib.Path(f"/proc/{daemon.process.pid}/fd").iterdir():
            self.assertNotEqual(os.readlink(descriptor), f"socket:[{inode}]", "it is closed")

    def test_wrong_announcements_affect_only_listeners_that_need_them(self):
        config = "listeners: [{name: own, address: 'tcp://127.0.0.1:0'}]"
        for count in ("7", "99999999", "nonsense"):
            self.environment["LISTEN_FDS"] = count
            path = self.configure(config)
            daemon = Daemon(
                "--config", path,
                wrapper=AS_SYSTEMD, env=self.environment,
            )
            self.addCleanup(daemon.end)
            daemon.line("ignoring sockets passed by the service manager: ")
            with Client(daemon.addresses("own")[0]) as client:
                self.assertEqual(client.request("$SYS.echo", b"x").message.payload, b"x")
            self.assertEqual(daemon.stop(), 0)

    def launch_http(self, passed, sockets):
        self.addCleanup(passed.close)
        return self.launch(
            CONFIG + 'http: {address: "systemd:http"}\n', sockets | {"http": passed}
        )

    def test_http_at_a_passed_socket(self):
        passed = socket.create_server(("127.0.0.2", 0))
        self.launch_http(passed, self.sockets()).line("ready:")
        with urllib.request.urlopen(
            "http://127.0.0.2:%d/livez" % passed.getsockname()[1], timeout=DEADLINE
        ) as response:
            self.assertEqual(response.status, 200)

    def test_http_is_for_this_host_also_with_passed_sockets(self):
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", 0))
        nameless = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        nameless.bind(f"\0telex-http-{os.getpid()}")
        nameless.listen()
        sockets = self.sockets()
        for passed, problem in (
            (socket.create_server(("0.0.0.0", 0)), "this host only"),
            (datagrams, "stream socket"),
            (nameless, "no file"),
        ):
            daemon = self.launch_http(passed, sockets)
            self.assertEqual(daemon.wait(), 78)
            self.assertIn("listener=http address=systemd:http ", daemon.log())
            self.assertIn(problem, daemon.log())

    def test_systemds_own_activation_tool(self):
        path = str(EXAMPLES / "socket-activated.yaml")
        address = f"{self.folder}/activated.sock"
        manager = subprocess.Popen(
            ["systemd-socket-activate", "--listen", address, "--fdname", "native",
             "--setenv", f"XDG_RUNTIME_DIR={self.folder}", TELEXD, "--config", path],
            stderr=subprocess.PIPE,
        )
        try:
            # It says when it listens; the daemon starts with the first connection.
            for line in manager.stderr:
                if b"Listening on" in line:
                    break
            with Client(f"unix://{address}") as client:
                self.assertEqual(client.request("$SYS.echo", b"awake").message.payload, b"awake")
            manager.terminate()  # it has become the daemon
            manager.stderr.read()
            self.assertEqual(manager.wait(DEADLINE), 0)
        finally:
            if manager.poll() is None:
                manager.kill()
                manager.wait()
            manager.stderr.close()


class Notification(DaemonTest):
    config = None

    def manager(self, name):
        """A service manager's end of NOTIFY_SOCKET."""
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind("\0" + name[1:] if name.startswith("@") else name)
        notify.settimeout(DEADLINE)
        self.addCleanup(notify.close)
        return notify

    @staticmethod
    def until(notify, word):
        """The first message with that word."""
        while word not in (message := notify.recv(4096).decode()):
            pass
        return message

    def start(self, name, **variables):
        notify = self.manager(name)
        self.environment |= {"NOTIFY_SOCKET": name} | variables
        daemon = self.launch_daemon(
            "listeners:\n  - {name: bus, address: 'unix://{folder}/bus.sock'}\n"
        )
        return notify, daemon

    def test_ready_means_that_connections_are_taken(self):
        notify, daemon = self.start(f"{self.folder}/notify")
        self.assertIn("listener bus", self.until(notify, "STATUS=opening"))
        self.until(notify, "EXTEND_TIMEOUT_USEC=")
        self.until(notify, "READY=1")
        with Client(f"unix://{self.folder}/bus.sock") as client:
            self.assertEqual(client.request("$SYS.echo", b"x").message.payload, b"x")
        daemon.stop()
        self.until(notify, "STOPPING=1")

    def test_of_the_begin_and_end_of_a_reload(self):
        notify, daemon = self.start(f"{self.folder}/notify")
        self.until(notify, "READY=1")
        daemon.signal(signal.SIGHUP)
        self.assertRegex(self.until(notify, "RELOADING=1"), r"MONOTONIC_USEC=\d+")
        self.assertNotIn("refused", self.until(notify, "READY=1"))
        self.configure("listeners: 5")
        daemon.signal(signal.SIGHUP)
        self.until(notify, "RELOADING=1")
        self.assertIn("the last reload was refused", self.until(notify, "READY=1"))
        with Client(f"unix://{self.folder}/bus.sock") as client:
            self.assertEqual(client.request("$SYS.echo", b"x").message.payload, b"x")

    def test_an_abstract_notification_socket(self):
        notify, daemon = self.start(f"@telex-test-{os.getpid()}")
        self.until(notify, "READY=1")
        self.assertEqual(daemon.stop(), 0)

    def test_the_watchdog_is_fed(self):
        notify, daemon = self.start(f"{self.folder}/notify", WATCHDOG_USEC="100000")
        for _ in range(3):
            self.until(notify, "WATCHDOG=1")
        self.assertEqual(daemon.stop(), 0)

    def test_a_manager_that_is_gone_stops_nothing(self):
        self.environment["NOTIFY_SOCKET"] = f"{self.folder}/nobody"
        daemon = self.start_daemon(
            "listeners:\n  - {name: bus, address: 'unix://{folder}/bus.sock'}\n"
        )
        self.assertEqual(daemon.stop(), 0)

    def test_a_start_that_fails_is_not_reported_as_ready(self):
        notify = self.manager(f"{self.folder}/notify")
        self.environment["NOTIFY_SOCKET"] = f"{self.folder}/notify"
        daemon = self.launch_daemon(
            "listeners:\n  - {name: bus, address: 'unix://{folder}/none/bus.sock'}\n"
        )
        self.assertEqual(daemon.wait(), 78)
        notify.setblocking(False)
        said = ""
        try:
            while True:
                said += notify.recv(4096).decode() + "\n"
        except BlockingIOError:
            pass
        self.assertNotIn("READY=1", said)
        self.assertTrue(re.search(r"ERRNO=|STATUS=", said), said)


if __name__ == "__main__":
    unittest.main()
