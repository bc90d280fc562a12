"""Servers that speak first behind the bus: greetings, and messages about the beginning and the end of a connection."""

import smtplib
import socket
import threading
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, read_exactly, read_to_end

CONFIG = """
listeners:
  - name: native
    address: "unix://{folder}/telex/telex.sock"
  - name: mail
    address: "tcp://127.0.0.1:0"
    protocol: raw
    framing: {preset: crlf, delimiter: {keep: true}}
    connect: mail.connect.{connection}
    request: mail.command.{connection}
    disconnect: mail.disconnect.{connection}
  - name: greeting
    address: "tcp://127.0.0.1:0"
    protocol: raw
    framing: lines
    greeting: "hex:0001ff"
    request: $SYS.echo
  - name: terminal
    address: "tcp://127.0.0.1:0"
    protocol: raw
    framing: lines
    connect: terminal.connect
    disconnect: terminal.disconnect
    publish: terminal.in.{connection}
    subscribe: terminal.out.{connection}
  - name: proxied
    address: "tcp://127.0.0.1:0"
    protocol: raw
    framing: lines
    greeting: "hello\\n"
    publish: proxied
    disconnect: proxied.disconnect
    proxy_protocol: {from: 127.0.0.0/8}
"""


class SpeakersTest(DaemonTest):
    config = CONFIG

    def setUp(self):
        super().setUp()
        self.bus = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.bus.socket.close)

    def reply(self, request, payload, **headers):
        frame = Client.message(request.reply_to, payload)
        for name, value in headers.items():
            frame.message.headers.add(name=name.replace("_", "-"), value=value)
        self.bus.send(frame)

    def connect(self, listener):
        connection = connect(self.daemon.addresses(listener)[0])
        self.addCleanup(connection.close)
        return connection

    @staticmethod
    def headers(frame):
        return {header.name: header.value for header in frame.message.headers}


class Mail(SpeakersTest):
    """A mail server on the bus, for Python's client of SMTP."""

    def serve(self):
        """Serves one connection, until it has ended. Returns the subjects of all messages, and the mail."""
        subjects, lines, in_data = [], [], False
        while True:
            request = self.bus.receive()
            subject, line = request.message.subject.split(".")[1], request.message.payload
            subjects.append(request.message.subject)
            if subject == "disconnect":
                self.last = self.headers(request)
                return subjects, b"".join(lines)
            if subject == "connect":
                self.reply(request, b"220 bus.example ESMTP\r\n")
            elif in_data:
                in_data = line != b".\r\n"
                if in_data:
                    lines.append(line)
                    self.reply(request, b"", Telex_No_Answer="")
                else:
                    self.reply(request, b"250 stored\r\n")
            elif line.upper().startswith(b"EHLO"):
                self.reply(request, b"250-bus.example\r\n250 8BITMIME\r\n")
            elif line.upper() == b"DATA\r\n":
                in_data = True
                self.reply(request, b"354 go ahead\r\n")
            else:
                self.reply(request, b"221 bye\r\n" if line.upper() == b"QUIT\r\n" else b"250 ok\r\n")

    def test_of_a_real_client(self):
        self.bus.subscribe(1, "mail.>")
        served = []
        server = threading.Thread(target=lambda: served.append(self.serve()))
        server.start()
        with smtplib.SMTP("127.0.0.1", self.daemon.port("mail"), timeout=DEADLINE) as client:
            client.sendmail("a@example.org", ["b@example.org"], "Subject: telex\r\n\r\nIt works.\r\n")
        server.join(DEADLINE)
        subjects, mail = served[0]
        self.assertEqual(mail, b"Subject: telex\r\n\r\nIt works.\r\n")
        self.assertTrue(subjects[0].startswith("mail.connect."))
        self.assertEqual({subject.split(".")[2] for subject in subjects}, {self.last["Telex-Connection"]})
        self.assertEqual(self.last["Telex-Reason"], "client_closed")


class Greetings(SpeakersTest):
    def test_are_written_first_and_as_they_are(self):
        connection = self.connect("greeting")
        self.assertEqual(read_exactly(connection, 3), b"\0\1\xff")
        connection.sendall(b"hello\n")
        self.assertEqual(read_exactly(connection, 6), b"hello\n")

    def test_follow_the_header_of_a_proxy(self):
        connection = self.connect("proxied")
        connection.sendall(b"PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n")
        self.assertEqual(read_exactly(connection, 6), b"hello\n")
        refused = self.connect("proxied")
        refused.sendall(b"nonsense\n")
        self.assertEqual(read_to_end(refused), b"")


class Connections(SpeakersTest):
    def test_begin_with_a_reply_and_end_with_a_message(self):
        self.bus.subscribe(1, "terminal.>")
        connection = self.connect("terminal")
        connection.sendall(b"early\n")
        request = self.bus.receive()
        self.assertEqual(request.message.subject, "terminal.connect")
        headers = self.headers(request)
        self.assertEqual((headers["Telex-Listener"], headers["Telex-Peer"], headers["Telex-Port"]),
                         ("terminal", "127.0.0.1", str(connection.getsockname()[1])))
        number = headers["Telex-Connection"]
        self.reply(request, b"login:")
        self.bus.publish(f"terminal.out.{number}", b"and more")
        self.assertEqual(read_exactly(connection, 16), b"login:\nand more\n")
        messages = sorted(self.bus.receive().message.subject for _ in range(2))
        self.assertEqual(messages, [f"terminal.in.{number}", f"terminal.out.{number}"])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
        end = self.bus.receive()
        self.assertEqual(end.message.subject, "terminal.disconnect")
        self.assertEqual(self.headers(end)["Telex-Connection"], number)
        self.assertEqual(self.headers(end)["Telex-Reason"], "client_reset")

    def test_end_without_a_responder(self):
        with self.connect("terminal") as connection:
            self.assertEqual(read_to_end(connection), b"")
        self.assertIn("reason=request_failed", self.daemon.line("listener=terminal peer="))

    def test_that_end_before_the_reply_are_reported_too(self):
        self.bus.subscribe(1, "terminal.>")
        connection = self.connect("terminal")
        request = self.bus.receive()
        connection.close()
        self.reply(request, b"too late")
        self.assertEqual(self.bus.receive().message.subject, "terminal.disconnect")

    def test_that_are_rejected_are_not_reported(self):
        self.bus.subscribe(1, "proxied.>")
        for data in (b"nonsense\n", b"PROXY UNKNOWN\r\n"):
            connection = self.connect("proxied")
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            read_to_end(connection)
            connection.close()
        self.assertEqual(self.headers(self.bus.receive())["Telex-Reason"], "client_closed")
        self.bus.flush()


if __name__ == "__main__":
    unittest.main()
