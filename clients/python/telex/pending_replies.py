"""The replies that the application has still to send to the requests of one connection: a client whose server leaves stays
until they are sent.

A reply is pending from the arrival of its request until respond(), or until the Message is destroyed, on whatever thread."""

import itertools
from collections.abc import Callable

# The exchange begins the reply subjects of requests with it; other subjects for replies are valid on every connection.
REPLY_PREFIX = "_REPLY."


class PendingReplies:
    """All member functions may be called from any thread, and when objects are destroyed: they take no lock."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._open: set[int] = set()
        # Called when the last reply was sent or given up.
        self.on_settled: Callable[[], object] | None = None

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self) -> "PendingReply":
        number = next(self._numbers)
        self._open.add(number)
        return PendingReply(self, number)

    def settle(self, number: int) -> None:
        self._open.discard(number)
        if not self._open and (on_settled := self.on_settled):
            on_settled()


class PendingReply:
    """The share of one Message."""

    __slots__ = ("_number", "_owner")

    def __init__(self, owner: PendingReplies, number: int) -> None:
        self._owner, self._number = owner, number

    def settle(self) -> None:
        """The reply was sent. Idempotent."""
        self._owner.settle(self._number)

    def __del__(self) -> None:
        self.settle()
