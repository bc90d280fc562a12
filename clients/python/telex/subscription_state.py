"""One subscription: its options, its queue of messages for the application, and its counters. Without I/O or clock.

    WANTED --Subscribed--> ACTIVE --Unsubscribe sent--> DRAINING --Unsubscribed--> ENDED
      ^------reconnect-------'                                 (or unsubscribed, refused, closed)

take() and finish() may be called from any thread; everything else belongs to the thread of the connection."""

import enum
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from .errors import Errc, Error, make_error
from .frames import Control, encode_control
from .message import Message
from .options import SubscribeOptions, SubscriptionStatistics
from .v1 import telex_pb2 as pb


class Phase(enum.Enum):
    WANTED = enum.auto()
    ACTIVE = enum.auto()
    DRAINING = enum.auto()
    ENDED = enum.auto()


class Offer(enum.Enum):
    QUEUED = enum.auto()
    DROPPED = enum.auto()
    FIRST_DROP = enum.auto()  # of an episode
    ENDED = enum.auto()


class SubscriptionState:
    def __init__(self, number: int, filter: str, options: SubscribeOptions) -> None:
        self.number = number
        self.filter = filter
        self.options = options
        self.phase = Phase.WANTED
        self.end_reason: Error | None = None
        self.was_active = False
        self.statistics = SubscriptionStatistics()
        # Called on the thread of the connection when messages have arrived or the phase has changed.
        self.on_change: Callable[[], None] = lambda: None
        self._lock = threading.Lock()  # guards the following members and the statistics
        self._queue: deque[tuple[Message, int]] = deque()
        self._in_handler = 0
        self._drops_reported = False
        self._parked = False  # not sent on this connection, for lack of credit
        self._granted = options.credit or 0  # over all connections
        self._unreturned = 0  # messages taken, whose credit was not returned yet

    # --- the connection --------------------------------------------------------------------------

    @property
    def is_made(self) -> bool:
        """Whether the subscription was sent to the exchange on this connection."""
        return self.phase != Phase.ENDED and not self._parked

    @property
    def is_complete(self) -> bool:
        return self.options.max_messages is not None and self.statistics.received >= self.options.max_messages

    def frame_for_new_connection(self) -> Control | None:
        """Returns the frame that makes the subscription; None if its credit is used up: it then waits for grant()."""
        self.phase = Phase.WANTED
        options, received = self.options, self.statistics.received
        subscribe = pb.Subscribe(
            subscription=self.number,
            filter=self.filter,
            queue_group=options.queue_group,
            slow_policy=pb.SlowPolicy.Name(int(options.slow_policy)),
        )
        if options.credit is not None:
            subscribe.credit = max(0, self._granted - received)
            self._parked = subscribe.credit == 0  # on the wire, zero would mean no limit
            if self._parked:
                return None
        if options.max_messages is not None:
            subscribe.max_messages = options.max_messages - received
        return encode_control(subscribe=subscribe)

    def grant(self, messages: int) -> bool:
        """Allows more messages. Returns whether the subscription waited for that and must be made now."""
        self._granted += messages
        was_parked, self._parked = self._parked, False
        return was_parked

    def offer(self, message: Message, size: int) -> Offer:
        """Queues a received message of this size."""
        if self.phase is Phase.ENDED:
            return Offer.ENDED
        with self._lock:
            counts = self.statistics
            counts.received += 1
            if counts.pending_messages >= self.options.max_pending_messages or (
                counts.pending_messages and counts.pending_bytes + size > self.options.max_pending_bytes
            ):
                counts.dropped += 1
                first, self._drops_reported = not self._drops_reported, True
                return Offer.FIRST_DROP if first else Offer.DROPPED
            counts.pending_messages += 1
            counts.pending_bytes += size
            self._queue.append((message, size))
        return Offer.QUEUED

    def end(self, reason: Error, discard: bool = False) -> None:
        """Ends the subscription; queued messages stay readable unless `discard`. The first reason counts."""
        if self.phase is not Phase.ENDED:
            self.phase = Phase.ENDED
            self.end_reason = reason
        if discard:
            with self._lock:
                self._queue.clear()
                self.statistics.pending_messages = self.statistics.pending_bytes = 0
        self.on_change()

    # --- the application -------------------------------------------------------------------------

    @property
    def has_messages(self) -> bool:
        return bool(self._queue)

    @property
    def is_idle(self) -> bool:
        """Whether the handler has returned for every received message."""
        return not self._queue and not self._in_handler

    def take(self, for_handler: bool = False) -> Message | None:
        """Removes the next message. The caller then returns the credit_due(), a handler after finish()."""
        with self._lock:
            if not self._queue:
                return None
            message, size = self._queue.popleft()
            counts = self.statistics
            counts.delivered += 1
            counts.pending_messages -= 1
            counts.pending_bytes -= size
            self._unreturned += 1
            self._in_handler += for_handler
            if counts.pending_messages <= self.options.max_pending_messages // 2:
                self._drops_reported = False  # the next episode is reported again
            return message

    def finish(self) -> None:
        """The handler has returned from a message."""
        with self._lock:
            self._in_handler -= 1

    def credit_due(self) -> int:
        """Returns the credit that must be returned now: in halves of the window, so that frames are few and the credit
        never runs out."""
        options = self.options
        if options.credit is None or not options.automatic_credit or self.phase is Phase.ENDED:
            return 0
        with self._lock:
            if self._unreturned < max(1, options.credit // 2):
                return 0
            due, self._unreturned = self._unreturned, 0
            return due

    def copy_statistics(self) -> SubscriptionStatistics:
        with self._lock:
            return replace(self.statistics)

    def error_at_end(self) -> Error:
        """Returns a fresh exception with the reason for the end."""
        reason = self.end_reason or make_error(Errc.SUBSCRIPTION_ENDED, "the subscription has ended")
        return make_error(reason.code, reason.text)
