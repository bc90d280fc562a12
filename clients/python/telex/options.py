"""Options of a client, of subscriptions, and the facts that a client reports. Times are in seconds. Zero never disables a
limit: fields that can be unlimited accept None."""

import enum
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from .credentials import Credentials, check_credentials
from .errors import Errc, Error, make_error


@dataclass(frozen=True)
class ServerInfo:
    """Facts that the exchange sent when the connection was made."""

    url: str
    name: str
    version: str
    session_id: str
    protocol_version: int
    max_frame_bytes: int
    max_subject_bytes: int
    max_subject_tokens: int
    max_subscriptions: int
    max_pending_requests: int
    max_request_timeout: float
    idle_timeout: float
    max_headers: int


@dataclass(frozen=True)
class Reconnect:
    """After a lost connection the client tries every server in turn; after each failed round it waits, twice as long each
    time, up to `max_delay`. A server that rejects the credentials closes the client."""

    enabled: bool = True
    initial_delay: float = 0.1
    max_delay: float = 5.0
    # Random part of each delay, 0 to 1: with 0.5 a delay of 100 ms lasts 50 to 100 ms.
    jitter: float = 0.5
    # Maximum failed rounds in a row; then the client closes. Defaults to unlimited.
    max_rounds: int | None = None


@dataclass(frozen=True)
class Tls:
    """Settings for tls:// URLs. TLS 1.2 or later; a server that cannot be verified is rejected."""

    # PEM file with the trusted authorities. Empty: the system's.
    ca_file: str | os.PathLike[str] = ""
    # SHA-256 of the server's public key in base64. With `ca_file`, both must match; without it only the key is checked,
    # not the name.
    key_pin: str = ""
    # Required name or address in the server's certificate. Empty: the host of the URL.
    server_name: str = ""
    # PEM files of the client's certificate and private key, for servers that request one.
    certificate_file: str | os.PathLike[str] = ""
    key_file: str | os.PathLike[str] = ""


ConnectedHandler = Callable[[ServerInfo], Awaitable[None] | None]
ErrorHandler = Callable[[Error], Awaitable[None] | None]
ClosedHandler = Callable[[], Awaitable[None] | None]


@dataclass(frozen=True)
class Options:
    # host, host:port, tcp://host:port, tls://host:port, unix:///path or unix:@name, tried in order; the port defaults to
    # 4650. Empty: those of TELEX_URL, separated by commas; without it the trusted ones of default_servers().
    servers: tuple[str, ...] = ()
    tls: Tls = field(default_factory=Tls)
    # Defaults, without `servers`, to those of TELEX_CREDENTIALS: a file with a token, a private key, or the password of TELEX_USER.
    credentials: Credentials | None = None
    # Name in the exchange's logs, such as "billing-worker/2.1".
    name: str = ""
    # Do not deliver this client's own publications to it.
    no_echo: bool = False

    # Limit for one attempt at one server, until its Welcome.
    attempt_timeout: float = 2.0
    # Limit for connect() in total.
    connect_timeout: float = 5.0
    reconnect: Reconnect = field(default_factory=Reconnect)

    # Maximum bytes of publish() and request() that wait to be sent, while disconnected or while the server does not read.
    max_buffered_bytes: int = 8 << 20
    # How long publish() waits for room; then it raises BufferFullError.
    full_timeout: float = 5.0
    # Maximum size of a frame from the server, plus 4 KiB for the head of a delivery. Defaults to 16 MiB or the
    # server's own limit, whichever is larger.
    max_frame_bytes: int | None = None
    # A server that is silent for this time is pinged; after twice this time the connection is closed.
    ping_interval: float = 30.0
    # Default of request(timeout=...).
    request_timeout: float = 10.0
    # Limit for close() to send buffered messages, and then for the functions below to return.
    close_timeout: float = 1.0

    # Functions or coroutine functions, called one after the other. At most 1,024 calls wait: further errors are dropped
    # and counted, and on_error is called once per episode (ERRORS_DROPPED). Without on_error, errors are logged.
    on_connected: ConnectedHandler | None = None  # also after each reconnect
    on_disconnected: ErrorHandler | None = None  # the reason
    on_error: ErrorHandler | None = None  # errors without a waiting call, drops
    on_closed: ClosedHandler | None = None  # once, as the last call


