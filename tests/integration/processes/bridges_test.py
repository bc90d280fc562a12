"""Programs without telex support on raw and json listeners."""

import json
import logging
import logging.handlers
import os
import pathlib
import select
import socket
import subprocess
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, read_exactly, read_to_end

UDP_SEGMENT = 103  # linux/udp.h; not in the socket module
EXAMPLES = pathlib.Path(__file__).resolve().parents[3] / "config/examples"


class Logger(DaemonTest):
    config = (EXAMPLES / "syslog-collector.yaml").read_text()
    variables = {"NATIVE_PORT": "0", "SYSLOG_PORT": "0"}

    def setUp(self):
        super().setUp()
        server = self.daemon.addresses("native")[0]
        self.sub = self.listening("sub", "log.>", "--server", server)

    def expect(self, subject, text):
        line = self.sub.out.next()
        self.assertIn(subject, line)
        self.assertIn(text, line)

    def test_octet_counting_over_tcp(self):
        port = str(self.daemon.port("syslog"))
        self.run_program("logger", "--server", "127.0.0.1", "--port", port, "--tcp",
                         "--octet-count", "counted line")
        self.expect("log.tcp.127-0-0-1", "counted line")

    def test_lines_over_tcp(self):
        port = str(self.daemon.port("syslog"))
        self.run_program("logger", "--server", "127.0.0.1", "--port", port, "--tcp", "plain line")
        self.expect("log.tcp.127-0-0-1", "plain line")

    def test_udp(self):
        port = str(self.daemon.port("syslog", "udp"))
        self.run_program("logger", "--server", "127.0.0.1", "--port", port, "--udp", "by datagram")
        self.expect("log.udp.127-0-0-1", "by datagram")

    def test_unix_datagram(self):
        self.run_program("logger", "--socket", f"{self.folder}/telex/log.sock", "locally")
        self.expect("log.local", "locally")


class SyslogSenders(DaemonTest):
    """A message has the same bytes from every sender and transport."""

    config = (EXAMPLES / "syslog-collector.yaml").read_text()
    variables = {"NATIVE_PORT": "0", "SYSLOG_PORT": "0"}

    def setUp(self):
        super().setUp()
        self.client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.client.socket.close)
        self.client.subscribe(1, "log.>")
        self.tcp = ("127.0.0.1", self.daemon.port("syslog"))
        self.udp = ("127.0.0.1", self.daemon.port("syslog", "udp"))
        self.local = f"{self.folder}/telex/log.sock"

    def receive(self):
        return self.client.receive().message.payload

    def test_python(self):
        """SysLogHandler ends each message with NUL."""
        for address, kind in ((self.tcp, socket.SOCK_STREAM), (self.udp, socket.SOCK_DGRAM),
                              (self.local, socket.SOCK_DGRAM)):
            handler = logging.handlers.SysLogHandler(address=address, socktype=kind)
            self.addCleanup(handler.close)
            for text in ("hello", "2026-11-28 begins with digits", "two\nlines"):
                if kind == socket.SOCK_STREAM and "\n" in text:
                    continue  # in a stream LF terminates a message
                with self.subTest(address=address, text=text):
                    handler.emit(logging.makeLogRecord({"msg": text, "levelno": logging.WARNING,
                                                        "levelname": "WARNING"}))
                    self.assertEqual(self.receive(), b"<12>" + text.encode())

    def test_logger(self):
        port = str(self.tcp[1])
        host = ["--server", "127.0.0.1", "--port"]
        ways = {
            "lines": [*host, port, "--tcp"],
            "counted": [*host, port, "--tcp", "--octet-count"],
            "udp": [*host, str(self.udp[1]), "--udp"],
            "unix": ["--socket", self.local],
        }
        for way, options in ways.items():
            for header in ("--rfc3164", "--rfc5424"):
                with self.subTest(way=way, header=header):
                    self.run_program("logger", *options, header, "--priority", "user.notice", "hello")
                    message = self.receive()
                    self.assertTrue(message.startswith(b"<13>"), message)
                    self.assertTrue(message.endswith(b" hello"), message)

    def test_terminators_of_other_senders(self):
        """rsyslog's templates and busybox's datagrams end with LF, glibc's without a terminator."""
        with connect(self.daemon.addresses("syslog")[0]) as sender:
            sender.sendall(b"6 <13>x\n<13>x\n<13>x\r\n5 <13>x<13>x\0")
            for _ in range(5):
                self.assertEqual(self.receive(), b"<13>x")
        for address in (self.daemon.addresses("syslog")[1], f"unix-dgram://{self.local}"):
            with connect(address) as sender:
                for end in (b"", b"\n", b"\r\n", b"\0"):
                    sender.send(b"<13>x" + end)
                    self.assertEqual(self.receive(), b"<13>x")
                sender.send(b"\n")  # an empty message is ignored
                sender.send(b"<13>next")
                self.assertEqual(self.receive(), b"<13>next")

    def test_a_line_that_begins_with_digits(self):
        with connect(self.daemon.addresses("syslog")[0]) as sender:
            sender.sendall(b"2026-11-28T08:00:00Z host app: hi\n<13>ok\n")
            self.assertEqual(self.receive(), b"2026-11-28T08:00:00Z host app: hi")
            self.assertEqual(self.receive(), b"<13>ok")

    def test_the_largest_datagram(self):
        with connect(self.daemon.addresses("syslog")[1]) as sender:
            longest = b"<13>" + b"x" * (65_507 - 5) + b"\n"
            sender.send(longest)
            self.assertEqual(self.receive(), longest[:-1])


