"""The calls of on_connected, on_disconnected, on_error and on_closed: one after the other, in order, and bounded, because a
server can cause them faster than the application takes them.

Errors over the limit are dropped and counted, and one error says so, once per episode. Of connections that are made and
lost meanwhile only the last state is reported."""

import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from .errors import Errc, Error, make_error
from .options import Options, ServerInfo

MAX_WAITING = 1024
_log = logging.getLogger("telex")

Call = tuple[Callable[..., Any], tuple[Any, ...]]


def _log_error(error: Error) -> None:
    _log.warning("%s", error)


class Notices:
    """`run` is called when a call waits; it must lead to run_all() or, in another thread, take()."""

    def __init__(self, options: Options, run: Callable[["Notices"], None]) -> None:
        self._options = options
        self._run = run
        self._waiting: deque[Call] = deque()
        self._left_out: Call | None = None  # a connection that was made while too many calls waited
        self._drops_reported = False
        self.dropped_errors = 0

    def connected(self, info: ServerInfo) -> None:
        if not self._options.on_connected:
            return
        call = (self._options.on_connected, (info,))
        if len(self._waiting) < MAX_WAITING:
            self._push(call)
        else:
            self._left_out = call

    def disconnected(self, reason: Error) -> None:
        if self._left_out:
            self._left_out = None
        elif self._options.on_disconnected:
            self._push((self._options.on_disconnected, (reason,)))

    def error(self, error: Error) -> None:
        handler = self._options.on_error or _log_error
        if len(self._waiting) < MAX_WAITING:
            self._push((handler, (error,)))
            return
        self.dropped_errors += 1
        if not self._drops_reported:
            self._drops_reported = True
            text = "the application is too slow for its errors"
            self._push((handler, (make_error(Errc.ERRORS_DROPPED, text),)))

    def closed(self) -> None:
        if self._options.on_closed:
            self._push((self._options.on_closed, ()))

    def take(self) -> Call | None:
        """Removes the next call."""
        if not self._waiting:
            call, self._left_out = self._left_out, None
            return call
        call = self._waiting.popleft()
        if len(self._waiting) <= MAX_WAITING // 2:
            self._drops_reported = False  # the next episode is reported again
        return call

    async def run_all(self) -> None:
        while call := self.take():
            await call_handler(call[0], *call[1])

    def _push(self, call: Call) -> None:
        self._waiting.append(call)
        self._run(self)


async def call_handler(handler: Callable[..., Awaitable[None] | None], *arguments: Any) -> None:
    """Calls a function or coroutine function of the application. Its exceptions are logged: they concern neither the
    connection nor the other messages."""
    try:
        result = handler(*arguments)
        if inspect.isawaitable(result):
            await result
    except Exception:
        _log.exception("a handler of the application raised an exception")
