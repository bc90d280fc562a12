"""Which servers receive the tool's secrets, and which default servers it uses. Runs with the service's real
addresses (127.0.0.1:4650, /run/telex) inside namespaces."""

import os
import shutil
import socket
import subprocess
import unittest

from namespaces import enter_mounts, enter_network
from processes import DEADLINE, TELEX, DaemonTest

# Neither root nor each other; unused on a usual system.
ME, ANOTHER_USER, SERVICE = 54321, 54322, 54323

USERS = """
users:
  - {name: anna, tokens: "{token}", publish: {allow: ">"}}
listeners:
  - {name: native, address: "unix://{folder}/telex/telex.sock", mode: "0666"}
"""
OPEN = """
listeners:
  - {name: native, address: "%s"}
"""
OPEN_TO_ALL = OPEN.replace('"}', '", mode: "0666"}')
DEFAULT_TCP = ("127.0.0.1", 4650)


class Impostor:
    """A program of another user that accepts clients."""

    def __init__(self, test, address, user=None):
        self.socket = socket.socket(
            socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        test.addCleanup(self.socket.close)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(address)
        # The kernel records the user that calls listen().
        if user is None:
            self.socket.listen()
        else:
            os.chmod(address, 0o666)
            os.seteuid(user)
            try:
                self.socket.listen()
            finally:
                os.seteuid(0)

    def received(self):
        """Returns the data of the first client, None without a client. All clients must have ended."""
        self.socket.setblocking(False)
        try:
            client, _ = self.socket.accept()
        except BlockingIOError:
            return None
        with client:
            client.settimeout(DEADLINE)
            return client.recv(65536)


class SecretsTest(DaemonTest):
    config = None

    @classmethod
    def setUpClass(cls):
        enter_network()
        enter_mounts(*filter(os.path.isdir, ("/run", "/tmp/telex-0")))

    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)
        os.chmod(f"{self.folder}/telex", 0o755)
        out, _ = self.run_tool("keygen", "--token", f"{self.folder}/token")
        self.run_tool("keygen", "--token", f"{self.folder}/other")
        self.token_hash = out.split('"')[1]

    def start_with_users(self):
        self.start_daemon(USERS.replace("{token}", self.token_hash))

    def pub(self, *options, user=0, environment=None, code=0):
        """Returns the standard error of the tool."""
        if user:
            self.need_another_user(TELEX)
        result = subprocess.run(
            [TELEX, "pub", "a", "b", *options], env=environment or self.environment, user=user,
            group=user, extra_groups=[], stdin=subprocess.DEVNULL, capture_output=True,
            timeout=DEADLINE, check=False)
        err = result.stderr.decode()
        self.assertEqual(result.returncode, code, err)
        return err

    def with_token(self, name="token"):
        return ("--token-file", f"{self.folder}/{name}")


class NextServer(SecretsTest):
    def test_receives_nothing_after_a_refusal(self):
        self.start_with_users()
        impostor = Impostor(self, DEFAULT_TCP)
        self.write("password", "secret\n")
        for options in (self.with_token("other"),
                        ("--user", "anna", "--password-file", f"{self.folder}/password")):
            self.assertIn("not_authenticated: ", self.pub(*options, code=77))
        self.assertIn("not_authenticated: ", self.pub(user=ME, code=77))
        self.assertIsNone(impostor.received())

    def test_receives_nothing_even_if_named(self):
        self.start_with_users()
        path = f"{self.folder}/impostor.sock"
        impostor = Impostor(self, path)
        servers = ("-s", f"unix://{self.folder}/telex/telex.sock", "-s", f"unix://{path}")
        self.pub(*servers, *self.with_token("other"), code=77)
        self.assertIsNone(impostor.received())

    def test_as_a_default_receives_no_secret(self):
        impostor = Impostor(self, DEFAULT_TCP)
        self.run_tool("keygen", f"{self.folder}/key.pem")
        self.write("password", "secret\n")
        for options in (self.with_token(), ("--identity", f"{self.folder}/key.pem"),
                        ("--user", "anna", "--password-file", f"{self.folder}/password")):
            err = self.pub(*options, code=69)
            self.assertIn("tcp://127.0.0.1:4650: not used: credentials", err)
        self.assertIsNone(impostor.received())

    def test_receives_the_secret_if_named(self):
        impostor = Impostor(self, DEFAULT_TCP)
        self.pub("--server", "tcp://127.0.0.1:4650", "--connect-timeout", "100ms",
                 *self.with_token(), code=69)
        with open(f"{self.folder}/token", "rb") as file:
            self.assertIn(file.read().strip(), impostor.received())

    def test_is_used_without_secrets(self):
        self.start_daemon(OPEN % "tcp://127.0.0.1:4650")
        self.assertEqual(self.pub(), "")

    def test_a_refusal_names_the_options(self):
        self.start_with_users()
        err = self.pub(user=ME, code=77)
        for option in ("--user", "--token-file", "--identity"):
            self.assertIn(option, err)
        self.assertNotIn("--user", self.pub(*self.with_token("other"), code=77))
        self.assertEqual(self.pub(*self.with_token()), "")


