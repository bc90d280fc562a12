"""Options of sub, pub and request beyond those of cli_test.py."""

import datetime
import json
import os
import re
import subprocess
import time
import unittest

from processes import DEADLINE, TELEX, DaemonTest
from silent import silent_exchange


class Subscriptions(DaemonTest):
    def test_to_several_filters_without_the_excluded(self):
        sub = self.listening("sub", "a.*", "b", "--exclude", "*.quiet", "--raw", "--count", "3")
        for subject in ("a.quiet", "a.one", "c", "b", "a.two", "a.three"):
            self.run_tool("pub", subject, subject)
        code, out = sub.finish()
        self.assertEqual((code, sorted(out.split())), (0, ["a.one", "a.two", "b"]))

    def test_count_messages_that_are_not_excluded(self):
        sub = self.listening("sub", "a.>", "--exclude", "a.x", "--raw", "--count", "1")
        self.run_tool("pub", "a.x", "no")
        self.run_tool("pub", "a.y", "yes")
        self.assertEqual(sub.finish(), (0, "yes\n"))

    def test_end_together(self):
        sub = self.listening("sub", "a", "b", "--raw")
        self.run_tool("pub", "b", "last")
        self.assertEqual(sub.stop(), (0, "last\n"))

    def test_decode_events_of_several_filters(self):
        sub = self.listening("sub", "$SYS.event.connect", "$SYS.event.disconnect")
        self.run_tool("pub", "t", "x")
        # The order of messages of two filters is not defined.
        missing = {"connect", "disconnect"}
        while missing:
            line = sub.out.next()
            if "telex-pub/" in line:
                missing -= {kind for kind in missing if f'"{kind}":{{"connection":' in line}

    def test_show_number_and_time(self):
        sub = self.listening("sub", "t", "--number", "--timestamps", "--count", "2")
        self.run_tool("pub", "t", "x", "--count", "2")
        first, second = sub.finish()[1].splitlines()
        self.assertRegex(first, r"^#1  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}  \+0\.000000  t  x$")
        self.assertRegex(second, r"^#2  \S+ \S+  \+\d+\.\d{6}  t  x$")

    def test_do_not_turn_the_text_of_a_terminal(self):
        marks = "\u202a\u202e\u2066\u2069\u200e\u200f\u061c"
        sub = self.listening("sub", "t.>", "--count", "2", "--format", "json")
        text = self.listening("sub", "t.>", "--count", "2")
        self.run_tool("pub", f"t.{marks}", marks, "-H", f"a: {marks}")
        self.run_tool("pub", "t.json", json.dumps({"a": marks}, ensure_ascii=False))
        for out in (sub.finish()[1], text.finish()[1], self.run_tool("subjects", "--format", "json")[0],
                    self.run_tool("subjects")[0]):
            self.assertTrue(out)
            self.assertFalse(set(out) & set(marks), ascii(out))
            if out.startswith("{"):
                self.assertIn(f"t.{marks}", json.dumps(json.loads(out.splitlines()[0]), ensure_ascii=False))

    def test_write_files(self):
        sub = self.listening("sub", "t.*", "--dump", f"{self.folder}/dump", "--count", "2")
        self.run_tool("pub", "t.a/b", "one")
        self.run_tool("pub", "t.c", data=b"\0\n")
        self.assertEqual(
            sub.finish(), (0, f"{self.folder}/dump/00000001-t.a_b\n{self.folder}/dump/00000002-t.c\n"))
        with open(f"{self.folder}/dump/00000002-t.c", "rb") as file:
            self.assertEqual(file.read(), b"\0\n")

    def test_keep_existing_files(self):
        os.mkdir(f"{self.folder}/dump")
        self.write("dump/00000001-t", "mine")
        sub = self.listening("sub", "t", "--dump", f"{self.folder}/dump", "--count", "2")
        self.run_tool("pub", "t", "x", "--count", "2")
        self.assertEqual(
            sub.finish(), (0, f"{self.folder}/dump/00000002-t\n{self.folder}/dump/00000003-t\n"))
        with open(f"{self.folder}/dump/00000001-t") as file:
            self.assertEqual(file.read(), "mine")

    def test_end_when_a_file_cannot_be_written(self):
        sub = self.listening("sub", "t", "--dump", f"{self.folder}/dump")
        self.write("dump/00000001-t", "of another run")
        self.run_tool("pub", "t", "x")
        self.assertIn("File exists", sub.err.next())
        self.assertEqual(sub.process.wait(DEADLINE), 74)

    def test_have_colours_on_a_terminal_unless_refused(self):
        for refused, variables in ((False, {}), (True, {"NO_COLOR": "1"})):
            with self.subTest(variables):
                ours, theirs = os.openpty()
                self.addCleanup(os.close, ours)
                self.environment |= {"TERM": "xterm", "NO_COLOR": ""} | variables
                sub = self.listening("sub", "t", "--count", "1", stdout=theirs)
                os.close(theirs)
                self.run_tool("pub", "t", "x")
                text = os.read(ours, 4096)
                self.assertIn(b"x", text)
                self.assertEqual(b"\x1b[" not in text, refused)
                sub.process.wait(DEADLINE)

    def test_reject_mistakes(self):
        for arguments, text in (
            (("sub", "t", "--exclude", "a..b"), "--exclude: 'a..b' has an empty token"),
            (("sub", "t", "--dump", f"{self.folder}/a/b"), "cannot create folder"),
            (("sub", "t", "--dump", "d", "--raw"), "--dump cannot be combined with --raw"),
            (("sub", "t", "--pretty", "--raw"), "--pretty cannot be combined with --raw"),
            (("sub",), "FILTER is required"),
        ):
            with self.subTest(arguments):
                self.assertIn(text, self.run_tool(*arguments, code=64)[1])


