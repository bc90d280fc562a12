"""Errors: one exception class for each case that a program handles differently, all with a code and a text."""

import enum


class Errc(enum.IntEnum):
    """Error codes, those of libtelex (telex/error.hpp). Numbers below 1000 are those of the exchange
    (telex/v1/error.proto); this package reports some of them itself, before it sends anything, with the same meaning."""

    UNSPECIFIED = 0

    # Protocol errors; the exchange closes the connection.
    BAD_FRAME = 1
    FRAME_TOO_LARGE = 2  # raised by publish() and request(): the connection stays open
    BAD_MESSAGE = 3
    WRONG_PROTOCOL = 4
    HELLO_REQUIRED = 5
    HELLO_REPEATED = 6
    VERSION_UNSUPPORTED = 7
    UNEXPECTED_FRAME = 8
    NOT_AUTHENTICATED = 9
    AUTHENTICATION_BUSY = 10

    # Rejected frames; the connection stays open.
    BAD_SUBJECT = 20
    WILDCARD_IN_PUBLISH = 21
    BAD_QUEUE_GROUP = 22
    BAD_SUBSCRIPTION = 23
    RESERVED_SUBJECT = 24
    TOO_MANY_SUBSCRIPTIONS = 25
    TOO_MANY_REQUESTS = 26
    TOO_MANY_HEADERS = 27
    BAD_REQUEST = 28
    NOT_ALLOWED_HERE = 29
    PERMISSION_DENIED = 30
    PAYLOAD_TOO_LARGE = 31

    # Failed requests.
    NO_RESPONDERS = 40
    TIMEOUT = 41  # no reply, no confirmation or no message in time; the text says which
    RESPONDER_GONE = 42
    ANSWER_TOO_LARGE = 43
    RESPONDER_FAILED = 44
    NO_STREAM = 45
    NOT_STORABLE = 46
    WRONG_SEQUENCE = 47
    STREAM_FULL = 48
    STORAGE_FULL = 49
    STORAGE_FAILED = 50
    NO_CONSUMER = 51
    BAD_CONSUMER = 52

    # Reasons for which the exchange ended the connection.
    SLOW_CONSUMER = 60
    IDLE_TIMEOUT = 61
    HELLO_TIMEOUT = 62
    TOO_MANY_CONNECTIONS = 63
    OVER_MEMORY_BUDGET = 64
    SHUTTING_DOWN = 65
    INTERNAL = 66
    KICKED = 67

    # Errors of this package.
    INVALID_ARGUMENT = 1000  # an invalid option or argument; the text names it
    CONNECT_FAILED = 1001  # no server could be reached; the text lists each attempt
    DISCONNECTED = 1002  # the connection was lost before the reply, or there is none
    CLOSED = 1003  # the client was closed, or gave up reconnecting
    DRAINING = 1004  # the client is draining
    BUFFER_FULL = 1005  # max_buffered_bytes are waiting to be sent
    SUBSCRIPTION_ENDED = 1008  # unsubscribed, drained, or max_messages reached
    WOULD_DEADLOCK = 1009  # the call waits for a handler but was made in it
    UNDECODABLE_PAYLOAD = 1010  # only libtelex: a payload is not the expected protobuf message
    SERVER_PROTOCOL_ERROR = 1011  # the server violated the protocol
    MESSAGES_DROPPED = 1012  # a subscription's local queue is full (reported once per episode)
    UNTRUSTED_SERVER = 1013  # a default server was not used; the text says why
    ERRORS_DROPPED = 1014  # the queue of on_error is full (reported once per episode)
    CANCELLED = 1015  # only libtelex: an operation of <telex/asio.hpp> was cancelled
    HANDLER_FAILED = 1016  # a handler raised an exception, which is the __cause__

    @classmethod
    def of(cls, number: int) -> "Errc":
        """Returns the code with this number; UNSPECIFIED for one of a later version."""
        return cls._value2member_map_.get(number, cls.UNSPECIFIED)  # type: ignore[return-value]

    def __str__(self) -> str:
        return self.name.lower()


class Error(Exception):
    """Base class of all errors of this package. `code` is for programs, `text` for people."""

    def __init__(self, code: Errc, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


class InvalidArgumentError(Error, ValueError):
    """An invalid option, subject, filter or queue group."""


class TooLargeError(Error):
    """A message or its reply exceeds a limit of the exchange."""


class ConnectFailedError(Error, ConnectionError):
    """No server could be reached."""


class AuthenticationError(Error):
    """The exchange rejected the credentials, or asks to retry later."""


class PermissionDeniedError(Error):
    """The user may not publish or subscribe there."""


class NoRespondersError(Error):
    """No client is subscribed to the request's subject."""


class TimedOutError(Error, TimeoutError):
    """No reply, no confirmation or no message in time."""


class DisconnectedError(Error, ConnectionError):
    """The connection was lost before the reply, or there is none."""


class ClosedError(Error):
    """The client was closed, gave up reconnecting, is draining, or belongs to another process."""


class BufferFullError(Error):
    """`max_buffered_bytes` are waiting to be sent."""


class SubscriptionEndedError(Error):
    """The subscription was unsubscribed or drained, or `max_messages` arrived."""


_CLASSES = {
    InvalidArgumentError: (
        Errc.INVALID_ARGUMENT, Errc.BAD_SUBJECT, Errc.WILDCARD_IN_PUBLISH, Errc.BAD_QUEUE_GROUP, Errc.RESERVED_SUBJECT,
        Errc.TOO_MANY_HEADERS,
    ),
    TooLargeError: (Errc.FRAME_TOO_LARGE, Errc.PAYLOAD_TOO_LARGE, Errc.ANSWER_TOO_LARGE),
    ConnectFailedError: (Errc.CONNECT_FAILED,),
    AuthenticationError: (Errc.NOT_AUTHENTICATED, Errc.AUTHENTICATION_BUSY),
    PermissionDeniedError: (Errc.PERMISSION_DENIED,),
    NoRespondersError: (Errc.NO_RESPONDERS,),
    TimedOutError: (Errc.TIMEOUT,),
    DisconnectedError: (Errc.DISCONNECTED,),
    ClosedError: (Errc.CLOSED, Errc.DRAINING),
    BufferFullError: (Errc.BUFFER_FULL,),
    SubscriptionEndedError: (Errc.SUBSCRIPTION_ENDED,),
}
_CLASS_OF = {code: kind for kind, codes in _CLASSES.items() for code in codes}


def make_error(code: Errc, text: str) -> Error:
    """Returns an exception of the class for this code."""
    return _CLASS_OF.get(code, Error)(code, text)
