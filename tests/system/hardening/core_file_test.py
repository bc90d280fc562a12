"""The daemon's memory cannot be dumped. Tests the release build: sanitizers inspect their own process."""

import os
import unittest

from processes import TELEXD, DaemonTest


class Memory(DaemonTest):
    config = None
    OTHER_UID = 12345

    def test_is_in_no_core_file(self):
        """It contains keys and passwords. For a process that is not dumpable, root owns the files in /proc
        (proc(5)), whatever user it runs as."""
        self.need_another_user(TELEXD)
        self.start_daemon('listeners: [{name: native, address: "tcp://127.0.0.1:0"}]',
                          user=self.OTHER_UID, group=self.OTHER_UID, extra_groups=[])
        process = f"/proc/{self.daemon.process.pid}"
        self.assertEqual(os.stat(f"{process}/environ").st_uid, 0)
        with open(f"{process}/status", encoding="ascii") as file:
            self.assertIn(f"Uid:\t{self.OTHER_UID}", file.read())


if __name__ == "__main__":
    unittest.main()
