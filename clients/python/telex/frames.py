"""Frames as bytes: encoding, and the division of a stream into frames.

Subject and payload of a message are encoded by hand: for small messages the generated code takes four times as long. It
makes all other frames, and decodes all that is received."""

import functools
import sys
from collections.abc import Mapping
from typing import Any, TypedDict

from google.protobuf.message import DecodeError  # type: ignore[import]

from .errors import Errc, make_error
from .message import Headers
from .subjects import check_subject
from .v1 import telex_pb2 as pb

PROTOCOL_VERSION = 1
# The exchange may send frames this much longer than its limit: a delivery has a longer head than its publication.
HEAD_ALLOWANCE = 4096
_LONGEST_VARINT = 10


class Control(bytes):
    """An encoded frame that applies to the present connection only: everything but publications."""


class KeepAlive(Control):
    """A Ping or Pong: a server that leaves gets it, too."""


class Reply(bytes):
    """An encoded publication that replies to a request: a server that leaves gets it, too."""


class BrokenFrame(Exception):
    """The bytes of the server are not frames."""


def varint(number: int) -> bytes:
    if number < 0x80:
        return bytes((number,))
    if number < 0x4000:
        return bytes((number & 0x7F | 0x80, number >> 7))
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


class MessageFields(TypedDict, total=False):
    """The optional fields of a message."""

    reply_to: str  # subject for replies, to which the application subscribes itself
    headers: Headers
    id: str
    content_type: str
    type: str


@functools.lru_cache(maxsize=1024)
def _subject_field(subject: str) -> bytes:
    if error := check_subject(subject):
        raise error
    name = subject.encode()
    return b"\x0a%b%b" % (varint(len(name)), name)


def encode_message(subject: str, payload: bytes, fields: MessageFields) -> bytes:
    """Returns an encoded telex.v1.Message. Raises InvalidArgumentError for an invalid subject, or text that is not UTF-8."""
    head = _subject_field(subject)
    if payload:
        head = b"%b\x12%b%b" % (head, varint(len(payload)), payload)
    return head + _encode_fields(fields) if fields else head


def _encode_fields(fields: MessageFields) -> bytes:
    headers = fields.get("headers", ())
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    reply_to = fields.get("reply_to", "")
    if reply_to and (error := check_subject(reply_to)):
        raise error
    try:
        encoded: bytes = pb.Message(
            reply=reply_to,
            headers=[pb.Header(name=name, value=value) for name, value in pairs],
            id=fields.get("id", ""),
            content_type=fields.get("content_type", ""),
            type=fields.get("type", ""),
        ).SerializeToString()
    except (TypeError, ValueError) as error:
        text = f"headers, id, content_type and type must be text in UTF-8: {error}"
        raise make_error(Errc.INVALID_ARGUMENT, text) from None
    return encoded


def encode_publication(message: bytes) -> bytes:
    size = varint(len(message))
    return b"%b\x12%b%b" % (varint(1 + len(size) + len(message)), size, message)


def encode_reply(message: bytes) -> Reply:
    return Reply(encode_publication(message))


def encode_keep_alive(**control: Any) -> KeepAlive:
    return KeepAlive(encode_control(**control))


def encode_request(message: bytes, number: int, timeout_ms: int) -> Control:
    frame = b"\x12%b%b\x18%b\x20%b" % (varint(len(message)), message, varint(number), varint(timeout_ms))
    return Control(varint(len(frame)) + frame)


def encode_control(**control: Any) -> Control:
    """Encodes a frame with one control: encode_control(ping=pb.Ping(nonce=1))."""
    frame: bytes = pb.Frame(**control).SerializeToString()
    return Control(varint(len(frame)) + frame)


def decode_frame(encoded: bytes) -> pb.Frame:
    frame = pb.Frame()
    try:
        # The runtime may stop without an error at the end of a group, which no frame has.
        if frame.MergeFromString(encoded) == len(encoded):
            return frame
    except DecodeError:
        pass
    raise BrokenFrame("the server sent an invalid protobuf frame")


def payload_size(frame: bytes) -> int:
    """Returns the size of a delimited frame without its length."""
    head = 1
    while frame[head - 1] >= 0x80:
        head += 1
    return len(frame) - head


class FrameSplitter:
    """Divides a stream into frames. The work is linear in the bytes, whatever the size of the pieces."""

    def __init__(self, limit: int) -> None:
        self.limit = limit  # of one frame; may change
        self._held = bytearray()  # the begin of a frame: one object, because each small one costs far more than its bytes
        self._needed = 0
        self.is_behind = False  # bytes were left for the next feed(), which may be without any

    def feed(self, piece: bytes, most: int = sys.maxsize) -> list[bytes]:
        """Returns the complete frames, at most `most` of them. Raises BrokenFrame."""
        self.is_behind = False
        data = piece
        if self._held:
            self._held += piece
            if len(self._held) < self._needed:
                return []
            data = bytes(self._held)
        frames: list[bytes] = []
        end = 0
        while len(frames) < most and (head := self._read_head(data, end)) is not None:
            begin, self._needed = head
            if self._needed > len(data):
                break
            end = self._needed
            frames.append(data[begin:end])
        else:
            self._needed = end
        self._held = bytearray(data[end:])
        self.is_behind = len(frames) == most and bool(self._held)
        self._needed -= end
        return frames

    def _read_head(self, data: bytes, at: int) -> tuple[int, int] | None:
        """Returns where the frame begins and ends; None if its length is incomplete."""
        size = shift = 0
        for begin in range(at, min(at + _LONGEST_VARINT, len(data))):
            byte = data[begin]
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                if size > self.limit:
                    raise BrokenFrame(f"the server sent a frame of {size} bytes; the limit is {self.limit}")
                return begin + 1, begin + 1 + size
        if len(data) - at >= _LONGEST_VARINT:
            raise BrokenFrame("the server sent a broken length")
        return None
