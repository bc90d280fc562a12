"""The Python client that the README shows, run as its first lines say."""

import os
import pathlib
import subprocess
import unittest

from processes import DaemonTest

ROOT = pathlib.Path(__file__).resolve().parents[3]


class PythonExample(DaemonTest):
    def setUp(self):
        super().setUp()
        protos = [f"{ROOT}/proto/telex/v1/{name}.proto" for name in ("telex", "error")]
        subprocess.run(
            ["protoc", f"-I{ROOT}/proto", f"--python_out={self.folder}", *protos], check=True
        )
        self.environment["PYTHONPATH"] = self.folder

    def run_example(self, *arguments):
        return self.run_program(
            "/usr/bin/python3", f"{ROOT}/examples/python/telex_client.py", *arguments
        )[0]

    def test_over_the_unix_socket(self):
        out = self.run_example(f"{self.folder}/telex/telex.sock")
        self.assertEqual(out, "hello from python\n7 and back\n")

    def test_over_tcp(self):
        # The example's own port is fixed; the class takes any.
        port = self.daemon.port("native")
        script = (
            "import telex_client as t\n"
            f"telex = t.Telex(('127.0.0.1', {port}))\n"
            "telex.subscribe(1, 'a.>')\n"
            "telex.publish('a.b', b'x' * 300)\n"
            "print(len(telex.receive().message.payload), telex.welcome.server_name)\n"
        )
        self.environment["PYTHONPATH"] += os.pathsep + f"{ROOT}/examples/python"
        out, _ = self.run_program("/usr/bin/python3", "-c", script)
        self.assertEqual(out, "300 telex\n")


if __name__ == "__main__":
    unittest.main()
