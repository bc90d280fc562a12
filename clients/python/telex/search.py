"""Which server is tried next, and when: rounds over the servers with growing, random delays between them. Without I/O or
clock; randomness is passed in."""

import random
from collections.abc import Callable

from .errors import Errc, Error
from .options import Reconnect
from .servers import Endpoint

# After these errors the remaining servers must not see the credentials.
ENDS_SEARCH = frozenset({Errc.NOT_AUTHENTICATED, Errc.AUTHENTICATION_BUSY})


class Backoff:
    """The delay before the next round: doubled from the initial to the maximum delay, with a random part. A short
    connection does not reset it: a server that accepts and then drops its clients is not flooded with attempts."""

    def __init__(self, options: Reconnect, draw: Callable[[], float] = random.random) -> None:
        self._options = options
        self._draw = draw
        self._delay = options.initial_delay

    def next(self) -> float:
        base = min(self._delay, self._options.max_delay)
        self._delay = min(2 * base, self._options.max_delay)
        return base * (1 - self._options.jitter * self._draw())

    def connection_ended(self, lifetime: float, announced: bool) -> None:
        """`announced`: the server said Goodbye, so even a short connection resets the delay."""
        if announced or lifetime >= self._delay:
            self._delay = self._options.initial_delay


class Search:
    def __init__(
        self, servers: list[Endpoint], options: Reconnect, draw: Callable[[], float] = random.random
    ) -> None:
        self._servers = servers  # not empty
        self._options = options
        self._backoff = Backoff(options, draw)
        self._first = self._tried = 0
        self._failed_rounds = 0
        self._failures: list[str] = []
        self._untrusted: list[str] = []
        self._reported_untrusted = ""

    @property
    def current(self) -> Endpoint:
        return self._servers[(self._first + self._tried) % len(self._servers)]

    @property
    def round_is_over(self) -> bool:
        return self._tried >= len(self._servers)

    @property
    def failures(self) -> str:
        """Returns the outcome of each attempt of this round: "tcp://a:1: Connection refused; tcp://b:1: ..."."""
        return "; ".join(self._failures)

    def begin_round(self) -> None:
        self._tried = 0
        self._failures, self._untrusted = [], []

    def fail(self, reason: Error) -> None:
        """The current server failed: the next one is current, or the round is over."""
        text = f"{self.current.url}: {reason.text}"
        self._failures.append(text)
        if reason.code == Errc.UNTRUSTED_SERVER:
            self._untrusted.append(text)
        self._tried = len(self._servers) if reason.code in ENDS_SEARCH else self._tried + 1
        if self.round_is_over:
            self._first = 0

    def succeed(self) -> str:
        """A connection was made. Returns the servers skipped as untrusted, once per change; else an empty text."""
        self._failed_rounds = 0
        untrusted = "; ".join(self._untrusted)
        if untrusted == self._reported_untrusted:
            return ""
        if untrusted:
            self._reported_untrusted = untrusted
        return untrusted

    def after_round(self, code: Errc) -> float | None:
        """Returns the delay before the next round, or None to give up. `code`: why the round failed."""
        self._failed_rounds += 1
        rounds = self._options.max_rounds
        if code == Errc.NOT_AUTHENTICATED or not self._options.enabled:
            return None
        return None if rounds is not None and self._failed_rounds >= rounds else self._backoff.next()

    def after_loss(self, lifetime: float, announced: bool) -> float | None:
        """Returns the delay after the loss of a connection, zero if another server can be tried at once, or None to give up."""
        if not self._options.enabled:
            return None
        self._backoff.connection_ended(lifetime, announced)
        count = len(self._servers)
        self._first = (self._first + self._tried + 1) % count if announced else 0
        return 0.0 if announced and count > 1 else self._backoff.next()
