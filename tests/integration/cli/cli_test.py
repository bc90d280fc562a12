"""The tool and the daemon, by command lines only. Usage: cli_test.py [CLASS[.test]...]"""

import json
import os
import signal
import socket
import subprocess
import termios
import threading
import unittest

import wire
from processes import DEADLINE, TELEX, TELEXD, DaemonTest


class PubSub(DaemonTest):
    def test_a_message_is_one_line(self):
        sub = self.listening("sub", "log.>", "--count", "2")
        self.run_tool("pub", "log.a", "hello", "-H", "Name: value", "--header", "B: c", "--id", "7")
        self.run_tool("pub", "log.b.c", "two\nlines")
        self.assertEqual(
            sub.finish(),
            (0, "log.a  hello  [id: 7; Name: value; B: c]\nlog.b.c  two\\x0alines\n"),
        )

    def test_payload_sources(self):
        sub = self.listening("sub", "t", "--raw", "--delimiter", "|", "--count", "6")
        self.run_tool("pub", "t", "argument")
        self.run_tool("pub", "t", data=b"input\n")
        self.run_tool("pub", "t", "-", data=b"dash")
        self.run_tool("pub", "t", "--file", self.write("payload", "file"))
        self.run_tool("pub", "t", "--lines", data=b"one\ntwo")
        self.assertEqual(sub.finish(), (0, "argument|input\n|dash|file|one|two|"))

    def test_any_bytes_arrive_unchanged(self):
        octets = bytes(range(256))
        sub = self.listening("sub", "t", "--raw", "--count", "1", stdout=subprocess.PIPE)
        self.run_tool("pub", "t", data=octets)
        out, _ = sub.process.communicate(timeout=DEADLINE)
        self.assertEqual(out, octets + b"\n")

    def test_json_has_all_fields(self):
        sub = self.listening("sub", "t", "--format", "json", "--count", "2")
        self.run_tool("pub", "t", "text", "--reply", "answers", "--content-type", "text/plain")
        self.run_tool("pub", "t", data=b"\xff")
        code, out = sub.finish()
        self.assertEqual(code, 0)
        first, second = (json.loads(line) for line in out.splitlines())
        self.assertEqual(
            first,
            {"subject": "t", "text": "text", "replyTo": "answers", "reply": "answers",
             "contentType": "text/plain"},
        )
        self.assertEqual(second, {"subject": "t", "payload": "/w=="})

    def test_count_loses_nothing(self):
        sub = self.listening("sub", "t", "--raw", "--policy", "block", "--count", "20000")
        self.run_tool("pub", "t", "x", "--count", "20000")
        self.assertEqual(sub.finish(), (0, "x\n" * 20000))

    def test_a_queue_group_shares_the_messages(self):
        members = [self.listening("sub", "t", "--queue", "g", "--raw") for _ in range(2)]
        self.run_tool("pub", "t", "--lines", data=b"".join(b"%d\n" % i for i in range(100)))
        lines = []
        for member in members:
            code, out = member.stop()
            self.assertEqual(code, 0)
            lines += out.splitlines()
        self.assertEqual(sorted(lines, key=int), [str(i) for i in range(100)])

    def test_types_of_a_proto_file(self):
        proto = self.write(
            "charge.proto",
            'syntax = "proto3";\npackage billing;\nmessage Charge { string who = 1; int32 cents = 2; }\n',
        )
        sub = self.listening(
            "sub", "t", "--proto", proto, "--type", "billing.Charge", "--count", "3"
        )
        charge = ("--proto", proto, "--type", "billing.Charge")
        self.run_tool("pub", "t", *charge, "--json", '{"who": "ada", "cents": 5}')
        self.run_tool("pub", "t", *charge, "--lines", data=b'{"cents": 6}\n')
        self.run_tool("pub", "t", data=b"\x08")
        code, out = sub.finish()
        self.assertEqual(code, 0)
        extra = "  [content type: application/protobuf; type: billing.Charge]"
        self.assertEqual(
            out.splitlines(),
            [
                't  {"who":"ada","cents":5}' + extra,
                't  {"cents":6}' + extra,
                "t  08  (not a valid billing.Charge)",
            ],
        )


