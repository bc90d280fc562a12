"""The handle of one subscription, for asyncio."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from .changes import Changes
from .errors import ClosedError, Errc, SubscriptionEndedError, make_error
from .message import Message
from .subscription_handle import SubscriptionHandle
from .subscription_state import Phase, SubscriptionState

if TYPE_CHECKING:
    from .subscriber import Subscriber

MessageHandler = Callable[[Message], Awaitable[None] | None]


class Subscription(SubscriptionHandle[MessageHandler]):
    """One subscription, from Client.subscribe. It survives reconnects; messages published while disconnected are not
    received (delivery is at most once).

        async for message in subscription: ...

    The iteration ends with the subscription or the client; messages received before are still returned."""

    def __init__(self, state: SubscriptionState, subscriber: "Subscriber", handler: MessageHandler | None) -> None:
        super().__init__(state, subscriber, handler)
        self._changes = Changes()
        self._task: asyncio.Task[None] | None = None
        state.on_change = self._on_change

    # --- messages ------------------------------------------------------------------------------------

    async def next(self, timeout: float | None = None) -> Message:
        """Returns the next message in order of arrival. Raises TimedOutError, SubscriptionEndedError, ClosedError, the
        exchange's error for the subscription, or InvalidArgumentError (has a handler)."""
        if (message := self.try_next()) is not None:
            return message
        state = self._state
        await self._changes.wait_until(lambda: state.has_messages or state.phase is Phase.ENDED, timeout)
        if (message := self.try_next()) is not None:
            return message
        if state.phase is Phase.ENDED:
            raise state.error_at_end()
        raise make_error(Errc.TIMEOUT, f"no message on {state.filter}")

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Message:
        try:
            return await self.next()
        except (SubscriptionEndedError, ClosedError):
            raise StopAsyncIteration from None

    def add_credit(self, messages: int) -> None:
        """Allows the exchange to send this many more messages (`credit` with `automatic_credit` off). Raises
        InvalidArgumentError, SubscriptionEndedError, ClosedError."""
        self._subscriber.add_credit(self._state, messages)

    # --- the end -------------------------------------------------------------------------------------

    async def unsubscribe(self) -> None:
        """Ends the subscription at once and drops its pending messages. The handler is not called again; if it runs, it
        finishes first."""
        self._subscriber.unsubscribe(self._state)
        await self._wait_for_handler(None)

    async def drain(self, timeout: float = 30.0) -> None:
        """Ends the subscription gracefully: messages that the exchange has already sent are delivered. Without a handler
        they stay readable. Raises TimedOutError, DisconnectedError (the rest is lost), ClosedError, WOULD_DEADLOCK (called
        from its handler)."""
        self.refuse_in_handler("drain")
        end = asyncio.get_running_loop().time() + timeout
        self._subscriber.begin_drain(self._state)
        ended = await self._changes.wait_until(lambda: self._state.phase is Phase.ENDED, timeout)
        if not ended or not await self._wait_for_handler(max(0, end - asyncio.get_running_loop().time())):
            self._subscriber.unsubscribe(self._state)
            raise make_error(Errc.TIMEOUT, f"drain of {self._state.filter}")
        error = self._state.error_at_end()
        if error.code != Errc.SUBSCRIPTION_ENDED:
            raise error

    async def __aenter__(self) -> "Subscription":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.active:
            await self.unsubscribe()

    # --- internal --------------------------------------------------------------------------------------

    def refuse_in_handler(self, call: str) -> None:
        if self._task is not None and self._task is asyncio.current_task():
            raise make_error(Errc.WOULD_DEADLOCK, f"{call}() inside a handler")

    async def wait_idle(self, timeout: float) -> None:
        await self._changes.wait_until(lambda: self._state.phase is Phase.ENDED and not self.is_busy, timeout)

    async def stop(self) -> None:
        """The client is closed: drops the messages for the handler, and cancels it if it runs."""
        if self._handler:
            self._state.end(make_error(Errc.CLOSED, "the client is closed"), discard=True)
        task = self._task
        if task and task is not asyncio.current_task():
            task.cancel()
            await asyncio.wait({task})

    async def _wait_for_handler(self, timeout: float | None) -> bool:
        if self._task is None or self._task is asyncio.current_task():
            return True
        return await self._changes.wait_until(lambda: not self.is_busy, timeout)

    def _on_change(self) -> None:
        self._changes.notify()
        if self._handler and self._state.has_messages and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._call_handler(self._handler), name="telex handler")

    async def _call_handler(self, handler: MessageHandler) -> None:
        """Runs while there are messages."""
        try:
            while (message := self._state.take(for_handler=True)) is not None:
                try:
                    result = handler(message)
                    if inspect.isawaitable(result):
                        await result
                except Exception as error:
                    self._subscriber.on_handler_error(message, error)
                finally:
                    self._state.finish()
                self._return_credit()
        finally:
            self._changes.notify()

    def _return_credit(self) -> None:
        if due := self._state.credit_due():
            self._subscriber.return_credit(self._state, due)
