"""Terminals that repeat a transcript: each is a shell with the same folder and environment."""

import os
import re
import select
import signal
import subprocess
import time

from transcript import Expect, Paste, Write, pattern_of

DEADLINE = 60
DONE = re.compile(r"\x01(\d+)\n")


def pids_of(relation, pid):
    found = subprocess.run(["pgrep", relation, str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def await_end(pid):
    """Waits for a process that need not be a child."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ready, _, _ = select.select([process], [], [], DEADLINE)
    os.close(process)
    if not ready:
        raise AssertionError(f"process {pid} does not end")


class Terminal:
    """Programs share the standard input of the shell, as on a terminal: what is pasted while one runs goes to it."""

    def __init__(self, name, folder, environment):
        self.name = name
        self.output = ""
        self.shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, cwd=folder, env=environment, start_new_session=True)

    def paste(self, text):
        self.shell.stdin.write(text.encode())
        self.shell.stdin.flush()

    def run(self, text):
        """Pastes commands that end."""
        self.paste(text + "printf '\\001%s\\n' $?\n")
        status = self.await_output(DONE, text)[1]
        if status != "0":
            raise AssertionError(f"exit status {status} in the {self.name} terminal:\n{text}")

    def expect(self, text):
        return self.await_output(pattern_of(text), text)[0]

    def await_output(self, pattern, wanted):
        """Waits until everything that was not awaited before matches."""
        deadline = time.monotonic() + DEADLINE
        while not (found := pattern.fullmatch(self.output)):
            left = max(0, deadline - time.monotonic())
            ready, _, _ = select.select([self.shell.stdout], [], [], left)
            more = os.read(self.shell.stdout.fileno(), 65536) if ready else b""
            if not more:
                raise AssertionError(f"the {self.name} terminal shows\n{self.output}\ninstead of\n{wanted}")
            self.output += more.decode()
        self.output = ""
        return found

    def interrupt(self):
        """As Ctrl-C: the programs of the shell, not the shell."""
        for child in pids_of("--parent", self.shell.pid):
            os.kill(child, signal.SIGINT)

    def end(self):
        """Ends the shell and its programs, and waits for all of them."""
        os.killpg(self.shell.pid, signal.SIGTERM)
        self.shell.communicate(timeout=DEADLINE)
        while programs := pids_of("--session", self.shell.pid):
            await_end(programs[0])


class Terminals:
    """`show` is called with the name of a terminal and what is pasted there or comes out."""

    def __init__(self, folder, environment, show=lambda terminal, prompt, text: None):
        self.folder = folder
        self.environment = environment
        self.show = show
        self.open = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for terminal in self.open.values():
            terminal.end()

    def terminal(self, name):
        if name not in self.open:
            self.open[name] = Terminal(name, self.folder, self.environment)
        return self.open[name]

    def repeat(self, steps):
        for step in steps:
            match step:
                case Write(name, text):
                    (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (self.folder / name).write_text(text, encoding="utf-8")
                case Expect(name, text):
                    self.show(name, "", self.terminal(name).expect(text))
                case Paste(name, text, interrupts, is_answered):
                    terminal = self.terminal(name)
                    if interrupts:
                        terminal.interrupt()
                    self.show(name, "$ ", text)
                    (terminal.paste if is_answered else terminal.run)(text)
