"""Links between documents are valid: files and headings exist. Usage: check_links.py [ROOT]"""

import os
import re
import sys

from project import Project, finish

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+\s+(.*?)\s*#*$", re.MULTILINE)


def prose(text):
    """Returns the text without code blocks; line numbers unchanged."""
    return FENCE.sub(lambda match: "\n" * match.group().count("\n"), text)


def anchors(text):
    """Returns the anchors that a forge generates for the headings."""
    names = set()
    for heading in HEADING.findall(prose(text)):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        names.add(name)
    return names


def problem_of(project, path, target):
    file, _, anchor = target.partition("#")
    found = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
    if not (project.root / found).exists():
        return f"'{target}' does not exist"
    if anchor and found.endswith(".md") and anchor not in anchors(project.text(found)):
        return f"'{target}' is not a heading"
    return None


def problems(project):
    for path in project.files(".md"):
        text = prose(project.text(path))
        for match in LINK.finditer(text):
            if re.match(r"[a-z]+:", match.group(1)):
                continue
            problem = problem_of(project, path, match.group(1))
            if problem:
                line = text.count("\n", 0, match.start()) + 1
                yield f"{path}:{line}: {problem}"


if __name__ == "__main__":
    tree = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    finish("links", list(problems(tree)), f"{len(tree.files('.md'))} documents")
