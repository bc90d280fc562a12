"""A WebSocket client of plain bytes (RFC 6455), for what no library sends."""

import base64
import os
import struct

from processes import DEADLINE
from wire import connect, read_exactly

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def frame(opcode, payload=b"", final=True, mask=b"\x01\x02\x03\x04", first=None):
    """A frame; without a mask if `mask` is empty. `first` replaces the first byte."""
    head = bytes([(0x80 if final else 0) | opcode if first is None else first])
    masked = 0x80 if mask else 0
    if len(payload) < 126:
        head += bytes([masked | len(payload)])
    elif len(payload) < 65536:
        head += bytes([masked | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([masked | 127]) + struct.pack(">Q", len(payload))
    if not mask:
        return head + payload
    whole, rest = divmod(len(payload), 4)
    key = mask * whole + mask[:rest]
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(len(payload), "big")


def request(path="/", host="localhost", **fields):
    """An upgrade; fields with the value None are left out."""
    lines = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return f"GET {path} HTTP/1.1\r\n{text}\r\n".encode()


def read_head(connection):
    """The head of a response of HTTP, not a byte more."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += read_exactly(connection, 1)
    return head.decode()


class Raw:
    """A connection after its upgrade. `peer` is an address or a connected socket."""

    def __init__(self, peer, upgrade=None):
        self.socket = connect(peer) if isinstance(peer, str) else peer
        self.socket.settimeout(DEADLINE)
        self.socket.sendall(upgrade or request())
        self.response = read_head(self.socket)
        if not self.response.startswith("HTTP/1.1 101 "):
            raise ConnectionError(self.response)

    def send(self, opcode, payload=b"", **options):
        self.socket.sendall(frame(opcode, payload, **options))

    def receive(self):
        """Returns the opcode and the payload of the next frame, which has no mask and is not fragmented."""
        first, second = read_exactly(self.socket, 2)
        if not first & 0x80 or first & 0x70 or second & 0x80:
            raise AssertionError(f"frame with the head {first:02x} {second:02x}")
        size = second
        if second == 126:
            (size,) = struct.unpack(">H", read_exactly(self.socket, 2))
        elif second == 127:
            (size,) = struct.unpack(">Q", read_exactly(self.socket, 8))
        return first & 15, read_exactly(self.socket, size)

    def receive_close(self):
        """Returns the code and the reason of the close frame, which must be the next and the last one."""
        opcode, payload = self.receive()
        if opcode != CLOSE:
            raise AssertionError(f"not a close frame: {opcode} {payload!r}")
        if rest := self.socket.recv(100):
            raise AssertionError(f"after the close frame: {rest!r}")
        return (int.from_bytes(payload[:2], "big") if payload else None), payload[2:].decode()