class Rejections(DaemonTest):
    def test_usage_errors_are_64(self):
        for arguments in (
            ("pub",),
            ("pub", "a..b", "x"),
            ("pub", "a.*", "x"),
            ("sub", "a b"),
            ("sub", "t", "--timeout", "5"),
            ("sub", "t", "--count", "0"),
            ("sub", "t", "--policy", "sometimes"),
            ("pub", "t", "x", "--header", "no colon"),
            ("reply", "t"),
            ("reply", "t", "--echo", "--text", "x"),
            ("frame", "decode", "--framing", "u17"),
            ("frame", "decode", "--framing", "datagram"),
            ("frame", "decode"),
            ("frame", "decode", "--framing", "{kind: lenth}"),
            ("frame", "decode", "--config", "telexd.yaml"),
            ("frame", "decode", "--framing", "u8", "--explain", "--hex"),
            ("frame", "decode", "--framing", "u8", "--from-capture", "capture"),
            ("frame", "decode", "--from-capture", "capture", "--explain"),
            ("frame", "encode", "--from-capture", "capture"),
            ("pub", "t", "--type", "no.such.Type", "--json", "{}"),
            ("nonsense",),
            ("kick", "-1"),
            ("kick", "0"),
            ("kick", "12345678901234567890123"),
            ("kick", "99999999999999999999"),
            ("kick", "1.5"),
            ("kick", "0x10"),
            ("subscriptions", "--connection", "99999999999999999999"),
            ("subscriptions", "--limit", "1001"),
            ("trace", "--connection", "-1"),
            ("trace", "--sample", "4294967296"),
            ("connections", "--limit", "-1"),
            ("bench", "pub", "--publishers", "-1"),
            ("support-bundle", f"{self.folder}/bundle", "--format", "json"),
        ):
            with self.subTest(arguments):
                out, err = self.run_tool(*arguments, code=64)
                self.assertEqual(out, "")
                self.assertIn("telex: ", err)

    def test_errors_of_the_server_are_printed(self):
        _, err = self.run_tool("pub", "$SYS.mine", "x", code=1)
        self.assertRegex(err, r"^telex: pub: reserved_subject: .+\n$")

    def test_many_errors_are_counted(self):
        _, err = self.run_tool("pub", "$SYS.mine", "x", "--count", "50", code=1)
        self.assertEqual(len(err.splitlines()), 11)
        self.assertEqual(err.splitlines()[-1], "telex: pub: and 40 more errors")

    def test_no_server_is_69(self):
        _, err = self.run_tool("pub", "t", "x", "--server", f"unix://{self.folder}/none", code=69)
        self.assertRegex(err, r"^telex: pub: connect_failed: ")

    def test_the_next_server_is_tried(self):
        self.run_tool(
            "pub", "t", "x", "-s", f"unix://{self.folder}/none",
            "-s", f"unix://{self.folder}/telex/telex.sock",
        )

    def test_a_missing_file_is_66(self):
        self.run_tool("pub", "t", "--file", f"{self.folder}/none", code=66)

    def test_json_that_is_not_the_message_is_65(self):
        _, err = self.run_tool("pub", "t", "--type", "telex.v1.Ping", "--json", '{"x": 1}', code=65)
        self.assertIn("telex.v1.Ping", err)


class HostileServer(DaemonTest):
    """A server whose texts contain control characters and imitate messages of the tool."""

    config = None
    TEXT = "no\ntelex: pub: 1 message published\r\x1b[2J\u009b2J"
    SHOWN = r"no\x0atelex: pub: 1 message published\x0d\x1b[2J\xc2\x9b2J"

    def serve(self, first, *later):
        """Replies to the Hello of one client, and to its Flush. Returns the address."""
        path = f"{self.folder}/server.sock"
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(path)
        listener.listen()

        def serve_one():
            client, _ = listener.accept()
            with client:
                client.recv(65536)
                client.sendall(wire.Client.encode(first))
                flush = wire.telex_pb2.Frame()
                flush.flush.id = 1
                received = b""
                while piece := client.recv(65536):
                    received += piece
                    if later and received.endswith(wire.Client.encode(flush)):
                        client.sendall(b"".join(map(wire.Client.encode, later)))

        server = threading.Thread(target=serve_one)
        server.start()
        self.addCleanup(server.join)
        return f"unix://{path}"

    def error(self, code, closing):
        frame = wire.telex_pb2.Frame()
        frame.error.code = code
        frame.error.closing = closing
        frame.error.text = self.TEXT
        return frame

    @staticmethod
    def welcome():
        frame = wire.telex_pb2.Frame()
        frame.welcome.version = 1
        return frame

    def test_rejects_the_client(self):
        server = self.serve(self.error(wire.error_pb2.NOT_AUTHENTICATED, True))
        _, err = self.run_tool("pub", "t", "x", "-s", server, code=77)
        self.assertIn(f"{server}: {self.SHOWN}\n", err)
        self.assertEqual(len(err.splitlines()), 2, "the error, and a hint")

    def test_rejects_a_message(self):
        flushed = wire.telex_pb2.Frame()
        flushed.flushed.id = 1
        server = self.serve(
            self.welcome(), self.error(wire.error_pb2.BAD_SUBJECT, False), flushed)
        _, err = self.run_tool("pub", "t", "x", "-s", server, code=64)
        self.assertEqual(err, f"telex: pub: bad_subject: {self.SHOWN}\n")


