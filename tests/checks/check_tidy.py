"""clang-tidy over our own sources, with .clang-tidy. Usage: check_tidy.py BUILD_TREE [JOBS] [FILE...]

Checks up to twelve sources of one module in one file: most of the time is spent on the headers that they share. A clean
source is not checked again until it, a header of this project that it includes, the rules or the tool change."""

import json
import os
import pathlib
import shlex
import subprocess
import sys

from compile_database import CompileDatabase
from project import CleanCache, Project, finish, run_parallel

TOOL = "clang-tidy-19"
# Without tests and micro-benchmarks: assertion macros look complex to the linter, and loops of Google Benchmark like
# dead stores.
FOLDERS = ("lib", "daemon", "cli", "bench/load", "clients")
BATCH = 12
# clang's analyzer treats the includes of a file with this name as sources, and those of other files as headers, whose
# functions it does not analyze.
BATCH_NAME = "UnifiedSource{}.cpp"


def batches_of(sources, database):
    """Returns lists of sources of one target with the same flags: at most BATCH, of similar size."""
    groups = {}
    for source in sources:
        target = os.path.dirname(database.output(source))
        groups.setdefault((target, *database.flags(source)), []).append(source)
    found = []
    for group in groups.values():
        count = -(-len(group) // BATCH)
        found += [group[first::count] for first in range(count)]
    # Longest first, so that no core is idle at the end.
    return sorted(found, key=len, reverse=True)


def write_batches(batches, database, folder):
    """Writes a file for each batch, and their compile commands; returns the files' names."""
    folder.mkdir(exist_ok=True)
    names, commands = [], []
    for number, batch in enumerate(batches):
        name = str(folder / BATCH_NAME.format(number))
        pathlib.Path(name).write_text("".join(f'#include "{database.root / source}"\n' for source in batch))
        command = shlex.join(["clang++", *database.flags(batch[0]), "-c", name])
        commands.append({"directory": str(database.build), "file": name, "command": command})
        names.append(name)
    (folder / "compile_commands.json").write_text(json.dumps(commands))
    return names


def main(build, jobs, chosen):
    project = Project(".")
    database = CompileDatabase(build, ".")
    version = subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=True).stdout
    cache = CleanCache("tidy")

    def fingerprint(source):
        return project.fingerprint(source, version, project.text(".clang-tidy"))

    tracked = set(project.files())
    sources = chosen or [path for path in database.sources(*FOLDERS) if path in tracked]
    changed = [source for source in sources if fingerprint(source) not in cache]
    batches = batches_of(changed, database)
    folder = database.build / "tidy-batches"
    names = write_batches(batches, database, folder)

    def check(number):
        command = [TOOL, "--quiet", "-p", folder, names[number]]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            return f"{result.stdout}{result.stderr}"
        for source in batches[number]:
            cache.add(fingerprint(source))
        return ""

    failures = run_parallel(check, range(len(batches)), jobs, "tidy")
    finish("tidy", [f"{failures} groups of files have findings"] * bool(failures),
           f"{len(sources)} files, {len(changed)} of them changed")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2, sys.argv[3:])