class Chat(DaemonTest):
    config = (EXAMPLES / "chat.yaml").read_text()
    variables = {"CHAT_PORT": "0"}

    def test_between_two_netcats(self):
        port = str(self.daemon.port("chat"))
        first, second = (
            self.program("nc", "127.0.0.1", port, stdin=subprocess.PIPE) for _ in range(2)
        )
        # A client that receives a line has joined; it does not receive earlier lines.
        second.write(b"are you there?\n")
        while not first.out.has_more_soon():
            second.write(b"are you there?\n")
        self.assertEqual(first.out.next(), "are you there?")
        first.write(b"hello second\n")
        self.assertEqual(second.out.next(), "hello second")


class JsonByNetcat(DaemonTest):
    config = """
listeners:
  - {name: json, address: "tcp://127.0.0.1:0", protocol: json}
"""

    def netcat(self):
        return self.program(
            "nc", "127.0.0.1", str(self.daemon.port("json")), stdin=subprocess.PIPE
        )

    def test_publishes_and_subscribes(self):
        person = self.netcat()
        person.write(b'{"subscribe": {"subscription": 1, "filter": "chat.>"}}\n')
        self.assertEqual(json.loads(person.out.next()), {"subscribed": {"subscription": "1"}})
        other = self.netcat()
        other.write(b'{"message": {"subject": "chat.general", "text": "hello"}}\n')
        self.assertEqual(
            json.loads(person.out.next()),
            {"subscription": "1", "message": {"subject": "chat.general", "text": "hello"}},
        )

    def test_explains_a_mistake_and_stays_open(self):
        person = self.netcat()
        person.write(b'{"message": {"subject": "a..b", "text": "x"}}\n')
        error = json.loads(person.out.next())["error"]
        self.assertEqual(error["code"], "BAD_SUBJECT")
        self.assertIn("a..b", error["text"])
        person.write(b'{"request": 1, "message": {"subject": "$SYS.echo", "text": "still?"}}\n')
        self.assertEqual(json.loads(person.out.next())["message"]["text"], "still?")

    def test_replies_to_requests_sent_before_half_close(self):
        asked = b'{"request": 5, "message": {"subject": "$SYS.echo", "text": "last words"}}\n'
        out, _ = self.run_program(
            "nc", "-N", "127.0.0.1", str(self.daemon.port("json")), data=asked
        )
        self.assertEqual(json.loads(out)["message"]["text"], "last words")


