"""No marks of unfinished work, no paths of one machine. Usage: check_words.py [ROOT]"""

import re
import sys

from project import Project, finish

# Joined from halves, so that this file does not report itself.
MARKERS = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")
PRIVATE_FOLDERS = ("work", "root", "home")

RULES = (
    (re.compile(r"\b(" + "|".join(MARKERS) + r")\b"), "mark of unfinished work"),
    # Not after a letter, dot, brace or slash: parts of longer paths and URLs are allowed.
    (re.compile(r"(?<![\w.})/-])/(" + "|".join(PRIVATE_FOLDERS) + r")/"), "path of one machine"),
)


def is_binary(project, path):
    with open(project.root / path, "rb") as file:
        return b"\0" in file.read(8192)


def problems(project):
    for path in project.files():
        # Fuzzing seeds are arbitrary bytes.
        if path.startswith("tests/fuzz/corpus/") or is_binary(project, path):
            continue
        for number, line in enumerate(project.text(path).splitlines(), 1):
            for pattern, reason in RULES:
                match = pattern.search(line)
                if match:
                    yield f"{path}:{number}: '{match.group()}': {reason}"


if __name__ == "__main__":
    tree = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    finish("words", list(problems(tree)), f"{len(tree.files())} files")
