"""The Python examples: the short client of docs/protocol.md, and programs with the package."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

from processes import DaemonTest

ROOT = pathlib.Path(os.environ["TELEX_SOURCE_DIR"])
OUTPUT = "hello from python\n7 and back\n"
PACKAGE = f"{os.environ['TELEX_BUILD_DIR']}/python"


class ShortClient(DaemonTest):
    """Without the package: with the generated modules only, as in the README."""

    def setUp(self):
        super().setUp()
        generated = tempfile.TemporaryDirectory(prefix="telex-proto-")
        self.addCleanup(generated.cleanup)
        subprocess.run(
            ["protoc", f"-I{ROOT}/proto", f"--python_out={generated.name}"]
            + [f"telex/v1/{name}.proto" for name in ("telex", "consumer", "error")],
            check=True)
        self.environment["PYTHONPATH"] = generated.name

    def run_example(self, *arguments):
        return self.run_program("/usr/bin/python3", "-B", f"{ROOT}/examples/python/telex_client.py", *arguments)[0]

    def start_on_the_default_port(self):
        self.enter_own_network()
        self.start_daemon("listeners: [{name: native, address: tcp://127.0.0.1:4650}]")

    def test_over_the_unix_socket(self):
        self.assertEqual(self.run_example(f"{self.folder}/telex/telex.sock"), OUTPUT)

    def test_over_tcp(self):
        self.start_on_the_default_port()
        self.assertEqual(self.run_example(), OUTPUT)

    def test_of_the_protocols_page(self):
        self.start_on_the_default_port()
        page = (ROOT / "docs/protocol.md").read_text()
        code = page.split("## A client in Python")[1].split("```python\n")[1].split("```")[0]
        out, _ = self.run_program("/usr/bin/python3", "-c", code)
        self.assertIn('subject: "demo.hello"', out)


class Programs(DaemonTest):
    """With the package, which finds the daemon by itself."""

    def setUp(self):
        super().setUp()
        self.environment["PYTHONPATH"] = PACKAGE

    def example(self, name, *arguments):
        return self.program("/usr/bin/python3", "-B", f"{ROOT}/examples/python/{name}", *arguments)

    def test_a_service_replies_and_ends_at_sigterm(self):
        service = self.example("service.py")
        service.out.until("ready")
        self.assertEqual(self.run_tool("request", "weather.oslo")[0].strip(), "-3")
        ask = ["/usr/bin/python3", "-B", f"{ROOT}/examples/python/ask.py"]
        self.assertEqual(self.run_program(*ask, "weather.lima")[0], "19\n")
        self.assertIn("no station at rome", self.run_program(*ask, "weather.rome", code=1)[1])
        self.assertEqual(service.stop(signal.SIGTERM)[0], 0)
        self.assertIn("no_responders", self.run_program(*ask, "weather.lima", code=1)[1])

    def test_of_the_clients_page_run(self):
        page = (ROOT / "docs/python.md").read_text()
        programs = [code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "connect()" in code]
        self.assertEqual(len(programs), 2)
        for code in programs:
            self.assertEqual(self.run_program("/usr/bin/python3", "-B", "-c", code)[0], "hello\n")

    def test_a_watcher_continues_after_a_restart_of_the_daemon(self):
        watcher = self.example("watch.py", "log.>")
        for text in ("before", "after"):
            while "log.>" not in self.run_tool("subscriptions")[0]:
                pass  # not subscribed yet
            self.run_tool("pub", "log.a", text)
            self.assertEqual(watcher.out.next(), f"log.a {text}")
            if text == "before":
                self.daemon.end()
                watcher.err.until("disconnected: ")
                self.start_daemon()


if __name__ == "__main__":
    unittest.main()
