"""A daemon on a socket of its own, and tools that talk to it. Every wait has a deadline and waits
for an event, never for time to pass."""

import os
import select
import signal
import subprocess
import tempfile
import time
import unittest

TELEX = os.environ["TELEX"]
TELEXD = os.environ["TELEXD"]
# Sanitizer builds on a busy machine are slow; a healthy run never comes near.
DEADLINE = 60

CONFIG = """
listeners:
  - name: native
    address:
      - tcp://127.0.0.1:0
      - unix://{folder}/telex/telex.sock
"""


class Lines:
    """The lines of a pipe, one after the other."""

    def __init__(self, pipe):
        self._fd = pipe.fileno()
        self._rest = b""

    def next(self):
        deadline = time.monotonic() + DEADLINE
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._fd], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no line in {DEADLINE} s, only {self._rest!r}")
            piece = os.read(self._fd, 65536)
            if not piece:
                raise EOFError(f"the pipe ended after {self._rest!r}")
            self._rest += piece
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode()

    def until(self, text):
        """The first line that holds `text`."""
        while True:
            line = self.next()
            if text in line:
                return line


class Tool:
    """A running tool; ends with its test."""

    def __init__(self, environment, *arguments, **options):
        self.process = subprocess.Popen(
            [TELEX, *arguments],
            env=environment,
            stdin=options.get("stdin", subprocess.DEVNULL),
            stdout=options.get("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self.out = Lines(self.process.stdout) if self.process.stdout else None
        self.err = Lines(self.process.stderr)

    def stop(self, number=signal.SIGINT):
        """Sends a signal; the exit code and what is left of standard output."""
        self.process.send_signal(number)
        return self.finish()

    def finish(self):
        out, _ = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, (out or b"").decode()

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()


class DaemonTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="telex-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(f"{self.folder}/telex", 0o700)
        self.environment = {
            name: value for name, value in os.environ.items() if name != "RUNTIME_DIRECTORY"
        } | {"XDG_RUNTIME_DIR": self.folder}
        self.write("telexd.yaml", CONFIG.format(folder=self.folder))
        self.daemon = None
        self.addCleanup(self.end_daemon)
        self.start_daemon()

    def start_daemon(self):
        self.daemon = subprocess.Popen(
            [TELEXD, "--config", f"{self.folder}/telexd.yaml"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        Lines(self.daemon.stderr).until("ready:")

    def end_daemon(self):
        if self.daemon.poll() is None:
            self.daemon.kill()
        self.daemon.wait()
        self.daemon.stderr.close()

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def tool(self, *arguments, **options):
        """Starts a tool that goes on."""
        tool = Tool(self.environment, *arguments, **options)
        self.addCleanup(tool.end)
        return tool

    def listening(self, *arguments, **options):
        """Starts `sub` or `reply`; it misses nothing from now on."""
        tool = self.tool(*arguments, **options)
        tool.err.until("listening on ")
        return tool

    def run_tool(self, *arguments, data=b"", code=0):
        """Runs a tool to its end: what it wrote on standard output and on standard error."""
        result = subprocess.run(
            [TELEX, *arguments],
            env=self.environment,
            input=data,
            capture_output=True,
            timeout=DEADLINE,
            check=False,
        )
        out, err = result.stdout.decode(), result.stderr.decode()
        self.assertEqual(result.returncode, code, f"{arguments}: {out} {err}")
        return out, err