class Consumers(DaemonTest):
    def test_need_an_exchange_that_serves_them(self):
        _, err = self.run_tool("consume", "LOG", "workers", "--create", code=1)
        self.assertIn("no_consumer", err)

    def test_begin_at_one_place(self):
        for arguments in (("--start", "new", "--since", "1h"), ("--start-sequence", "4", "--since", "1h")):
            self.run_tool("consume", "LOG", *arguments, code=64)

class Publications(DaemonTest):
    def test_from_a_template(self):
        sub = self.listening("sub", "t", "--format", "json", "--count", "2")
        self.run_tool(
            "pub", "t", "{{count}} {{random 8}} {{uuid}} {{time}}", "-H", "Number: {{count}}", "--template", "-n", "2")
        first, second = (json.loads(line) for line in sub.finish()[1].splitlines())
        pattern = r"(\d) (\w{8}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) 20\d\d-\S+Z"
        one, two = (re.fullmatch(pattern, message["text"]) for message in (first, second))
        self.assertEqual((one[1], two[1]), ("1", "2"))
        self.assertNotEqual((one[2], one[3]), (two[2], two[3]))
        self.assertEqual(second["headers"], [{"name": "Number", "value": "2"}])

    def test_leave_braces_without_the_option(self):
        sub = self.listening("sub", "t", "--raw", "--count", "1")
        self.run_tool("pub", "t", "{{count}}")
        self.assertEqual(sub.finish()[1], "{{count}}\n")

    def test_of_lines_from_a_template(self):
        sub = self.listening("sub", "t", "--raw", "--count", "2")
        self.run_tool("pub", "t", "--lines", "--template", data=b"a{{count}}\nb{{count}}\n")
        self.assertEqual(sub.finish()[1], "a1\nb2\n")

    def test_at_a_rate_are_not_early(self):
        # The last of three messages is due after twice the interval. A busy machine only makes it later.
        for pace in (("--rate", "20"), ("--sleep", "50ms")):
            with self.subTest(pace):
                begin = time.monotonic()
                self.run_tool("pub", "t", "x", "--count", "3", *pace)
                self.assertGreater(time.monotonic() - begin, 0.099)

    def test_at_a_rate_have_the_time_of_their_turn(self):
        sub = self.listening("sub", "t", "--raw", "--count", "2")
        begin = datetime.datetime.now(datetime.timezone.utc)
        self.run_tool("pub", "t", "{{time}}", "--template", "--count", "2", "--sleep", "1s")
        second = datetime.datetime.fromisoformat(sub.finish()[1].splitlines()[1].replace("Z", "+00:00"))
        self.assertGreaterEqual((second - begin).total_seconds(), 0.99)

    def test_wait_for_the_exchange(self):
        _, err = self.run_tool("pub", "t", "x", "--timeout", "50ms", "-s", silent_exchange(self), code=69)
        self.assertIn("telex: pub: timeout", err)

    def test_from_a_terminal_say_so(self):
        for options, text in (((), "Reading the payload from the terminal"), (("--lines",), "Reading lines")):
            with self.subTest(options):
                ours, theirs = os.openpty()
                self.addCleanup(os.close, ours)
                sub = self.listening("sub", "t", "--raw", "--count", "1")
                pub = self.tool("pub", "t", *options, stdin=theirs)
                os.close(theirs)
                self.assertIn(text, pub.err.next())
                os.write(ours, b"typed\n\x04")
                self.assertEqual(pub.process.wait(DEADLINE), 0)
                self.assertIn("typed", sub.finish()[1])

    def test_reject_mistakes(self):
        for arguments, text in (
            (("pub", "t", "{{cuont}}", "--template"), "unknown placeholder {{cuont}}"),
            (("pub", "t", "x", "--rate", "1", "--sleep", "1s"), "--sleep cannot be combined with --rate"),
        ):
            with self.subTest(arguments):
                self.assertIn(text, self.run_tool(*arguments, code=64)[1])


