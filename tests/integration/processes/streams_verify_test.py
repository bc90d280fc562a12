"""telexd --verify-store: reads the whole store, and names damage."""

import pathlib
import subprocess
import unittest

from processes import DEADLINE, TELEXD, DaemonTest
from wire import Client

CONFIG = """
storage: {folder: "{folder}/store", reserve: 1MiB, ballast: 1MiB}
streams:
  - {name: orders, subjects: [orders.>]}
listeners:
  - {name: native, address: "unix://{folder}/native.sock"}
"""


class VerifyStore(DaemonTest):
    config = None

    def verify(self, config=CONFIG):
        return subprocess.run([TELEXD, "--config", self.configure(config), "--verify-store"], env=self.environment,
                              capture_output=True, text=True, timeout=DEADLINE, check=False)

    def store(self, count):
        self.start_daemon(CONFIG)
        with Client(f"unix://{self.folder}/native.sock") as client:
            for number in range(1, count + 1):
                answer = client.request("orders.new", b"payload %d" % number, number=number, durable=True)
                self.assertEqual(answer.stored.sequence, number, answer)
        self.assertEqual(self.daemon.stop(), 0)

    def test_intact(self):
        self.store(3)
        done = self.verify()
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertRegex(done.stdout, r"^3 records in \d+ blocks, \d+ bytes: intact\n$")

    def test_damaged(self):
        self.store(3)
        found = 0
        for file in pathlib.Path(self.folder, "store/db").iterdir():
            data = file.read_bytes()
            place = data.find(b"payload 2")
            if place >= 0:
                found += 1
                file.write_bytes(data[:place] + b"P" + data[place + 1:])
        self.assertGreaterEqual(found, 1)
        done = self.verify()
        self.assertEqual(done.returncode, 74, done)
        self.assertIn("Corruption: checksum mismatch", done.stderr)

    def test_in_use(self):
        self.start_daemon(CONFIG)
        done = self.verify()
        self.assertEqual(done.returncode, 75, done)
        self.assertIn("has the store open", done.stderr)

    def test_no_store(self):
        done = self.verify()
        self.assertEqual(done.returncode, 66, done)
        self.assertIn("there is no store", done.stderr)

    def test_no_streams(self):
        done = self.verify('listeners: [{name: native, address: "unix://{folder}/native.sock"}]\n')
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("neither storage nor streams", done.stderr)


if __name__ == "__main__":
    unittest.main()
