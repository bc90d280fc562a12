"""The log as systemd's journal gets it: on the journal's own socket, which is this test's here."""

import os
import select
import socket
import struct
import subprocess
import time
import unittest

import machine
from processes import DEADLINE, Daemon, DaemonTest
from wire import Client, admin_pb2

CONFIG = """
log: {format: journald}
listeners: [{name: native, address: "unix://{folder}/telex/telex.sock"}]
"""
# The journal's place is the same for all: the daemon sees another one there.
SEE_OURS = 'mkdir -p /run/systemd/journal && mount --bind "$0" /run/systemd/journal && exec "$@"'


def fields_of(entry):
    """The native protocol of the journal: NAME=VALUE, or NAME, a length of eight bytes, and the value."""
    fields = {}
    while entry:
        line, _, rest = entry.partition(b"\n")
        if b"=" in line:
            name, _, value = line.partition(b"=")
            entry = rest
        else:
            (size,) = struct.unpack("<Q", rest[:8])
            name, value, entry = line, rest[8 : 8 + size], rest[8 + size + 1 :]
        fields[name.decode()] = value.decode()
    return fields


class Journal(DaemonTest):
    config = None

    def setUp(self):
        super().setUp()
        if os.getuid() != 0:
            self.skipTest("only root can show the daemon another journal")
        machine.need(machine.private_mounts_refusal())
        os.mkdir(f"{self.folder}/journal")
        self.journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.journal.close)
        self.journal.bind(f"{self.folder}/journal/socket")
        self.journal.settimeout(DEADLINE)
        self.daemon = Daemon(
            "--config", self.configure(CONFIG), env=self.environment,
            wrapper=["unshare", "--mount", "sh", "-c", SEE_OURS, f"{self.folder}/journal"],
        )
        self.addCleanup(self.daemon.end)
        self.ended = os.pidfd_open(self.daemon.process.pid)
        self.addCleanup(os.close, self.ended)

    def receive(self):
        """The next entry; a daemon that ends without one fails the test at once."""
        ready, _, _ = select.select([self.journal, self.ended], [], [], DEADLINE)
        if self.journal in ready:
            return fields_of(self.journal.recv(65536))
        raise self.daemon.failure("no entry in the journal")

    def entry(self, **wanted):
        """The first entry from now on that has these fields."""
        while True:
            fields = self.receive()
            if all(fields.get(name) == value for name, value in wanted.items()):
                return fields

    def test_events_have_an_id_and_fields(self):
        ready = self.entry(TELEX_EVENT="ready")
        self.assertEqual(len(ready["MESSAGE_ID"]), 32)
        self.assertEqual((ready["PRIORITY"], ready["SYSLOG_IDENTIFIER"]), ("6", "telexd"))
        self.assertEqual(ready["TELEX_PID"], str(self.daemon.process.pid))
        with Client(f"unix://{self.folder}/telex/telex.sock", name="a b"):
            pass
        ended = self.entry(TELEX_EVENT="connection_ended")
        self.assertEqual(ended["TELEX_LISTENER"], "native")
        self.assertEqual(ended["TELEX_CLIENT"], "a b")
        self.assertEqual(ended["TELEX_REASON"], "client_closed")
        self.assertNotIn("CODE_FILE", ended)

    def test_what_clients_say_cannot_forge_a_field(self):
        self.entry(TELEX_EVENT="ready")
        name = 'x" reason=forged\nTELEX_REASON=forged'
        with Client(f"unix://{self.folder}/telex/telex.sock", name=name):
            pass
        ended = self.entry(TELEX_EVENT="connection_ended")
        self.assertEqual(ended["TELEX_REASON"], "client_closed")

    def test_a_journal_that_is_gone_stops_nothing(self):
        self.entry(TELEX_EVENT="ready")
        self.journal.close()
        for _ in range(100):
            with Client(f"unix://{self.folder}/telex/telex.sock") as client:
                self.assertEqual(client.request("$SYS.echo", b"x").message.payload, b"x")
        self.assertEqual(self.daemon.stop(), 0)

    def act(self, times=1):
        """As an operator, whose every act is a line."""
        request = admin_pb2.SetLogLevel(level="info").SerializeToString()
        for _ in range(times):
            self.operator.request("$SYS.admin.log-level", request)

    def act_unread(self):
        """More than the journal's queue has room for, and longer than it is waited for; how often."""
        with open("/proc/sys/net/unix/max_dgram_qlen", encoding="ascii") as file:
            count = 1000 + int(file.read())
        self.act(count)
        until = time.monotonic() + 3
        while time.monotonic() < until:
            self.act()
            count += 1
        return count

    def become_operator(self):
        self.entry(TELEX_EVENT="ready")
        self.operator = Client(f"unix://{self.folder}/telex/telex.sock")
        self.addCleanup(self.operator.socket.close)

    def test_a_journal_that_does_not_read_blocks_nothing(self):
        self.become_operator()
        self.act_unread()
        self.assertEqual(self.daemon.stop(), 0)

    def test_a_journal_that_reads_again_learns_what_it_missed(self):
        self.become_operator()
        acts = self.act_unread()
        self.journal.settimeout(1)
        seen = lost = 0
        deadline = time.monotonic() + DEADLINE
        while seen + lost < acts:
            self.assertLess(time.monotonic(), deadline, f"{acts} lines, {seen} seen, {lost} lost")
            try:
                fields = fields_of(self.journal.recv(65536))
            except TimeoutError:
                self.act()  # losses are reported before the next line
                acts += 1
                continue
            seen += fields.get("TELEX_EVENT") == "operator"
            if fields.get("TELEX_EVENT") == "log_lines_lost":
                self.assertEqual(fields["PRIORITY"], "4")
                lost += int(fields["TELEX_UNREAD"]) + int(fields["TELEX_OVERRUN"])
        self.assertGreater(lost, 0)
        self.assertEqual(seen + lost, acts)

    def test_the_catalogue_is_understood(self):
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
        os.makedirs(f"{self.folder}/root/usr/lib/systemd/catalog")
        os.makedirs(f"{self.folder}/root/var/lib/systemd/catalog")
        with open(f"{root}/systemd/telex.catalog", encoding="ascii") as file:
            text = file.read()
        with open(f"{self.folder}/root/usr/lib/systemd/catalog/telex.catalog", "w",
                  encoding="ascii") as file:
            file.write(text)
        result = subprocess.run(
            ["journalctl", f"--root={self.folder}/root", "--update-catalog"],
            capture_output=True, text=True, timeout=DEADLINE, check=False,
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        listed = subprocess.run(
            ["journalctl", f"--root={self.folder}/root", "--list-catalog"],
            capture_output=True, text=True, timeout=DEADLINE, check=False,
        ).stdout
        self.assertEqual(listed.count("telex: "), text.count("\n-- "))


if __name__ == "__main__":
    unittest.main()
