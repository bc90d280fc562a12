"""docs/operations.md: every command that it shows as one to run is run."""

import os
import pathlib
import re
import subprocess
import threading
import unittest

from processes import DEADLINE, TELEX, TELEXD, DaemonTest
from wire import Client, telex_pb2

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENT = (ROOT / "docs/operations.md").read_text()


def commands():
    blocks = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


class Orders(threading.Thread):
    """Something to look at: one order after the other, until it is enough."""

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.over = threading.Event()

    def run(self):
        with Client(self.address, name="orders") as client:
            while not self.over.is_set():
                client.publish("orders.new", b"an order")
                client.flush()

    def __enter__(self):
        self.start()

    def __exit__(self, *_):
        self.over.set()
        self.join(DEADLINE)


class Operations(DaemonTest):
    config = """
listeners: [{name: native, address: ["tcp://127.0.0.1:0", "unix://{folder}/telex/telex.sock"]}]
http: {address: "tcp://127.0.0.1:0"}
storage: {folder: "{folder}/store", reserve: 1MiB, ballast: 1MiB}
"""

    def run_command(self, command):
        """As it stands, but for the places: where the programs, the file and the port are here."""
        http = self.daemon.line("protocol=http").rsplit("tcp://", 1)[1]
        command = command.replace("/etc/telex/telexd.yaml", f"{self.folder}/telexd.yaml")
        command = command.replace("127.0.0.1:4680", http)
        programs = os.pathsep.join({os.path.dirname(TELEX), os.path.dirname(TELEXD)})
        return subprocess.run(
            ["/bin/bash", "-o", "pipefail", "-c", command],
            env=self.environment | {"PATH": f"{programs}:{os.environ['PATH']}"},
            capture_output=True, text=True, timeout=DEADLINE, check=False,
        )

    def test_every_command_works(self):
        self.assertGreater(len(commands()), 12)
        with Client(self.daemon.addresses("native")[0]) as client:
            client.subscribe(1, "orders.>", slow_policy=telex_pb2.SLOW_POLICY_DROP_NEWEST)
            with Orders(self.daemon.addresses("native")[0]):
                for command in commands():
                    result = self.run_command(command)
                    self.assertEqual(
                        result.returncode, 0, f"{command}: {result.stdout}{result.stderr}"
                    )

    def test_every_metric_is_in_its_table(self):
        text = self.run_command("curl -sf http://127.0.0.1:4680/metrics").stdout
        metrics = set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))
        documented = set(re.findall(r"`((?:telex|process)_[a-z_]+)(?:\{[a-z, ]+\})?`", DOCUMENT))
        self.assertEqual(metrics ^ documented, set())

    def test_every_page_is_documented(self):
        source = (ROOT / "daemon/admin/http_api.cpp").read_text()
        pages = re.findall(r'"(/(?:api/v1/)?[a-z]+)"', source)
        self.assertIn("/readyz", pages)
        self.assertIn("/api/v1/status", pages)
        for page in pages:
            self.assertTrue(page == "/healthz" or f"`{page}`" in DOCUMENT, page)

    def test_every_command_with_a_route_is_documented_with_its_parameters(self):
        source = (ROOT / "daemon/admin/commands.cpp").read_text()
        parameters = {
            name: re.findall(r'Parameter\{(?:\.name = )?"(\w+)"', rows)
            for name, rows in re.findall(r"constexpr std::array (\w+)\{(.*?)\};", source, re.DOTALL)
        }
        commands = re.findall(r'command<&(?:Admin|Stream)Actions::\w+>\("([a-z-]+)"((?:, \w+)*)\)', source)
        self.assertGreaterEqual(len(commands), 9)
        for name, routes in commands:
            get, post = (re.findall(r"\w+", routes) + ["kNoRoute"] * 2)[:2]
            for method, known in (("", get), ("POST ", post)):
                row = re.search(rf"^\| {method}`/api/v1/{name}` .*$", DOCUMENT, re.MULTILINE)
                if known == "kNoRoute":
                    self.assertIsNone(row, name)
                    continue
                for parameter in parameters.get(known, []):
                    self.assertIn(f"`{parameter}`", row.group())

    def test_what_a_reload_can_do_is_as_the_reference_says(self):
        reference = (ROOT / "docs/configuration.md").read_text()
        for section in ("server", "http", "storage"):
            table = re.search(rf"### `{section}`\n.*?\n\n(?=#)", reference, re.DOTALL).group(0)
            rows = [row for row in table.splitlines() if row.startswith("| `")]
            self.assertTrue(rows)
            for row in rows:
                self.assertIn("*Restart.*", row)


if __name__ == "__main__":
    unittest.main()
