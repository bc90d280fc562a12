"""Small parts of the Python client: error codes, subjects, credentials, options, pins, notices."""

import asyncio
import base64
import dataclasses
import itertools
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from python_client import telex
from telex.credentials import read_key
from telex.environment import with_environment
from telex.errors import Errc, make_error
from telex.handler_errors import describe
from telex.notices import MAX_WAITING, Notices
from telex.options import check_options, check_subscribe_options
from telex.subjects import check_filter, check_queue_group, check_subject
from telex.tls import key_pin
from telex.v1 import error_pb2

ROOT = pathlib.Path(os.environ["TELEX_SOURCE_DIR"])

# A seed, its public key, and its signature of a nonce, by https://github.com/nats-io/nkeys.
SEED = "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y"
NKEY = base64.b32decode("UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK")[1:33]
SIGNATURE = "o0+yismV7iJ+RsVtJHX9TbQ3lyhKKHW1Ii6McG7t0hvKIPD5UKNMyCLAkCgBfmaeikxolqoc6qsMENNznKtFBA=="


class Codes(unittest.TestCase):
    def test_are_those_of_libtelex(self):
        header = (ROOT / "lib/client/include/telex/error.hpp").read_text()
        body = re.search(r"enum class Errc[^{]*\{(.*?)\};", header, re.DOTALL).group(1)
        theirs = {name.upper(): int(number) for name, number in re.findall(r"^\s*(\w+) = (\d+),", body, re.MULTILINE)}
        self.assertEqual({code.name: code.value for code in Errc}, theirs)

    def test_include_those_of_the_exchange(self):
        for name, number in error_pb2.ErrorCode.items():
            self.assertEqual(Errc.of(number).name, name.removeprefix("ERROR_CODE_"))

    def test_select_the_class_and_the_text(self):
        error = make_error(Errc.TIMEOUT, "no reply in time")
        self.assertIsInstance(error, telex.TimedOutError)
        self.assertIsInstance(error, TimeoutError)
        self.assertEqual(str(error), "timeout: no reply in time")
        self.assertIs(type(make_error(Errc.KICKED, "")), telex.Error)


class Subjects(unittest.TestCase):
    def test_that_are_valid(self):
        for subject in ("a", "a.b.c", "Äpfel.1", "$SYS.echo", "a-b_c"):
            self.assertIsNone(check_subject(subject))
            self.assertIsNone(check_filter(subject))

    def test_that_are_invalid(self):
        for subject in ("", ".", "a.", ".a", "a..b", "a b", "a\n", "a\x7f", "a\x85", "\ud800"):
            with self.subTest(subject):
                self.assertEqual(check_subject(subject).code, Errc.BAD_SUBJECT)
                self.assertEqual(check_filter(subject).code, Errc.BAD_SUBJECT)

    def test_wildcards_are_for_filters(self):
        for text in ("*", ">", "a.*.b", "a.>", "*.*"):
            self.assertIsNone(check_filter(text))
            self.assertEqual(check_subject(text).code, Errc.WILDCARD_IN_PUBLISH)
        for text in ("a*", ">.a", "a.>b", "**", "a.>.*"):
            self.assertEqual(check_filter(text).code, Errc.BAD_SUBJECT, text)

    def test_queue_groups_are_short_subjects(self):
        self.assertIsNone(check_queue_group("g" * 255))
        for name in ("", "a b", "*", "g" * 256, "ä" * 128):
            self.assertEqual(check_queue_group(name).code, Errc.BAD_QUEUE_GROUP)


