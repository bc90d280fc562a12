"""A NATS client on a plain socket, for tests: they see every line that the server writes."""

import json
import typing

from wire import connect


class Message(typing.NamedTuple):
    """A delivery. `block` is its header block, empty for MSG."""

    subject: str
    sid: str
    reply: str
    block: bytes
    payload: bytes

    @property
    def status(self):
        """Returns the status of the block's first line, such as "503"."""
        return self.block.split(b"\r\n")[0].removeprefix(b"NATS/1.0").strip().decode()

    @property
    def headers(self):
        lines = self.block.decode().split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in lines if line)


def write_block(headers):
    return ("NATS/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n").encode()


class NatsClient:
    """A connection after its first PONG. `fields` replace those that libraries send in CONNECT."""

    def __init__(self, address, **fields):
        self.socket = connect(address)
        self._stream = self.socket.makefile("rb")
        self.info = json.loads(self.line().removeprefix("INFO "))
        options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True} | fields
        self.send(f"CONNECT {json.dumps(options)}")
        self.ping()

    def close(self):
        self._stream.close()
        self.socket.close()

    def send(self, line, payload=None):
        """Sends a command, with its payload if it has one."""
        data = line.encode() + b"\r\n"
        self.socket.sendall(data if payload is None else data + payload + b"\r\n")

    def line(self):
        """Returns the next line, or an empty text at the end."""
        return self._stream.readline().decode().removesuffix("\r\n")

    def receive(self):
        """Returns the next Message, any other line as a text, or None at the end. Replies to PING."""
        line = self.line()
        verb, _, rest = line.partition(" ")
        if verb == "PING":
            self.send("PONG")
            return self.receive()
        if verb not in ("MSG", "HMSG"):
            return line or None
        parts = rest.split(" ")
        sizes = 2 if verb == "HMSG" else 1
        head = int(parts[-2]) if verb == "HMSG" else 0
        body = self._stream.read(int(parts[-1]) + 2)
        if not body.endswith(b"\r\n"):
            raise AssertionError(f"no line end after {line!r}: {body!r}")
        reply = parts[2] if len(parts) == 3 + sizes else ""
        return Message(parts[0], parts[1], reply, body[:head], body[head:-2])

    def ping(self):
        """Returns what came before the PONG."""
        self.send("PING")
        before = []
        while (got := self.receive()) != "PONG":
            if got is None:
                raise EOFError(f"connection closed after {before}")
            before.append(got)
        return before

    def publish(self, subject, payload, reply="", headers=None):
        names = f"{subject} {reply}".rstrip()
        if headers:
            block = write_block(headers)
            self.send(f"HPUB {names} {len(block)} {len(block) + len(payload)}", block + payload)
        else:
            self.send(f"PUB {names} {len(payload)}", payload)
