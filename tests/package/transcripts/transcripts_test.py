"""The tour of the README and the tutorials, pasted block by block into terminals: what they show is what comes."""

import os
import pathlib
import unittest

import namespaces
from installation import Installation
from transcript import Expect, steps_of

SOURCE = pathlib.Path(os.environ["TELEX_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["TELEX_BUILD_DIR"])


def setUpModule():
    # The documents name the default ports.
    namespaces.enter_network()


class Transcripts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.installation = Installation(BUILD)
        cls.addClassCleanup(cls.installation.remove)

    def repeat(self, document):
        steps = steps_of((SOURCE / document).read_text(encoding="utf-8"))
        self.assertGreater(sum(isinstance(step, Expect) for step in steps), 2, "the document shows output")
        self.installation.repeat(SOURCE, steps)

    def test_readme(self):
        self.repeat("README.md")

    def test_c_program(self):
        self.repeat("docs/tutorials/c-program.md")

    def test_python_service(self):
        self.repeat("docs/tutorials/python-service.md")

    def test_sensor(self):
        self.repeat("docs/tutorials/sensor.md")

    def test_slow_consumer(self):
        self.repeat("docs/tutorials/slow-consumer.md")

    def test_stream(self):
        self.repeat("docs/tutorials/stream.md")

    def test_web_page(self):
        self.repeat("docs/tutorials/web-page.md")

    def test_each_tutorial_is_repeated(self):
        tutorials = {path.stem for path in (SOURCE / "docs/tutorials").glob("*.md")} - {"README"}
        repeated = {name.removeprefix("test_").replace("_", "-") for name in dir(self) if name.startswith("test_")}
        self.assertEqual(tutorials - repeated, set())


if __name__ == "__main__":
    unittest.main()
