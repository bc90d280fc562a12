"""Each class is implemented in one source file. Usage: check_classes.py [ROOT]

A class whose functions are defined in two .cpp files of one module is two concepts: split the class instead of
the file. Classes in headers, and nested classes (`Outer::Inner`), count separately."""

import re
import sys

from check_layers import module_of, read_layers
from project import Project, finish

FOLDERS = ("lib", "daemon", "cli")
LITERAL = re.compile(r'R"([^(\s]*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'', re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
NAMESPACE = re.compile(r"(?:inline\s+)?namespace\b|extern\s*$")
# `Outer::Inner::name(`, with template arguments, up to the parameter list of a definition.
DEFINITION = re.compile(r"((?:\w+(?:<[^<>]*>)?::)+)(?:operator\s*(?:\(\)|[^\s(]+)|~?\w+)\s*\(")


def code_of(project, path):
    """The text without comments, literals and preprocessor lines; line numbers unchanged."""
    text = LITERAL.sub(lambda match: '""' + "\n" * match.group().count("\n"), project.code(path))
    return DIRECTIVE.sub(lambda match: "\n" * match.group().count("\n"), text)


def definitions(code):
    """(line, class) of each member function that is defined at namespace level."""
    scopes = []  # is each open brace that of a namespace?
    begin = 0
    for match in re.finditer(r"[{};]", code):
        at, head = match.start(), code[begin : match.start()].strip()
        if match.group() == "}":
            if scopes:
                scopes.pop()
        elif match.group() == "{":
            if all(scopes) and not head.startswith(","):  # a comma: the list of a constructor goes on
                found = DEFINITION.search(head)
                if found and not re.search(r"[=(]", head[: found.start()].replace("()", "")):
                    yield code.count("\n", 0, at) + 1, class_name(found.group(1))
            scopes.append(bool(NAMESPACE.match(head)))
        begin = at + 1


def class_name(qualifiers):
    """`server::Outer<T>::Inner::` -> `Outer::Inner`; empty for a function of a namespace."""
    parts = re.sub(r"<[^<>]*>", "", qualifiers).rstrip(":").split("::")
    return "::".join(part for part in parts if part[:1].isupper())


def problems(project):
    modules = read_layers(project.text("docs/layers.txt"))
    homes = {}
    for path in project.cpp_files(*FOLDERS):
        if not path.endswith(".cpp"):
            continue
        module = module_of(path, modules)
        for line, name in definitions(code_of(project, path)):
            if name:
                homes.setdefault((module.folder if module else "", name), {}).setdefault(path, line)
    for (_, name), paths in sorted(homes.items()):
        if len(paths) > 1:
            places = ", ".join(f"{path}:{line}" for path, line in sorted(paths.items()))
            yield f"{name} is implemented in {len(paths)} files: {places}"


if __name__ == "__main__":
    tree = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    finish("classes", list(problems(tree)), f"{len(tree.cpp_files(*FOLDERS))} files")