class Environment(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = f"{folder.name}/secret"

    def write(self, text):
        pathlib.Path(self.path).write_text(text)
        return self.path

    def credentials(self, **environment):
        return with_environment(telex.Options(), environment).credentials

    def test_without_variables_changes_nothing(self):
        self.assertEqual(with_environment(telex.Options(), {}), telex.Options())

    def test_lists_servers(self):
        options = with_environment(telex.Options(), {"TELEX_URL": "tcp://a:1,,b"})
        self.assertEqual(options.servers, ("tcp://a:1", "b"))

    def test_is_ignored_if_the_program_names_a_server(self):
        options = telex.Options(servers=("a",))
        self.assertEqual(with_environment(options, {"TELEX_URL": "b", "TELEX_CREDENTIALS": "/none"}), options)

    def test_does_not_replace_credentials_of_the_program(self):
        options = with_environment(telex.Options(credentials=telex.Token("t")), {"TELEX_CREDENTIALS": "/none"})
        self.assertEqual(options.credentials, telex.Token("t"))

    def test_names_a_file_with_each_kind(self):
        password = self.credentials(TELEX_USER="anna", TELEX_CREDENTIALS=self.write("secret\r\nmore\n"))
        self.assertEqual(password, telex.UserPassword("anna", "secret"))
        self.assertEqual(self.credentials(TELEX_CREDENTIALS=self.write("token")), telex.Token("token"))
        path = self.write("-----BEGIN PRIVATE KEY-----\n")
        self.assertEqual(self.credentials(TELEX_CREDENTIALS=path), telex.KeyFile(path))

    def test_does_not_send_a_seed_as_a_token(self):
        for seed in (SEED, SEED[:20] + "7" + SEED[21:]):
            path = self.write(seed + "\n")
            self.assertEqual(self.credentials(TELEX_CREDENTIALS=path), telex.KeyFile(path))

    def test_errors_name_the_variable(self):
        for environment, text in (
            ({"TELEX_USER": "anna"}, "TELEX_USER: set TELEX_CREDENTIALS"),
            ({"TELEX_CREDENTIALS": "/none"}, "TELEX_CREDENTIALS: /none: cannot be read"),
            ({"TELEX_CREDENTIALS": self.write("\nx")}, "the first line must be"),
            ({"TELEX_CREDENTIALS": self.write("x" * 8193)}, "the first line must be"),
        ):
            with self.subTest(environment), self.assertRaisesRegex(telex.InvalidArgumentError, text):
                self.credentials(**environment)

    def test_secrets_are_not_printed(self):
        self.assertNotIn("secret", repr((telex.Token("secret"), telex.UserPassword("anna", "secret"))))


class Keys(unittest.TestCase):
    def test_sign(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/key.pem"
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True, capture_output=True)
            key = read_key(path)
            der = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "der"], check=True,
                                 capture_output=True).stdout
            self.assertEqual(key.public_key, der[-32:])
            self.assertEqual(len(key.sign(b"statement")), 64)

    def test_of_a_seed_are_those_of_the_nkeys_library(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(f"{folder}/seed")
            path.write_text(SEED + "\n", encoding="ascii")
            key = read_key(path)
            self.assertEqual(key.public_key, NKEY)
            self.assertEqual(base64.b64encode(key.sign(b"WHsI_VWsXF8XaFc")).decode(), SIGNATURE)

    def test_of_damaged_seeds_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(f"{folder}/seed")
            for at, letter in itertools.product(range(2, len(SEED)), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
                if SEED[at] != letter:
                    path.write_text(SEED[:at] + letter + SEED[at + 1:], encoding="ascii")
                    with self.assertRaisesRegex(telex.InvalidArgumentError, "the seed is damaged"):
                        read_key(path)

    def test_of_another_kind_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/key.pem"
            subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", path], check=True, capture_output=True)
            with self.assertRaisesRegex(telex.InvalidArgumentError, "is not an Ed25519 key"):
                read_key(path)
            with self.assertRaisesRegex(telex.InvalidArgumentError, "cannot read the key /none"):
                read_key("/none")


class Pins(unittest.TestCase):
    def test_equal_those_of_openssl(self):
        for kind in (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], ["-newkey", "rsa:2048"], ["-newkey", "ed25519"]):
            with self.subTest(kind), tempfile.TemporaryDirectory() as folder:
                subprocess.run(["openssl", "req", "-x509", *kind, "-nodes", "-keyout", f"{folder}/k", "-outform", "der",
                                "-out", f"{folder}/c", "-subj", "/CN=a"], check=True, capture_output=True)
                command = (f"openssl x509 -inform der -in {folder}/c -pubkey -noout | openssl pkey -pubin -outform der | "
                           "openssl dgst -sha256 -binary | base64")
                expected = subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout.strip()
                self.assertEqual(key_pin(pathlib.Path(f"{folder}/c").read_bytes()), expected)

    def test_of_what_is_not_a_certificate(self):
        for data in (b"", b"\x30", b"\x30\x82\xff\xff", b"\x30\x02\x30\x00"):
            with self.subTest(data), self.assertRaises((ValueError, IndexError)):
                key_pin(data)


class OptionChecks(unittest.TestCase):
    def test_reject_values_without_sense(self):
        for options in (
            {"attempt_timeout": 0}, {"full_timeout": -1}, {"max_buffered_bytes": 0}, {"max_frame_bytes": 0},
            {"reconnect": telex.Reconnect(initial_delay=2, max_delay=1)}, {"reconnect": telex.Reconnect(jitter=2)},
            {"reconnect": telex.Reconnect(max_rounds=0)}, {"tls": telex.Tls(certificate_file="a")},
        ):
            with self.subTest(options), self.assertRaises(telex.InvalidArgumentError):
                check_options(telex.Options(**options))
        check_options(telex.Options())

    def test_reject_limits_of_zero(self):
        for name in ("credit", "max_messages", "max_pending_messages", "max_pending_bytes"):
            with self.subTest(name), self.assertRaises(telex.InvalidArgumentError):
                check_subscribe_options(telex.SubscribeOptions(**{name: 0}))


class Documentation(unittest.TestCase):
    PAGE = (ROOT / "docs/python.md").read_text()

    def test_has_every_option(self):
        for options in (telex.Options, telex.SubscribeOptions, telex.Tls, telex.Reconnect):
            for field in dataclasses.fields(options):
                self.assertRegex(self.PAGE, rf"\b{field.name}\b", options)

    def test_has_every_class_of_errors_with_its_codes(self):
        rows = dict(re.findall(r"^\| `(\w+Error)` \| (.*?) \|", self.PAGE, re.MULTILINE))
        documented = {name: set(re.findall(r"`([A-Z_]+)`", codes)) for name, codes in rows.items()}
        ours = {}
        for code in Errc:
            kind = type(make_error(code, ""))
            if kind is not telex.Error:
                ours.setdefault(kind.__name__, set()).add(code.name)
        self.assertEqual(documented, ours)


class NoticesTest(unittest.TestCase):
    def notices(self, **handlers):
        return Notices(telex.Options(**handlers), lambda notices: None)

    def test_are_passed_in_order_to_functions_and_coroutines(self):
        seen = []

        async def on_error(error):
            await asyncio.sleep(0)
            seen.append(error.code)

        notices = self.notices(on_error=on_error, on_closed=lambda: seen.append("closed"))
        notices.error(make_error(Errc.KICKED, ""))
        notices.error(make_error(Errc.INTERNAL, ""))
        notices.closed()
        asyncio.run(notices.run_all())
        self.assertEqual(seen, [Errc.KICKED, Errc.INTERNAL, "closed"])

    def test_over_the_limit_are_dropped_and_counted(self):
        seen = []
        notices = self.notices(on_error=lambda error: seen.append(error.code))
        for _ in range(MAX_WAITING + 10):
            notices.error(make_error(Errc.INTERNAL, ""))
        asyncio.run(notices.run_all())
        self.assertEqual(seen, [Errc.INTERNAL] * MAX_WAITING + [Errc.ERRORS_DROPPED])
        self.assertEqual(notices.dropped_errors, 10)

    def test_of_connections_over_the_limit_report_the_last_state(self):
        seen = []
        notices = self.notices(on_error=lambda error: None, on_connected=seen.append,
                               on_disconnected=lambda error: seen.append("lost"))
        for _ in range(MAX_WAITING):
            notices.error(make_error(Errc.INTERNAL, ""))
        for number in range(3):
            notices.connected(number)
            if number < 2:
                notices.disconnected(make_error(Errc.DISCONNECTED, ""))
        asyncio.run(notices.run_all())
        self.assertEqual(seen, [2])

    def test_an_exception_of_a_handler_is_logged(self):
        notices = self.notices(on_error=lambda error: 1 / 0, on_closed=lambda: 1 / 0)
        notices.error(make_error(Errc.INTERNAL, ""))
        notices.closed()
        with self.assertLogs("telex", "ERROR") as logs:
            asyncio.run(notices.run_all())
        self.assertEqual(len(logs.records), 2)

    def test_errors_are_logged_without_a_handler(self):
        notices = self.notices()
        notices.error(make_error(Errc.KICKED, "by the operator"))
        with self.assertLogs("telex", "WARNING") as logs:
            asyncio.run(notices.run_all())
        self.assertIn("kicked: by the operator", logs.output[0])


class HandlerErrors(unittest.TestCase):
    def test_are_described_in_one_short_line(self):
        self.assertEqual(describe(ValueError("no such\n  account")), "ValueError: no such account")
        self.assertEqual(describe(KeyError()), "KeyError")
        self.assertEqual(describe(ValueError("\ud800")), "ValueError: ?")
        self.assertEqual(len(describe(ValueError("x" * 1000))), 200)


if __name__ == "__main__":
    unittest.main()
