"""Turns the texts of the manual pages into Markdown for go-md2man (script/man). A terminal of 80 columns shows every line.

    pages.py page HEAD [DOCUMENT [OPTIONS]]  HEAD, with the others in the places of {{document}} and {{options}}
    pages.py options                         the help of commands on standard input, each after a form feed and its name
"""

import pathlib
import re
import sys

# Of a line of code: what is left of 80 columns beside two levels of indentation.
COLUMNS = 66
SHELL = re.compile(r"\s*(\$ )?(telex|telexd|printf|seq|curl|nc|tail|systemctl)\b")


def folded(line):
    """Returns a line of code as lines that fit."""
    if len(line) <= COLUMNS:
        return [line]
    is_shell = SHELL.match(line)
    squeezed = line if is_shell else re.sub(r"(?<=\S) {3,}", "  ", line)
    if len(squeezed) <= COLUMNS:
        return [squeezed]
    room = COLUMNS - 2
    cut = squeezed.rfind(" ", 8, room)
    cut = cut if cut > 0 else squeezed.rfind(",", 8, room) + 1 or room
    head, rest = squeezed[:cut], squeezed[cut:].lstrip()
    return [head + (" \\" if is_shell else ""), *folded("    " + rest)]


def cells_of(row):
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def bold(cell):
    return f"**{cell.replace('`', '').replace('**', '')}**"


def entry_of(titles, cells):
    """A row as a definition: the first cell, and the others as its text."""
    term, *rest = cells
    if titles[:2] == ["Key", "Type"]:  # of the configuration
        kind, values, default, text = rest
        facts = f"{kind}: {values}" if values else kind
        facts += f"; default: {default}" if default else ""
        return f"{bold(term)} ({facts})\n:   {text}\n"
    if len(rest) > 1:
        rest = [f"{title}: {cell}" if title and position else cell
                for position, (title, cell) in enumerate(zip(titles[1:], rest, strict=True)) if cell]
    text = "; ".join(rest) or "-"
    return f"{bold(term) if term else bold(titles[0])}\n:   {text}\n"


def table_of(rows):
    titles = cells_of(rows[0])
    return [entry_of(titles, cells_of(row)) for row in rows[2:]]


def body_of(document):
    """Without its title; headings raised by one level, links replaced by their text, tables as definitions."""
    text = re.sub(r"\A.*?^# .*?$", "", document, count=1, flags=re.MULTILINE | re.DOTALL)
    lines, table, is_code = [], [], False
    for line in text.splitlines() + [""]:
        if line.startswith("|") and not is_code:
            table.append(line)
            continue
        if table:
            lines += ["", *table_of(table)]
            table = []
        if line.startswith("```"):
            is_code = not is_code
            lines.append(line)
        elif is_code:
            lines += folded(line)
        elif line.startswith("    ") and not line.lstrip().startswith(("-", "*")):
            lines += ["    " + part for part in folded(line[4:])]
        else:
            line = re.sub(r"^##", "#", line)
            lines.append(re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line))
    return "\n".join(lines)


def options_of(helps):
    return "# OPTIONS\n" + "".join(f"\n## {help.splitlines()[0]}\n\n{command_of(help)}" for help in helps)


def command_of(help):
    """Options as definitions, examples as code."""
    text = help.partition("\n")[2]
    group, out = "", []
    for line in text.splitlines():
        option = re.fullmatch(r" {2,6}(\S.*?)(?: {2,}(\S.*))?", line)
        more = re.fullmatch(r" {20,}(\S.*)", line)
        if re.fullmatch(r"[A-Z][a-z ]+:", line):
            group = line[:-1]
            out.append(f"\n**{line}**\n")
        elif more:
            out[-1] += (" " if out[-1].rstrip() != ":" else "  ") + more[1]
        elif option and group != "Examples":
            out += [f"\n{bold(option[1])}", f":   {option[2] or ''}".rstrip()]
        elif line.startswith("      "):
            out += ["", *("    " + part for part in folded(line.strip())), ""]
        else:
            out.append(line.strip())
    return "\n".join(out) + "\n"


def main():
    what, *paths = sys.argv[1:]
    if what == "options":
        print(options_of([text.strip("\n") for text in sys.stdin.read().split("\f") if text.strip()]))
        return
    head, document, options = [pathlib.Path(path).read_text(encoding="utf-8") for path in paths] + [""] * (3 - len(paths))
    print(head.replace("{{document}}", body_of(document)).replace("{{options}}", options))


if __name__ == "__main__":
    main()
