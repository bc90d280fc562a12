"""Reads a document as a transcript of terminals: which text is pasted where, and what comes out.

A fenced block is pasted, expected, or the content of a file:

- ```sh is pasted into a terminal. The text before it says which: "first terminal", "second terminal" and so on; without
  that, it is the terminal of the block before. "Ctrl-C" in that text interrupts the program of the terminal first.
- ```text after it is the output that comes. A line `…` stands for any number of lines, a `…` within a line for any
  text.
- Another block whose introduction ends with "`NAME`:" is the content of that file.
"""

import re
from dataclasses import dataclass

ORDINALS = ("first", "second", "third", "fourth")
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([\w./-]+)`[^`]*:\s*$")
TERMINAL = re.compile(rf"\b({'|'.join(ORDINALS)})\b(?: terminal)?")


@dataclass
class Paste:
    terminal: str
    text: str
    interrupts: bool
    is_answered: bool = False  # the next block is its output


@dataclass
class Expect:
    terminal: str
    text: str


@dataclass
class Write:
    name: str
    text: str


def terminal_of(introduction, before):
    """The last terminal that the text names."""
    if "terminal" not in introduction:
        return before
    named = TERMINAL.findall(introduction)
    return named[-1] if named else before


def mark_answered(steps):
    """The last step is an output: of the step before it, if that was pasted there."""
    paste = steps[-2] if len(steps) > 1 else None
    if isinstance(paste, Paste) and paste.terminal == steps[-1].terminal:
        paste.is_answered = True


def steps_of(document):
    """Returns the steps of a document in Markdown."""
    steps = []
    terminal = ORDINALS[0]
    end = 0
    for block in FENCED.finditer(document):
        introduction = document[end:block.start()]
        end = block.end()
        language, text = block.groups()
        if language == "sh":
            terminal = terminal_of(introduction, terminal)
            steps.append(Paste(terminal, text, "Ctrl-C" in introduction))
        elif language == "text":
            terminal = terminal_of(introduction, terminal)
            steps.append(Expect(terminal, text))
            mark_answered(steps)
        elif name := FILE.search(introduction):
            steps.append(Write(name[1], text))
    return steps


def pattern_of(expected):
    """Returns the regular expression of an output."""
    parts = []
    for line in expected.splitlines():
        if line.strip() == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(part) for part in line.split("…")) + r"\n")
    return re.compile("".join(parts))
