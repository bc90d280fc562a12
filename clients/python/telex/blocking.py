"""The client for programs without an event loop.

    with telex.blocking.connect() as client:
        with client.subscribe("chat.>") as subscription:
            client.publish("chat.general", "hello")
            print(subscription.next(timeout=5).text)

A client has two threads: one runs an event loop and no code of the application, the other runs all handlers and on_*
functions, one after the other. A handler may block, publish, request and subscribe; it cannot drain. All functions may be
called from any thread."""

import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Unpack

from . import client as asynchronous
from .blocking_handlers import HandlerThread
from .blocking_loop import LoopThread
from .blocking_subscription import Subscription
from .errors import BufferFullError, Errc, make_error
from .frames import MessageFields
from .message import Message
from .notices import Notices
from .options import Options, ServerInfo, Statistics, Status, SubscribeOptions
from .process import ProcessMark
from .publisher import Payload


class Client:
    """A client of a telex exchange: telex.Client without `await`. Belongs to the process that created it: in a forked child
    every call raises ClosedError."""

    def __init__(self, options: Options, waits: bool) -> None:
        """Use connect()."""
        self._process = ProcessMark()
        self._handlers = HandlerThread()
        self._loop = LoopThread()
        self._closing = threading.Lock()
        self._is_closed = False
        try:
            self._client = self._loop.call(self._start(options, waits))
        except BaseException:
            self._handlers.stop()
            self._loop.stop()
            raise

    # --- messages ------------------------------------------------------------------------------------

    def publish(self, subject: str, payload: Payload = b"", **fields: Unpack[MessageFields]) -> None:
        """As telex.Client.publish."""
        try:
            self._client.publish_nowait(subject, payload, **fields)
        except BufferFullError:
            self._loop.call(self._client.publish(subject, payload, **fields))

    def publish_nowait(self, subject: str, payload: Payload = b"", **fields: Unpack[MessageFields]) -> None:
        """As telex.Client.publish_nowait."""
        self._client.publish_nowait(subject, payload, **fields)

    def request(
        self, subject: str, payload: Payload = b"", *, timeout: float | None = None, **fields: Unpack[MessageFields]
    ) -> Message:
        """As telex.Client.request."""
        return self._loop.call(self._client.request(subject, payload, timeout=timeout, **fields))

    def respond(self, request: Message, payload: Payload = b"", **fields: Unpack[MessageFields]) -> None:
        """As telex.Client.respond."""
        if not request.reply_to:
            raise make_error(Errc.INVALID_ARGUMENT, "the message expects no reply")
        self.publish(request.reply_to, payload, **fields)
        request.note_reply()

    def subscribe(
        self, filter: str, handler: Callable[[Message], object] | None = None, **options: Any
    ) -> Subscription:
        """As telex.Client.subscribe. The handler is a function, called on the handlers' thread."""
        return self._loop.call(self._subscribe(filter, handler, SubscribeOptions(**options)))

    # --- the connection ------------------------------------------------------------------------------

    def flush(self, timeout: float = 10.0) -> None:
        """As telex.Client.flush."""
        self._loop.call(self._client.flush(timeout))

    def drain(self, timeout: float = 30.0) -> None:
        """As telex.Client.drain. Raises WOULD_DEADLOCK in a handler."""
        if self._handlers.is_this_thread:
            raise make_error(Errc.WOULD_DEADLOCK, "drain() inside a handler")
        try:
            self._loop.call(self._client.drain(timeout))
        finally:
            self.close()

    def close(self) -> None:
        """As telex.Client.close. After it returns no handler runs; called in a handler, only that one finishes."""
        if self._process.is_inherited:
            return
        # A handler does not wait for another thread that closes: that one waits for the handler.
        if not self._closing.acquire(blocking=not self._handlers.is_this_thread):
            return
        try:
            if not self._is_closed:
                self._is_closed = True
                self._loop.call(self._client.close())
                self._handlers.stop()
                self._loop.stop()
        finally:
            self._closing.release()

    @property
    def status(self) -> Status:
        return self._client.status

    @property
    def server_info(self) -> ServerInfo | None:
        """The server of the current or last connection; None before the first."""
        return self._client.server_info

    def statistics(self) -> Statistics:
        return self._client.statistics()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- internal --------------------------------------------------------------------------------------

    async def _start(self, options: Options, waits: bool) -> asynchronous.Client:
        client = asynchronous.Client(options, self._loop.post, self._run_notices)
        if waits:
            try:
                await client.wait_connected()
            except BaseException:
                await client.close()
                raise
        return client

    def _run_notices(self, notices: Notices) -> None:
        def run() -> None:
            if call := notices.take():
                call[0](*call[1])

        self._handlers.post(run)

    async def _subscribe(
        self, filter: str, handler: Callable[[Message], object] | None, options: SubscribeOptions
    ) -> Subscription:
        subscriber = self._client.subscriber
        state = subscriber.begin_subscribe(filter, handler, options)
        subscription = Subscription(state, subscriber, self._loop, self._handlers, handler)
        subscriber.keep(state, subscription)
        try:
            await subscriber.wait_made(state)
        except BaseException:
            subscriber.unsubscribe(state)
            raise
        return subscription


def connect(servers: str | Iterable[str] | None = None, **options: Any) -> Client:
    """As telex.connect."""
    return Client(asynchronous.make_options(servers, options), waits=True)


def connect_in_background(servers: str | Iterable[str] | None = None, **options: Any) -> Client:
    """As telex.connect_in_background."""
    return Client(asynchronous.make_options(servers, options), waits=False)
