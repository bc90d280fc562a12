"""Every test in the sources ran, and every test in the threat model passed. Usage: check_ran.py BUILD_TREE...

Finds tests whose source is not compiled and tests whose program ended before their turn. Skipped tests are printed, but
are not failures."""

import sys

import discovery
from check_threats import DOCUMENT, NAME
from project import Project, finish
from records import read_tree


def outcomes(builds):
    """Returns {name: set of outcomes} over all trees."""
    found = {}
    for build in builds:
        for case in read_tree(build):
            found.setdefault(case.name, set()).add(case.outcome)
    return found


def problems(project, ran):
    named = set(NAME.findall(project.text(DOCUMENT)))
    for name, path in sorted((discovery.cpp_tests(project) | discovery.python_tests(project)).items()):
        found = ran.get(name) or ran.get(f"{name.rpartition('.')[0]}.setUpClass", set())
        if not found:
            yield f"{path}: {name} did not run in any tree: is its file in a CMakeLists.txt?"
        elif name in named and "failed" in found:
            yield f"{DOCUMENT}: {name} failed"
        elif found == {"skipped"}:
            print(f"{path}: {name} was skipped in every tree{', and the threat model names it' * (name in named)}")


def main(*builds):
    project = Project(".")
    ran = outcomes(builds)
    finish("ran", list(problems(project, ran)), f"{len(ran)} tests")


if __name__ == "__main__":
    main(*sys.argv[1:])
