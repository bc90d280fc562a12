"""Every header compiles alone. Usage: check_headers.py BUILD_TREE [JOBS]

Requires a configured build tree with generated headers. A clean header is not compiled again until it, or a header of
this project that it includes, changes. Unity builds cannot show that a header is complete."""

import subprocess
import sys

from compile_database import CompileDatabase
from project import CleanCache, Project, finish, run_parallel

FOLDERS = ("lib", "daemon", "cli", "tests", "bench", "examples", "clients")
COMPILER = ["g++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def main(build, jobs):
    project = Project(".")
    database = CompileDatabase(build, ".")
    flags = database.include_flags()
    cache = CleanCache("headers")

    def check(header):
        # Without the path of this checkout, so that others share the cache.
        fingerprint = project.fingerprint(header, *COMPILER, *(flag.replace(str(database.root), "") for flag in flags))
        if fingerprint in cache:
            return ""
        # Included instead of compiled directly: #pragma once in a main file is a warning.
        command = [*COMPILER, *flags, "-x", "c++", "-include", header, "/dev/null"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            return f"{header}: does not compile alone\n{result.stderr}"
        cache.add(fingerprint)
        return ""

    headers = [path for path in project.cpp_files(*FOLDERS) if path.endswith((".hpp", ".h"))]
    failures = run_parallel(check, headers, jobs, "headers")
    finish("headers", [f"{failures} headers do not compile alone"] * bool(failures), f"{len(headers)} headers")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2)
