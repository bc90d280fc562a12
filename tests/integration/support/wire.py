"""Clients of the native protocol and plain sockets for tests. Python's protobuf runtime decodes the frames, as an
independent check of what the exchange writes."""

import importlib
import pathlib
import socket
import subprocess
import sys
import tempfile

from processes import DEADLINE

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Generated for each run, outside the source tree.
_generated = tempfile.TemporaryDirectory(prefix="telex-proto-")
subprocess.run(
    ["protoc", f"-I{ROOT}/proto", f"--python_out={_generated.name}"]
    + [str(path) for path in (ROOT / "proto/telex/v1").glob("*.proto")],
    check=True,
)
GENERATED = _generated.name
sys.path.insert(0, GENERATED)
telex_pb2 = importlib.import_module("telex.v1.telex_pb2")
error_pb2 = importlib.import_module("telex.v1.error_pb2")
admin_pb2 = importlib.import_module("telex.v1.admin_pb2")
sys_pb2 = importlib.import_module("telex.v1.sys_pb2")
event_pb2 = importlib.import_module("telex.v1.event_pb2")
stream_pb2 = importlib.import_module("telex.v1.stream_pb2")


def connect(address):
    """Returns a connected socket for an address in the form that the daemon logs."""
    scheme, rest = address.split(":", 1) if ":@" in address else address.split("://", 1)
    if scheme in ("tcp", "udp"):
        host, port = rest.rsplit(":", 1)
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        kind = socket.SOCK_STREAM if scheme == "tcp" else socket.SOCK_DGRAM
        target = (host, int(port))
    else:
        family = socket.AF_UNIX
        kind = {"unix": socket.SOCK_STREAM, "unix-seqpacket": socket.SOCK_SEQPACKET,
                "unix-dgram": socket.SOCK_DGRAM}[scheme]
        target = "\0" + rest[1:] if rest.startswith("@") else rest
    connection = socket.socket(family, kind)
    connection.settimeout(DEADLINE)
    try:
        connection.connect(target)
    except OSError:
        connection.close()
        raise
    return connection


def read_exactly(connection, size):
    data = bytearray(size)
    got = 0
    while got < size:
        piece = connection.recv_into(memoryview(data)[got:])
        if not piece:
            raise EOFError(f"connection closed after {bytes(data[:min(got, 1000)])!r}")
        got += piece
    return bytes(data)


def count_up_to(connection, most):
    """Returns the number of bytes, at most `most`, until the connection ends or is reset."""
    buffer = bytearray(1 << 20)
    got = 0
    try:
        while got < most and (piece := connection.recv_into(buffer, min(len(buffer), most - got))):
            got += piece
    except ConnectionResetError:
        pass
    return got


def read_to_end(connection):
    data = b""
    while piece := connection.recv(65536):
        data += piece
    return data


def varint(number):
    data = b""
    while number > 127:
        data += bytes([number & 127 | 128])
        number >>= 7
    return data + bytes([number])


class Client:
    """A connection of the native protocol after its Welcome. `peer` is the exchange's address, or a connected
    socket, which the client then owns."""

    def __init__(self, peer, name="test", sign=None, **hello):
        """`hello` contains further fields of Hello; `sign` signs a nonce."""
        self.socket = connect(peer) if isinstance(peer, str) else peer
        self._unread = b""
        self._early = []
        self.ended = False
        frame = telex_pb2.Frame()
        frame.hello.version = 1
        frame.hello.client_name = name
        for field, value in hello.items():
            setattr(frame.hello, field, value)
        self.send(frame)
        answer = self.receive()
        if answer.HasField("challenge"):
            frame = telex_pb2.Frame()
            frame.proof.signature = sign(answer.challenge.nonce)
            self.send(frame)
            answer = self.receive()
        # The error that the exchange sent instead of Welcome.
        self.refusal = answer.error if answer.HasField("error") else None
        self.welcome = answer.welcome

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @staticmethod
    def encode(frame):
        data = frame.SerializeToString()
        return varint(len(data)) + data

    def send(self, frame):
        self.socket.sendall(self.encode(frame))

    def receive(self):
        """Returns the next frame, or None at the end."""
        return self._early.pop(0) if self._early else self._receive_new()

    def _receive_new(self):
        while True:
            frame = self._decode()
            if frame is not None:
                return frame
            piece = self.socket.recv(1 << 20)
            if not piece:
                return None
            self._unread += piece

    def receive_now(self):
        """Returns the next frame if it has arrived, or None. `ended` is then true if there will be no more. Requires a
        non-blocking socket."""
        while not self._early:
            frame = self._decode()
            if frame is not None:
                return frame
            try:
                piece = self.socket.recv(1 << 16)
            except BlockingIOError:
                return None
            except OSError:
                piece = b""
            if not piece:
                self.ended = True
                return None
            self._unread += piece
        return self._early.pop(0)

    def _decode(self):
        size = shift = 0
        for used, byte in enumerate(self._unread[:10], 1):
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                if len(self._unread) < used + size:
                    return None
                frame = telex_pb2.Frame.FromString(self._unread[used : used + size])
                self._unread = self._unread[used + size :]
                return frame
        return None

    def publish(self, subject, payload, **fields):
        self.send(self.message(subject, payload, **fields))

    @staticmethod
    def message(subject, payload, **fields):
        frame = telex_pb2.Frame(**fields)
        frame.message.subject = subject
        frame.message.payload = payload
        return frame

    def subscribe(self, number, pattern, **fields):
        frame = telex_pb2.Frame()
        frame.subscribe.subscription = number
        frame.subscribe.filter = pattern
        for name, value in fields.items():
            setattr(frame.subscribe, name, value)
        self.send(frame)
        # Messages of other subscriptions may precede the confirmation; receive() returns them later.
        while (answer := self._receive_new()).subscribed.subscription != number:
            if not answer.HasField("message"):
                raise AssertionError(f"not subscribed: {answer}")
            self._early.append(answer)

    def request(self, subject, payload, number=1, **fields):
        self.publish(subject, payload, request=number, **fields)
        return self.receive()

    def flush(self):
        """Returns when the exchange has routed all earlier frames."""
        frame = telex_pb2.Frame()
        frame.flush.id = 77
        self.send(frame)
        answer = self.receive()
        if answer.flushed.id != 77:
            raise AssertionError(f"not flushed: {answer}")

    def stats(self):
        answer = self.request("$SYS.stats", b"", number=1 << 40)
        return sys_pb2.ServerStats.FromString(answer.message.payload)