class RequestListener(DaemonTest):
    config = (EXAMPLES / "legacy-service.yaml").read_text()
    variables = {"NATIVE_PORT": "0", "BILLING_PORT": "0"}

    def responder(self, *arguments):
        return self.listening(
            "reply", "billing.charge", *arguments, "--server", self.daemon.addresses("native")[0]
        )

    def test_sends_socat_a_framed_reply(self):
        self.responder("--text", "paid")
        out = subprocess.run(
            ["socat", "-t", str(DEADLINE), "-", f"TCP:127.0.0.1:{self.daemon.port('billing')}"],
            input=b"\x00\x05hello",
            capture_output=True,
            timeout=2 * DEADLINE,
            check=True,
        ).stdout
        self.assertEqual(out, b"\x00\x04paid")

    def test_replies_in_the_order_of_the_requests(self):
        self.responder("--echo")
        client = connect(f"tcp://127.0.0.1:{self.daemon.port('billing')}")
        questions = b"".join(
            len(text).to_bytes(2, "big") + text
            for text in (str(number).encode() for number in range(30))
        )
        client.sendall(questions)
        self.assertEqual(read_exactly(client, len(questions)), questions)
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(read_to_end(client), b"")
        client.close()

    def test_closes_a_connection_without_responder(self):
        client = connect(f"tcp://127.0.0.1:{self.daemon.port('billing')}")
        client.sendall(b"\x00\x01x")
        self.assertEqual(read_to_end(client), b"")
        client.close()
        self.assertIn("no client is subscribed", self.daemon.line("reason=request_failed"))


