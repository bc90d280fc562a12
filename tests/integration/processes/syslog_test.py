"""Syslog senders that people run, on a syslog listener: what they send becomes headers and subjects."""

import logging
import logging.handlers
import os
import socket
import subprocess
import time

import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, telex_pb2

CONFIG = """
listeners:
  - name: native
    address: tcp://127.0.0.1:0
  - name: syslog
    address:
      - tcp://127.0.0.1:0
      - udp://127.0.0.1:0
      - unix://{folder}/stream.sock
      - unix-dgram://{folder}/log.sock
    protocol: syslog
    publish: log.{severity}.{host}.{app}
"""

RSYSLOG = """
global(workDirectory="{folder}")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/rsyslog.sock")
action(type="omfwd" target="127.0.0.1" port="{tcp}" protocol="tcp" {options})
"""


class Syslog(DaemonTest):
    config = CONFIG

    def setUp(self):
        super().setUp()
        self.client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.client.socket.close)
        self.client.subscribe(1, "log.>")
        self.tcp = self.daemon.port("syslog")
        self.udp = self.daemon.port("syslog", "udp")

    def receive(self):
        """Returns the next message and its syslog headers, without the prefix of their names."""
        message = self.client.receive().message
        return message, {h.name.removeprefix("syslog-"): h.value for h in message.headers}

    def until(self, text):
        """Returns the first message whose payload ends with `text`."""
        while True:
            message, headers = self.receive()
            if message.payload.endswith(text):
                return message, headers

    def unparsed(self):
        return self.client.stats().unparsed_messages

    def wait_for_socket(self, path):
        """Returns when a program listens on the datagram socket."""
        deadline = time.monotonic() + DEADLINE
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
            while time.monotonic() < deadline:
                try:
                    return probe.connect(path)
                except OSError:
                    os.sched_yield()
        raise TimeoutError(f"nothing listens on {path}")


class Senders(Syslog):
    def ways(self):
        """Options of logger for each way to send."""
        remote = ["--server", "127.0.0.1", "--port"]
        return {
            "tcp": [*remote, str(self.tcp), "--tcp"],
            "counted": [*remote, str(self.tcp), "--tcp", "--octet-count"],
            "udp": [*remote, str(self.udp), "--udp"],
            "stream": ["--socket", f"{self.folder}/stream.sock"],
            "datagram": ["--socket", f"{self.folder}/log.sock"],
        }

    def test_logger_with_a_header_of_rfc_5424(self):
        for way, options in self.ways().items():
            with self.subTest(way=way):
                self.run_program(
                    "logger", *options, "--rfc5424", "--priority", "local3.err", "--tag", "my.app",
                    "--id=77", "--msgid", "M1", "--sd-id", "ex@32473", "--sd-param", 'a="b"', "hello")
                message, headers = self.receive()
                self.assertEqual(headers["format"], "rfc5424")
                self.assertEqual((headers["facility"], headers["severity"]), ("local3", "err"))
                self.assertEqual(
                    (headers["app"], headers["procid"], headers["msgid"]), ("my.app", "77", "M1"))
                self.assertIn('[ex@32473 a="b"]', headers["data"])
                self.assertIn("T", headers["time"])
                self.assertTrue(message.payload.endswith(b" hello"), message.payload)
                host = headers["host"].replace(".", "-")
                self.assertEqual(message.subject, f"log.err.{host}.my-app")

    def test_logger_with_a_header_of_rfc_3164(self):
        for way, options in self.ways().items():
            with self.subTest(way=way):
                self.run_program("logger", *options, "--rfc3164", "--tag", "app", "--id=77", "hello")
                _, headers = self.receive()
                self.assertEqual(headers["format"], "rfc3164")
                self.assertEqual((headers["facility"], headers["severity"]), ("user", "notice"))
                self.assertEqual((headers["app"], headers["procid"]), ("app", "77"))

    def test_logger_with_the_local_header(self):
        """The form of libc's syslog(), without a host."""
        for way in ("stream", "datagram"):
            with self.subTest(way=way):
                self.run_program("logger", *self.ways()[way], "--tag", "app", "hello")
                message, headers = self.receive()
                self.assertEqual((headers["format"], headers["app"]), ("rfc3164", "app"))
                self.assertNotIn("host", headers)
                self.assertEqual(message.subject, "log.notice.-.app")

    def test_python(self):
        record = logging.makeLogRecord(
            {"msg": "hello", "levelno": logging.WARNING, "levelname": "WARNING"})
        for address, kind in ((("127.0.0.1", self.udp), socket.SOCK_DGRAM),
                              (("127.0.0.1", self.tcp), socket.SOCK_STREAM),
                              (f"{self.folder}/log.sock", socket.SOCK_DGRAM)):
            with self.subTest(address=address):
                handler = logging.handlers.SysLogHandler(address=address, socktype=kind)
                self.addCleanup(handler.close)
                handler.ident = "my-app: "
                handler.emit(record)
                message, headers = self.receive()
                self.assertEqual((headers["severity"], headers["app"]), ("warning", "my-app"))
                self.assertEqual(message.payload, b"<12>my-app: hello")

    def test_busybox(self):
        """syslogd -R. Its socket is always /dev/log: it runs where another folder is /dev."""
        own_dev = f"{self.folder}/dev"
        os.mkdir(own_dev)
        command = ["unshare", "--map-root-user", "--mount", "sh", "-c",
                   f"mount --bind {own_dev} /dev && exec busybox syslogd -n -R 127.0.0.1:{self.udp}"]
        allowed = subprocess.run(["unshare", "--map-root-user", "--mount", "true"], check=False,
                                 capture_output=True)
        if allowed.returncode != 0:
            self.skipTest("namespaces are not permitted")
        self.program(*command)
        self.wait_for_socket(f"{own_dev}/log")
        self.run_program("logger", "--socket", f"{own_dev}/log", "--tag", "app", "-p", "daemon.err",
                         "via busybox")
        _, headers = self.until(b"via busybox")
        self.assertEqual((headers["facility"], headers["severity"]), ("daemon", "err"))
        self.assertEqual((headers["format"], headers["app"]), ("rfc3164", "app"))


