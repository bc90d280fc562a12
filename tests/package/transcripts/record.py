"""Records the tour of the README as a picture: docs/images/tour.svg. See script/record."""

import html
import pathlib
import sys

import namespaces
from installation import Installation
from transcript import steps_of

SHOWN = {"second": "receives and replies", "third": "sends"}
COLUMNS = 64
CHARACTER, LINE, MARGIN, TITLE = 7.25, 17, 14, 30
SECONDS_A_STEP = 1.2
STYLE = """
text { font: 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d7dde8; white-space: pre; }
.title { fill: #8fa3c4; }
.pasted { fill: #ffffff; font-weight: bold; }
.line { animation: show 0.01s both; }
@keyframes show { from { opacity: 0; } to { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { .line { animation: none; } }
"""


class Recording:
    """The lines of each terminal, each with the number of the step that brought it."""

    def __init__(self):
        self.steps = 0
        self.lines = {name: [] for name in SHOWN}

    def show(self, terminal, prompt, text):
        if terminal not in SHOWN:
            return
        self.steps += 1
        for line in text.splitlines():
            shown = prompt + line
            shown = shown if len(shown) <= COLUMNS else shown[:COLUMNS - 1] + "…"
            self.lines[terminal].append((self.steps, bool(prompt), shown))


def pane(x, title, lines):
    yield f'<text class="title" x="{x}" y="20">{html.escape(title)}</text>'
    for number, (step, is_pasted, text) in enumerate(lines):
        kind = "line pasted" if is_pasted else "line"
        yield (f'<text class="{kind}" x="{x}" y="{TITLE + MARGIN + number * LINE}" '
               f'style="animation-delay: {step * SECONDS_A_STEP:.1f}s">{html.escape(text)}</text>')


def picture(recording):
    width = COLUMNS * CHARACTER + 2 * MARGIN
    height = TITLE + 2 * MARGIN + LINE * max(len(lines) for lines in recording.lines.values())
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * width:.0f} {height}" '
           f'width="{2 * width:.0f}" height="{height}">')
    yield f"<style>{STYLE}</style>"
    yield f'<rect width="100%" height="100%" rx="8" fill="#1b2230"/>'
    yield f'<line x1="{width:.0f}" y1="0" x2="{width:.0f}" y2="{height}" stroke="#39445a"/>'
    for number, (name, lines) in enumerate(recording.lines.items()):
        yield from pane(number * width + MARGIN, SHOWN[name], lines)
    yield "</svg>"


def main():
    source, build = (pathlib.Path(argument) for argument in sys.argv[1:])
    namespaces.enter_network()
    installation = Installation(build)
    recording = Recording()
    try:
        steps = steps_of((source / "README.md").read_text(encoding="utf-8"))
        installation.repeat(source, steps, show=recording.show)
    finally:
        installation.remove()
    text = "\n".join(picture(recording)) + "\n"
    (source / "docs/images/tour.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