class FullListener(DaemonTest):
    """Raw peers may stay idle; when all slots are taken, the connection that has been idle for longest is
    displaced."""

    config = """
server: {reactors: 3}
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - name: log
    address: tcp://127.0.0.1:0
    protocol: raw
    publish: log
    limits: {max_connections: 2}
  - name: ask
    address: tcp://127.0.0.1:0
    protocol: raw
    request: question
    limits: {max_connections: 1}
"""

    def setUp(self):
        super().setUp()
        self.client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.client.socket.close)

    def connect(self, listener):
        peer = connect(self.daemon.addresses(listener)[0])
        self.addCleanup(peer.close)
        return peer

    def connect_until_displaced(self, owner):
        """A peer reads its reply before the daemon has noted that it waits no longer."""
        while True:
            other = self.connect("ask")
            ready, _, _ = select.select([owner, other], [], [], DEADLINE)
            self.assertTrue(ready)
            if owner in ready:
                return other

    def send(self, peer, text):
        """Returns when the exchange has received it."""
        peer.sendall(text + b"\n")
        self.assertEqual(self.client.receive().message.payload, text)

    def test_displaces_the_connection_idle_for_longest(self):
        self.client.subscribe(1, "log")
        first, second = self.connect("log"), self.connect("log")
        self.send(first, b"first")
        self.send(second, b"second")
        self.send(first, b"first again")
        third = self.connect("log")
        self.assertEqual(read_to_end(second), b"")
        self.send(third, b"third")
        self.send(first, b"still here")
        line = self.daemon.line("reason=displaced")
        self.assertIn("silent for the longest time", line)
        stats = self.client.stats()
        self.assertEqual(stats.closed_connections["displaced"], 1)
        self.assertEqual(stats.refusals["TOO_MANY_CONNECTIONS"], 0)
        # Again for each new connection.
        fourth = self.connect("log")
        self.assertEqual(read_to_end(third), b"")
        self.send(fourth, b"fourth")
        self.send(first, b"and here")

    def test_keeps_connections_that_wait_for_a_reply(self):
        self.client.subscribe(1, "question")
        asking = self.connect("ask")
        asking.sendall(b"what?\n")
        question = self.client.receive()
        refused = self.connect("ask")
        self.assertEqual(read_to_end(refused), b"")
        self.daemon.line("reason=too_many_connections")
        self.client.publish(question.reply_to, b"this")
        self.assertEqual(read_exactly(asking, 5), b"this\n")
        other = self.connect_until_displaced(asking)
        self.assertEqual(read_to_end(asking), b"")
        other.sendall(b"who?\n")
        self.client.publish(self.client.receive().reply_to, b"me")
        self.assertEqual(read_exactly(other, 3), b"me\n")

    def test_detects_dead_peers_by_keepalive(self):
        self.client.subscribe(1, "log")
        self.send(self.connect("log"), b"x")
        port = f":{self.daemon.port('log'):04X}"
        established, keepalive_timer = "01", "02:"
        with open(f"/proc/{self.daemon.process.pid}/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table if line.split()[1].endswith(port)]
        timers = [row[5] for row in rows if row[3] == established]
        self.assertEqual([timer[:3] for timer in timers], [keepalive_timer])


class Datagrams(DaemonTest):
    config = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - name: sensor
    address: ["udp://127.0.0.1:0", "unix-dgram://{folder}/sensor.sock"]
    protocol: raw
    publish: sensor.{transport}.{peer}
    limits: {max_frame: 100B}
  - {name: echo, address: "udp://127.0.0.1:0", protocol: raw, request: $SYS.echo}
  - {name: asked, address: "udp://127.0.0.1:0", protocol: raw, request: long.answer}
"""

    def setUp(self):
        super().setUp()
        self.native = self.daemon.addresses("native")[0]
        client = Client(self.native)
        self.addCleanup(client.socket.close)
        self.client = client

    def udp(self, listener):
        sender = connect(f"udp://127.0.0.1:{self.daemon.port(listener, 'udp')}")
        self.addCleanup(sender.close)
        return sender

    def test_are_messages(self):
        self.client.subscribe(1, "sensor.>")
        self.udp("sensor").send(b"21.5")
        message = self.client.receive().message
        self.assertEqual((message.subject, message.payload), ("sensor.udp.127-0-0-1", b"21.5"))
        with connect(f"unix-dgram://{self.folder}/sensor.sock") as sender:
            sender.send(b"22.5")
        message = self.client.receive().message
        self.assertTrue(message.subject.startswith("sensor.unix-dgram."), message.subject)
        self.assertEqual(message.payload, b"22.5")

    def test_that_are_coalesced_are_separate_messages(self):
        """The kernel delivers them as one large datagram."""
        self.client.subscribe(1, "sensor.>")
        sender = self.udp("sensor")
        sender.setsockopt(socket.SOL_UDP, UDP_SEGMENT, 4)
        sender.send(b"21.522.523")
        for expected in (b"21.5", b"22.5", b"23"):
            self.assertEqual(self.client.receive().message.payload, expected)
        # More than one batch, each with its own limit.
        sender.setsockopt(socket.SOL_UDP, UDP_SEGMENT, 101)
        sender.send(b"x" * 101 * 60 + b"end")
        self.assertEqual(self.client.receive().message.payload, b"end")
        self.assertEqual(self.client.stats().refusals["FRAME_TOO_LARGE"], 60)

    def test_that_are_too_long_are_counted_and_not_truncated(self):
        self.client.subscribe(1, "sensor.>")
        sender = self.udp("sensor")
        sender.send(b"x" * 101)
        sender.send(b"y" * 100)
        self.assertEqual(self.client.receive().message.payload, b"y" * 100)
        self.assertEqual(self.client.stats().refusals["FRAME_TOO_LARGE"], 1)

    def test_echo(self):
        sender = self.udp("echo")
        for text in (b"one", b"two"):
            sender.send(text)
            self.assertEqual(sender.recv(1000), text)

    def test_on_loopback_may_have_larger_replies(self):
        """Loopback addresses cannot be forged from other hosts."""
        self.client.subscribe(1, "long.answer")
        sender = self.udp("asked")
        sender.send(b"1?")
        answer = bytes(range(34))
        self.client.publish(self.client.receive().reply_to, answer)
        self.assertEqual(sender.recv(1000), answer)
        self.assertEqual(self.client.stats().dropped_messages["amplification"], 0)


class Amplification(DaemonTest):
    """In a network namespace with other than loopback addresses on lo."""

    config = None
    CONFIG = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - name: asked
    address: udp://10.9.0.1:0
    protocol: raw
    request: long.answer
    amplification: {factor: 4, networks: [10.9.1.0/24, "fd09:1::/64"]}
"""

    def setUp(self):
        super().setUp()
        self.enter_own_network("10.9.0.1", "10.9.0.2", "10.9.1.2")
        self.start_daemon(self.CONFIG)
        self.client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.client.socket.close)
        self.client.subscribe(1, "long.answer")

    def ask(self, source, question, answer):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(sender.close)
        sender.settimeout(DEADLINE)
        sender.bind((source, 0))
        sender.connect(("10.9.0.1", self.daemon.port("asked", "udp")))
        sender.send(question)
        self.client.publish(self.client.receive().reply_to, answer)
        self.client.flush()
        return sender

    def test_withholds_a_reply_larger_than_its_request(self):
        self.ask("10.9.0.2", b"1", b"0123456789")
        line = self.daemon.line("reply withheld")
        for part in ("listener=asked", "peer=10.9.0.2", "reason=amplification", "bytes=10"):
            self.assertIn(part, line)
        self.assertEqual(self.client.stats().dropped_messages["amplification"], 1)
        sender = self.ask("10.9.0.2", b"a longer question", b"fits")
        self.assertEqual(sender.recv(1000), b"fits")

    def test_allows_larger_replies_for_configured_networks(self):
        sender = self.ask("10.9.1.2", b"12", b"12345678")
        self.assertEqual(sender.recv(1000), b"12345678")
        self.ask("10.9.1.2", b"12", b"123456789")
        self.assertIn("peer=10.9.1.2", self.daemon.line("reply withheld"))
        self.assertEqual(self.client.stats().dropped_messages["amplification"], 1)


