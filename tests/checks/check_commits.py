"""Commit subjects have the form "area: imperative". Usage: check_commits.py [ROOT]

Covers the commits since this check was added, or those that a shallow clone has."""

import re
import subprocess
import sys

from project import finish

LIMIT = 72
THIS_CHECK = "tests/checks/check_commits.py"
FORM = re.compile(r"(?P<area>[a-z0-9][a-z0-9 ,/._-]*): (?P<word>[a-z][a-z-]*)\b")
# Verbs in the imperative that end like a past tense or a gerund.
IMPERATIVES = frozenset(
    "bring embed exceed feed fling need ping proceed ring seed shed shred speed spring string succeed weed wring".split()
)


def subjects(root):
    """[(commit, subject)] of the commits after the one that added this check."""
    def git(*arguments):
        command = ["git", "-c", f"safe.directory={root}", "-C", root, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()

    added = git("log", "--diff-filter=A", "--format=%H", "--", THIS_CHECK)
    if not added:
        return []
    return [line.split(" ", 1) for line in git("log", "--no-merges", "--format=%h %s", f"{added[-1]}..HEAD")]


def fault_of(subject):
    if len(subject) > LIMIT:
        return f"{len(subject)} characters, the limit is {LIMIT}"
    if subject.endswith("."):
        return "ends with a period"
    form = FORM.match(subject)
    if not form:
        return 'expected "area: imperative", in lower case'
    word = form.group("word")
    if word.endswith(("ed", "ing")) and word not in IMPERATIVES:
        return f"'{word}' is not an imperative"
    return None


def problems(commits):
    for commit, subject in commits:
        fault = fault_of(subject)
        if fault:
            yield f"{commit} \"{subject}\": {fault}"


if __name__ == "__main__":
    found = subjects(sys.argv[1] if len(sys.argv) > 1 else ".")
    finish("commits", list(problems(found)), f"{len(found)} subjects")
