"""telexd as a service manager runs it: all that it passes at once, and a reactor that hangs."""

import ctypes
import os
import pathlib
import socket
import ssl
import unittest
import urllib.error
import urllib.request

from manager import ServiceManager, unit_sockets
from authority import issue, make_authority
from processes import DEADLINE, DaemonTest
from wire import Client, connect

CONFIG = """
server: {name: "${credential:name}", reactors: 2}
http: {address: "tcp://127.0.0.1:0"}
listeners:
  - {name: native, address: "systemd:native", tls: {certificate: "{folder}/server.pem",
     key: "${CREDENTIALS_DIRECTORY}/tls.key"}}
  - {name: local, address: ["systemd:local", "unix://{folder}/telex/telex.sock"]}
  - {name: sensor, address: "systemd:sensor", protocol: raw, publish: "sensor.{transport}"}
"""
PTRACE_ATTACH, PTRACE_DETACH, WALL = 16, 17, 0x40000000


class StoppedThread:
    """One thread of another process, which stands still meanwhile."""

    def __init__(self, thread):
        self.thread = thread
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self.libc.ptrace.restype = ctypes.c_long

    def __enter__(self):
        if self.libc.ptrace(PTRACE_ATTACH, self.thread, None, None) != 0:
            raise unittest.SkipTest(f"ptrace: {os.strerror(ctypes.get_errno())}")
        os.waitpid(self.thread, WALL)

    def __exit__(self, *_):
        self.libc.ptrace(PTRACE_DETACH, self.thread, None, None)


class Managed(DaemonTest):
    config = None

    def setUp(self):
        super().setUp()
        make_authority(self.folder)
        issue(self.folder, "server", "exchange")
        credentials = pathlib.Path(self.folder, "credentials")
        credentials.mkdir(mode=0o700)
        os.rename(f"{self.folder}/server.key", credentials / "tls.key")
        credentials.joinpath("name").write_text("by-credential", encoding="ascii")
        sockets = unit_sockets(self.folder)
        self.port = sockets["native"].getsockname()[1]
        self.udp = sockets["sensor"].getsockname()[1]
        self.manager = ServiceManager(
            self.folder, self.configure(CONFIG), list(sockets.items()),
            self.environment | {"FDSTORE": "10", "WATCHDOG_USEC": "300000",
                                "CREDENTIALS_DIRECTORY": str(credentials)},
        )
        self.addCleanup(self.manager.end)
        self.manager.start()

    def thread(self, name):
        for task in pathlib.Path(f"/proc/{self.manager.process.pid}/task").iterdir():
            if task.joinpath("comm").read_text().strip() == name:
                return int(task.name)
        raise LookupError(name)

    def http(self, path):
        log = self.manager.logged(" ready: ")
        address = log.rsplit("http address=tcp://", 1)[1].split()[0]
        try:
            with urllib.request.urlopen(f"http://{address}{path}", timeout=DEADLINE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def test_everything_that_was_passed_is_used(self):
        self.manager.until("WATCHDOG=1")
        context = ssl.create_default_context(cafile=f"{self.folder}/ca.pem")
        plain = socket.create_connection(("127.0.0.1", self.port), DEADLINE)
        with Client(context.wrap_socket(plain, server_hostname="localhost")) as secured, \
                Client(f"unix://{self.folder}/local.sock") as local:
            self.assertEqual(local.welcome.server_name, "by-credential")
            secured.subscribe(1, "sensor.>")
            with connect(f"udp://127.0.0.1:{self.udp}") as sender:
                sender.send(b"17")
            message = secured.receive().message
            self.assertEqual((message.subject, message.payload), ("sensor.udp", b"17"))
        # Its own sockets are in the store, the manager's are not.
        self.assertEqual({name.split()[1] for name, _ in self.manager.stored}, {"local", "%24http"})
        self.manager.restart()
        with Client(f"unix://{self.folder}/telex/telex.sock") as client:
            self.assertEqual(client.request("$SYS.echo", b"x").message.payload, b"x")

    def test_a_reactor_that_hangs_starves_only_the_watchdog(self):
        with StoppedThread(self.thread("reactor 1")):
            self.manager.settle()
            status, body = self.http("/readyz")
            self.assertEqual(status, 503)
            self.assertIn("a reactor is unresponsive", body)
            for path in ("/metrics", "/api/v1/status", "/api/v1/connections"):
                self.assertEqual(self.http(path)[0], 503, path)
            self.assertEqual(self.http("/livez")[0], 200)
            self.manager.settle()
            self.manager.notifications.clear()
            self.http("/metrics")  # a second, in which three feedings are due
            self.manager.settle()
            self.assertNotIn("WATCHDOG=1", self.manager.notifications)
        self.manager.until("WATCHDOG=1")
        self.assertEqual(self.http("/readyz")[0], 200)
        self.manager.logged("withholding watchdog ping")


if __name__ == "__main__":
    unittest.main()
