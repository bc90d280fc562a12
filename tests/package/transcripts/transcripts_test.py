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


if __name__ == "__main__":
    unittest.main()
