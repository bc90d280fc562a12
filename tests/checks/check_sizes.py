"""Limits the size of files and prints a report per folder. Usage: check_sizes.py [ROOT]

clang-tidy limits the size of functions (readability-function-size)."""

import sys

from project import CPP_SUFFIXES, Project, finish

LIMIT = 400
TEST_LIMIT = 800
SUFFIXES = (*CPP_SUFFIXES, ".py", ".sh", ".proto", ".cmake", "CMakeLists.txt")


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


def sizes(project):
    """{top folder: [(lines, path)]}, sorted by size."""
    folders = {}
    for path in project.files(*SUFFIXES):
        lines = project.text(path).count("\n")
        folders.setdefault(path.split("/")[0] if "/" in path else ".", []).append((lines, path))
    return {folder: sorted(entries) for folder, entries in sorted(folders.items())}


def problems(project):
    for folder, entries in sizes(project).items():
        limit = TEST_LIMIT if folder == "tests" else LIMIT
        for lines, path in entries:
            if lines > limit:
                yield f"{path}: {lines} lines, the limit is {limit}: split it by concept"


def report(project):
    print(f"{'folder':10} {'files':>5} {'lines':>6} {'median':>6} {'p90':>5} {'max':>5}")
    for folder, entries in sizes(project).items():
        lines = [count for count, _ in entries]
        print(
            f"{folder:10} {len(lines):5} {sum(lines):6} {percentile(lines, 0.5):6}"
            f" {percentile(lines, 0.9):5} {lines[-1]:5}  {entries[-1][1]}"
        )


if __name__ == "__main__":
    tree = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    report(tree)
    finish("sizes", list(problems(tree)), f"limit {LIMIT} lines, tests {TEST_LIMIT}")
