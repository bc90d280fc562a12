"""Restarts under load while a service manager holds the sockets: no connection is refused, no confirmed message is
lost."""

import os
import select
import socket
import subprocess
import tempfile
import threading
import unittest

from manager import ServiceManager
from processes import DEADLINE
from wire import Client, error_pb2

MOVING_CLIENT = os.environ["MOVING_CLIENT"]
RESTARTS = int(os.environ.get("TELEX_RESTARTS", "200"))
CONFIG = """
server: {{reactors: 2}}
listeners:
  - {{name: native, address: [{addresses}], limits: {{backlog: 1024}}}}
"""


def reuseport_sockets(count):
    """Sockets of one port, like ReusePort=yes with several ListenStream= lines."""
    sockets = []
    port = 0
    for _ in range(count):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind(("127.0.0.1", port))
        port = listening.getsockname()[1]
        listening.listen(1024)
        sockets.append(listening)
    return sockets


# A client that stays disconnected for this long is not waiting for the restart.
WAIT = 30


class Newcomers(threading.Thread):
    """Connects, sends a request and disconnects, repeatedly."""

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.over = threading.Event()
        self.served = 0
        self.sent_away = 0  # refused because the exchange is stopping
        self.refused = []

    def run(self):
        while not self.over.is_set():
            try:
                self.come_and_go()
            except OSError as problem:
                self.refused.append(repr(problem))

    def come_and_go(self):
        with Client(self.address, name="newcomer") as client:
            if client.refusal is not None:
                if client.refusal.code != error_pb2.SHUTTING_DOWN:
                    self.refused.append(str(client.refusal))
                self.sent_away += 1
                return
            client.publish("$SYS.echo", b"x", request=1)
            while (frame := client.receive()) is not None:
                if frame.request == 1:
                    self.served += 1
                    return
                if not frame.HasField("goodbye"):
                    self.refused.append(f"instead of an answer: {frame}")
            self.refused.append("no answer")


class RestartTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="telex-restart-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        tcp = reuseport_sockets(2)
        self.addresses = [
            "tcp://127.0.0.1:%d" % tcp[0].getsockname()[1], f"unix://{self.folder}/telex.sock"
        ]
        configured, passed, environment = self.sockets(tcp)
        config = f"{self.folder}/telexd.yaml"
        with open(config, "w", encoding="ascii") as file:
            file.write(CONFIG.format(addresses=", ".join(f'"{one}"' for one in configured)))
        self.manager = ServiceManager(
            self.folder, config, [("native", one) for one in passed], os.environ | environment
        )
        self.addCleanup(self.manager.end)
        self.manager.start()

    def moving_client(self):
        client = subprocess.Popen(
            [MOVING_CLIENT, self.addresses[0]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(client.stdout.close)
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        self.assertEqual(client.stdout.readline(), "connected\n")
        return client

    def restart_under_load(self, restarts):
        moving = self.moving_client()
        newcomers = [Newcomers(address) for address in self.addresses]
        for newcomer in newcomers:
            newcomer.start()
        try:
            for _ in range(restarts):
                self.manager.restart()
                # Restart again once the client has reconnected, so that clients are active.
                ready, _, _ = select.select([moving.stdout], [], [], WAIT)
                self.assertTrue(ready, "the client does not come back")
                self.assertEqual(moving.stdout.readline(), "connected\n")
        finally:
            for newcomer in newcomers:
                newcomer.over.set()
            for newcomer in newcomers:
                newcomer.join(DEADLINE)
        moving.stdin.close()
        summary = dict(
            word.split("=") for word in moving.stdout.read().split() if "=" in word
        )
        self.assertEqual(moving.wait(DEADLINE), 0)
        served = sum(newcomer.served for newcomer in newcomers)
        sent_away = sum(newcomer.sent_away for newcomer in newcomers)
        print(f"{restarts} restarts: {served} newcomers served, {sent_away} told to come again, "
              f"{summary['confirmed']} publishes confirmed")
        for newcomer in newcomers:
            self.assertEqual(newcomer.refused, [])
            # Only connections accepted before the stop: one per restart.
            self.assertLessEqual(newcomer.sent_away, restarts)
        self.assertEqual(summary["missing"], "0")
        self.assertGreater(int(summary["confirmed"]), restarts)
        self.assertGreaterEqual(int(summary["reconnects"]), restarts)
        self.assertGreater(served, restarts)


class SocketUnit(RestartTest):
    """Sockets opened by the manager."""

    def sockets(self, tcp):
        local = socket.socket(socket.AF_UNIX)
        local.bind(f"{self.folder}/telex.sock")
        local.listen(1024)
        return ["systemd:native"], [*tcp, local], {}

    def test_refuses_no_connection_and_loses_no_confirmed_message(self):
        self.restart_under_load(RESTARTS)


class DescriptorStore(RestartTest):
    """Sockets opened by the daemon and kept by the manager."""

    def sockets(self, tcp):
        for one in tcp:
            one.close()
        return self.addresses, [], {"FDSTORE": "100"}

    def test_refuses_no_connection_and_loses_no_confirmed_message(self):
        self.restart_under_load(RESTARTS // 2)


if __name__ == "__main__":
    unittest.main()
