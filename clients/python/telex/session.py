"""The client's side of the protocol, without I/O or clock: received bytes go in, events and bytes to send come out.

    CONNECTING --Welcome--> CONNECTED --Goodbye or closing Error--> LEAVING
       ^                        |                                      |
       '---------------------- lost() ---------------------------------'
    any phase --close()--> CLOSED (final)

A connection opens with Hello. After Welcome come the subscriptions, then the messages buffered meanwhile. A server that
leaves gets the replies to its requests, and nothing else."""

import enum
from dataclasses import dataclass, field

from .credentials import SigningKey, Token, UserPassword
from .errors import Errc, Error, make_error
from .events import Arrived, Changed, Completed, Event, Leaving, Reported, Violated, Welcomed
from .frames import (
    HEAD_ALLOWANCE,
    PROTOCOL_VERSION,
    BrokenFrame,
    FrameSplitter,
    decode_frame,
    encode_control,
    encode_keep_alive,
)
from .message import Message
from .options import Options, ServerInfo, Statistics
from .outbox import Outbox, Takes
from .pending_replies import REPLY_PREFIX, PendingReplies
from .subscription_state import Offer, Phase
from .subscriptions import Subscriptions
from .v1 import telex_pb2 as pb

_DEFAULT_MAX_INCOMING = 16 << 20
_MAX_INCOMING_CEILING = 1 << 30  # whatever the server announces
# Small frames take long to decode: 256 KiB of them would stop the application's event loop for more than a second.
FRAMES_PER_TURN = 1000
_CHALLENGE = b"telex.v1.Challenge\0"
_NONCE_BYTES = 32
# A record of type alert, version 3.x (RFC 8446, 5.1): the server replied with TLS to bytes without it.
_TLS_ALERT = b"\x15\x03"


class Stage(enum.Enum):
    CONNECTING = enum.auto()
    CONNECTED = enum.auto()
    LEAVING = enum.auto()
    CLOSED = enum.auto()


@dataclass
class _Connection:
    """State that ends with a connection."""

    url: str
    frames: FrameSplitter
    pending_replies: PendingReplies = field(default_factory=PendingReplies)
    was_challenged: bool = False


