"""The configuration and the JSON Schema that telexd prints."""

import json
import os
import pathlib
import re
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

    def test_printed_configuration_loads_and_prints_the_same(self):
        for path in SHIPPED:
            if "_PASSWORD}" in path.read_text(encoding="utf-8"):
                continue  # secrets are not printed
            once = run("--print-config", "--config", path)
            self.assertEqual(run("--print-config", "--config", self.write(once)), once, path)

    def test_secrets_are_printed_as_references(self):
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

    def test_an_invalid_file_is_not_printed(self):
        self.assertEqual(run("--print-config", "--config", self.write("listeners: 5"), code=78), "")

    def test_printed_defaults_are_valid(self):
        self.write(run("--print-defaults"))
        run("--check-config", f"{self.folder}/telexd.yaml")

    def test_a_full_disk_is_reported(self):
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

    def test_accepts_the_shipped_files(self):
        for path in SHIPPED:
            self.assertEqual(self.problems(path.read_text()), [], path)

    def test_rejects_unknown_keys_and_values(self):
        for text in (
            "listeners: []",
            "{}",
            'listeners: [{name: n, address: "tcp://127.0.0.1:1", port: 5}]',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1", accept: fairly}]',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1"}]\nlog: {level: loud}',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1"}]\nusers: [{nam: a}]',
            'listeners: [{address: "tcp://127.0.0.1:1"}]',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1", limits: {max_connections: 0}}]',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1", protocol: gopher}]',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1", tls: {key: /k}}]',
            'listeners: [{name: n, address: "tcp://127.0.0.1:1", limits: {max_frame: 64}}]',
        ):
            self.assertNotEqual(self.problems(text), [], text)

    def test_accepts_words_that_yaml_reads_as_other_types(self):
        self.assertEqual(self.problems(
            'listeners: [{name: n, address: "tcp://127.0.0.1:1", protocol: raw, publish: a,\n'
            '  limits: {idle_timeout: off}, tls: {certificate: /c, key: /k, min_version: 1.3}}]\n'
            'server: {spin: 0, reactors: 2}'
        ), [])

    def test_rejects_only_files_that_the_daemon_rejects(self):
        """The daemon rejects every file of the loader's tests that the schema rejects."""
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

    def test_has_every_key_of_the_reference(self):
        reference = re.sub(
            r"^### Protocols\n.*?^#", "#", run("--print-config-reference"), flags=re.M | re.S)
        names = {line.split("`")[1] for line in reference.splitlines()
                 if line.startswith("| `") and line.count(" | ") >= 4}
        text = json.dumps(self.schema)
        self.assertGreater(len(names), 80)
        for name in names:
            self.assertIn(f'"{name}": {{', text)


if __name__ == "__main__":
    unittest.main()
