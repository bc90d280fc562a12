"""Builds the package: copies the sources and generates telex/v1 with protoc. The metadata is in pyproject.toml.

The generated code is not committed: it must fit the installed protobuf runtime, and a copy could differ from proto/."""

import pathlib
import subprocess

from setuptools import setup
from setuptools.command.build_py import build_py

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"


class BuildWithProtocol(build_py):
    def run(self):
        super().run()
        definitions = sorted(str(path) for path in (PROTO / "telex/v1").glob("*.proto"))
        outputs = [f"--python_out={self.build_lib}", f"--pyi_out={self.build_lib}"]
        subprocess.run(["protoc", f"-I{PROTO}", *outputs, *definitions], check=True)


setup(cmdclass={"build_py": BuildWithProtocol})
