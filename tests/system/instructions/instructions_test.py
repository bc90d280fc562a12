"""The instructions of a frame and of a message, path by path, are those of the files beside, or fewer: times are too noisy
to compare.

After a change that is worth its cost, or one that saves a tenth, write the counts again:

    TELEX_WRITE_COUNTS=1 script/test release
"""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

MOST_GROWTH = 1.03
FOLDER = pathlib.Path(__file__).parent


def _counted(program):
    """Returns the instructions of one frame or message by path."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no", f"--callgrind-out-file={folder}/out", program],
            check=True)
        dumps = [dump.read_text(encoding="utf-8") for dump in pathlib.Path(folder).iterdir()]
    found = {}
    for dump in dumps:
        trigger = re.search(r"^desc: Trigger: Client Request: (\d+) x (.+)$", dump, re.MULTILINE)
        if trigger:
            total = re.search(r"^(?:totals|summary): (\d+)", dump, re.MULTILINE)
            found[trigger.group(2)] = round(int(total.group(1)) / int(trigger.group(1)))
    return dict(sorted(found.items()))


class Instructions(unittest.TestCase):
    def compare(self, program, name):
        file = FOLDER / name
        found = _counted(os.environ[program])
        if os.environ.get("TELEX_WRITE_COUNTS"):
            file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        expected = json.loads(file.read_text(encoding="utf-8"))
        self.assertEqual(list(found), list(expected))
        grown = [f"{path}: {count} instead of {expected[path]}"
                 for path, count in found.items() if count > expected[path] * MOST_GROWTH]
        self.assertEqual(grown, [], f"""
More instructions than {file} says. If the change is worth them, write the counts again, commit the file with the change,
and say why in CHANGELOG.md:

    TELEX_WRITE_COUNTS=1 script/test release
""")

    def test_a_frame_takes_no_more_than_before(self):
        self.compare("FRAMING_PATHS", "frame_counts.json")

    def test_a_message_takes_no_more_than_before(self):
        self.compare("EXCHANGE_PATHS", "message_counts.json")


if __name__ == "__main__":
    unittest.main()