def check_options(options: Options) -> None:
    """Raises InvalidArgumentError for a value that makes no sense, TypeError for credentials of another type."""
    if options.credentials is not None:
        check_credentials(options.credentials)
    times = ("attempt_timeout", "connect_timeout", "ping_interval", "request_timeout")
    reconnect = options.reconnect
    for valid, text in (
        (all(getattr(options, name) > 0 for name in times), f"{', '.join(times)} must be greater than zero"),
        (min(options.full_timeout, options.close_timeout) >= 0, "full_timeout and close_timeout must not be negative"),
        (
            0 < reconnect.initial_delay <= reconnect.max_delay,
            "reconnect: 0 < initial_delay <= max_delay is required",
        ),
        (0 <= reconnect.jitter <= 1, "reconnect.jitter must be from 0 to 1"),
        (reconnect.max_rounds is None or reconnect.max_rounds > 0, "reconnect.max_rounds must be greater than zero"),
        (options.max_buffered_bytes > 0, "max_buffered_bytes must be greater than zero"),
        (options.max_frame_bytes is None or options.max_frame_bytes > 0, "max_frame_bytes must be greater than zero"),
        (
            bool(options.tls.certificate_file) == bool(options.tls.key_file),
            "tls: a certificate requires its key, and a key its certificate",
        ),
    ):
        if not valid:
            raise make_error(Errc.INVALID_ARGUMENT, text)


class Status(enum.Enum):
    CONNECTING = "connecting"  # not connected yet
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"  # the connection was lost
    DRAINING = "draining"
    CLOSED = "closed"


class SlowPolicy(enum.IntEnum):
    """The exchange's policy if this subscriber reads more slowly than its messages arrive."""

    LISTENER_DEFAULT = 0
    BLOCK = 1  # stop reading from the publishers, for a limited time
    DROP_OLDEST = 2
    DROP_NEWEST = 3
    DISCONNECT = 4


@dataclass(frozen=True)
class SubscribeOptions:
    # Members of a group share the messages: each goes to one member. Empty: no group.
    queue_group: str = ""
    slow_policy: SlowPolicy = SlowPolicy.LISTENER_DEFAULT
    # Number of messages that the exchange may send before the application has taken them. Taking a message (next(), or
    # the end of the handler's call) returns its credit, unless `automatic_credit` is off: then call add_credit().
    # Without it the exchange sends as fast as the socket allows.
    credit: int | None = None
    automatic_credit: bool = True
    # The subscription ends after this many messages.
    max_messages: int | None = None
    # Limits of the local queue; when it is full, new messages are dropped and counted, and on_error is called once per
    # episode (MESSAGES_DROPPED).
    max_pending_messages: int = 65536
    max_pending_bytes: int = 64 << 20
    # How long subscribe() waits for the exchange's confirmation.
    timeout: float = 5.0


def check_subscribe_options(options: SubscribeOptions) -> None:
    """Raises TypeError or InvalidArgumentError."""
    if not isinstance(options.slow_policy, SlowPolicy):
        raise TypeError(f"slow_policy must be a telex.SlowPolicy, not {options.slow_policy!r}")
    limits = (options.credit, options.max_messages, options.max_pending_messages, options.max_pending_bytes)
    if any(limit is not None and limit <= 0 for limit in limits):
        raise make_error(
            Errc.INVALID_ARGUMENT,
            "credit, max_messages, max_pending_messages and max_pending_bytes must be greater than zero",
        )


@dataclass
class SubscriptionStatistics:
    """Counted since subscribe(), across reconnects."""

    received: int = 0  # by this process
    delivered: int = 0  # taken by next() or passed to the handler
    dropped: int = 0  # dropped here: max_pending_messages or max_pending_bytes
    pending_messages: int = 0
    pending_bytes: int = 0
    dropped_by_exchange: int = 0  # set when the subscription has ended


@dataclass
class Statistics:
    """Counted since the client was created, across reconnects."""

    published_messages: int = 0  # accepted by publish(), respond() and request()
    published_bytes: int = 0  # their frames
    received_messages: int = 0
    received_bytes: int = 0  # all bytes from servers
    dropped_messages: int = 0  # received, then dropped because a local queue was full
    unsent_messages: int = 0  # over a new server's frame limit, or unsent when the client closed
    connects: int = 0  # connections made, the first included
    subscriptions: int = 0
    pending_requests: int = 0
    buffered_bytes: int = 0  # accepted, not yet taken by the socket
    dropped_errors: int = 0  # not passed to on_error, because too many waited for it
