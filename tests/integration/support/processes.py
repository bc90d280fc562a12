"""A daemon with private sockets, and programs that connect to it. Every wait is for an event, with a
deadline."""

import contextlib
import ctypes
import os
import pathlib
import random
import re
import select
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import books

TELEX = os.environ["TELEX"]
TELEXD = os.environ["TELEXD"]
# Generous: sanitizer builds on a busy machine are slow.
DEADLINE = 60
# Each reload ends with one of these lines.
RELOAD_ENDS = (" configuration reloaded: ", " reload failed, ")

CONFIG = """
listeners:
  - name: native
    address:
      - tcp://127.0.0.1:0
      - unix://{folder}/telex/telex.sock
"""


def free_port(kind=socket.SOCK_STREAM, host="127.0.0.1"):
    """Returns a port that is currently free, for tests that need the same port twice. The kernel gives no such port to
    the listeners and clients of other tests: it chooses theirs from 32768 on."""
    while True:
        with socket.socket(socket.AF_INET, kind) as one, contextlib.suppress(OSError):
            one.bind((host, random.randrange(20_000, 32_768)))
            return one.getsockname()[1]


class Lines:
    """Reads a pipe line by line."""

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

    def has_more_soon(self):
        """Returns whether data arrives before a caller should repeat its action."""
        return bool(self._rest or select.select([self._fd], [], [], 0.1)[0])

    def until(self, text):
        """Returns the first line that contains `text`."""
        while True:
            line = self.next()
            if text in line:
                return line


