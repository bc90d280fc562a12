"""Every file includes what it uses: each source, and each header, compiles alone. Usage:
check_includes.py BUILD_TREE [JOBS]

The trees that are tested compile several sources as one, where a missing #include is not seen. A header that a
source of the same name includes first is proved by that source. The build tree must be configured and its
generated headers built. A file that was found clean is not compiled again until it, or a header of this project
that it includes, changes."""

import os
import subprocess
import sys

from compile_database import CompileDatabase
from project import CleanCache, Project, finish, run_parallel

FOLDERS = ("lib", "daemon", "cli", "tests", "bench", "examples")
COMPILER = "clang++-19"
# Syntax and types only, in the least of steps: no code, no warnings that a build shows anyway.
MODE = ["-fsyntax-only", "-w"]


def first_include(project, source):
    """The header of this project that a source includes first, or None."""
    for _, _, name in project.includes(source)[:1]:
        return project.resolve(source, name)
    return None


def main(build, jobs):
    project = Project(".")
    database = CompileDatabase(build, ".")
    any_flags = ["-std=c++20", *database.include_flags()]
    cache = CleanCache("includes")
    tracked = set(project.files())
    sources = [path for path in database.sources(*FOLDERS) if path in tracked]
    proved = {first_include(project, source) for source in sources
              if first_include(project, source) == os.path.splitext(source)[0] + ".hpp"}
    headers = [path for path in project.cpp_files(*FOLDERS)
               if path.endswith((".hpp", ".h")) and path not in proved]

    def command(path):
        file = str(database.root / path)
        if path.endswith(".cpp"):
            return [COMPILER, *database.flags(path), *MODE, file]
        # Included rather than compiled itself: #pragma once in a main file is a warning.
        return [COMPILER, *any_flags, *MODE, "-x", "c++", "-include", file, "/dev/null"]

    def check(path):
        # Without the place of this checkout, so that another one profits.
        fingerprint = project.fingerprint(path, *(part.replace(str(database.root), "") for part in command(path)))
        if fingerprint in cache:
            return ""
        result = subprocess.run(command(path), cwd=database.build, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            return f"{path}: does not compile alone\n{result.stderr}"
        cache.add(fingerprint)
        return ""

    failures = run_parallel(check, [*sources, *headers], jobs, "includes")
    finish("includes", [f"{failures} files do not compile alone"] * bool(failures),
           f"{len(sources)} sources, {len(headers)} headers without one")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2)
