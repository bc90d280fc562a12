"""Wording of the sources: no marks of unfinished work, no paths of one machine, plain English.

Usage: check_words.py [ROOT]

The language rules apply to text for people (prose.py) and to test names. Models and examples: CONTRIBUTING.md."""

import re
import sys

import discovery
from project import Project, finish
from prose import passages

# Joined from halves, so that this file does not report itself.
MARKERS = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")
PRIVATE_FOLDERS = ("work", "root", "home")

RULES = (
    (re.compile(r"\b(" + "|".join(MARKERS) + r")\b"), "mark of unfinished work"),
    # Not after a letter, dot, brace or slash: parts of longer paths and URLs are allowed.
    (re.compile(r"(?<![\w.})/-])/(" + "|".join(PRIVATE_FOLDERS) + r")/"), "path of one machine"),
)

TEST_DATA = ("tests/unit/config/broken/",)  # files with the errors that they cause

START = r"(?:^|(?<=[.;:!?] )|(?<=\| ))"  # of a sentence or of a table cell
LANGUAGE = (
    (START + r"What (?![^.]*\?)[a-z']+", "name the thing instead of a what-clause"),
    (START + r"(?:Who|Whoever|Whom|Whose) (?![^.]*\?)[a-z']+", "name the subject instead of a who-clause"),
    (START + r"(?:Nothing|Nobody|False|True|Null|None): ", 'write "Returns ... if ..." or "Defaults to ..."'),
    (r"(?<!there )(?<!There )\b(?:is|are|was|were) no (?!longer|more|other)[a-z]+", 'write "is not a" or a verb'),
    (r"\bso many\b(?! that)", "give the number or write 'this number of'"),
    (r"\bas (?:many|much) as (?:it|they|there|may|fits?)\b", 'write "all" or "at most"'),
    (r"\bany more\b", 'write "no longer"'),
    (r"\banew\b", 'write "again" or a verb with "re"'),
    (r"\bow(?:es?|ed)\b", "say what is still to be written or done"),
    (r"\b(?:is|are|was|were|be|been) told\b", 'write "is notified" or "receives"'),
    (r"\bhears?\b|\bheard\b", 'write "receives"'),
    (r"\b(?:[Ss]ome|[Nn]o|[Aa]ny|[Ee]very)body\b", "name the client, peer, user or thread"),
    (r"\bof (?:its|their|one's) own\b", 'write "own", "separate" or "private"'),
    (r"\b(?:is|are|was|were) to be\b", 'write "must be" or "will be"'),
    (r"\bmay be a trick\b", "name the attack"),
    (r"\bha(?:s|ve) a look\b", 'write "checks"'),
)
LANGUAGE_RULES = [(re.compile(pattern), advice) for pattern, advice in LANGUAGE]
TEST_NAME = re.compile(
    r"(?:Some|No|Any|Every)body|Whoever|(?:Is|Are)Told|Hears?(?![a-z])"
    r"|_(?:some|no|any|every)body|_who_|_whoever_|_(?:is|are)_told|_hears?(?![a-z])"
)


def is_binary(project, path):
    with open(project.root / path, "rb") as file:
        return b"\0" in file.read(8192)


def marks(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, reason in RULES:
            match = pattern.search(line)
            if match:
                yield f"{path}:{number}: '{match.group()}': {reason}"


def lapses(path, text):
    for passage in passages(path, text):
        for pattern, advice in LANGUAGE_RULES:
            for match in pattern.finditer(passage.text):
                yield f"{path}:{passage.line_of(match.start())}: '{match.group()}': {advice}"


def test_names(project):
    for name, path in sorted((discovery.cpp_tests(project) | discovery.python_tests(project)).items()):
        match = TEST_NAME.search(name)
        if match:
            yield f"{path}: test {name}: '{match.group()}': name the client, peer, user or action"


def problems(project):
    for path in project.files():
        # Fuzzing seeds are arbitrary bytes.
        if path.startswith("tests/fuzz/corpus/") or is_binary(project, path):
            continue
        text = project.text(path)
        yield from marks(path, text)
        if not path.startswith(TEST_DATA):
            yield from lapses(path, text)
    yield from test_names(project)


if __name__ == "__main__":
    tree = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    finish("words", list(problems(tree)), f"{len(tree.files())} files")
