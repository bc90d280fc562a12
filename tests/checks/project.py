"""Shared by the checks: the list of source files, their includes, and a cache of clean results."""

import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

CPP_SUFFIXES = (".cpp", ".hpp", ".h")
# Folders whose files are named relative to them in an #include.
INCLUDE_ROOTS = ("lib", "daemon", "lib/client/include", "cli", "tests", "bench", "examples", "clients/c/include", "")

PROGRESS_SECONDS = 10

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
_IMPORT = re.compile(r'^import "([^"]+)";', re.MULTILINE)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


class Project:
    """A source tree. Paths are relative to its root, with forward slashes."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self._texts = {}

    def files(self, *suffixes):
        """Returns the files under version control (all files outside build/ if git fails)."""
        return [path for path in self._listing() if not suffixes or path.endswith(suffixes)]

    def cpp_files(self, *folders):
        return [
            path
            for path in self.files(*CPP_SUFFIXES)
            if not folders or path.split("/")[0] in folders
        ]

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_text(encoding="utf-8", errors="replace")
        return self._texts[path]

    def code(self, path):
        """Returns the text without comments; line numbers unchanged."""
        return _COMMENT.sub(lambda match: "\n" * match.group().count("\n"), self.text(path))

    def includes(self, path):
        """Returns (line, quote character, name) of each #include."""
        code = self.code(path)
        return [
            (code.count("\n", 0, match.start(1)) + 1, match.group(1), match.group(2))
            for match in _INCLUDE.finditer(code)
        ]

    def resolve(self, path, name):
        """Returns the file of this project that an #include in `path` names, or None."""
        for folder in (os.path.dirname(path), *INCLUDE_ROOTS):
            candidate = os.path.normpath(os.path.join(folder, name))
            if not candidate.startswith("..") and (self.root / candidate).is_file():
                return candidate
        return None

    def fingerprint(self, path, *extra):
        """Returns a hash of the file, of all files that it includes from this project, and of `extra`."""
        digest = hashlib.sha256("\0".join(extra).encode())
        for part in sorted(self.closure(path)):
            digest.update(part.encode() + b"\0" + self.text(part).encode() + b"\0")
        return digest.hexdigest()

    def closure(self, path):
        """Returns the file and all files of this project that it includes."""
        seen, todo = {path}, [path]
        while todo:
            current = todo.pop()
            for target in self._direct_parts(current):
                if target and target not in seen:
                    seen.add(target)
                    todo.append(target)
        return seen

    def _direct_parts(self, path):
        """Yields the files of this project that `path` includes. A generated header is represented by its .proto
        file."""
        if path.endswith(".proto"):
            yield from (self._proto(name) for name in _IMPORT.findall(self.text(path)))
            return
        for _, _, name in self.includes(path):
            yield self._proto(f"{name.removesuffix('.pb.h')}.proto") if name.endswith(".pb.h") else self.resolve(path, name)

    def _proto(self, name):
        path = f"proto/{name}"
        return path if (self.root / path).is_file() else None

    def _listing(self):
        command = ["git", "-c", f"safe.directory={self.root}", "ls-files"]
        try:
            listing = subprocess.run(
                command, cwd=self.root, check=True, capture_output=True, text=True
            ).stdout.splitlines()
        except (OSError, subprocess.CalledProcessError):
            listing = [
                str(path.relative_to(self.root))
                for path in self.root.rglob("*")
                if path.relative_to(self.root).parts[0] not in ("build", ".git")
            ]
        return sorted(path for path in listing if (self.root / path).is_file())


class CleanCache:
    """Stores the fingerprints of clean files as empty files in a folder of the user's cache, shared by all
    checkouts."""

    def __init__(self, check):
        home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
        self.folder = pathlib.Path(home, "telex-checks", check)
        self.folder.mkdir(parents=True, exist_ok=True)

    def __contains__(self, fingerprint):
        return (self.folder / fingerprint).exists()

    def add(self, fingerprint):
        (self.folder / fingerprint).touch()


def run_parallel(function, items, jobs, name):
    """Calls function(item) -> text of problems, or ''. Prints problems and progress; returns the number of items with
    problems."""
    failures = done = 0
    begin = printed = time.monotonic()
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for future in as_completed([pool.submit(function, item) for item in items]):
            done += 1
            problems = future.result()
            if problems:
                failures += 1
                print(problems, flush=True)
            if time.monotonic() - printed > PROGRESS_SECONDS:
                printed = time.monotonic()
                print(f"{name}: {done} of {len(items)}, {printed - begin:.0f} s", flush=True)
    return failures


def finish(check, problems, summary):
    """Prints the problems and exits, with status 1 if there are any."""
    for problem in problems:
        print(problem)
    print(f"{check}: {summary}, {len(problems)} problems")
    sys.exit(1 if problems else 0)
