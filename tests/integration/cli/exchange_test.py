"""The exchange that the tool chooses: by options, contexts and the environment."""

import json
import os
import stat
import subprocess
import unittest

from processes import DEADLINE, TELEX, DaemonTest


class ExchangeTest(DaemonTest):
    def port(self):
        return self.daemon.port("native")

    def set(self, **variables):
        self.environment |= variables

    def succeeds(self, *arguments):
        self.run_tool(*arguments, "pub", "t", "x")

    def refused(self, *arguments, code=69):
        return self.run_tool(*arguments, "pub", "t", "x", code=code)[1]


class Servers(ExchangeTest):
    def test_may_be_host_and_port_before_or_after_the_command(self):
        self.run_tool("pub", "t", "x", "--server", f"127.0.0.1:{self.port()}")
        self.succeeds("-s", f"localhost:{self.port()}")
        self.succeeds("-s", f"{self.folder}/telex/telex.sock")

    def test_default_to_the_port_of_telex(self):
        self.assertIn("connect_failed: 127.255.255.254: ", self.refused("-s", "127.255.255.254"))

    def test_come_from_the_environment(self):
        self.set(TELEX_URL=f"{self.folder}/none,127.0.0.1:{self.port()}")
        self.succeeds()

    def test_of_the_command_line_win(self):
        self.set(TELEX_URL=f"{self.folder}/none")
        self.assertIn(f"{self.folder}/none", self.refused())
        self.succeeds("-s", f"127.0.0.1:{self.port()}")


class Credentials(ExchangeTest):
    config = None

    def setUp(self):
        super().setUp()
        hashed, _ = self.run_tool("passwd", "anna", data=b"secret\n")
        entry, _ = self.run_tool("keygen", "--token", f"{self.folder}/token")
        self.key, _ = self.run_tool("keygen", f"{self.folder}/key")
        self.start_daemon(f"""
listeners:
  - {{name: native, address: "tcp://127.0.0.1:0"}}
users:
  - name: anna
    publish: {{allow: ">"}}
    {hashed.splitlines()[1].strip()}
    {entry.strip()}
    {self.key.strip()}
""")
        self.set(TELEX_URL=f"127.0.0.1:{self.port()}")

    def test_are_a_token_a_key_or_a_password_in_a_file(self):
        self.set(TELEX_CREDENTIALS=f"{self.folder}/token")
        self.succeeds()
        self.set(TELEX_CREDENTIALS=f"{self.folder}/key")
        self.succeeds()
        self.set(TELEX_CREDENTIALS=self.write("password", "secret\n"), TELEX_USER="anna")
        self.succeeds()

    def test_of_the_environment_stay_with_its_servers(self):
        self.set(TELEX_CREDENTIALS=f"{self.folder}/token")
        error = self.refused("-s", f"localhost:{self.port()}", code=77)
        self.assertIn("TELEX_CREDENTIALS belongs to TELEX_URL", error)

    def test_that_are_missing_name_the_variable(self):
        self.set(TELEX_USER="anna")
        self.assertIn("TELEX_USER: set TELEX_CREDENTIALS", self.refused(code=64))
        self.set(TELEX_CREDENTIALS=f"{self.folder}/none")
        self.assertIn(f"TELEX_CREDENTIALS: {self.folder}/none", self.refused(code=64))

    def test_of_a_context(self):
        self.set(TELEX_URL="")
        self.run_tool(
            "context", "add", "bus", "-s", f"localhost:{self.port()}", "--token-file", f"{self.folder}/token")
        self.succeeds("--context", "bus")
        self.succeeds("--context", "bus", "--identity", f"{self.folder}/key")


