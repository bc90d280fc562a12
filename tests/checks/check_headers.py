"""Every header compiles alone. Usage: check_headers.py BUILD_TREE [JOBS]

Requires a configured build tree with generated headers. A clean header is not compiled again until it, or a header of
this project that it includes, changes. Unity builds cannot show that a header is complete.

Headers are compiled in chains: each includes, directly or not, the one before it. So it sees no more than if it were
compiled alone, and the chain costs as much as its last header, which would include the others anyway."""

import subprocess
import sys

from compile_database import CompileDatabase
from project import CleanCache, Project, finish, run_parallel

FOLDERS = ("lib", "daemon", "cli", "tests", "bench", "examples", "clients")
COMPILER = ["g++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def chains_of(headers, parts):
    """Divides the headers into few lists in which each header includes the one before it. `parts`: of each header, those
    that it includes directly or not. The fewest lists are a maximum matching of headers with headers that include
    them (D. R. Fulkerson, Note on Dilworth's decomposition theorem, 1956), found by augmenting paths."""
    upper = {}  # the header behind each one

    def find_lower(header, seen):
        for lower in sorted(parts[header]):
            if lower in seen:
                continue
            seen.add(lower)
            if lower not in upper or find_lower(upper[lower], seen):
                upper[lower] = header
                return True
        return False

    for header in headers:
        find_lower(header, set())
    chains = []
    for first in set(headers) - set(upper.values()):
        chain = [first]
        while chain[-1] in upper:
            chain.append(upper[chain[-1]])
        chains.append(chain)
    return sorted(chains)


def main(build, jobs):
    project = Project(".")
    database = CompileDatabase(build, ".")
    flags = database.include_flags()
    cache = CleanCache("headers")

    def fingerprint(header):
        # Without the path of this checkout, so that others share the cache.
        return project.fingerprint(header, *COMPILER, *(flag.replace(str(database.root), "") for flag in flags))

    def check(chain):
        # Included instead of compiled directly: #pragma once in a main file is a warning.
        includes = [argument for header in chain for argument in ("-include", header)]
        command = [*COMPILER, *flags, "-x", "c++", *includes, "/dev/null"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            return f"one of these does not compile alone: {', '.join(chain)}\n{result.stderr}"
        for header in chain:
            cache.add(fingerprint(header))
        return ""

    headers = [path for path in project.cpp_files(*FOLDERS) if path.endswith((".hpp", ".h"))]
    changed = [header for header in headers if fingerprint(header) not in cache]
    parts = {header: (project.closure(header) - {header}) & set(changed) for header in changed}
    chains = chains_of(changed, parts)
    failures = run_parallel(check, chains, jobs, "headers")
    finish("headers", [f"{failures} chains of headers do not compile"] * bool(failures),
           f"{len(headers)} headers, {len(changed)} of them changed, in {len(chains)} chains")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2)