class Requests(DaemonTest):
    def test_echo(self):
        self.listening("reply", "svc", "--echo")
        self.assertEqual(self.run_tool("request", "svc", "hello")[0], "hello\n")
        self.assertEqual(self.run_tool("request", "svc", "hello", "--raw")[0], "hello")

    def test_text_with_a_header(self):
        self.listening("reply", "svc.*", "--text", "pong", "--header", "From: me")
        reply = json.loads(self.run_tool("request", "svc.a", "x", "--format", "json")[0])
        self.assertEqual(reply["text"], "pong")
        self.assertEqual(reply["headers"], [{"name": "From", "value": "me"}])

    def test_command_gets_payload_and_subject(self):
        self.listening("reply", "svc.*", "--command", 'tr a-z A-Z; printf " %s" "$TELEX_SUBJECT"')
        self.assertEqual(self.run_tool("request", "svc.a", "hello", "--raw")[0], "HELLO svc.a")

    def test_a_failed_command_sets_an_error_header(self):
        reply = self.listening("reply", "svc", "--command", "printf part; exit 3")
        out, err = self.run_tool("request", "svc", "x", "--format", "json", code=3)
        self.assertEqual(err, "telex: request: the responder failed: exit status 3\n")
        message = json.loads(out)
        self.assertEqual(message["text"], "part")
        self.assertEqual(message["headers"], [{"name": "Telex-Error", "value": "exit status 3"}])
        self.assertIn("exit status 3", reply.err.next())

    def test_an_error_of_the_responder_is_escaped(self):
        self.listening("reply", "svc", "--text", "part", "-H", "Telex-Error: a\tb\u009b")
        out, err = self.run_tool("request", "svc", "x", "--raw", code=1)
        self.assertEqual((out, err), ("part", "telex: request: the responder failed: a\\x09b\\xc2\\x9b\n"))

    def test_commands_run_in_parallel(self):
        # Each of the two waits for the other: in sequence they would never end.
        meet = (
            f"touch {self.folder}/$(cat); "
            f"until test -e {self.folder}/one -a -e {self.folder}/two; do sleep 0.01; done; echo met"
        )
        self.listening("reply", "svc", "--command", meet, "--parallel", "2")
        both = [self.tool("request", "svc", name, "--timeout", "60s") for name in ("one", "two")]
        for request in both:
            self.assertEqual(request.finish(), (0, "met\n"))

    def test_count_ends_a_responder(self):
        reply = self.listening("reply", "svc", "--echo", "--count", "2")
        for _ in range(2):
            self.run_tool("request", "svc", "x")
        self.assertEqual(reply.finish()[0], 0)

    def test_no_responder_is_1(self):
        out, err = self.run_tool("request", "svc", "x", code=1)
        self.assertEqual(out, "")
        self.assertRegex(err, r"^telex: request: no_responders: .+\n$")

    def test_no_reply_in_time_is_1(self):
        self.listening("sub", "svc")
        _, err = self.run_tool("request", "svc", "x", "--timeout", "50ms", code=1)
        self.assertRegex(err, r"^telex: request: timeout: .+\n$")

    def test_reply_type(self):
        out, _ = self.run_tool("request", "$SYS.time", "--answer-type", "telex.v1.ServerTime")
        self.assertGreater(int(json.loads(out)["unixNanoseconds"]), 10**18)

    def test_an_interrupted_request_is_130(self):
        reply = self.listening("sub", "svc", "--raw")
        request = self.tool("request", "svc", "x", "--timeout", "60s")
        self.assertEqual(reply.out.next(), "x")
        self.assertEqual(request.stop(), (130, ""))