class Rsyslog(Syslog):
    """rsyslogd forwards messages of logger by omfwd."""

    def forward(self, options):
        """Returns the headers of a message from logger that rsyslog forwarded."""
        path = self.write("rsyslog.conf", RSYSLOG.format(
            folder=self.folder, tcp=self.tcp, options=options))
        program = self.program("/usr/sbin/rsyslogd", "-n", "-f", path, "-i", f"{self.folder}/pid")
        self.wait_for_socket(f"{self.folder}/rsyslog.sock")
        self.run_program("logger", "--socket", f"{self.folder}/rsyslog.sock", "--tag", "app", "--id=77",
                         "--priority", "local0.err", "via rsyslog")
        message, headers = self.until(b"via rsyslog")
        self.assertEqual((headers["facility"], headers["severity"]), ("local0", "err"))
        self.assertEqual((headers["app"], headers["procid"]), ("app", "77"))
        self.assertIn("host", headers)
        self.assertIn("time", headers)
        self.assertTrue(message.subject.startswith("log.err."), message.subject)
        self.assertTrue(message.subject.endswith(".app"), message.subject)
        self.assertEqual(self.unparsed(), 0)
        program.end()
        return headers

    def test_traditional_format(self):
        self.assertEqual(self.forward("")["format"], "rfc3164")

    def test_traditional_format_counted(self):
        self.assertEqual(self.forward('TCP_Framing="octet-counted"')["format"], "rfc3164")

    def test_iso_time(self):
        headers = self.forward('template="RSYSLOG_ForwardFormat"')
        self.assertEqual(headers["format"], "rfc3164")
        self.assertIn("T", headers["time"])

    def test_rfc_5424(self):
        headers = self.forward('template="RSYSLOG_SyslogProtocol23Format"')
        self.assertEqual(headers["format"], "rfc5424")

    def test_rfc_5424_counted(self):
        headers = self.forward(
            'template="RSYSLOG_SyslogProtocol23Format" TCP_Framing="octet-counted"')
        self.assertEqual(headers["format"], "rfc5424")


class Unparsed(Syslog):
    def test_is_published_marked_and_counted(self):
        with connect(self.daemon.addresses("syslog")[0]) as sender:
            sender.sendall(b"no priority\n<13>fine\n<11>1 - broken\n")
            message, headers = self.receive()
            self.assertEqual(message.payload, b"no priority")
            self.assertEqual(headers, {"format": "unknown"})
            self.assertEqual(message.subject, "log.-.-.-")
            self.assertEqual(self.receive()[1]["format"], "rfc3164")
            self.assertEqual(self.receive()[1],
                             {"format": "unknown", "facility": "user", "severity": "err"})
        self.assertEqual(self.unparsed(), 2)


class OtherProtocols(Syslog):
    def test_publish_nothing(self):
        frame = telex_pb2.Frame()
        frame.hello.version = 1
        frame.hello.client_name = "lost\n"
        hello = frame.SerializeToString()
        openings = {
            "telex": bytes([len(hello)]) + hello,
            "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\nx\n",
            "HTTP": b"GET / HTTP/1.1\r\n\r\n",
            "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
        }
        for number, (name, opening) in enumerate(openings.items(), 1):
            with self.subTest(name), connect(self.daemon.addresses("syslog")[0]) as peer:
                peer.sendall(opening)
                self.assertEqual(peer.recv(1), b"")
                self.assertIn(f"the peer speaks {name}; this port speaks syslog",
                              self.daemon.line("reason=wrong_protocol", number))
        with connect(self.daemon.addresses("syslog")[0]) as sender:
            sender.sendall(b"<13>GET / HTTP/1.1\n")
            self.assertEqual(self.receive()[0].payload, b"<13>GET / HTTP/1.1")
        self.assertEqual(self.client.stats().refusals["WRONG_PROTOCOL"], len(openings))


class Subjects(Syslog):
    def test_senders_cannot_choose_other_subjects(self):
        hostile = {
            b"<13>1 - * > 1 m - x": "log.notice.-.-",
            b"<13>1 - a.b $SYS.admin 1 m - x": "log.notice.a-b.$SYS-admin",
            b"<13>1 - \xff .. 1 m - x": "log.notice.-.--",
            b"<13>Nov 29 18:33:00 log.err a>b: x": "log.notice.log-err.a-b",
        }
        with connect(self.daemon.addresses("syslog")[0]) as sender:
            for line, subject in hostile.items():
                sender.sendall(line + b"\n")
                self.assertEqual(self.receive()[0].subject, subject)


if __name__ == "__main__":
    unittest.main()
