"""clang-tidy over our own sources, with .clang-tidy. Usage: check_tidy.py BUILD_TREE [JOBS] [FILE...]

A file that was found clean is not looked at again until it, a header of this project that it
includes, the rules or the tool change."""

import subprocess
import sys

from compile_database import CompileDatabase
from project import CleanCache, Project, finish, run_parallel

TOOL = "clang-tidy-19"
# Tests and micro-benchmarks are held to the compiler's warnings only: the macros of assertions look
# complex to the linter, and the loops of Google Benchmark like stores that nobody reads.
FOLDERS = ("lib", "daemon", "cli", "bench/load")


def main(build, jobs, chosen):
    project = Project(".")
    version = subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=True).stdout
    cache = CleanCache("tidy")

    def check(source):
        fingerprint = project.fingerprint(source, version, project.text(".clang-tidy"))
        if fingerprint in cache:
            return ""
        command = [TOOL, "--quiet", "-p", build, source]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            return f"{result.stdout}{result.stderr}"
        cache.add(fingerprint)
        return ""

    tracked = set(project.files())
    sources = [path for path in CompileDatabase(build, ".").sources(*FOLDERS) if path in tracked]
    failures = run_parallel(check, chosen or sources, jobs)
    finish("tidy", [f"{failures} files have findings"] * bool(failures), f"{len(chosen or sources)} files")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2, sys.argv[3:])