class Endings(DaemonTest):
    def test_signals_end_sub_with_0_without_loss(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            sub = self.listening("sub", "t", "--raw", "--verbose")
            self.run_tool("pub", "t", "x", "--count", "100")
            self.assertEqual(sub.stop(number), (0, "x\n" * 100))

    def test_a_closed_pipe_ends_an_idle_sub(self):
        sub = self.listening("sub", "t")
        sub.process.stdout.close()
        self.assertEqual(sub.process.wait(DEADLINE), 0)

    def test_a_closed_pipe_ends_a_busy_sub(self):
        sub = self.listening("sub", "t")
        pub = self.tool("pub", "t", "--lines", stdin=subprocess.PIPE)
        pub.process.stdin.write(b"first\n")
        self.assertEqual(sub.out.next(), "t  first")
        sub.process.stdout.close()
        pub.process.stdin.close()
        self.assertEqual(sub.process.wait(DEADLINE), 0)
        self.assertEqual(pub.process.wait(DEADLINE), 0)

    def test_a_full_disk_is_74(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            sub = self.listening("sub", "t", stdout=full)
            self.run_tool("pub", "t", "x")
            self.assertEqual(sub.process.wait(DEADLINE), 74)

    def test_too_few_messages_in_time_are_1(self):
        self.run_tool("sub", "t", "--timeout", "50ms", "--count", "1", code=1)
        self.run_tool("sub", "t", "--timeout", "50ms")

    def test_an_interrupted_pub_is_130_without_loss(self):
        sub = self.listening("sub", "t", "--raw")
        pub = self.tool("pub", "t", "--lines", stdin=subprocess.PIPE)
        pub.process.stdin.write(b"sent\n")
        self.assertEqual(sub.out.next(), "sent")
        pub.process.send_signal(signal.SIGINT)
        self.assertEqual(pub.err.next(), "telex: pub: interrupted; messages published: 1")
        self.assertEqual(pub.process.wait(DEADLINE), 130)

    def test_passwd_refuses_what_the_daemon_refuses(self):
        for name in ("", "anna berta", "a.b", "anna:x", "\u00e4", 65 * "a", "a\nb"):
            with self.subTest(name):
                _, err = self.run_tool("passwd", name, data=b"secret\n", code=64)
                self.assertIn("is not a name; use 1 to 64 letters, digits, '-' and '_'", err)
                self.assertNotIn("a\nb", err)

    def test_passwd_prints_an_entry_that_the_daemon_reads(self):
        names = ("anna", "A-1_b", "null", "true", "12", "-", "---", "_", 64 * "a")
        entries = [self.run_tool("passwd", name, data=b"secret\n")[0] for name in names]
        path = self.write("users.yaml", "listeners: [{name: native, address: 'tcp://127.0.0.1:0'}]\nusers:\n" + "".join(
            entry + "    publish: {allow: '>'}\n    subscribe: {allow: '>'}\n" for entry in entries))
        subprocess.run([TELEXD, "--check-config", path], check=True, timeout=DEADLINE)

    def test_a_signal_ends_a_password_prompt_and_restores_the_echo(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for command in (("rtt", "--user", "anna"), ("passwd", "anna")):
                with self.subTest((number, command)):
                    ours, theirs = os.openpty()
                    self.addCleanup(os.close, ours)
                    self.addCleanup(os.close, theirs)
                    tool = self.tool(*command, stdin=theirs)
                    self.assertIn(b"assword: ", os.read(tool.process.stderr.fileno(), 100))
                    self.assertEqual(tool.stop(number), (130, ""))
                    self.assertTrue(termios.tcgetattr(theirs)[3] & termios.ECHO)

    def test_a_signal_ends_the_wait_for_a_file(self):
        path = f"{self.folder}/fifo"
        os.mkfifo(path)
        for command in (("pub", "t", "--file", path), ("pub", "t", "x", "--user", "anna", "--password-file", path)):
            with self.subTest(command):
                tool = self.tool(*command)
                with open(path, "wb"):  # waits until the tool has opened it
                    self.assertEqual(tool.stop()[0], 130)

    def test_a_fifo_may_hold_the_payload(self):
        path = f"{self.folder}/fifo"
        os.mkfifo(path)
        sub = self.listening("sub", "t", "--raw", "--count", "1")
        pub = self.tool("pub", "t", "--file", path)
        with open(path, "wb") as fifo:
            fifo.write(b"late")
        self.assertEqual(pub.finish()[0], 0)
        self.assertEqual(sub.finish()[1], "late\n")

    def test_a_stopped_reply_finishes_its_requests(self):
        os.mkfifo(f"{self.folder}/fifo")
        reply = self.listening(
            "reply", "svc", "--verbose", "--command",
            f"echo started >&2; cat {self.folder}/fifo", "--command-timeout", "60s",
        )
        request = self.tool("request", "svc", "x", "--timeout", "60s")
        reply.err.until("started")
        reply.process.send_signal(signal.SIGTERM)
        with open(f"{self.folder}/fifo", "w", encoding="utf-8") as fifo:
            fifo.write("late")
        self.assertEqual(request.finish(), (0, "late\n"))
        self.assertEqual(reply.finish()[0], 0)

    def in_shell(self, command):
        """Runs the tool in a shell. Returns exit code and standard error."""
        result = subprocess.run(
            ["/bin/sh", "-c", f'"{TELEX}" {command}'],
            env=self.environment, capture_output=True, timeout=DEADLINE, check=False,
        )
        return result.returncode, result.stderr.decode()

    def test_output_that_cannot_be_written_is_74(self):
        secret = self.write("secret", "secret\n")
        for command in ("--help", "--version", "pub --help", "completion bash", "status", "connections",
                        "listeners --format json", "subscriptions", "users", "subjects", "log-level",
                        f"frame encode --framing lines <{secret}", f"frame decode --framing lines <{secret}",
                        f"passwd anna <{secret}", f"keygen --token {self.folder}/token",
                        "request '$SYS.echo' hello"):
            for nowhere, why in ((">/dev/full", "No space left on device"),
                                 (">&-", "Bad file descriptor")):
                with self.subTest(command + nowhere):
                    if os.path.exists(f"{self.folder}/token"):
                        os.remove(f"{self.folder}/token")
                    code, err = self.in_shell(f"{command} {nowhere}")
                    self.assertEqual(code, 74, err)
                    self.assertRegex(err, rf"^telex: .*standard output: {why}\n")

    def test_closed_input_is_not_an_empty_message(self):
        sub = self.listening("sub", "t", "--raw", "--count", "1")
        code, err = self.in_shell("pub t <&-")
        self.assertEqual((code, err), (66, "telex: pub: standard input: Bad file descriptor\n"))
        self.run_tool("pub", "t", "only this")
        self.assertEqual(sub.finish(), (0, "only this\n"))

    def test_closed_standard_files_are_harmless(self):
        self.assertEqual(self.in_shell("pub t hello <&- >&-"), (0, ""))


# Payloads of presets that do not carry any bytes: each ends with "four" or "word".
PAYLOADS = {
    "sip": b"S\nl:4\n\n%b",
    "stomp": b"SEND\n\n%b",
    "json": b'"%b"',
    "msgpack": b"\xa4%b",
    "cbor": b"\x64%b",
    "resp": b"+%b\r\n",
    "postgresql": b"Q\0\0\0\x08%b",
    "amqp": b"\1\0\0\0\0\0\x04%b",
    "modbus-tcp": b"\0\0\0\0\0\x04%b",
    "fix": b"8=FIX.4.4\x019=4\x01%b10=000\x01",
}


class Frames(DaemonTest):
    def test_every_preset_round_trips(self):
        out, _ = self.run_tool("frame", "decode", "--help")
        presets = [
            line.split()[0] for line in out.split("Framings:")[1].splitlines() if line.strip()
        ]
        self.assertIn("netstring", presets)
        for preset in presets:
            if preset == "datagram":
                continue
            preset = preset.replace(":N", ":4")
            with self.subTest(preset):
                digits = [(PAYLOADS.get(preset, b"%b") % word).hex() for word in (b"four", b"word")]
                encoded = subprocess.run(
                    [TELEX, "frame", "encode", "--framing", preset, "--hex"],
                    input="\n".join(digits).encode(), capture_output=True, timeout=DEADLINE, check=True,
                ).stdout
                out, _ = self.run_tool(
                    "frame", "decode", "--framing", preset, "--hex", "--format", "json", data=encoded
                )
                self.assertEqual([json.loads(line)["hex"] for line in out.splitlines()], digits)

    def test_a_mapping_and_the_framing_of_a_listener(self):
        mapping = "{kind: length, length: {width: 2, at: 4}}"
        config = self.write(
            "framings.yaml",
            "listeners:\n  - {name: plc, address: 'tcp://*:502', protocol: raw, publish: plc,\n"
            f"     framing: {mapping}}}\n",
        )
        for source in (("--framing", mapping), ("--config", config, "--listener", "plc")):
            with self.subTest(source[0]):
                out, _ = self.run_tool("frame", "decode", *source, data=b"\0\0\0\0\0\x02hi")
                self.assertEqual(out.split(), ["0", "0", "2", "hi"])
        _, err = self.run_tool(
            "frame", "decode", "--config", config, "--listener", "plx", data=b"", code=64
        )
        self.assertIn("unknown listener 'plx'; did you mean 'plc'?", err)

    def test_frames_are_printed_as_they_arrive(self):
        decode = self.tool("frame", "decode", "--framing", "u8", stdin=subprocess.PIPE)
        decode.process.stdin.write(b"\x02hi\x03yo")
        self.assertEqual(decode.out.next().split(), ["0", "0", "2", "hi"])
        decode.process.stdin.write(b"u")
        self.assertEqual(decode.out.next().split(), ["1", "3", "3", "you"])
        decode.process.stdin.close()
        self.assertEqual(decode.process.wait(DEADLINE), 0)

    def test_invalid_input_is_65_with_its_offset(self):
        out, err = self.run_tool(
            "frame", "decode", "--framing", "netstring", data=b"2:hi,2:yo;", code=65
        )
        self.assertEqual(out.split(), ["0", "0", "2", "hi"])
        self.assertEqual(err, "telex: frame: offset 5: bad_trailer in frame 1\n")

    def test_explain_shows_parts_without_colours_in_a_pipe(self):
        out, err = self.run_tool(
            "frame", "decode", "--framing", "netstring", "--explain", data=b"2:hi,2:yo;", code=65
        )
        self.assertEqual(
            [line.split()[2] for line in out.splitlines() if line.startswith("   ")],
            ["length", "terminator", "body", "trailer", "the", "length", "terminator", "rest", "expected"],
        )
        self.assertNotIn("\x1b", out)
        self.assertEqual(err, "telex: frame: offset 5: bad_trailer in frame 1\n")

    def test_explain_has_colours_on_a_terminal_unless_refused(self):
        for refused, variables in ((False, {}), (True, {"NO_COLOR": "1"})):
            with self.subTest(variables):
                ours, theirs = os.openpty()
                self.addCleanup(os.close, ours)
                subprocess.run(
                    [TELEX, "frame", "decode", "--framing", "u8", "--explain"],
                    input=b"\2hi", stdout=theirs, timeout=DEADLINE, check=True,
                    env={**self.environment, "TERM": "xterm", "NO_COLOR": "", **variables},
                )
                os.close(theirs)
                text = os.read(ours, 4096)
                self.assertIn(b"ends: the length", text)
                self.assertEqual(b"\x1b[" not in text, refused)

    def test_from_capture_lists_framings_that_fit(self):
        capture = self.write("capture", "5:hello,2:hi,")
        out, err = self.run_tool("frame", "decode", "--from-capture", capture)
        self.assertEqual(out.splitlines()[:2], ["2 frames: netstrings", "    framing: netstring"])
        self.assertEqual(err, "")
        for path, code in ((self.write("empty", ""), 65), (self.folder, 66), ("/nonexistent", 66)):
            with self.subTest(path):
                _, err = self.run_tool("frame", "decode", "--from-capture", path, code=code)
                self.assertTrue(err.startswith(f"telex: frame: {path}: "), err)

    def test_max_frame(self):
        _, err = self.run_tool(
            "frame", "decode", "--framing", "lines", "--max-frame", "4B", data=b"longer\n", code=65
        )
        self.assertIn("too_large", err)

    def test_native_protocol(self):
        frame = subprocess.run(
            [TELEX, "frame", "encode", "--framing", "protobuf-delimited", "--type", "telex.v1.Frame"],
            input=b'{"hello": {"version": 1, "clientName": "me"}}\n',
            capture_output=True, timeout=DEADLINE, check=True,
        ).stdout
        out, _ = self.run_tool(
            "frame", "decode", "--framing", "protobuf-delimited", "--type", "telex.v1.Frame",
            data=frame,
        )
        self.assertEqual(out.split()[3], '{"hello":{"version":1,"clientName":"me"}}')


class Reports(DaemonTest):
    def status(self):
        return json.loads(self.run_tool("status", "--format", "json")[0])

    def test_status_shows_chosen_ports(self):
        native = self.status()["info"]["listeners"][0]
        self.assertEqual(native["name"], "native")
        tcp = native["addresses"][0]
        self.assertRegex(tcp, r"^tcp://127\.0\.0\.1:[1-9][0-9]*$")
        out, _ = self.run_tool("status", "--server", tcp)
        self.assertIn(tcp, out)
        self.assertIn(f"unix://{self.folder}/telex/telex.sock", out)

    def test_status_counts_messages_and_errors(self):
        before = self.status()["stats"]
        self.run_tool("pub", "t", "x", "--count", "10")
        self.run_tool("pub", "$SYS.mine", "x", code=1)
        after = self.status()["stats"]
        self.assertEqual(int(after["unroutedMessages"]) - int(before["unroutedMessages"]), 10)
        self.assertEqual(after["refusals"], {"RESERVED_SUBJECT": "1"})
        self.assertRegex(self.run_tool("status")[0], r"RESERVED_SUBJECT +1\n")

    def test_bench_delivers_all_messages(self):
        for mode, receivers in (("pubsub", 1), ("fan-out", 8)):
            out, _ = self.run_tool("bench", mode, "--count", "2000", "--format", "json")
            result = json.loads(out)
            self.assertEqual(result["published"]["messages"], 2000)
            self.assertEqual(result["received"]["messages"], 2000 * receivers)
            self.assertEqual(result["expected"], 2000 * receivers)
            self.assertEqual(result["errors"], 0)

    def test_bench_measures_latency(self):
        out, _ = self.run_tool(
            "bench", "request", "-n", "50", "--publishers", "2", "--outstanding", "2",
            "--format", "json",
        )
        result = json.loads(out)
        self.assertEqual(result["answered"]["messages"], 200)
        latency = result["latencyMicroseconds"]
        self.assertLessEqual(latency["p50"], latency["p99"])
        self.assertLessEqual(latency["p99"], latency["p99.99"])
        self.assertLessEqual(latency["p99.99"], latency["max"])
        self.assertGreater(latency["p50"], 0)

    def test_bench_without_responders_fails(self):
        self.run_tool("bench", "request", "-n", "1", "--external", code=1)
        out, _ = self.run_tool(
            "bench", "request", "-n", "5", "--external", "--subject", "$SYS.echo"
        )
        self.assertIn("replies                5 in ", out)

    def test_an_interrupted_bench_is_130_with_a_report(self):
        bench = self.tool("bench", "pubsub", "--duration", "1h", "--format", "json")
        watch = self.listening("sub", "bench.telex", "--raw", "--count", "1")
        self.assertEqual(watch.finish()[0], 0)
        code, out = bench.stop()
        self.assertEqual(code, 130)
        self.assertTrue(json.loads(out)["interrupted"])


class Reconnects(DaemonTest):
    def test_sub_survives_a_restart(self):
        sub = self.listening("sub", "t", "--raw")
        self.daemon.end()
        sub.err.until("connection lost")
        self.start_daemon()
        sub.err.until("reconnected to ")
        # The client reconnects before it subscribes again. A request that reaches the subscription
        # proves that it exists.
        while b"no_responders" in self.probe():
            pass
        self.assertEqual(sub.stop()[0], 0)

    def probe(self):
        result = subprocess.run(
            [TELEX, "request", "t", "x", "--timeout", "20ms"],
            env=self.environment, capture_output=True, timeout=DEADLINE, check=False,
        )
        return result.stderr


if __name__ == "__main__":
    unittest.main()