class Replies(DaemonTest):
    def setUp(self):
        super().setUp()
        for name in ("one", "two"):
            self.listening("reply", "svc", "--each", "--text", name)

    def test_of_several_responders(self):
        out, _ = self.run_tool("request", "svc", "x", "--replies", "2", "--timeout", "60s")
        self.assertEqual(sorted(out.split()), ["one", "two"])

    def test_of_all_responders(self):
        out, _ = self.run_tool("request", "svc", "x", "--replies", "all", "--raw", "--timeout", "3s")
        self.assertEqual(sorted(out.splitlines()), ["one", "two"])

    def test_that_are_missing(self):
        out, err = self.run_tool("request", "svc", "x", "--replies", "3", "--timeout", "2s", code=1)
        self.assertEqual(len(out.split()), 2)
        self.assertIn("received 2 of 3 replies before the time-out", err)
        _, err = self.run_tool("request", "none", "x", "--replies", "all", "--timeout", "50ms", code=1)
        self.assertIn("received 0 of 1 replies", err)

    def test_go_to_the_inbox(self):
        watch = self.listening("sub", "mine.>", "--format", "json", "--count", "1")
        self.run_tool("request", "svc", "x", "--replies", "1", "--inbox", "mine.box")
        self.assertRegex(json.loads(watch.finish()[1])["subject"], r"^mine\.box\.[0-9a-f]{24}$")

    def test_reject_mistakes(self):
        for arguments, text in (
            (("--replies", "some"), "--replies: is not a whole number"),
            (("--replies", "0"), "--replies: must be greater than zero"),
            (("--inbox", "a"), "--inbox requires --replies"),
        ):
            with self.subTest(arguments):
                self.assertIn(text, self.run_tool("request", "svc", "x", *arguments, code=64)[1])


class ExitStatus(DaemonTest):
    def code_of(self, error):
        self.listening("reply", "svc", "--text", "", "-H", f"Telex-Error: {error}", "--count", "1")
        return subprocess.run(
            [TELEX, "request", "svc", "x"], env=self.environment, capture_output=True, timeout=DEADLINE, check=False,
        ).returncode

    def test_of_a_command_is_the_exit_code(self):
        self.assertEqual(self.code_of("exit status 42"), 42)

    def test_that_is_none_is_1(self):
        for error in ("exit status 0", "exit status 256", "exit status x", "no stock", "exit status 3 or so"):
            with self.subTest(error):
                self.assertEqual(self.code_of(error), 1)


if __name__ == "__main__":
    unittest.main()