class DefaultSocket(SecretsTest):
    def setUp(self):
        super().setUp()
        self.session = f"{self.folder}/telex"
        self.path = f"{self.session}/telex.sock"

    def assert_skipped(self, reason, received):
        """Another server is used, and the reason is reported; without another server it is an error."""
        self.assertIn(f"unix://{self.path}: not used: {reason}", self.pub(code=69))
        daemon = self.launch_daemon(OPEN % "tcp://127.0.0.1:4650")
        daemon.line("ready:")
        err = self.pub()
        self.assertIn(f"untrusted_server: unix://{self.path}: not used: {reason}", err)
        self.assertIsNone(received())
        daemon.stop()

    def test_in_a_folder_of_another_user(self):
        impostor = Impostor(self, self.path, ANOTHER_USER)
        os.chown(self.session, ANOTHER_USER, -1)
        self.assert_skipped(f"{self.session} belongs to user {ANOTHER_USER}", impostor.received)

    def test_in_a_folder_writable_by_others(self):
        impostor = Impostor(self, self.path)
        for mode in (0o770, 0o1777):
            os.chmod(self.session, mode)
            self.assert_skipped(f"others may write to {self.session}", impostor.received)

    def test_in_a_folder_behind_a_symbolic_link(self):
        impostor = Impostor(self, self.path)
        os.rename(self.session, f"{self.folder}/real")
        os.symlink(f"{self.folder}/real", self.session)
        self.assert_skipped(f"{self.session} is not a directory", impostor.received)

    def test_where_another_user_listens(self):
        """The folder is trusted. A program that placed its socket there, by a race for example, receives nothing."""
        impostor = Impostor(self, self.path, ANOTHER_USER)
        self.assertIn(f"unix://{self.path}: not used: user {ANOTHER_USER} listens there",
                      self.pub(*self.with_token(), code=69))
        self.assertEqual(impostor.received(), b"")

    def test_of_this_user_is_used(self):
        self.start_with_users()
        self.assertEqual(self.pub(*self.with_token()), "")

    def test_of_root_is_used_by_others(self):
        """The tool of a user whose folder root created, and where root listens."""
        self.start_daemon(OPEN_TO_ALL % f"unix://{self.path}")
        self.assertEqual(self.pub(user=ME), "")

    def test_in_tmp_of_another_user(self):
        """The case: no login session, and another user created /tmp/telex-UID."""
        self.session = f"/tmp/telex-{ME}"
        self.path = f"{self.session}/telex.sock"
        self.addCleanup(shutil.rmtree, self.session)
        os.mkdir(self.session)
        os.chmod(self.session, 0o755)
        impostor = Impostor(self, self.path, ANOTHER_USER)
        os.chown(self.session, ANOTHER_USER, -1)
        environment = {name: value for name, value in self.environment.items()
                       if name != "XDG_RUNTIME_DIR"}
        self.assertIn(f"{self.session} belongs to user {ANOTHER_USER}",
                      self.pub(user=ME, environment=environment, code=69))
        self.assertIsNone(impostor.received())


class Service(SecretsTest):
    """The packaged service: its user owns /run/telex."""

    def start_service(self, mode=0o755):
        self.need_another_user(TELEX)
        os.mkdir("/run/telex")
        self.addCleanup(shutil.rmtree, "/run/telex")
        os.chown("/run/telex", SERVICE, SERVICE)
        os.chmod("/run/telex", mode)
        os.chmod(self.configure(OPEN), 0o644)
        self.start_daemon(OPEN % "unix:///run/telex/telex.sock",
                          user=SERVICE, group=SERVICE, extra_groups=[])

    def test_is_found_by_root(self):
        self.start_service()
        out, _ = self.run_tool("listeners")
        self.assertIn("unix:///run/telex/telex.sock", out)
        self.run_tool("drain")
        self.assertEqual(self.daemon.wait(), 0)

    def test_receives_secrets(self):
        self.start_service()
        self.assertEqual(self.pub(*self.with_token(), code=0), "")

    def test_is_not_used_if_its_folder_is_writable_by_others(self):
        self.start_service(0o775)
        self.assertIn("others may write to /run/telex (mode 0775)", self.pub(code=69))

    def test_must_run_as_the_owner_of_its_folder(self):
        self.need_another_user(TELEX)
        os.mkdir("/run/telex")
        self.addCleanup(shutil.rmtree, "/run/telex")
        os.chown("/run/telex", SERVICE, SERVICE)
        impostor = Impostor(self, "/run/telex/telex.sock", ANOTHER_USER)
        self.assertIn(f"user {ANOTHER_USER} listens there", self.pub(code=69))
        self.assertEqual(impostor.received(), b"")


if __name__ == "__main__":
    unittest.main()
