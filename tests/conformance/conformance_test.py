"""Every client passes every scenario (docs/testing.md)."""

import os
import pathlib
import unittest

from client_cases import ClientTest

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ["TELEX_BUILD_DIR"])


def python(harness):
    return ("/usr/bin/python3", "-B", str(HERE / "python" / harness), str(BUILD / "python"))


class PythonClient(ClientTest):
    command = python("harness_of_asyncio.py")


class PythonBlockingClient(ClientTest):
    command = python("harness_of_blocking.py")


class Libtelex(ClientTest):
    command = (str(BUILD / "bin/conformance_libtelex"),)


class LibtelexC(ClientTest):
    command = (str(BUILD / "bin/conformance_libtelex_c"),)


if __name__ == "__main__":
    unittest.main()
