"""The text for people in a source file: comments, string literals, docstrings, paragraphs.

passages(path, text) yields (line, text): a comment block, a paragraph or a literal, joined to one line of text. A
list of the lines' offsets maps a match back to its line."""

import io
import re
import tokenize
from dataclasses import dataclass

_CPP_TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)|R"(?P<mark>[^(\s]*)\((?P<raw>.*?)\)(?P=mark)"|"(?P<string>(?:[^"\\\n]|\\.)*)"'
    r"|'(?:[^'\\\n]|\\.)+'",
    re.DOTALL,
)
_INCLUDE = re.compile(r"\s*#\s*include\b")
_MARKDOWN_QUOTE = re.compile(r"`[^`\n]*`|\"[^\"\n]*\"")  # code, and text that is quoted
_HASH_FILES = (
    ".yaml", ".yml", ".sh", ".cmake", ".service", ".socket", ".conf", ".catalog", ".in", "CMakeLists.txt",
    "debian/rules", "debian/telexd.postrm",
)


@dataclass
class Passage:
    """Lines of text that belong together, joined with spaces."""

    text: str
    starts: list  # (offset in the text, line number)

    def line_of(self, offset):
        return max(line for start, line in self.starts if start <= offset)


def _joined(lines):
    """A Passage of [(line number, text)]."""
    text, starts = "", []
    for number, line in lines:
        starts.append((len(text), number))
        text += line + " "
    return Passage(text.rstrip(), starts)


def _blocks(lines):
    """Passages of runs of neighbouring lines; [(line number, text)], an empty text ends a run."""
    run = []
    for number, text in lines:
        if run and (not text or number != run[-1][0] + 1):
            yield _joined(run)
            run = []
        if text:
            run.append((number, text))
    if run:
        yield _joined(run)


def _cpp(text, literals=True):
    comments = []
    for match in _CPP_TOKEN.finditer(text):
        number = text.count("\n", 0, match.start()) + 1
        if match.group("comment"):
            lines = match.group("comment").splitlines()
            comments += [(number + i, re.sub(r"^\s*(?://+|/?\*+/?)\s?|\s*\*/$", "", line)) for i, line in enumerate(lines)]
        elif match.group("raw") is not None:
            continue  # templates and test input
        elif match.group("string") and literals:
            begin = text.rfind("\n", 0, match.start()) + 1
            if not _INCLUDE.match(text, begin):
                yield _joined([(number, match.group("string").replace("\\n", " "))])
    yield from _blocks(comments)


def _python(text):
    comments = []
    previous = tokenize.NEWLINE
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                comments.append((token.start[0], token.string.lstrip("#! ")))
            elif token.type == tokenize.STRING and previous in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
                lines = token.string.strip("\"'").splitlines()
                yield from _blocks([(token.start[0] + i, line.strip()) for i, line in enumerate(lines)])
            if token.type not in (tokenize.NL, tokenize.COMMENT):
                previous = token.type
    except (tokenize.TokenError, IndentationError):
        pass
    yield from _blocks(comments)


def _hash(text):
    lines = enumerate(text.splitlines(), 1)
    yield from _blocks([(n, re.sub(r"^\s*#+\s?", "", line)) for n, line in lines if re.match(r"\s*#", line)])


def _shell(text):
    yield from _hash(text)
    for match in re.finditer(r"\b(?:note|die) \"([^\"]*)\"", text):
        yield _joined([(text.count("\n", 0, match.start()) + 1, match.group(1))])


def _catalog(text):
    yield from _blocks([(n, line) for n, line in enumerate(text.splitlines(), 1)])


def _markdown(text):
    lines, fence = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("```", "~~~")):
            fence = not fence
            lines.append((number, ""))
        elif fence or line.startswith("    "):
            lines.append((number, ""))
        elif line.startswith(("|", "#")):
            # Each row and each heading stands for itself.
            lines += [(number - 1, ""), (number, _MARKDOWN_QUOTE.sub("X", line)), (number, "")]
        else:
            lines.append((number, _MARKDOWN_QUOTE.sub("X", line)))
    yield from _blocks(lines)


def passages(path, text):
    if path.endswith((".cpp", ".hpp", ".h", ".c", ".proto")):
        # Literals of tests and benchmarks are input and expected output.
        return _cpp(text, literals=not path.startswith(("tests/", "bench/")))
    if path.endswith(".py"):
        return _python(text)
    if path.endswith(".md"):
        return _markdown(text)
    if path.endswith(".catalog"):
        return _catalog(text)
    if path.startswith("script/"):
        return _shell(text)
    if path.endswith(_HASH_FILES):
        return _hash(text)
    if path == "debian/control":
        return _catalog(text)
    return ()
