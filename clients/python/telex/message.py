"""A received message."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from .pending_replies import PendingReply

# Pairs of name and value in the publisher's order, or a mapping; names may repeat.
Headers = Iterable[tuple[str, str]] | Mapping[str, str]

# Headers of a reply for requesters on raw listeners, which get no headers: the responder deliberately sends no reply; the
# responder failed (value: error text); the connection ends after this reply.
NO_ANSWER_HEADER = "Telex-No-Answer"
ERROR_HEADER = "Telex-Error"
CLOSE_HEADER = "Telex-Close"


class _Header(Protocol):
    name: str
    value: str


class _Body(Protocol):
    """The generated telex.v1.Message, of which nothing is decoded before it is read."""

    subject: str
    payload: bytes
    headers: Iterable[_Header]
    id: str
    content_type: str
    type: str


class Message:
    """A message. Its attributes are read-only; `reply_to` is empty if the publisher expects no reply."""

    __slots__ = ("_body", "_pending_reply", "is_replied", "reply_to")

    def __init__(self, body: _Body, reply_to: str = "", pending_reply: PendingReply | None = None) -> None:
        self._body = body
        self.reply_to = reply_to
        self._pending_reply = pending_reply
        self.is_replied = False  # by respond()

    @property
    def subject(self) -> str:
        return self._body.subject

    @property
    def payload(self) -> bytes:
        return self._body.payload

    @property
    def text(self) -> str:
        """The payload as UTF-8. Raises UnicodeDecodeError."""
        return self._body.payload.decode()

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(header.name, header.value) for header in self._body.headers]

    def header(self, name: str) -> str | None:
        """Returns the value of the first header with this name (case-sensitive), or None."""
        return next((header.value for header in self._body.headers if header.name == name), None)

    @property
    def id(self) -> str:
        """Identifies the message to its publisher."""
        return self._body.id

    @property
    def content_type(self) -> str:
        """Media type of the payload, such as "application/json"."""
        return self._body.content_type

    @property
    def type(self) -> str:
        """Full name of the protobuf message in the payload, such as "billing.v1.Charge"."""
        return self._body.type

    @property
    def wants_reply(self) -> bool:
        return bool(self.reply_to)

    def note_reply(self) -> None:
        """For respond()."""
        self.is_replied = True
        if self._pending_reply:
            self._pending_reply.settle()

    def __repr__(self) -> str:
        return f"<telex.Message {self.subject} of {len(self.payload)} bytes>"