class Session:
    def __init__(self, options: Options, key: SigningKey | None = None) -> None:
        self._options = options
        self._key = key
        self._connection = _Connection("", FrameSplitter(0))
        self.stage = Stage.CONNECTING
        self.info: ServerInfo | None = None
        self.statistics = Statistics()
        self.outbox = Outbox(options.max_buffered_bytes)
        self.subscriptions = Subscriptions()
        self.ignores_deliveries = False  # the client closes
        self.flushed = 0  # the last Flush that was confirmed
        self._last_flush = 0

    # --- the connection --------------------------------------------------------------------------

    def open(self, url: str) -> None:
        """A connection was made: puts Hello into the outbox."""
        self._connection = _Connection(url, FrameSplitter(self._max_incoming(0)))
        self.outbox.introduce(encode_control(hello=self._hello()))

    def lost(self, reason: Error) -> None:
        """The connection ended. Pending requests are the owner's."""
        self.stage = Stage.CONNECTING
        self._connection.pending_replies.on_settled = None
        self.outbox.rewind()
        self.subscriptions.end_draining(make_error(Errc.DISCONNECTED, reason.text))

    def close(self, reason: Error) -> None:
        self.stage = Stage.CLOSED
        self._connection.pending_replies.on_settled = None
        self.statistics.unsent_messages += self.outbox.drop_all()
        self.subscriptions.end_all(reason)

    @property
    def is_behind(self) -> bool:
        """Whether receive() must be called again, with no bytes, before others are read."""
        return self._connection.frames.is_behind

    @property
    def pending_replies(self) -> PendingReplies:
        """The replies that the application has still to send on this connection."""
        return self._connection.pending_replies

    @property
    def takes(self) -> Takes:
        """Which frames of the outbox the server gets."""
        if self.stage is Stage.CONNECTED:
            return Takes.ALL
        return Takes.LAST if self.stage is Stage.LEAVING else Takes.NONE

    def receive(self, data: bytes) -> list[Event]:
        """Decodes at most FRAMES_PER_TURN frames."""
        self.statistics.received_bytes += len(data)
        if self.stage is Stage.CONNECTING and data.startswith(_TLS_ALERT):
            return [_violation("the server requires TLS: use tls:// instead of tcp://")]
        events: list[Event] = []
        try:
            for encoded in self._connection.frames.feed(data, FRAMES_PER_TURN):
                self._on_frame(encoded, events)
        except BrokenFrame as error:
            events.append(_violation(str(error)))
        return events

    # --- frames to send ----------------------------------------------------------------------------

    def flush(self) -> int:
        """Sends a Flush; returns its number, for comparison with `flushed`."""
        self._last_flush += 1
        self.outbox.append(encode_control(flush=pb.Flush(id=self._last_flush)))
        return self._last_flush

    def ping(self) -> None:
        self.outbox.append(encode_keep_alive(ping=pb.Ping(nonce=1)))

    def goodbye(self) -> None:
        """Frames after it are not sent."""
        self.outbox.append(encode_control(goodbye=pb.Goodbye()))
        self.ignores_deliveries = True

    # --- received frames ---------------------------------------------------------------------------

    def _on_frame(self, encoded: bytes, events: list[Event]) -> None:
        frame = decode_frame(encoded)
        if not frame.HasField("message"):
            self._on_control(frame, events)
        elif frame.request:
            events.append(Completed(frame.request, Message(frame.message, frame.reply_to)))
        else:
            self._on_delivery(frame, len(encoded), events)

    def _on_delivery(self, frame: pb.Frame, size: int, events: list[Event]) -> None:
        subscription = self.subscriptions.find(frame.subscription)
        if subscription is None or self.ignores_deliveries:
            return  # unsubscribed while it was in transit
        replies = self.pending_replies.add() if frame.reply_to.startswith(REPLY_PREFIX) else None
        offer = subscription.offer(Message(frame.message, frame.reply_to, replies), size)
        if offer is Offer.ENDED:
            return
        self.statistics.received_messages += 1
        if offer is Offer.QUEUED:
            last = events[-1] if events else None
            if not isinstance(last, Arrived) or last.subscription is not subscription:
                events.append(Arrived(subscription))
            return
        self.statistics.dropped_messages += 1
        if offer is Offer.FIRST_DROP:
            text = f"the application is too slow for its subscription to {subscription.filter}"
            events.append(Reported(make_error(Errc.MESSAGES_DROPPED, text)))

    def _on_control(self, frame: pb.Frame, events: list[Event]) -> None:
        match frame.WhichOneof("control"):
            case "welcome":
                events.append(self._on_welcome(frame.welcome))
            case "challenge":
                if not self._prove(frame.challenge.nonce):
                    events.append(_violation("the server sent an unexpected Challenge"))
            case "subscribed":
                self.subscriptions.on_subscribed(frame.subscribed.subscription)
                events.append(Changed())
            case "unsubscribed":
                self.subscriptions.on_unsubscribed(frame.unsubscribed)
                events.append(Changed())
            case "ping":
                self._pong(frame.ping.nonce)
            case "flushed":
                self.flushed = max(self.flushed, min(frame.flushed.id, self._last_flush))
                events.append(Changed())
            case "goodbye":
                reason = make_error(Errc.SHUTTING_DOWN, frame.goodbye.text or "the server closes the connection")
                events.append(self._leave(Leaving(reason, frame.goodbye.reconnect, stays=True)))
            case "error":
                self._on_error(frame, events)
            case _:
                pass  # Pong: any received byte counts as activity. Unknown: from a later version

    def _on_welcome(self, welcome: pb.Welcome) -> Event:
        if self.stage is not Stage.CONNECTING or welcome.version != PROTOCOL_VERSION:
            return _violation("the server sent an unexpected Welcome, or one of another protocol version")
        info = _server_info(self._connection.url, welcome)
        self._connection.frames.limit = self._max_incoming(info.max_frame_bytes)
        too_large = self.outbox.drop_larger_than(info.max_frame_bytes) if info.max_frame_bytes else 0
        self.statistics.unsent_messages += too_large
        self.statistics.connects += 1
        self.outbox.put_first(self.subscriptions.frames_for_new_connection())
        self.info, self.stage = info, Stage.CONNECTED
        return Welcomed(info, too_large)

    def _on_error(self, frame: pb.Frame, events: list[Event]) -> None:
        error = make_error(Errc.of(frame.error.code), frame.error.text)
        if frame.error.closing:
            events.append(self._leave(Leaving(error, reconnect=False, stays=False)))
        elif frame.request:
            events.append(Completed(frame.request, error))
        elif frame.error.subscription and error.code == Errc.SHUTTING_DOWN:
            pass  # does not concern this subscription: the exchange stops, the next connection renews it
        elif frame.error.subscription:
            if self._refuse_subscription(frame.error.subscription, error):
                events.append(Reported(error))
            events.append(Changed())
        else:
            events.append(Reported(error))

    def _refuse_subscription(self, number: int, error: Error) -> bool:
        """Returns whether no call waits for the subscription, so that the error must be reported."""
        subscription = self.subscriptions.find(number)
        if subscription is None or subscription.phase is Phase.ENDED:
            return False
        if subscription.phase is not Phase.WANTED:
            return True
        self.subscriptions.remove(subscription, error)
        return subscription.was_active

    def _leave(self, event: Leaving) -> Leaving:
        if self.stage is Stage.CONNECTED:
            self.stage = Stage.LEAVING
        return event

    def _pong(self, nonce: int) -> None:
        pong = encode_keep_alive(pong=pb.Pong(nonce=nonce))
        # A server that pings without reading must not grow the outbox beyond its limit.
        if self.outbox.has_room(len(pong)):
            self.outbox.append(pong)

    # --- handshake ---------------------------------------------------------------------------------

    def _hello(self) -> pb.Hello:
        hello = pb.Hello(version=PROTOCOL_VERSION, client_name=self._options.name, no_echo=self._options.no_echo)
        match self._options.credentials:
            case UserPassword(user, password):
                hello.user, hello.password = user, password
            case Token(value):
                hello.token = value
        if self._key:
            hello.public_key = self._key.public_key
        return hello

    def _prove(self, nonce: bytes) -> bool:
        connection = self._connection
        if self.stage is not Stage.CONNECTING or not self._key or connection.was_challenged or len(nonce) != _NONCE_BYTES:
            return False
        connection.was_challenged = True
        signature = self._key.sign(_CHALLENGE + nonce)
        self.outbox.introduce(encode_control(proof=pb.Proof(signature=signature)))
        return True

    def _max_incoming(self, announced: int) -> int:
        most = self._options.max_frame_bytes or max(_DEFAULT_MAX_INCOMING, announced)
        return min(most, _MAX_INCOMING_CEILING) + HEAD_ALLOWANCE


def _violation(text: str) -> Violated:
    return Violated(make_error(Errc.SERVER_PROTOCOL_ERROR, text))


def _server_info(url: str, welcome: pb.Welcome) -> ServerInfo:
    limits = welcome.limits
    return ServerInfo(
        url=url,
        name=welcome.server_name,
        version=welcome.server_version,
        session_id=welcome.session_id,
        protocol_version=welcome.version,
        max_frame_bytes=limits.max_frame_bytes,
        max_subject_bytes=limits.max_subject_bytes,
        max_subject_tokens=limits.max_subject_tokens,
        max_subscriptions=limits.max_subscriptions,
        max_pending_requests=limits.max_pending_requests,
        max_request_timeout=limits.max_request_timeout_ms / 1000,
        idle_timeout=limits.idle_timeout_ms / 1000,
        max_headers=limits.max_headers,
    )