class Daemon:
    """A running telexd. A thread reads its log, so that the daemon never blocks on it."""

    def __init__(self, *arguments, **options):
        self.process = subprocess.Popen(
            [*options.pop("wrapper", []), TELEXD, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **options,
        )
        self.lines = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            with self._changed:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self.lines.append(None)
            self._changed.notify_all()

    def line(self, text, number=1):
        """Waits for the first (or n-th) line of the log that contains `text`.

        `text` may be a tuple of alternatives.
        """
        texts = (text,) if isinstance(text, str) else text
        deadline = time.monotonic() + DEADLINE
        with self._changed:
            while True:
                found = [line for line in self.lines
                         if line is not None and any(one in line for one in texts)]
                if len(found) >= number:
                    return found[number - 1]
                if self.lines and self.lines[-1] is None:
                    break
                if not self._changed.wait(deadline - time.monotonic()):
                    break
        raise self.failure(f"no {text!r} in the log")

    def failure(self, problem):
        """Returns an error with the daemon's log."""
        code = self.process.poll()
        state = "is running" if code is None else f"exited with {code}"
        return AssertionError(f"{problem}; the daemon {state}, its log:\n{self.log()}")

    def log(self):
        with self._changed:
            return "\n".join(line for line in self.lines if line is not None)

    def addresses(self, listener):
        """Waits until the daemon is ready and returns all addresses of a listener."""
        self.line("ready:")
        return re.findall(rf"listening: listener={listener} address=(\S+)", self.log())

    def port(self, listener, transport="tcp"):
        for address in self.addresses(listener):
            if address.startswith(f"{transport}://"):
                return int(address.rsplit(":", 1)[1])
        raise LookupError(f"{listener} has no {transport} port: {self.log()}")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Returns the exit code."""
        code = self.process.wait(timeout=DEADLINE)
        self._reader.join(DEADLINE)
        return code

    def check_books(self):
        """Fails if a running daemon does not account for every message. Returns what books.check_daemon returns."""
        if self.process.poll() is not None or " ready:" not in self.log():
            return None
        try:
            return books.check_daemon(self.log())
        except books.Unbalanced as problem:
            raise self.failure(f"the books do not balance: {problem}") from None

    def stop(self):
        self.check_books()
        self.signal(signal.SIGTERM)
        return self.wait()

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(DEADLINE)
        self.process.stderr.close()


class Tool:
    """A running program; killed at the end of the test."""

    def __init__(self, environment, *command, **options):
        self.process = subprocess.Popen(
            [*command],
            env=environment,
            stdin=options.get("stdin", subprocess.DEVNULL),
            stdout=options.get("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self.out = Lines(self.process.stdout) if self.process.stdout else None
        self.err = Lines(self.process.stderr)

    def write(self, data):
        self.process.stdin.write(data)

    def stop(self, number=signal.SIGINT):
        """Sends a signal; returns the exit code and the remaining standard output."""
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


class Crowd:
    """The connections of crowd.py. Within a `with` statement they come again and again, and have done so from its begin."""

    def __init__(self, address, count, data=b""):
        program = pathlib.Path(__file__).with_name("crowd.py")
        self._process = subprocess.Popen(
            [sys.executable, str(program), address, str(count), data.hex()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lines = Lines(self._process.stdout)

    def __enter__(self):
        try:
            self._lines.until("again")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


class DaemonTest(unittest.TestCase):
    """Each test has a folder, an environment that leads clients there, and a daemon."""

    maxDiff = None
    config = CONFIG
    # Additional environment variables.
    variables = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="telex-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(f"{self.folder}/telex", 0o700)
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("RUNTIME_DIRECTORY", "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "FDSTORE",
                            "TELEX_URL", "TELEX_USER", "TELEX_CREDENTIALS")
        } | {"XDG_RUNTIME_DIR": self.folder, "XDG_CONFIG_HOME": f"{self.folder}/config"} | self.variables
        self.daemon = None
        if self.config is not None:
            self.start_daemon()

    def configure(self, config):
        return self.write("telexd.yaml", config.replace("{folder}", self.folder))

    def start_daemon(self, config=None, **options):
        """Starts telexd and waits until it is ready."""
        self.daemon = self.launch_daemon(config, **options)
        self.daemon.line("ready:")
        return self.daemon

    def launch_daemon(self, config=None, **options):
        path = self.configure(config or self.config)
        daemon = Daemon("--config", path, env=self.environment, **options)
        self.addCleanup(daemon.end)
        self.addCleanup(daemon.check_books)
        return daemon

    def need_another_user(self, *paths):
        """Skips the test unless it can switch to another user, who can reach these paths."""
        if os.getuid() != 0:
            self.skipTest("only root can switch to another user")
        os.chmod(self.folder, 0o755)
        for path in (self.folder, *paths):
            for folder in (path, *map(str, pathlib.Path(path).parents)):
                if not os.stat(folder).st_mode & stat.S_IXOTH:
                    self.skipTest(f"other users cannot reach {folder}")

    def enter_own_network(self, *addresses):
        """Moves this test to a network namespace in which the host has only these IPv4 addresses. Applies to later
        sockets and programs."""
        new_network = 0x40000000  # CLONE_NEWNET; applies to the thread
        libc = ctypes.CDLL(None, use_errno=True)
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self.addCleanup(os.close, before)
        if libc.unshare(new_network) != 0:
            self.skipTest(f"network namespaces are not permitted: {os.strerror(ctypes.get_errno())}")
        self.addCleanup(libc.setns, before, new_network)
        self.run_program("ip", "link", "set", "lo", "up")
        for address in addresses:
            self.run_program("ip", "address", "add", f"{address}/32", "dev", "lo")

    def reload(self, config=None):
        """Reloads the daemon, optionally with a new configuration; returns the final log line."""
        if config is not None:
            self.configure(config)
        before = sum(self.daemon.log().count(end) for end in RELOAD_ENDS)
        self.daemon.signal(signal.SIGHUP)
        return self.daemon.line(RELOAD_ENDS, before + 1)

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def tool(self, *arguments, **options):
        """Starts the telex tool in the background."""
        return self.program(TELEX, *arguments, **options)

    def program(self, *command, **options):
        """Starts a program in the background."""
        tool = Tool(self.environment, *command, **options)
        self.addCleanup(tool.end)
        return tool

    def listening(self, *arguments, **options):
        """Starts `sub` or `reply` and waits until it is subscribed."""
        tool = self.tool(*arguments, **options)
        tool.err.until("listening on ")
        return tool

    def run_tool(self, *arguments, data=b"", code=0):
        """Runs the telex tool to its end; returns standard output and standard error."""
        return self.run_program(TELEX, *arguments, data=data, code=code)

    def run_program(self, *command, data=b"", code=0):
        result = subprocess.run(
            [*command],
            env=self.environment,
            input=data,
            capture_output=True,
            timeout=DEADLINE,
            check=False,
        )
        out, err = result.stdout.decode(errors="replace"), result.stderr.decode(errors="replace")
        self.assertEqual(result.returncode, code, f"{command}: {out} {err}")
        return out, err
