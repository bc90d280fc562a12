"""docs/dependencies.md lists exactly the packages that script/bootstrap installs.

Usage: check_dependencies.py [ROOT]"""

import re
import subprocess
import sys

from project import Project, finish

# A table row that starts with one or more package names in backticks.
ROW = re.compile(r"^\|\s*((?:`[a-z0-9.+-]+`[,\s]*)+)\|", re.MULTILINE)


def installed(project):
    command = [project.root / "script/bootstrap", "--list"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def documented(project):
    rows = ROW.findall(project.text("docs/dependencies.md"))
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def problems(project):
    ours, listed = installed(project), documented(project)
    for name in sorted(ours - listed):
        yield f"docs/dependencies.md: does not list {name}, which script/bootstrap installs"
    for name in sorted(listed - ours):
        yield f"script/bootstrap: does not install {name}, which docs/dependencies.md lists"


if __name__ == "__main__":
    tree = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    finish("dependencies", list(problems(tree)), f"{len(installed(tree))} packages")
