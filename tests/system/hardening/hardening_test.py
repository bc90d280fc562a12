"""Hardening of the released programs and library, checked with readelf; flags without a visible effect are checked
in the compile commands."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BUILD_FOLDER = os.environ["TELEX_BUILD_DIR"]
PROGRAMS = (os.environ["TELEXD"], os.environ["TELEX"])
SHIPPED = (*PROGRAMS, os.environ["LIBTELEX"])

FLAGS = (
    "-fstack-protector-strong",  # stack protector
    "-fstack-clash-protection",  # large frames cannot skip the guard page
    "-fcf-protection",  # indirect calls and returns are checked (CET)
    "-D_GLIBCXX_ASSERTIONS",  # operator[], front(), optional::operator* check
    "-D_FORTIFY_SOURCE=2",  # memcpy and similar functions check the size of their target
)


def readelf(*arguments):
    return subprocess.run(
        ["readelf", "--wide", *arguments], check=True, capture_output=True, text=True).stdout


def problems_of(path, is_program=True):
    """Returns the missing hardening features of a program or shared library."""
    dynamic, segments = readelf("--dynamic", path), readelf("--program-headers", path)
    symbols = readelf("--dyn-syms", path)
    found = []

    def expect(holds, problem):
        if not holds:
            found.append(problem)

    if is_program:
        expect(re.search(r"FLAGS_1\).*\bPIE\b", dynamic), "is at a fixed address")
    expect("GNU_RELRO" in segments, "its tables of addresses stay writable (relro)")
    expect(re.search(r"FLAGS(_1)?\).*\b(BIND_)?NOW\b", dynamic), "binds late (now)")
    expect(re.search(r"GNU_STACK.*\bRW ", segments), "has an executable stack")
    expect(not re.search(r"LOAD.*\bRWE\b", segments), "has memory to write and to execute")
    expect("RPATH" not in dynamic and "RUNPATH" not in dynamic, "searches its own library path")
    expect("__stack_chk_fail" in symbols, "has no stack guards")
    return found


class Shipped(unittest.TestCase):
    def test_has_linker_hardening(self):
        for path in SHIPPED:
            with self.subTest(path=path):
                self.assertEqual(problems_of(path, ".so" not in path), [])

    def test_uses_fortified_functions(self):
        for path in PROGRAMS:
            with self.subTest(path=path):
                symbols = readelf("--dyn-syms", path)
                self.assertIn("__glibcxx_assert_fail", symbols)
                self.assertRegex(symbols, r"__mem\w+_chk")

    def test_every_source_has_the_flags(self):
        commands = json.loads(pathlib.Path(BUILD_FOLDER, "compile_commands.json").read_text("utf-8"))
        self.assertGreater(len(commands), 20)  # a unity build compiles several sources in one command
        for command in commands:
            missing = [flag for flag in FLAGS if flag not in command["command"].split()]
            self.assertEqual(missing, [], command["file"])


class SelfTest(unittest.TestCase):
    """A program without hardening is reported."""

    def test_finds_missing_hardening(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "bare.c").write_text("int main(void) { return 0; }\n", "utf-8")
            subprocess.run(
                ["gcc", "bare.c", "-o", "bare", "-no-pie", "-fno-stack-protector", "-Wl,-z,norelro",
                 "-Wl,-z,lazy", "-Wl,-z,execstack", "-Wl,-rpath,/nowhere"], cwd=folder, check=True,
                capture_output=True)
            self.assertEqual(len(problems_of(f"{folder}/bare")), 6)


if __name__ == "__main__":
    unittest.main()
