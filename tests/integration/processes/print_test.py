"""What telexd prints about its configuration: the file as it is understood, and a schema of it."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema
import yaml
from processes import DEADLINE, TELEXD

ROOT = pathlib.Path(__file__).resolve().parents[3]
SHIPPED = [ROOT / "config/telexd.yaml", *sorted((ROOT / "config/examples").glob("*.yaml"))]
BROKEN = ROOT / "tests/unit/config/broken"


def run(*arguments, code=0, **variables):
    result = subprocess.run(
        [TELEXD, *map(str, arguments)], capture_output=True, text=True, timeout=DEADLINE,
        env=os.environ | variables, check=False,
    )
    if result.returncode != code:
        raise AssertionError(f"{arguments}: {result.returncode} {result.stdout}{result.stderr}")
    return result.stdout


class Printed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="telex-print-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, text):
        path = f"{self.folder}/telexd.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_what_is_printed_can_be_loaded_and_prints_the_same(self):
        for path in SHIPPED:
            once = run("--print-config", "--config", path)
            self.assertEqual(run("--print-config", "--config", self.write(once)), once, path)

    def test_secrets_stand_in_it_as_the_file_names_them(self):
        with open(f"{self.folder}/key", "w", encoding="ascii") as file:
            file.write("very secret")
        path = self.write(
            f'server: {{name: "${{credential:key}}"}}\n'
            'listeners: [{name: n, address: "tcp://127.0.0.1:0"}]\n'
        )
        run("--print-config", "--config", path, code=78, CREDENTIALS_DIRECTORY=self.folder)
        with open(f"{self.folder}/key", "w", encoding="ascii") as file:
            file.write("hidden-name")
        out = run("--print-config", "--config", path, CREDENTIALS_DIRECTORY=self.folder)
        self.assertIn('name: "${credential:key}"', out)
        self.assertNotIn("hidden-name", out)

    def test_a_broken_file_is_not_printed(self):
        self.assertEqual(run("--print-config", "--config", self.write("listeners: 5"), code=78), "")

    def test_the_defaults_can_be_run(self):
        self.write(run("--print-defaults"))
        run("--check-config", f"{self.folder}/telexd.yaml")

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run(
                [TELEXD, "--print-schema"], stdout=full, timeout=DEADLINE, check=False
            )
        self.assertEqual(result.returncode, 74)


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schema = json.loads(run("--print-schema"))
        jsonschema.Draft202012Validator.check_schema(cls.schema)
        cls.validator = jsonschema.Draft202012Validator(cls.schema)

    def problems(self, text):
        return [error.message for error in self.validator.iter_errors(yaml.safe_load(text))]

    def test_shipped_files_fit(self):
        for path in SHIPPED:
            self.assertEqual(self.problems(path.read_text()), [], path)

    def test_unknown_keys_and_words_do_not(self):
        for text in (
            "listeners: []",
            "{}",
            'listeners: [{name: n, address: "tcp://127.0.0.1:1", port: 5}]',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1", accept: fairly}]',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1"}]\nlog: {level: loud}',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1"}]\nusers: [{nam: a}]',
            'listeners: [{address: "tcp://127.0.0.1:1"}]',
        ):
            self.assertNotEqual(self.problems(text), [], text)

    def test_what_it_refuses_the_daemon_refuses(self):
        """Files that are wrong for the schema are wrong for the daemon: every file with one mistake that
        the schema sees is among those that the loader is tested with."""
        seen = 0
        for path in sorted(BROKEN.glob("*.yaml")):
            try:
                document = yaml.safe_load(path.read_text(errors="surrogateescape"))
            except (yaml.YAMLError, ValueError):
                continue
            if isinstance(document, dict) and any(self.validator.iter_errors(document)):
                seen += 1
                run("--check-config", path, code=78)
        self.assertGreater(seen, 50)

    def test_every_key_of_the_reference_is_in_it(self):
        reference = run("--print-config-reference")
        names = {line.split("`")[1] for line in reference.splitlines()
                 if line.startswith("| `") and line.count(" | ") >= 4}
        text = json.dumps(self.schema)
        self.assertGreater(len(names), 80)
        for name in names:
            self.assertIn(f'"{name}": {{', text)


if __name__ == "__main__":
    unittest.main()
