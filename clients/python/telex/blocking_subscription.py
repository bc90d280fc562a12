"""The handle of one subscription of a telex.blocking.Client."""

import threading
import time
from collections.abc import Callable

from .blocking_handlers import HandlerThread
from .blocking_loop import LoopThread
from .changes import Changes
from .errors import ClosedError, Errc, SubscriptionEndedError, make_error
from .message import Message
from .subscriber import Subscriber
from .subscription_handle import SubscriptionHandle
from .subscription_state import Phase, SubscriptionState


class Subscription(SubscriptionHandle[Callable[[Message], object]]):
    """As telex.Subscription, without `await`: for message in subscription: ..."""

    def __init__(
        self,
        state: SubscriptionState,
        subscriber: Subscriber,
        loop: LoopThread,
        handlers: HandlerThread,
        handler: Callable[[Message], object] | None,
    ) -> None:
        super().__init__(state, subscriber, handler)
        self._loop, self._handlers = loop, handlers
        self._arrived = threading.Condition()
        self._idle = Changes()
        self._is_posted = False
        state.on_change = self._on_change

    # --- messages ------------------------------------------------------------------------------------

    def next(self, timeout: float | None = None) -> Message:
        """As telex.Subscription.next."""
        end = None if timeout is None else time.monotonic() + timeout
        while (message := self.try_next()) is None:
            with self._arrived:
                if self._state.has_messages:
                    continue
                if self._state.phase is Phase.ENDED:
                    raise self._state.error_at_end()
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    raise make_error(Errc.TIMEOUT, f"no message on {self._state.filter}")
                self._arrived.wait(left)
        return message

    def __iter__(self) -> "Subscription":
        return self

    def __next__(self) -> Message:
        try:
            return self.next()
        except (SubscriptionEndedError, ClosedError):
            raise StopIteration from None

    def add_credit(self, messages: int) -> None:
        """As telex.Subscription.add_credit."""

        async def add() -> None:
            self._subscriber.add_credit(self._state, messages)

        self._loop.call(add())

    # --- the end -------------------------------------------------------------------------------------

    def unsubscribe(self) -> None:
        """As telex.Subscription.unsubscribe."""

        async def end() -> None:
            self._subscriber.unsubscribe(self._state)
            if waits:
                await self._idle.wait_until(lambda: not self.is_busy, None)

        waits = not self._handlers.is_this_thread
        self._loop.call(end())

    def drain(self, timeout: float = 30.0) -> None:
        """As telex.Subscription.drain. Raises WOULD_DEADLOCK in any handler."""
        self.refuse_in_handler("drain")

        async def end() -> None:
            self._subscriber.begin_drain(self._state)
            await self.wait_idle(timeout)
            if self.active or self.is_busy:
                self._subscriber.unsubscribe(self._state)
                raise make_error(Errc.TIMEOUT, f"drain of {self._state.filter}")
            if (error := self._state.error_at_end()).code != Errc.SUBSCRIPTION_ENDED:
                raise error

        self._loop.call(end())

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(self, *_: object) -> None:
        if self.active:
            self.unsubscribe()

    # --- for the subscriber, in the event loop ---------------------------------------------------------

    def refuse_in_handler(self, call: str) -> None:
        if self._handlers.is_this_thread:
            raise make_error(Errc.WOULD_DEADLOCK, f"{call}() inside a handler")

    async def wait_idle(self, timeout: float) -> None:
        await self._idle.wait_until(lambda: not self.active and not self.is_busy, timeout)

    async def stop(self) -> None:
        if self._handler:
            self._state.end(make_error(Errc.CLOSED, "the client is closed"), discard=True)

    # --- internal --------------------------------------------------------------------------------------

    def _on_change(self) -> None:
        self._idle.notify()
        if not self._handler:
            with self._arrived:
                self._arrived.notify_all()
        elif self._state.has_messages and not self._is_posted:
            self._is_posted = True
            self._handlers.post(self._call_handler)

    def _call_handler(self) -> None:
        """Runs on the handlers' thread for one message, then gives way to other handlers."""
        handler, message = self._handler, self._state.take(for_handler=True)
        try:
            if handler and message is not None:
                handler(message)
        except Exception as error:
            self._loop.post(self._subscriber.on_handler_error, message, error)
        finally:
            if message is not None:
                self._state.finish()
                self._return_credit()
            if self._state.has_messages:
                self._handlers.post(self._call_handler)
            else:
                self._is_posted = False
                self._loop.post(self._on_change)  # also if a message has arrived meanwhile

    def _return_credit(self) -> None:
        if due := self._state.credit_due():
            self._loop.post(self._subscriber.return_credit, self._state, due)
