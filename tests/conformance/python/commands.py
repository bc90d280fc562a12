"""Common to the harnesses of the Python client: arguments of commands as those of calls, results and events as JSON
(docs/testing.md)."""

import json
import sys
import threading

import telex

FEATURES = ["fork", "key_file"]
SUBSCRIBE_OPTIONS = ("queue_group", "credit", "automatic_credit", "max_messages", "max_pending_messages", "max_pending_bytes")
PLAIN_OPTIONS = ("no_echo", "attempt_timeout", "connect_timeout", "ping_interval", "request_timeout", "max_buffered_bytes",
                 "full_timeout", "close_timeout")
FIELDS = ("reply_to", "id", "content_type", "type")
LONGEST_PAYLOAD = 1024


_writing = threading.Lock()


def write(entry):
    with _writing:
        sys.stdout.write(json.dumps(entry) + "\n")
        sys.stdout.flush()


def payload_of(arguments):
    if "size" in arguments:
        return b"x" * arguments["size"]
    return arguments.get("payload", "").encode("latin-1")


def fields_of(arguments):
    fields = {name: arguments[name] for name in FIELDS if name in arguments}
    if "headers" in arguments:
        fields["headers"] = [tuple(pair) for pair in arguments["headers"]]
    return fields


def describe(message):
    payload = {"size": len(message.payload)}
    if len(message.payload) <= LONGEST_PAYLOAD:
        payload["payload"] = message.payload.decode("latin-1")
    return payload | {
        "subject": message.subject, "headers": [list(pair) for pair in message.headers], "id": message.id,
        "content_type": message.content_type, "type": message.type, "wants_reply": message.wants_reply,
    }


def credentials_of(options):
    if "user" in options:
        return telex.UserPassword(options["user"], options["password"])
    if "token" in options:
        return telex.Token(options["token"])
    return telex.KeyFile(options["key_file"]) if "key_file" in options else None


class Counter:
    """Takes the messages of a subscription with `count`, which are numbers, and reports when the last one has come."""

    def __init__(self, name, count):
        self._name, self._last = name, count - 1
        self._received = 0
        self._before = -1
        self._in_order = True

    def take(self, message):
        number = int(message.payload)
        self._in_order &= number > self._before
        self._before = number
        self._received += 1
        if number == self._last:
            write({"event": "counted", "subscription": self._name, "count": self._received, "in_order": self._in_order})


def client_options(client, **options):
    """Returns the options of a client, whose callbacks write events."""
    def event_of(kind, error):
        return {"event": kind, "client": client, "code": str(error.code), "text": error.text}

    return {name: options[name] for name in PLAIN_OPTIONS if name in options} | {
        "name": client,
        "credentials": credentials_of(options),
        "tls": telex.Tls(**options.get("tls", {})),
        "reconnect": telex.Reconnect(**{"initial_delay": 0.01, "max_delay": 0.1} | options.get("reconnect", {})),
        "on_connected": lambda info: write({"event": "connected", "client": client, "url": info.url}),
        "on_disconnected": lambda error: write(event_of("disconnected", error)),
        "on_error": lambda error: write(event_of("error", error)),
        "on_closed": lambda: write({"event": "closed", "client": client}),
    }


def subscribe_options(slow_policy=None, **options):
    chosen = {name: options[name] for name in SUBSCRIBE_OPTIONS if name in options}
    return chosen | ({"slow_policy": telex.SlowPolicy[slow_policy.upper()]} if slow_policy else {})


def handler_of(subscription, last_messages, take="events", count=0, **_):
    """Returns the handler of a subscription; it notes messages for `respond`."""
    def report(message):
        last_messages[subscription] = message
        write({"event": "message", "subscription": subscription} | describe(message))

    return {"events": report, "count": Counter(subscription, count).take, "next": None}[take]


def payloads_of(count=None, **arguments):
    """Returns the payloads of a `publish`: one, or numbers."""
    if count is None:
        return [payload_of(arguments)]
    return (b"%0*d" % (arguments.get("size", 0), number) for number in range(count))


def result_of(verb, subject):
    """Returns the fields of `status`, `server` and `statistics`, which both clients have in the same way."""
    if verb == "status":
        return {"status": subject.status.value}
    if verb == "server":
        info = subject.server_info
        return {"name": info.name, "url": info.url, "max_frame_bytes": info.max_frame_bytes}
    return vars(subject.statistics())
