"""Messages on their way to the outbox: checked here, because a frame that the server cannot parse would end the
connection."""

from .errors import Errc, Error, make_error
from .frames import MessageFields, encode_message, encode_publication, encode_reply, encode_request, payload_size
from .pending_replies import REPLY_PREFIX
from .process import ProcessMark, inherited_error
from .session import Session, Stage

Payload = bytes | bytearray | memoryview | str

_MAX_FRAME_BEFORE_WELCOME = 1 << 20
# A request has its number and time-out beside the message.
_MAX_REQUEST_HEAD = 32
_LONGEST_TIMEOUT_MS = 0xFFFF_FFFF


def closed_error() -> Error:
    return make_error(Errc.CLOSED, "the client is closed")


def draining_error() -> Error:
    return make_error(Errc.DRAINING, "the client is draining")


class Publisher:
    """All member functions may be called from any thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._process = ProcessMark()
        self.is_closing = False
        self.is_sealed = False  # the client drains and rejects messages

    def check_open(self) -> None:
        if self._process.is_inherited:
            raise inherited_error()
        if self.is_closing or self._session.stage is Stage.CLOSED:
            raise closed_error()

    @property
    def is_inherited(self) -> bool:
        """Whether this is a forked child, which must not touch the connection."""
        return self._process.is_inherited

    def publication(self, subject: str, payload: Payload, fields: MessageFields) -> bytes:
        """Returns the frame of a publication."""
        message = encode_message(subject, _octets(payload), fields)
        frame = encode_reply(message) if subject.startswith(REPLY_PREFIX) else encode_publication(message)
        self._check_limits(subject, fields, payload_size(frame))
        return frame

    def message(self, subject: str, payload: Payload, fields: MessageFields) -> bytes:
        """Returns the encoded message of a request."""
        message = encode_message(subject, _octets(payload), fields)
        self._check_limits(subject, fields, len(message) + _MAX_REQUEST_HEAD)
        return message

    def request(self, message: bytes, number: int, timeout: float) -> bytes:
        return encode_request(message, number, min(int(1000 * timeout) or 1, _LONGEST_TIMEOUT_MS))

    def admit(self, size: int) -> bool:
        """Returns whether a frame of this size may be appended now. Raises if the client is closed or draining."""
        self.check_open()
        if self.is_sealed:
            raise draining_error()
        return self._session.outbox.has_room(size)

    def full_error(self) -> Error:
        return make_error(Errc.BUFFER_FULL, f"{self._session.outbox.unsent_bytes} bytes are waiting to be sent")

    def append(self, frame: bytes) -> None:
        session = self._session
        session.statistics.published_messages += 1
        session.statistics.published_bytes += len(frame)
        session.outbox.append(frame)

    def _check_limits(self, subject: str, fields: MessageFields, frame_bytes: int) -> None:
        info = self._session.info
        most = (info.max_frame_bytes if info else 0) or _MAX_FRAME_BEFORE_WELCOME
        if frame_bytes > most:
            text = f"a frame of {frame_bytes} bytes; the limit of the exchange is {most}"
            raise make_error(Errc.FRAME_TOO_LARGE, text)
        if not info:
            return
        if info.max_subject_bytes and len(subject) > info.max_subject_bytes // 4:
            _check_length(subject, info.max_subject_bytes)
        headers = fields.get("headers") if fields else None
        if headers and info.max_headers and len(list(headers)) > info.max_headers:
            raise make_error(Errc.TOO_MANY_HEADERS, f"the limit of the exchange is {info.max_headers}")


def _check_length(subject: str, most: int) -> None:
    if len(subject.encode()) > most:
        raise make_error(Errc.BAD_SUBJECT, f"subject '{subject}' is too long")


def _octets(payload: Payload) -> bytes:
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, str):
        return payload.encode()
    if isinstance(payload, (bytearray, memoryview)):
        return bytes(payload)
    raise TypeError(f"payload must be str, bytes, bytearray or memoryview, not {type(payload).__name__}")