class Contexts(ExchangeTest):
    def add(self, name, server, *options):
        self.run_tool("context", "add", name, "--server", server, *options)

    def list(self):
        out, _ = self.run_tool("context", "list", "--format", "json")
        return [json.loads(line) for line in out.splitlines()]

    def test_choose_the_exchange(self):
        self.add("bus", f"127.0.0.1:{self.port()}")
        self.add("none", f"{self.folder}/none", "--select")
        self.assertIn(f"{self.folder}/none", self.refused())
        self.succeeds("--context", "bus")
        self.succeeds("-s", f"127.0.0.1:{self.port()}")
        self.run_tool("context", "select", "bus")
        self.succeeds()
        self.set(TELEX_URL=f"{self.folder}/other")
        self.assertIn(f"{self.folder}/other", self.refused())
        self.succeeds("-c", "bus")

    def test_are_listed_and_removed(self):
        self.add("b", "two", "--user", "anna")
        self.add("a", "one", "--select")
        self.assertEqual(self.list(), [
            {"name": "a", "selected": True, "servers": ["one"], "credentials": ""},
            {"name": "b", "selected": False, "servers": ["two"], "credentials": "user anna"},
        ])
        self.assertIn("yes       a     one      -\n", self.run_tool("context", "list")[0])
        self.assertEqual(self.run_tool("context", "list", "--names")[0], "a\nb\n")
        self.run_tool("context", "remove", "a")
        self.assertEqual([row["name"] for row in self.list()], ["b"])

    def test_are_completed_by_the_shell(self):
        self.add("bus", "one")
        self.add("broker", "two")
        script = self.write("completion.bash", self.run_tool("completion", "bash")[0])
        complete = f"""
PATH={os.path.dirname(TELEX)}:$PATH; . {script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _telex; printf '%s ' "${{COMPREPLY[@]}}"
"""
        for words, names in ((("telex", "--context", ""), "broker bus "), (("telex", "pub", "-c", "bu"), "bus "),
                             (("telex", "context", "select", "b"), "broker bus "),
                             (("telex", "context", "remove", "x"), " ")):
            with self.subTest(words):
                out = subprocess.run(["bash", "-c", complete, "bash", *words], env=self.environment, check=True,
                                     capture_output=True, text=True, timeout=DEADLINE).stdout
                self.assertEqual(out.strip(), names.strip())
        self.succeeds()

    def test_can_be_added_at_the_same_time(self):
        adding = [self.tool("context", "add", f"c{i:02}", "-s", "one") for i in range(20)]
        self.assertEqual([tool.finish()[0] for tool in adding], [0] * 20)
        self.assertEqual([row["name"] for row in self.list()], [f"c{i:02}" for i in range(20)])

    def test_can_be_unselected(self):
        self.add("none", f"{self.folder}/none", "--select")
        self.run_tool("context", "select")
        self.succeeds()

    def test_are_for_their_user_only(self):
        self.add("a", "one", "--select")
        path = f"{self.folder}/config/telex/contexts.yaml"
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        os.chmod(path, 0o640)
        for command in (("pub", "t", "x"), ("context", "list"), ("context", "add", "b", "-s", "two")):
            _, err = self.run_tool(*command, code=64)
            self.assertIn(f"run: chmod 600 '{path}'", err)

    def test_reject_mistakes(self):
        self.add("bus", "one")
        for arguments, text in (
            (("context", "add", "bus", "-s", "two"), "context 'bus' exists; remove it first"),
            (("context", "add", "a/b", "-s", "two"), "'a/b' is not a name"),
            (("context", "add", "a"), "--server is required"),
            (("context", "add", "a", "-s", "http://x"), "a client connects to HOST"),
            (("context", "select", "bs"), "there is no context 'bs'"),
            (("context", "remove", "bs"), "there is no context 'bs'"),
            (("pub", "t", "x", "-c", "bsu"), "there is no context 'bsu'; did you mean 'bus'?"),
            (("pub", "t", "x", "-c", "bus", "-s", "x"), "--context cannot be combined with --server"),
            (("context", "list", "-c", "bus"), "--context does not apply"),
        ):
            with self.subTest(arguments):
                self.assertIn(text, self.run_tool(*arguments, code=64)[1])


class Help(ExchangeTest):
    config = None

    def test_is_the_same_as_the_option(self):
        self.assertEqual(self.run_tool("help"), self.run_tool("--help"))
        self.assertEqual(self.run_tool("help", "frame", "decode"), self.run_tool("frame", "decode", "--help"))
        self.assertEqual(self.run_tool("version"), self.run_tool("--version"))

    def test_has_the_connection_options_once(self):
        self.assertIn("--tls-ca", self.run_tool("help")[0])
        self.assertNotIn("--tls-ca", self.run_tool("help", "sub")[0])

    def test_suggests_commands_and_options(self):
        for arguments, text in (
            (("help", "sbu"), "did you mean 'sub'?"),
            (("sbu", "t"), "did you mean 'sub'?"),
            (("sub", "t", "--formt", "json"), "did you mean '--format'?"),
            (("sub", "t", "--srver", "x"), "did you mean '--server'?"),
        ):
            with self.subTest(arguments):
                self.assertIn(text, self.run_tool(*arguments, code=64)[1])


if __name__ == "__main__":
    unittest.main()
