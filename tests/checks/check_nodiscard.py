"""Functions that return a Result or an Expected are [[nodiscard]]. Usage: check_nodiscard.py [ROOT]

tl::expected is not [[nodiscard]], so each declaration must be. Covers functions that return one by value, also within
std::optional or std::future, and by an alias. A definition needs the attribute unless the function was declared
before: in its class, or in a header that the source includes. clang-tidy covers lambdas and calls through std::function
(bugprone-unused-return-value).

Outside of tests, a cast to void that drops a result needs a comment on the same or the previous line.
"""

import re
import sys
from dataclasses import dataclass

from project import Project, finish

ATTRIBUTE = "[[nodiscard]]"
FOLDERS = ("lib", "daemon", "cli", "examples", "bench", "tests", "clients")
WRAPPERS = r"(?:std::(?:optional|future|shared_future)\s*<\s*)*"
SPECIFIERS = re.compile(
    r"(?:(?:static|virtual|inline|constexpr|consteval|explicit|extern|TELEX_EXPORT)\b\s*)*$"
)
FUNCTION = re.compile(r"\s*(?P<closers>[>\s]*)\s(?P<name>(?:\w+::)*(?:operator\s*\S+?|\w+))\s*\(")
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'')
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
ALIAS = re.compile(r"\busing\s+(\w+)\s*=\s*(?:\w+::)*(?:Result|Expected|expected)\s*<")
TRAILING = re.compile(
    r"\bauto\s+(?P<name>(?:\w+::)*\w+)\s*\([^{};]*?\)\s*(?:const\b|noexcept\b|override\b|\s)*"
    r"->\s*" + WRAPPERS + r"(?:\w+::)*(?:Result|Expected|expected)\s*<"
)
CAST = re.compile(r"\(void\)\s*[\w:!(*]")


def blank(pattern, text):
    """Blanks out the matches of a pattern; offsets and lines unchanged."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def code_of(project, path):
    return blank(DIRECTIVE, blank(LITERAL, project.code(path)))


def end_of_arguments(code, at):
    """Returns the end of template arguments that start at `at`, after the `<`."""
    depth = 1
    while depth and at < len(code):
        depth += {"<": 1, ">": -1}.get(code[at], 0)
        at += 1
    return at


def begin_of_statement(code, at):
    """Returns the start of the declaration whose return type is at `at`."""
    while at > 0:
        before = code[at - 1]
        if before in ";{}" or (before == ":" and code[at - 2 : at] != "::" and code[at : at + 1] != ":"):
            return at
        at -= 1
    return at


def without_template_head(prefix):
    """Removes `template <...>` and a requires-clause from the start of a declaration."""
    head = re.match(r"\s*template\s*<", prefix)
    if not head:
        return prefix
    rest = prefix[end_of_arguments(prefix, head.end()) :]
    return re.sub(r"^\s*requires\s+[\w:]+(?:\s*<[^<>]*>)?", "", rest)


@dataclass
class Declaration:
    """A function that returns a result."""

    name: str  # qualified if defined outside its class
    offset: int  # where the attribute belongs
    is_marked: bool


def declarations(code, aliases):
    """Yields all functions of a source that return a result by value."""
    known = [rf"{alias}\b(?:\s*<)?(?!\s*::)" for alias in aliases]
    names = "|".join([r"(?:Result|Expected|expected)\s*<", *known])
    for match in re.finditer(rf"(?P<around>{WRAPPERS})(?:::)?(?:\b\w+::)*\b(?:{names})", code):
        end = match.end()
        if match.group().endswith("<"):
            end = end_of_arguments(code, end)
        function = FUNCTION.match(code, end)
        if not function or function.group("closers").count(">") != match.group("around").count("<"):
            continue
        begin = begin_of_statement(code, match.start())
        prefix = without_template_head(code[begin : match.start()])
        if SPECIFIERS.match(prefix.replace(ATTRIBUTE, "").strip()):
            offset = match.start() - len(prefix.lstrip())
            yield Declaration(function.group("name"), offset, ATTRIBUTE in prefix)
    for match in TRAILING.finditer(code):
        prefix = without_template_head(code[begin_of_statement(code, match.start()) : match.start()])
        yield Declaration(match.group("name"), match.start(), ATTRIBUTE in prefix)


def line_of(code, offset):
    return code.count("\n", 0, offset) + 1


def unmarked(project, paths):
    """Returns (path, offset, name) of each declaration without the attribute, and the number of all declarations."""
    codes = {path: code_of(project, path) for path in paths}
    shared = {
        alias for path in paths if not path.endswith(".cpp") for alias in ALIAS.findall(codes[path])
    }
    found = {
        path: list(declarations(codes[path], shared | set(ALIAS.findall(codes[path])))) for path in paths
    }
    problems = []
    for path in paths:
        announced = declared_before(project, path, found) if path.endswith(".cpp") else set()
        problems += [
            (path, one.offset, one.name)
            for one in found[path]
            if not one.is_marked and "::" not in one.name and one.name not in announced
        ]
    return problems, sum(len(rows) for rows in found.values())


def declared_before(project, path, found):
    """Returns the names of such functions in the headers that a source includes."""
    headers = (project.resolve(path, name) for _, _, name in project.includes(path))
    return {one.name for header in headers for one in found.get(header, ())}


def silent_casts(project, path):
    """Yields lines that drop a value without a comment."""
    explained = False
    for number, line in enumerate(project.text(path).splitlines(), 1):
        dropped = CAST.search(line)
        if dropped and not explained and "//" not in line:
            yield number
        # A comment applies to all casts directly below it.
        explained = line.lstrip().startswith("//") or (explained and dropped)


def main():
    project = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    paths = project.cpp_files(*FOLDERS)
    missing, count = unmarked(project, paths)
    problems = [
        f"{path}:{line_of(project.code(path), offset)}: {name} returns a result and is not {ATTRIBUTE}"
        for path, offset, name in missing
    ]
    problems += [
        f"{path}:{line}: a value is dropped without a comment that says why"
        for path in paths
        if path.split("/")[0] not in ("tests", "bench")
        for line in silent_casts(project, path)
    ]
    finish("nodiscard", problems, f"{count} functions that return a result")


if __name__ == "__main__":
    main()
