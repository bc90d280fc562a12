"""Makes and ends the subscriptions of a client, for asyncio."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from .changes import Changes
from .errors import Errc, make_error
from .frames import encode_control
from .message import Message
from .options import SubscribeOptions, check_subscribe_options
from .publisher import Publisher, draining_error
from .session import Session, Stage
from .subjects import check_filter, check_queue_group
from .subscription import MessageHandler, Subscription
from .subscription_state import Phase, SubscriptionState
from .v1 import telex_pb2 as pb


class Handle(Protocol):
    """A subscription as the application sees it."""

    @property
    def active(self) -> bool: ...
    @property
    def is_busy(self) -> bool: ...
    def refuse_in_handler(self, call: str) -> None: ...
    async def wait_idle(self, timeout: float) -> None: ...
    async def stop(self) -> None: ...


class Subscriber:
    """`changes` is notified when a subscription is confirmed or has ended; `pump` writes to the connection. `on_handler_error`
    is called in the event loop with the message for which a handler raised an exception."""

    def __init__(
        self,
        session: Session,
        publisher: Publisher,
        changes: Changes,
        pump: Callable[[], None],
        on_handler_error: Callable[[Message, Exception], None],
    ) -> None:
        self._session, self._publisher, self._changes, self._pump = session, publisher, changes, pump
        self.on_handler_error = on_handler_error
        self._handles: dict[int, Handle] = {}
        self.is_draining = False

    async def subscribe(
        self, filter: str, handler: MessageHandler | None, options: SubscribeOptions
    ) -> Subscription:
        state = self.begin_subscribe(filter, handler, options)
        handle = Subscription(state, self, handler)
        self.keep(state, handle)
        try:
            await self.wait_made(state)
        except BaseException:
            self.unsubscribe(state)
            raise
        return handle

    def begin_subscribe(self, filter: str, handler: object, options: SubscribeOptions) -> SubscriptionState:
        """Returns the state of a subscription whose handler, if any, is kept by the caller."""
        self._publisher.check_open()
        if handler is not None and not callable(handler):
            raise TypeError(f"handler must be a function or coroutine function, not {type(handler).__name__}")
        check_subscribe_options(options)
        if error := check_filter(filter) or (options.queue_group and check_queue_group(options.queue_group)):
            raise error
        if self.is_draining:
            raise draining_error()
        state = self._session.subscriptions.add(filter, options)
        if self._session.stage is Stage.CONNECTED:
            self._make(state)
        return state

    def keep(self, state: SubscriptionState, handle: Handle) -> None:
        """Includes a handle in drain_all() and stop()."""
        for number, old in list(self._handles.items()):
            if not old.active and not old.is_busy:
                del self._handles[number]
        self._handles[state.number] = handle

    async def wait_made(self, state: SubscriptionState) -> None:
        if not await self._changes.wait_until(lambda: state.phase is not Phase.WANTED, state.options.timeout):
            raise make_error(Errc.TIMEOUT, f"the subscription to {state.filter} was not confirmed")
        # A confirmed subscription that has already ended by max_messages is a success.
        if state.phase is Phase.ENDED and (error := state.error_at_end()).code != Errc.SUBSCRIPTION_ENDED:
            raise error

    def add_credit(self, state: SubscriptionState, messages: int) -> None:
        if state.options.credit is None or messages <= 0:
            raise make_error(Errc.INVALID_ARGUMENT, "the subscription has no credit, or the credit is not positive")
        self._publisher.check_open()
        if state.phase is Phase.ENDED:
            raise state.error_at_end()
        self.return_credit(state, messages)

    def return_credit(self, state: SubscriptionState, messages: int) -> None:
        was_parked = state.grant(messages)
        if self._session.stage is not Stage.CONNECTED or state.phase is Phase.ENDED:
            return  # the next connection sends it
        if was_parked:
            self._make(state)
        else:
            credit = pb.Credit(subscription=state.number, messages=messages)
            self._session.outbox.append(encode_control(credit=credit))
            self._pump()

    def unsubscribe(self, state: SubscriptionState) -> None:
        if self._publisher.is_inherited:
            return
        was_made = state.is_made
        reason = make_error(Errc.SUBSCRIPTION_ENDED, "unsubscribed")
        if self._session.subscriptions.remove(state, reason, discard=True) and was_made:
            self._send_unsubscribe(state)
        self._changes.notify()

    def begin_drain(self, state: SubscriptionState) -> None:
        """Unsubscribed ends the subscription; without a connection it ends at once."""
        self._publisher.check_open()
        if state.phase in (Phase.DRAINING, Phase.ENDED):
            return
        if self._session.stage is Stage.CONNECTED and state.is_made:
            state.phase = Phase.DRAINING
            self._send_unsubscribe(state)
            return
        reason = make_error(Errc.DISCONNECTED, "drained while disconnected")
        self._session.subscriptions.remove(state, reason)

    async def drain_all(self, timeout: float) -> None:
        """Returns when every subscription has ended and its handler has seen all messages, or the time has passed."""
        for handle in self._handles.values():
            handle.refuse_in_handler("drain")
        self.is_draining = True
        for state in self._session.subscriptions.all():
            self.begin_drain(state)
        waiting = [handle.wait_idle(timeout) for handle in self._handles.values()]
        await asyncio.gather(*waiting)

    async def stop(self) -> None:
        for handle in list(self._handles.values()):
            await handle.stop()
        self._handles.clear()

    @property
    def is_busy(self) -> bool:
        return any(handle.is_busy for handle in self._handles.values())

    def check_process(self) -> None:
        if self._publisher.is_inherited:
            self._publisher.check_open()

    def _make(self, state: SubscriptionState) -> None:
        if frame := state.frame_for_new_connection():
            self._session.outbox.append(frame)
            self._pump()

    def _send_unsubscribe(self, state: SubscriptionState) -> None:
        if self._session.stage is Stage.CONNECTED:
            unsubscribe = pb.Unsubscribe(subscription=state.number)
            self._session.outbox.append(encode_control(unsubscribe=unsubscribe))
            self._pump()
