"""The program under test: a harness that maps commands to calls of its client (docs/testing.md)."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time

from processes import DEADLINE


class Failure(AssertionError):
    """The client did not do what the scenario says."""


class Harness:
    def __init__(self, command, environment):
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._changed = threading.Condition()
        self._results = {}
        self._events = []
        self._ended = False
        self._last = 0
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.features = frozenset(self.take_event("ready", {})["features"])

    def begin(self, do, **arguments):
        """Sends a command; returns its number, for result()."""
        self._last += 1
        line = json.dumps({"command": self._last, "do": do} | arguments)
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failure(f"the harness ended before {line}") from None
        return self._last

    def result(self, number):
        """Waits for the result of a command: its `ok` or its `error`."""
        self._wait(lambda: number in self._results, f"no result of command {number}")
        return self._results.pop(number)

    def take_event(self, kind, source):
        """Waits for the next event of this kind and source, and removes it."""
        def find():
            return next((event for event in self._events if is_of(event, kind, source)), None)

        self._wait(lambda: find() is not None, f"no event {kind} of {source}")
        with self._changed:
            event = find()
            self._events.remove(event)
        return event

    def waiting(self, *kinds):
        """Returns the events of these kinds that were not taken."""
        with self._changed:
            return [event for event in self._events if event["event"] in kinds]

    def forget_events(self):
        with self._changed:
            self._events.clear()

    @contextlib.contextmanager
    def frozen(self):
        """Within a `with` statement the program neither reads nor writes."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def end(self):
        self._process.stdin.close()
        try:
            self._process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()
        return self._process.returncode

    def _wait(self, condition, problem):
        deadline = time.monotonic() + DEADLINE
        with self._changed:
            while not condition():
                if self._ended or not self._changed.wait(deadline - time.monotonic()):
                    state = "the harness ended" if self._ended else f"waited {DEADLINE} s"
                    raise Failure(f"{problem}: {state}; other events: {self._events[:20]}")

    def _read(self):
        for line in self._process.stdout:
            entry = json.loads(line)
            with self._changed:
                if "event" in entry:
                    self._events.append(entry)
                else:
                    self._results[entry["command"]] = entry
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()


def is_of(event, kind, source):
    return event["event"] == kind and all(event.get(name) == value for name, value in source.items())
