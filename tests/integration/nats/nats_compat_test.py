"""telexd --nats-compat: the command line and the configuration files of nats-server."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import unittest

from authority import issue, make_authority
from harness import Harness
from nats_client_case import built
from nkey import Nkey
from processes import DEADLINE, TELEXD, Daemon, Lines
from raw_client import RawClient

COMPAT = "--nats-compat"


def run(*arguments):
    """Runs the command to its end."""
    return subprocess.run([TELEXD, COMPAT, *arguments], capture_output=True, text=True, timeout=DEADLINE, check=False)


def connect(**fields):
    return b"CONNECT " + json.dumps({"verbose": False, "protocol": 1, "headers": True, "no_responders": True} | fields).encode() + b"\r\n"


class CompatCase(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="telex-compat-")
        self.addCleanup(place.cleanup)
        self.folder = place.name

    def path(self, name):
        return f"{self.folder}/{name}"

    def write(self, name, text):
        pathlib.Path(self.path(name)).write_text(text, encoding="utf-8")
        return self.path(name)

    def start(self, *arguments, port="-1"):
        daemon = Daemon(COMPAT, "-p", port, *arguments, cwd=self.folder)
        self.addCleanup(daemon.end)
        daemon.line("ready:")
        return daemon

    def client(self, daemon, **options):
        client = RawClient(daemon.port("nats"), **options)
        self.addCleanup(client.close)
        return client

    def assert_works(self, client):
        client.send(b"SUB works 1\r\nPUB works 1\r\nx\r\n")
        self.assertEqual(client.flush(), b"MSG works 1 1\r\nx\r\n")

    def assert_refused(self, daemon, **fields):
        client = self.client(daemon, connect=connect(**fields))
        self.assertEqual(client.to_end(), b"-ERR 'Authorization Violation'\r\n")


class Flags(CompatCase):
    def test_without_them_it_listens_on_loopback_only(self):
        daemon = self.start()
        addresses = daemon.addresses("nats")
        self.assertEqual(len(addresses), 1)
        self.assertTrue(addresses[0].startswith("tcp://127.0.0.1:"), addresses)
        self.assertEqual(len(re.findall("listening:", daemon.log())), 1, "no other listener")
        client = self.client(daemon)
        self.assertRegex(client.info["version"], r"^2\.9\.10-telex")
        self.assert_works(client)

    def test_credentials_are_ignored_without_users(self):
        self.assert_works(self.client(self.start(), connect=connect(user="anna", **{"pass": "x"})))

    def test_of_a_user(self):
        daemon = self.start("--user", "anna", "--pass", "s3cret")
        self.assert_works(self.client(daemon, connect=connect(user="anna", **{"pass": "s3cret"})))
        self.assert_refused(daemon, user="anna", **{"pass": "wrong"})
        self.assert_refused(daemon, user="bert", **{"pass": "s3cret"})
        self.assertNotIn("s3cret", daemon.log())

    def test_of_a_token(self):
        daemon = self.start("-auth", "t0ken")
        self.assert_works(self.client(daemon, connect=connect(auth_token="t0ken")))
        self.assert_refused(daemon, auth_token="wrong")
        self.assert_refused(daemon)

    def test_clients_may_not_operate_the_server(self):
        client = self.client(self.start("-auth", "t"), connect=connect(auth_token="t"))
        client.send(b"PUB $SYS.admin.drain _INBOX.x 0\r\n\r\n")
        self.assertIn(b"Permissions Violation", client.flush())

    def test_libnats_works(self):
        daemon = self.start("--user", "anna", "--pass", "x")
        harness = Harness(built("nats_libnats_harness"), os.environ)
        self.addCleanup(harness.end)
        url = f"nats://anna:x@localhost:{daemon.port('nats')}"
        self.assertIn("ok", harness.result(harness.begin("connect", client="a", servers=[url])))
        self.assertIn("ok", harness.result(harness.begin("close", client="a")))

    def test_version_and_help(self):
        version = run("--version")
        self.assertRegex(version.stdout, r"^nats-server: v2\.9\.10-telex[0-9A-Za-z.-]+\n$")
        self.assertEqual(version.returncode, 0)
        self.assertIn("-p -port PORT", run("--help").stdout)

    def test_others_are_errors(self):
        for flag, text in (("-js", "-js is not supported: telexd has no JetStream"), ("-m=8222", "http.address"), ("--wrong", "-wrong")):
            done = run(flag)
            self.assertEqual(done.returncode, os.EX_USAGE)
            self.assertIn(text, done.stderr)

    def test_the_addresses_that_other_hosts_reach_are_asked_for(self):
        daemon = self.start("-a", "0.0.0.0", "-auth", "x")
        self.assertIn("other hosts can connect, without TLS", daemon.log())
        self.assert_works(self.client(daemon, connect=connect(auth_token="x")))


class Files(CompatCase):
    def test_pid_and_log(self):
        log = self.path("log")
        os.mkfifo(log)
        process = subprocess.Popen([TELEXD, COMPAT, "-p", "-1", "-P", "pid", "-l", log], cwd=self.folder)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        with open(log, "rb") as pipe:
            Lines(pipe).until("ready:")
            self.assertEqual(int(pathlib.Path(self.path("pid")).read_text(encoding="ascii")), process.pid)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(DEADLINE), 0)
        self.assertEqual(sorted(os.listdir(self.folder)), ["log", "pid"])

    def test_the_log_is_appended(self):
        log = self.write("log", "before\n")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            done = run("-p", str(taken.getsockname()[1]), "-l", log)
        self.assertEqual(done.returncode, os.EX_TEMPFAIL)
        lines = pathlib.Path(log).read_text(encoding="utf-8").splitlines()
        self.assertEqual(lines[0], "before")
        self.assertIn("startup failed", lines[-1])

    def test_that_cannot_be_written(self):
        done = run("-p", "-1", "-l", self.path("none/log"))
        self.assertEqual(done.returncode, os.EX_IOERR)
        self.assertIn("No such file", done.stderr)
        self.assertEqual(run("-p", "-1", "-P", self.path("none/pid")).returncode, os.EX_IOERR)


class Tls(CompatCase):
    def setUp(self):
        super().setUp()
        make_authority(self.folder)
        issue(self.folder, "server", "server")

    def test_by_flags(self):
        daemon = self.start("--tls", "--tlscert", "server.pem", "--tlskey", self.path("server.key"))
        client = self.client(daemon, connect=None)
        self.assertIs(client.info["tls_required"], True)
        client.upgrade(cafile=self.path("ca.pem"))
        client.send(connect())
        self.assert_works(client)

    def test_by_file_with_client_certificates(self):
        file = self.write("tls.conf", "tls {\n  cert_file: 'server.pem'\n  key_file: server.key\n  ca_file: ca.pem\n"
                                      "  verify: true\n timeout: 20\n}\n")
        daemon = self.start("-c", file)
        client = self.client(daemon, connect=None)
        client.upgrade(cafile=self.path("ca.pem"))
        client.send(connect())
        with self.assertRaises((OSError, EOFError)):
            client.flush()

    def test_a_key_that_all_can_read_gives_a_warning(self):
        os.chmod(self.path("server.key"), 0o644)
        daemon = self.start("-tls", "-tlscert", "server.pem", "-tlskey", "server.key")
        self.assertIn("every user can read this private key", daemon.log())


class ConfigurationFiles(CompatCase):
    def test_permissions(self):
        nkey = Nkey()
        daemon = self.start("-c", self.write("server.conf", (
            "SUBJECTS: [\"foo\", \"_INBOX.>\"]\n"
            "authorization {\n"
            "  users = [\n"
            "    {user: ivan, password: pwd, permissions: {publish=$SUBJECTS subscribe=\"bar\"}}\n"
            f"    {{nkey: {nkey.public}}}\n"
            "  ]\n"
            "}\nmax_payload: 8KB\nserver_name: n1\n")))
        client = self.client(daemon, connect=connect(user="ivan", **{"pass": "pwd"}))
        self.assertEqual(client.info["server_name"], "n1")
        self.assertEqual(client.info["max_payload"], 8192)
        client.send(b"PUB foo 1\r\nx\r\nPUB bar 1\r\nx\r\nSUB foo 1\r\n")
        self.assertEqual(client.flush(), b"-ERR 'Permissions Violation for Publish to \"bar\"'\r\n"
                                         b"-ERR 'Permissions Violation for Subscription to \"foo\"'\r\n")
        self.assertIn("nonce", client.info)

    def test_a_reload_changes_passwords(self):
        text = "authorization {{users: [{{user: anna, password: a}}, {{user: bert, password: {}}}]}}\n"
        file = self.write("server.conf", text.format("b"))
        daemon = self.start("-c", file)
        anna = self.client(daemon, connect=connect(user="anna", **{"pass": "a"}))
        bert = self.client(daemon, connect=connect(user="bert", **{"pass": "b"}))
        self.assert_works(anna)
        self.assert_works(bert)
        self.write("server.conf", text.format("c"))
        daemon.signal(signal.SIGHUP)
        daemon.line("configuration reloaded")
        bert.to_end()
        self.assert_refused(daemon, user="bert", **{"pass": "b"})
        self.assert_works(self.client(daemon, connect=connect(user="bert", **{"pass": "c"})))
        self.assertNotIn(b"-ERR", anna.flush(), "a user whose password stays is not disturbed")

    def test_a_reload_with_an_error_changes_nothing(self):
        file = self.write("server.conf", "max_payload: 8KB\n")
        daemon = self.start("-c", file)
        self.write("server.conf", "max_payload: 8KB\ncluster {}\n")
        daemon.signal(signal.SIGHUP)
        daemon.line("reload failed")
        self.assertIn(f"{file}:2:1: error: 'cluster' is not supported", daemon.log())
        self.assert_works(self.client(daemon))

    def test_errors(self):
        file = self.write("server.conf", "port: 4222\njetstream {\n}\n")
        done = run("-c", file)
        self.assertEqual(done.returncode, os.EX_CONFIG)
        self.assertIn(f"{file}:2:1: error: 'jetstream' is not supported", done.stderr)
        done = run("-c", self.path("none"))
        self.assertEqual(done.returncode, os.EX_NOINPUT)

    def test_a_check(self):
        file = self.write("server.conf", "authorization {token: abc}\n")
        done = run("-t", "-c", file)
        self.assertEqual((done.returncode, done.stdout), (0, f"{file}: the configuration is right\n"))
        self.assertEqual(run("-t", "-c", self.write("bad.conf", "x: 1")).returncode, os.EX_CONFIG)


class End(CompatCase):
    def test_it_stops_at_once(self):
        daemon = self.start()
        client = self.client(daemon)
        self.assert_works(client)
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number=number):
                other = self.start()
                self.assert_works(self.client(other))
                other.signal(number)
                self.assertEqual(other.wait(), 0)
        self.assertEqual(daemon.stop(), 0)
        client.to_end()


if __name__ == "__main__":
    unittest.main()
