"""The tests that the threat model names exist. Usage: check_threats.py [ROOT]"""

import re
import sys

from project import Project, finish

DOCUMENT = "docs/threat-model.md"
NAME = re.compile(r"`((?:\w+_test\.\w+\.test_\w+)|(?:[A-Z]\w*\.[A-Z]\w*)|(?:fuzz_[a-z_]+))`")
CPP_TEST = re.compile(r"^TEST(?:_F|_P)?\((\w+), (\w+)\)", re.MULTILINE)
PYTHON_CLASS = re.compile(r"^class (\w+)|^    def (test_\w+)", re.MULTILINE)


def cpp_tests(project):
    for path in project.cpp_files("tests"):
        for suite, name in CPP_TEST.findall(project.text(path)):
            yield f"{suite}.{name}"
        if path.startswith("tests/fuzz/fuzz_"):
            yield path.rsplit("/", 1)[1].removesuffix(".cpp")


def python_tests(project):
    for path in project.files("_test.py"):
        module, owner = path.rsplit("/", 1)[1].removesuffix(".py"), ""
        for class_name, test in PYTHON_CLASS.findall(project.text(path)):
            owner = class_name or owner
            if test:
                yield f"{module}.{owner}.{test}"


def problems(project):
    known = {*cpp_tests(project), *python_tests(project)}
    text = project.text(DOCUMENT)
    for match in NAME.finditer(text):
        if match.group(1) not in known:
            line = text.count("\n", 0, match.start()) + 1
            yield f"{DOCUMENT}:{line}: there is no test {match.group(1)}"


if __name__ == "__main__":
    tree = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    finish("threats", list(problems(tree)), f"{len(NAME.findall(tree.text(DOCUMENT)))} names")
