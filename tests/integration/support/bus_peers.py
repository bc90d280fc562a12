"""Clients of each protocol with one interface, for tests of what crosses protocols.

All use the one subject SUBJECT, because that of raw and syslog peers is in the configuration. CONFIG has their listeners.
"""

import json
import socket
import typing

from nats_raw import Message, NatsClient
from wire import Client, connect, error_pb2

SUBJECT = "bus"
GROUP = "workers"
INBOX = "_INBOX.bus"
# Time-out of hasty requests.
SHORT_MS = 20

CONFIG = f"""
server: {{reactors: 2}}
listeners:
  - {{name: nats, address: "tcp://127.0.0.1:0", protocol: nats}}
  - {{name: native, address: ["tcp://127.0.0.1:0", "unix://{{folder}}/telex/telex.sock"]}}
  - {{name: json, address: "tcp://127.0.0.1:0", protocol: json}}
  - {{name: syslog, address: "tcp://127.0.0.1:0", protocol: syslog, publish: {SUBJECT}, payload: text}}
  - {{name: raw-publish, address: "tcp://127.0.0.1:0", protocol: raw, publish: {SUBJECT}}}
  - {{name: raw-subscribe, address: "tcp://127.0.0.1:0", protocol: raw, subscribe: {SUBJECT}}}
  - {{name: raw-member, address: "tcp://127.0.0.1:0", protocol: raw, subscribe: {SUBJECT}, queue_group: {GROUP}}}
  - {{name: raw-request, address: "tcp://127.0.0.1:0", protocol: raw, request: {SUBJECT}, request_timeout: 1d}}
  - {{name: raw-hasty, address: "tcp://127.0.0.1:0", protocol: raw, request: {SUBJECT}, request_timeout: {SHORT_MS}ms}}
"""


class Got(typing.NamedTuple):
    payload: bytes
    headers: dict = {}
    reply: str = ""


class Peer:
    """A client of one protocol, which leads to one connection."""

    can = frozenset()
    # The outcome of a request without a subscriber, and of one without a reply in time.
    no_responders = None
    timed_out = None

    def __init__(self, daemon):
        self.daemon = daemon
        self.connection = None

    def open(self, listener):
        self.connection = connect(self.daemon.addresses(listener)[0])
        self.stream = self.connection.makefile("rb")

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def receive(self):
        """Returns the next message as Got, an error as a text, or None at the end."""
        raise NotImplementedError

    def outcome(self):
        """Returns what ended a request, as receive() does."""
        return self.receive()

    def leave(self):
        """Half-closes. Returns what comes until the exchange closes; then no subscription is left."""
        rest = []
        if self.connection:
            self.connection.shutdown(socket.SHUT_WR)
            while (got := self.receive()) is not None:
                rest.append(got)
            self.close()
        return rest

    def respond(self, request, payload, headers=None):
        self.publish(payload, headers, subject=request.reply)


class Nats(Peer):
    can = frozenset(["publish", "subscribe", "group", "request", "respond", "headers"])
    no_responders = "503"
    timed_out = "nothing"

    def __init__(self, daemon):
        super().__init__(daemon)
        self.client = NatsClient(daemon.addresses("nats")[0])
        self.connection = self.client.socket
        self.hasty = False

    def close(self):
        super().close()
        self.client.close()

    def receive(self):
        got = self.client.receive()
        if not isinstance(got, Message):
            return got
        return got.status or Got(got.payload, got.headers, got.reply)

    def subscribe(self, group="", subject=SUBJECT):
        self.client.send(f"SUB {subject} {group} 1")
        self.client.ping()

    def publish(self, payload, headers=None, reply="", subject=SUBJECT):
        self.client.publish(subject, payload, reply, headers)

    def request(self, payload, hasty=False):
        self.hasty = hasty
        self.client.send(f"SUB {INBOX} inbox")
        self.publish(payload, reply=INBOX)

    def outcome(self):
        # The time-out is the client's own: the exchange does not know it.
        return self.timed_out if self.hasty and not self.client.ping() else self.receive()


class Native(Peer):
    can = Nats.can
    no_responders = "NO_RESPONDERS"
    timed_out = "TIMEOUT"

    def __init__(self, daemon):
        super().__init__(daemon)
        self.client = Client(daemon.addresses("native")[0])
        self.connection = self.client.socket

    def receive(self):
        frame = self.client.receive()
        if frame is None:
            return None
        if frame.HasField("error"):
            return error_pb2.ErrorCode.Name(frame.error.code)
        headers = {header.name: header.value for header in frame.message.headers}
        return Got(frame.message.payload, headers, frame.reply_to)

    def subscribe(self, group="", subject=SUBJECT):
        self.client.subscribe(1, subject, queue_group=group)

    def publish(self, payload, headers=None, reply="", subject=SUBJECT, **fields):
        frame = Client.message(subject, payload, **fields)
        frame.message.reply = reply
        for name, value in (headers or {}).items():
            frame.message.headers.add(name=name, value=value)
        self.client.send(frame)

    def request(self, payload, hasty=False):
        self.publish(payload, request=1, timeout_ms=SHORT_MS if hasty else 0)


class Json(Peer):
    can = Nats.can
    no_responders = Native.no_responders
    timed_out = Native.timed_out

    def __init__(self, daemon):
        super().__init__(daemon)
        self.open("json")

    def send(self, **frame):
        self.connection.sendall(json.dumps(frame).encode() + b"\n")

    def receive(self):
        line = self.stream.readline()
        if not line:
            return None
        frame = json.loads(line)
        if "error" in frame:
            return frame["error"]["code"]
        message = frame["message"]
        headers = {header["name"]: header["value"] for header in message.get("headers", ())}
        return Got(message["text"].encode(), headers, frame.get("replyTo", ""))

    def subscribe(self, group="", subject=SUBJECT):
        self.send(subscribe={"subscription": 1, "filter": subject, "queueGroup": group})
        self.stream.readline()

    def publish(self, payload, headers=None, reply="", subject=SUBJECT, **fields):
        pairs = [{"name": name, "value": value} for name, value in (headers or {}).items()]
        self.send(message={"subject": subject, "text": payload.decode(), "headers": pairs, "reply": reply}, **fields)

    def request(self, payload, hasty=False):
        self.publish(payload, request=1, timeoutMs=SHORT_MS if hasty else 0)


class Raw(Peer):
    """Its errors are closed connections: receive() returns None."""

    can = frozenset(["publish", "subscribe", "group", "request"])

    def receive(self):
        line = self.stream.readline()
        return Got(line.removesuffix(b"\n")) if line else None

    def subscribe(self, group=""):
        self.open("raw-member" if group else "raw-subscribe")

    def send(self, listener, payload):
        if not self.connection:
            self.open(listener)
        self.connection.sendall(payload + b"\n")

    def publish(self, payload):
        self.send("raw-publish", payload)

    def request(self, payload, hasty=False):
        self.send("raw-hasty" if hasty else "raw-request", payload)


class Syslog(Peer):
    can = frozenset(["publish"])

    def __init__(self, daemon):
        super().__init__(daemon)
        self.open("syslog")

    def receive(self):
        return self.stream.readline() or None

    def publish(self, payload):
        self.connection.sendall(b"<13>1 - - - - - - " + payload + b"\n")


PROTOCOLS = (Nats, Native, Json, Raw, Syslog)
