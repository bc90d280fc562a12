"""The unit under a real systemd manager: start, reload, watchdog, restart, socket activation. Run by
manager_test.py inside the manager's namespaces."""

import os
import pathlib
import socket
import subprocess
import threading
import time
import unittest

TELEX = os.environ["TELEX"]
DEADLINE = 60


def run(*command, code=0):
    result = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=DEADLINE, check=False
    )
    if result.returncode != code:
        raise AssertionError(f"{command}: {result.returncode}: {result.stdout}{result.stderr}")
    return result.stdout.strip()


class Newcomers(threading.Thread):
    """Connects repeatedly and receives the refusal of an invalid Hello."""

    def __init__(self, family, address):
        super().__init__()
        self.family = family
        self.address = address
        self.over = threading.Event()
        self.served = 0
        self.refused = []

    def run(self):
        while not self.over.is_set():
            with socket.socket(self.family) as one:
                one.settimeout(DEADLINE)
                try:
                    one.connect(self.address)
                except OSError as problem:
                    self.refused.append(repr(problem))
                    continue
                try:
                    one.sendall(b"\x02\x08\x01")  # not a Hello: causes an error frame
                    self.served += len(one.recv(1000)) > 0
                except ConnectionError:
                    pass  # served by a daemon that was being killed

    def __enter__(self):
        self.start()

    def __exit__(self, *_):
        self.over.set()
        self.join(DEADLINE)


class Inside(unittest.TestCase):
    unit = "telexd.service"

    def setUp(self):
        if "TELEX_MANAGER_REFUSAL" in os.environ:
            self.skipTest(os.environ["TELEX_MANAGER_REFUSAL"])
        self.folder = os.environ["TELEX_MANAGER_FOLDER"]
        run("systemctl", "--user", "reset-failed")
        self.addCleanup(run, "systemctl", "--user", "stop", self.unit)

    def show(self, name):
        return run("systemctl", "--user", "show", self.unit, "--property", name, "--value")

    def until(self, condition):
        deadline = time.monotonic() + DEADLINE
        while not condition():
            self.assertLess(time.monotonic(), deadline, self.show("StatusText"))

    def status(self):
        return run(TELEX, "status", "--server", f"unix://{self.folder}/telex.sock")

    def start(self):
        run("systemctl", "--user", "start", self.unit)
        self.assertEqual(self.show("ActiveState"), "active")

    def test_started_means_ready(self):
        self.start()
        self.assertIn("native", self.status())
        self.assertEqual(self.show("StatusText"), f"serving tcp://127.0.0.1:4651, unix://{self.folder}/telex.sock")
        run("systemctl", "--user", "stop", self.unit)
        self.assertEqual((self.show("ActiveState"), self.show("Result")), ("inactive", "success"))

    def test_reload_fails_if_the_configuration_is_rejected(self):
        self.start()
        process = self.show("MainPID")
        run("systemctl", "--user", "reload", self.unit)
        config = pathlib.Path(self.folder, "telexd.yaml")
        good = config.read_text()
        config.write_text("nonsense: 1\n")
        self.addCleanup(config.write_text, good)
        run("systemctl", "--user", "reload", self.unit, code=1)
        self.assertEqual(self.show("ActiveState"), "active")
        self.assertEqual(self.show("MainPID"), process)
        self.assertIn("native", self.status())
        self.assertIn("the last reload was refused", self.show("StatusText"))

    def test_watchdog_restarts_a_daemon_that_hangs(self):
        self.start()
        process = self.show("MainPID")
        run("kill", "-STOP", process)
        self.until(lambda: self.show("NRestarts") == "1" and self.show("ActiveState") == "active")
        self.assertNotEqual(self.show("MainPID"), process)
        self.assertIn("native", self.status())

    def test_restarts_a_daemon_that_was_killed(self):
        self.start()
        run("kill", "-KILL", self.show("MainPID"))
        self.until(lambda: self.show("NRestarts") == "1" and self.show("ActiveState") == "active")
        self.assertIn("native", self.status())

    def test_restart_refuses_no_connection(self):
        """The daemon's sockets are in the manager's descriptor store."""
        self.start()
        path = f"{self.folder}/telex.sock"
        newcomers = [Newcomers(socket.AF_UNIX, path),
                     Newcomers(socket.AF_INET, ("127.0.0.1", 4651))]
        with newcomers[0], newcomers[1]:
            for _ in range(10):
                run("systemctl", "--user", "restart", self.unit)
            for number in range(1, 4):
                run("kill", "-KILL", self.show("MainPID"))
                self.until(lambda wanted=str(number): self.show("NRestarts") == wanted
                           and self.show("ActiveState") == "active")
        for one in newcomers:
            self.assertEqual(one.refused, [])
            self.assertGreater(one.served, 13)
        self.assertIn("native", self.status())

    def test_stop_empties_the_descriptor_store(self):
        self.start()
        self.assertGreaterEqual(int(self.show("NFileDescriptorStore")), 2)
        run("systemctl", "--user", "stop", self.unit)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", 4651))
        self.start()
        self.assertIn("native", self.status())

    def test_configuration_errors_are_not_retried(self):
        config = pathlib.Path(self.folder, "telexd.yaml")
        good = config.read_text()
        config.write_text("nonsense: 1\n")
        self.addCleanup(config.write_text, good)
        run("systemctl", "--user", "start", self.unit, code=1)
        self.assertEqual(self.show("ExecMainStatus"), "78")
        self.assertEqual(self.show("NRestarts"), "0")
        self.assertEqual(self.show("ActiveState"), "failed")

    def test_system_calls_are_filtered(self):
        self.start()
        status = pathlib.Path(f"/proc/{self.show('MainPID')}/status").read_text()
        self.assertIn("Seccomp:\t2", status)
        self.assertIn("NoNewPrivs:\t1", status)


class InsideActivated(Inside):
    unit = "activated.service"

    def setUp(self):
        super().setUp()
        run("systemctl", "--user", "start", "activated.socket")
        self.addCleanup(run, "systemctl", "--user", "stop", "activated.socket")

    def status(self):
        return run(TELEX, "status", "--server", f"unix://{self.folder}/activated.sock")

    def test_started_means_ready(self):
        """Started by the first client, on each of the sockets."""
        self.assertEqual(self.show("ActiveState"), "inactive")
        self.assertIn("native", self.status())
        self.assertEqual(self.show("ActiveState"), "active")
        self.assertIn("native", run(TELEX, "status", "--server", "tcp://127.0.0.1:4650"))
        for _ in range(5):
            run("systemctl", "--user", "restart", self.unit)
            self.assertIn("native", self.status())

    test_restart_refuses_no_connection = None
    test_stop_empties_the_descriptor_store = None
    test_reload_fails_if_the_configuration_is_rejected = None
    test_watchdog_restarts_a_daemon_that_hangs = None
    test_restarts_a_daemon_that_was_killed = None
    test_configuration_errors_are_not_retried = None
    test_system_calls_are_filtered = None
