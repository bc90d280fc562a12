"""The dialogs that every NATS client passes, and how the clients of JavaScript are installed."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from connection_cases import ConnectionCases
from message_cases import MessageCases
from request_cases import RequestCases
from security_cases import SecurityCases

JAVASCRIPT = pathlib.Path(__file__).parent / "javascript"
# It takes seconds, on a busy machine a minute.
NPM_SECONDS = 300


class NatsCases(MessageCases, RequestCases, ConnectionCases, SecurityCases):
    # Of a message of a client to itself.
    own_bytes = 1024
    chain_requests = int(os.environ.get("TELEX_NATS_REQUESTS", "2000"))


class JavascriptCases(NatsCases):
    """The packages are pinned by a lock file and installed in a folder of the test."""

    own_bytes = 512  # all of them fit into the 64 MiB of both servers
    program = None

    @classmethod
    def command(cls):
        if cls.program is None:
            raise unittest.SkipTest("names no client")
        if shutil.which("npm") is None or shutil.which("node") is None:
            raise unittest.SkipTest("Node.js or npm is not installed")
        folder = tempfile.TemporaryDirectory(prefix="telex-npm-")
        cls.addClassCleanup(folder.cleanup)
        for path in JAVASCRIPT.iterdir():
            shutil.copy(path, folder.name)
        try:
            done = subprocess.run(
                ["npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"],
                cwd=folder.name, capture_output=True, timeout=NPM_SECONDS, check=False, text=True)
            failure = done.stderr if done.returncode else None
        except subprocess.TimeoutExpired:
            failure = "npm takes too long"
        if failure:
            raise unittest.SkipTest(f"the packages cannot be installed: {failure.strip()[-200:]}")
        return ("node", f"{folder.name}/{cls.program}")