FRAMINGS = {
    "protobuf-delimited": (b"\x05hello", b"\x05hello"),
    "u8": (b"\x05hello", b"\x05hello"),
    "u16be": (b"\x00\x05hello", b"\x00\x05hello"),
    "u16le": (b"\x05\x00hello", b"\x05\x00hello"),
    "u24be": (b"\x00\x00\x05hello", b"\x00\x00\x05hello"),
    "u32be": (b"\x00\x00\x00\x05hello", b"\x00\x00\x00\x05hello"),
    "u32le": (b"\x05\x00\x00\x00hello", b"\x05\x00\x00\x00hello"),
    "u64be": (b"\0\0\0\0\0\0\0\x05hello", b"\0\0\0\0\0\0\0\x05hello"),
    "netstring": (b"5:hello,", b"5:hello,"),
    "lines": (b"hello\n", b"hello\n"),
    "crlf": (b"hello\r\n", b"hello\r\n"),
    "nul": (b"hello\0", b"hello\0"),
    "syslog": (b"5 hello", b"5 hello"),
    "cobs": (b"\x06hello\0", b"\x06hello\0"),
    "slip": (b"hello\xc0", b"\xc0hello\xc0"),
    "hdlc": (b"\x7ehello\x7e", b"\x7ehello\x7e"),
    "mllp": (b"\x0bhello\x1c\r", b"\x0bhello\x1c\r"),
    "json-seq": (b'\x1e"hi"\n', b'\x1e"hi"\n'),
    "tpkt": (b"\3\0\0\x09hello", b"\3\0\0\x09hello"),
    "kiss": (b"\xc0\0hello\xc0", b"\xc0\0hello\xc0"),
    "smtp-data": (b"..\r\nhello\r\n.\r\n", b"..\r\nhello\r\n.\r\n"),
    "dle": (b"\x10\2hi\x10\x10\x10\3", b"\x10\2hi\x10\x10\x10\3"),
    "modbus-tcp": (b"\0\1\0\0\0\2\x11\7", b"\0\1\0\0\0\2\x11\7"),
    "dns": (b"\x00\x05hello", b"\x00\x05hello"),
    "native-messaging": (b"\x02\0\0\0{}", b"\x02\0\0\0{}"),
    "oncrpc": (b"\0\0\0\2he\x80\0\0\3llo", b"\x80\0\0\5hello"),
    "fix": (b"8=FIX.4.4\x019=5\x0135=0\x0110=163\x01", b"8=FIX.4.4\x019=5\x0135=0\x0110=163\x01"),
    "http": (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
             b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
    "lsp": (b"Content-Length: 5\r\n\r\nhello", b"Content-Length: 5\r\n\r\nhello"),
    "sip": (b"INFO a SIP/2.0\r\nl: 5\r\n\r\nhello", b"INFO a SIP/2.0\r\nl: 5\r\n\r\nhello"),
    "stomp": (b"SEND\n\nhello\0", b"SEND\n\nhello\0"),
    "json": (b'{"a":"}"}', b'{"a":"}"}\n'),
    "msgpack": (b"\x92\xa2hi\x05", b"\x92\xa2hi\x05"),
    "cbor": (b"\x9f\x62hi\x05\xff", b"\x9f\x62hi\x05\xff"),
    "resp": (b"*1\r\n$4\r\nPING\r\n", b"*1\r\n$4\r\nPING\r\n"),
    "postgresql": (b"Q\0\0\0\x0dselect 1\0", b"Q\0\0\0\x0dselect 1\0"),
    "amqp": (b"AMQP\0\0\x09\x01\1\0\0\0\0\0\2hi\xce", b"AMQP\0\0\x09\x01\1\0\0\0\0\0\2hi\xce"),
    "fixed:5": (b"hello", b"hello"),
}


class Packets(DaemonTest):
    config = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - name: records
    address: ["udp://127.0.0.1:0", "unix-seqpacket://{folder}/records.sock"]
    protocol: raw
    framing: {kind: datagram, trim: ["\\n", "hex:00"], oversize: discard, max_frame: 5B}
    publish: records
"""

    def test_are_trimmed_and_long_ones_skipped(self):
        with Client(self.daemon.addresses("native")[0]) as client:
            client.subscribe(1, "records")
            for address in self.daemon.addresses("records"):
                with connect(address) as sender:
                    for packet in (b"12345\n", b"123456", b"123456\n", b"a\0", b"b\n\n"):
                        sender.send(packet)
                    for payload in (b"12345", b"a", b"b\n"):
                        self.assertEqual(client.receive().message.payload, payload)
            self.assertEqual(client.stats().refusals["FRAME_TOO_LARGE"], 4)


class Framings(DaemonTest):
    config = "listeners:\n" + "".join(
        f"""  - name: {name.replace(":", "-")}
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: {name}
    request: $SYS.echo
"""
        for name in FRAMINGS
    )

    def test_every_preset_decodes_its_own_encoding(self):
        for name, (sent, expected) in FRAMINGS.items():
            for cut in range(len(sent)):
                with self.subTest(framing=name, cut=cut):
                    client = connect(self.daemon.addresses(name.replace(":", "-"))[0])
                    self.addCleanup(client.close)
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    client.sendall(sent[:cut])
                    client.sendall(sent[cut:])
                    self.assertEqual(read_exactly(client, len(expected)), expected)


class OtherProtocols(DaemonTest):
    config = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - {name: json, address: "tcp://127.0.0.1:0", protocol: json}
"""

    def expect_named(self, listener, protocol):
        line = self.daemon.line("reason=wrong_protocol")
        self.assertIn(f"listener={listener}", line)
        self.assertIn(protocol, line)

    def test_a_browser(self):
        port = self.daemon.port("native")
        subprocess.run(["curl", "-s", f"http://127.0.0.1:{port}/"], timeout=DEADLINE, check=False)
        self.expect_named("native", "HTTP")

    def test_a_browser_on_the_json_port(self):
        port = self.daemon.port("json")
        out = subprocess.run(["curl", "-s", "--http0.9", f"http://127.0.0.1:{port}/"],
                             timeout=DEADLINE, capture_output=True, check=False).stdout
        self.assertIn(b"WRONG_PROTOCOL", out)
        self.expect_named("json", "HTTP")

    def test_tls(self):
        port = self.daemon.port("native")
        subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}"],
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE, check=False)
        self.expect_named("native", "TLS")

    def test_ssh(self):
        with connect(self.daemon.addresses("native")[0]) as client:
            client.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
            read_to_end(client)
        self.expect_named("native", "SSH")

    def test_the_daemon_keeps_running(self):
        with connect(self.daemon.addresses("native")[0]) as client:
            client.sendall(os.urandom(4096))
            try:
                read_to_end(client)
            except ConnectionResetError:
                pass
        with Client(self.daemon.addresses("native")[0]) as client:
            self.assertEqual(client.request("$SYS.echo", b"well?").message.payload, b"well?")


if __name__ == "__main__":
    unittest.main()
