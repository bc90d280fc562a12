"""The tests named in the threat model exist; check_ran.py checks that they ran. Usage: check_threats.py [ROOT]"""

import re
import sys

import discovery
from project import Project, finish

DOCUMENT = "docs/threat-model.md"
NAME = re.compile(r"`((?:\w+_test\.\w+\.test_\w+)|(?:[A-Z]\w*\.[A-Z]\w*)|(?:fuzz_[a-z_]+))`")


def problems(project):
    known = discovery.cpp_tests(project) | discovery.python_tests(project)
    text = project.text(DOCUMENT)
    for match in NAME.finditer(text):
        if match.group(1) not in known:
            line = text.count("\n", 0, match.start()) + 1
            yield f"{DOCUMENT}:{line}: there is no test {match.group(1)}"


if __name__ == "__main__":
    tree = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    finish("threats", list(problems(tree)), f"{len(NAME.findall(tree.text(DOCUMENT)))} names")
