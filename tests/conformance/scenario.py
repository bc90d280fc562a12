"""Runs the steps of a scenario. A step is one entry `verb: {arguments}`; docs/testing.md lists the verbs.

Verbs of the harness are passed on; the others are actions and expectations of the driver. `fails: CODE` in a step expects an
error, `says: TEXT` a part of its text, `gives: {...}` a part of the result, and `later: NAME` leaves the result to a later
step `result`. `status` with `until: STATUS` asks until the client has it."""

import pathlib
import time

import yaml
from harness import Failure
from processes import DEADLINE

SCENARIOS = pathlib.Path(__file__).parent / "scenarios"

HARNESS_VERBS = frozenset({
    "connect", "subscribe", "publish", "request", "respond", "next", "credit", "unsubscribe", "flush", "drain", "close",
    "status", "server", "statistics", "fork",
})
DAEMON_VERBS = frozenset({"kill", "stop", "begin_stop", "start", "freeze", "thaw"})
EVENT_SOURCES = {
    "message": "subscription", "counted": "subscription", "connected": "client", "disconnected": "client",
    "error": "client", "closed": "client",
}
# Events that no scenario may leave over.
UNEXPECTED = ("message", "counted", "error")
_META = ("fails", "says", "gives", "later")


def load(name):
    """Returns the scenarios of a file."""
    with open(SCENARIOS / f"{name}.yaml", encoding="utf-8") as file:
        return yaml.safe_load(file)


class Run:
    def __init__(self, place, harness):
        self._place, self._harness = place, harness
        self._later = {}
        self._clients = []

    def run(self, scenario):
        for number, step in enumerate(scenario["steps"], 1):
            ((verb, arguments),) = step.items()
            try:
                self._step(verb, self._fill(arguments))
            except Failure as failure:
                raise Failure(f"step {number}, {verb} {arguments}: {failure}") from None
        if self._later:
            raise Failure(f"results that no step expects: {sorted(self._later)}")
        if left := self._harness.waiting(*UNEXPECTED):
            raise Failure(f"events that no step expects: {left[:20]}")

    def close_clients(self):
        for client in self._clients:
            self._harness.result(self._harness.begin("close", client=client))

    def _fill(self, value):
        """Replaces placeholders such as {token}."""
        if isinstance(value, str):
            for word, text in self._place.words.items():
                value = value.replace(f"{{{word}}}", text)
            return value
        if isinstance(value, dict):
            return {key: self._fill(item) for key, item in value.items()}
        return [self._fill(item) for item in value] if isinstance(value, list) else value

    def _step(self, verb, arguments):
        if verb in HARNESS_VERBS:
            self._command(verb, arguments)
        elif verb in DAEMON_VERBS:
            getattr(self._place, verb)()
        elif verb == "kick":
            self._place.kick(arguments)
        elif verb == "expect":
            self._expect(arguments)
        elif verb == "quiet":
            self._expect_quiet(arguments)
        elif verb == "result":
            expected = dict(arguments)
            self._check_result(self._later.pop(expected.pop("of")), expected)
        else:
            raise Failure("unknown verb")

    def _command(self, verb, arguments):
        meta = {name: arguments.pop(name) for name in _META if name in arguments}
        if verb == "connect":
            via = arguments.pop("via", ["open"])
            names = [via] if isinstance(via, str) else via
            arguments.setdefault("servers", [self._place.urls[name] for name in names])
            self._clients.append(arguments["client"])
        if "until" in arguments:
            self._await_status(arguments.pop("until"), arguments)
            return
        number = self._harness.begin(verb, **arguments)
        if "later" in meta:
            self._later[meta["later"]] = number
        else:
            self._check_result(number, meta)

    def _await_status(self, wanted, arguments):
        deadline = time.monotonic() + DEADLINE
        while (status := self._harness.result(self._harness.begin("status", **arguments))["ok"]["status"]) != wanted:
            if time.monotonic() > deadline:
                raise Failure(f"the status is still {status}")

    def _check_result(self, number, expected):
        entry = self._harness.result(number)
        error = entry.get("error")
        if "fails" in expected:
            if error is None:
                raise Failure(f"did not fail, but gave {entry}")
            if error["code"] != expected["fails"]:
                raise Failure(f"failed with {error}")
            if expected.get("says", "") not in error["text"]:
                raise Failure(f"the error does not say '{expected['says']}': {error}")
        elif error is not None:
            raise Failure(f"failed with {error}")
        else:
            compare(expected.get("gives", {}), entry["ok"])

    def _expect(self, arguments):
        """{message: SUBSCRIPTION, field: value...}: the next event of this source has these fields."""
        expected = dict(arguments)
        (kind,) = EVENT_SOURCES.keys() & expected.keys()
        source = {EVENT_SOURCES[kind]: expected.pop(kind)}
        compare(expected, self._harness.take_event(kind, source))

    def _expect_quiet(self, name):
        """No event of this subscription or client has arrived. Follows a step after which it would have."""
        events = self._harness.waiting(*UNEXPECTED)
        if noise := [event for event in events if name in (event.get("subscription"), event.get("client"))]:
            raise Failure(f"unexpected: {noise}")


def compare(expected, actual):
    for name, value in expected.items():
        if actual.get(name) != value:
            raise Failure(f"{name} is {actual.get(name)!r}, expected {value!r}, in {actual}")
