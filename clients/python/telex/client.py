"""The connection of a program to a telex exchange, for asyncio."""

import asyncio
import os
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any, Unpack

from .changes import Changes
from .connection import Connection
from .credentials import KeyFile, read_key
from .environment import with_environment
from .errors import Errc, Error, make_error
from .events import Arrived, Changed, Completed, Event, Reported, Welcomed
from .frames import MessageFields
from .handler_errors import HandlerErrors
from .message import Message
from .notices import Notices
from .options import Options, ServerInfo, Statistics, Status, SubscribeOptions, check_options
from .publisher import Payload, Publisher
from .servers import parse_servers
from .session import Session, Stage
from .subscriber import Subscriber
from .subscription import MessageHandler, Subscription
from .tls import make_context

# The exchange enforces time-outs; this package only if it fails to.
_REQUEST_GRACE = 0.25
# publish() then lets the event loop write, and read what arrives: a task that only publishes would starve both.
_BYTES_PER_TURN = 64 << 10


class Client:
    """A client of a telex exchange. Belongs to the event loop in which it was made; only publish_nowait() and status may be
    used from other threads (see telex.blocking for programs without an event loop).

    Delivery is at most once. The end of publish() means that the message is buffered in this process or was written to the
    socket; the end of flush(), that the exchange has routed every earlier message.

    When a connection is lost, pending requests fail with DisconnectedError, publications are buffered, and the client
    reconnects; subscriptions are then renewed before the buffer is sent.

    A client belongs to the process that created it: in a forked child every call raises ClosedError."""

    def __init__(
        self,
        options: Options,
        call_soon: Callable[..., object] | None = None,
        run_notices: Callable[[Notices], None] | None = None,
    ) -> None:
        """Use connect(). `call_soon` and `run_notices` are for telex.blocking: publications then come from other threads,
        and notices are passed to one."""
        check_options(options)
        options = with_environment(options, os.environ)
        servers = parse_servers(options.servers)
        needs_tls = any(server.tls for server in servers)
        key = read_key(options.credentials.path) if isinstance(options.credentials, KeyFile) else None
        if key and needs_tls:
            text = "KeyFile does not work over TLS: Python's ssl module lacks the channel binding; use a certificate or a token"
            raise make_error(Errc.INVALID_ARGUMENT, text)
        loop = asyncio.get_running_loop()
        self._options = options
        self._loop = loop
        self._call_soon = call_soon or loop.call_soon
        self._pump_is_due = False
        self._session = Session(options, key)
        self._publisher = Publisher(self._session)
        self._changes = Changes()
        self._requests: dict[int, asyncio.Future[Message]] = {}
        self._last_request = 0
        self._since_turn = 0  # bytes published
        self._losses = 0  # connections lost
        self._notice_task: asyncio.Task[None] | None = None
        self._notices = Notices(options, run_notices or self._run_notices)
        self._connection = Connection(
            self._session,
            options,
            servers,
            make_context(options.tls) if needs_tls else None,
            self._notices,
            self._on_events,
            self._on_lost,
            lambda: bool(self._requests),
        )
        handler_errors = HandlerErrors(options, self._notices, self.publish_nowait)
        self.subscriber = Subscriber(self._session, self._publisher, self._changes, self._pump, handler_errors.report)
        self._task = loop.create_task(self._run(), name="telex connection")

    # --- messages ------------------------------------------------------------------------------------

    async def publish(self, subject: str, payload: Payload = b"", **fields: Unpack[MessageFields]) -> None:
        """Publishes without waiting for the exchange, which reports its errors later to on_error. Waits for room in the
        buffer, at most `full_timeout`. Raises InvalidArgumentError, TooLargeError, BufferFullError, ClosedError."""
        frame = self._publisher.publication(subject, payload, fields)
        if not self._publisher.admit(len(frame)):
            await self._wait_for_room(len(frame))
        self._append(frame)
        self._since_turn += len(frame)
        if self._since_turn >= _BYTES_PER_TURN:
            self._since_turn = 0
            await asyncio.sleep(0)

    def publish_nowait(self, subject: str, payload: Payload = b"", **fields: Unpack[MessageFields]) -> None:
        """The same without waiting: raises BufferFullError at once."""
        frame = self._publisher.publication(subject, payload, fields)
        if not self._publisher.admit(len(frame)):
            raise self._publisher.full_error()
        self._append(frame)

    async def request(
        self, subject: str, payload: Payload = b"", *, timeout: float | None = None, **fields: Unpack[MessageFields]
    ) -> Message:
        """Sends a request and returns the reply. Raises NoRespondersError, TimedOutError, RESPONDER_GONE, TooLargeError,
        DisconnectedError and the errors of publish()."""
        timeout = self._options.request_timeout if timeout is None else timeout
        if timeout <= 0:
            raise make_error(Errc.INVALID_ARGUMENT, "the timeout of a request must be greater than zero")
        message = self._publisher.message(subject, payload, fields)
        if not self._publisher.admit(len(message)):
            await self._wait_for_room(len(message))
        if self._session.stage is not Stage.CONNECTED:
            raise make_error(Errc.DISCONNECTED, "there is no connection")
        self._last_request += 1
        number = self._last_request
        reply: asyncio.Future[Message] = self._loop.create_future()
        self._requests[number] = reply
        self._append(self._publisher.request(message, number, timeout))
        try:
            async with asyncio.timeout(timeout + _REQUEST_GRACE):
                return await reply
        except TimeoutError as error:
            raise error if isinstance(error, Error) else make_error(Errc.TIMEOUT, "no reply in time") from None
        finally:
            del self._requests[number]
            self._changes.notify()
            self._connection.on_request_end()

    async def respond(self, request: Message, payload: Payload = b"", **fields: Unpack[MessageFields]) -> None:
        """Publishes a reply to the `reply_to` of a message. Raises InvalidArgumentError if it has none, and the errors of
        publish().

        When the server stops, the client stays until every request that it received there has its reply, or its Message no
        longer exists, or the server closes the connection. Other messages wait for the next one."""
        if not request.reply_to:
            raise make_error(Errc.INVALID_ARGUMENT, "the message expects no reply")
        await self.publish(request.reply_to, payload, **fields)
        request.note_reply()

    async def subscribe(
        self, filter: str, handler: MessageHandler | None = None, **options: Any
    ) -> Subscription:
        """Subscribes; `options` are fields of SubscribeOptions. Returns when the subscription is active in the whole
        exchange: messages published from then on, by any client, are delivered.

        The handler, a function or coroutine function, is called with each message, one after the other. If it raises an
        exception, on_error is called (HANDLER_FAILED, the exception is its __cause__), and a request that it has not
        replied to gets an empty reply with the header ERROR_HEADER. Without a handler iterate over the Subscription. Raises InvalidArgumentError, TimedOutError, ClosedError and errors of the exchange,
        such as PermissionDeniedError."""
        return await self.subscriber.subscribe(filter, handler, SubscribeOptions(**options))

    # --- the connection ------------------------------------------------------------------------------

    async def flush(self, timeout: float = 10.0) -> None:
        """Returns when the exchange has routed all earlier publications. Waits for a connection if there is none. Raises
        TimedOutError, DisconnectedError (messages may be lost), ClosedError."""
        self._publisher.check_open()
        session, end = self._session, self._loop.time() + timeout
        await self._changes.wait_until(lambda: session.stage in (Stage.CONNECTED, Stage.CLOSED), timeout)
        self._publisher.check_open()
        if session.stage is not Stage.CONNECTED:
            raise make_error(Errc.TIMEOUT, "not connected in time")
        number, losses = session.flush(), self._losses

        def is_lost() -> bool:
            return self._losses != losses or session.stage is Stage.CLOSED

        self._pump()
        left = max(0, end - self._loop.time())
        if not await self._changes.wait_until(lambda: session.flushed >= number or is_lost(), left):
            raise make_error(Errc.TIMEOUT, "the exchange did not confirm in time")
        if session.flushed < number:
            raise make_error(Errc.DISCONNECTED, "the connection was lost before the confirmation")

    async def drain(self, timeout: float = 30.0) -> None:
        """Closes gracefully: ends every subscription, passes received messages to the handlers, waits for pending replies,
        rejects new messages, flushes, closes. Messages of subscriptions without handler stay readable. The client is
        closed afterwards, even on errors: TimedOutError, DisconnectedError. WOULD_DEADLOCK (called from a handler) has no
        effect."""
        self._publisher.check_open()
        end = self._loop.time() + timeout
        await self.subscriber.drain_all(timeout)
        try:
            left = max(0, end - self._loop.time())
            in_time = await self._changes.wait_until(lambda: not self._requests, left)
            self._publisher.is_sealed = True
            await self.flush(max(0, end - self._loop.time()))
            if not in_time or self.subscriber.is_busy:
                raise make_error(Errc.TIMEOUT, "handlers or replies took too long")
        finally:
            await self.close()

    async def close(self) -> None:
        """Sends buffered messages (for at most `close_timeout`) and Goodbye. Pending requests fail with ClosedError, and
        messages that were not yet passed to a handler are dropped; handlers that run are cancelled. Waits for the calls of on_error and its like, again for at
        most `close_timeout`; the event loop makes the remaining ones later. Idempotent."""
        if self._publisher.is_inherited:
            return
        self._publisher.is_closing = True
        if self._task.done() or not self._connection.begin_close():
            self._task.cancel()
        else:
            await asyncio.wait({self._task}, timeout=self._options.close_timeout)
            self._task.cancel()
        await asyncio.wait({self._task})
        if self._session.stage is not Stage.CLOSED:
            self._finish()  # a task that is cancelled before its first step does not run at all
        await self.subscriber.stop()
        if self._notice_task and self._notice_task is not asyncio.current_task():
            await asyncio.wait({self._notice_task}, timeout=self._options.close_timeout)

    @property
    def status(self) -> Status:
        if self._publisher.is_inherited or self._session.stage is Stage.CLOSED:
            return Status.CLOSED
        if self.subscriber.is_draining or self._publisher.is_closing:
            return Status.DRAINING
        if self._session.stage is Stage.CONNECTED:
            return Status.CONNECTED
        return Status.RECONNECTING if self._session.statistics.connects else Status.CONNECTING

    @property
    def server_info(self) -> ServerInfo | None:
        """The server of the current or last connection; None before the first."""
        return None if self._publisher.is_inherited else self._session.info

    def statistics(self) -> Statistics:
        if self._publisher.is_inherited:
            return Statistics()
        return replace(
            self._session.statistics,
            subscriptions=len(self._session.subscriptions),
            pending_requests=len(self._requests),
            buffered_bytes=self._session.outbox.unsent_bytes,
            dropped_errors=self._notices.dropped_errors,
        )

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # --- internal --------------------------------------------------------------------------------------

    async def wait_connected(self) -> None:
        """Returns after the first connection. Raises if every server failed once."""
        session, connection = self._session, self._connection
        decided = await self._connection.room.wait_until(
            lambda: bool(session.statistics.connects or connection.failed_rounds) or session.stage is Stage.CLOSED,
            self._options.connect_timeout,
        )
        if not session.statistics.connects:
            await self.close()
            raise connection.last_failure if decided else make_error(Errc.CONNECT_FAILED, "connect_timeout passed")

    async def _run(self) -> None:
        try:
            await self._connection.run()
        finally:
            self._finish()

    def _finish(self) -> None:
        """The client is closed, or gave up."""
        reason = self._connection.last_failure
        gave_up = not self._publisher.is_closing
        error = make_error(Errc.CLOSED, f"the client gave up: {reason.text}" if gave_up else "the client is closed")
        self._session.close(error)
        self._fail_requests(error)
        self._changes.notify()
        self._connection.room.notify()
        self._notices.closed()

    def _append(self, frame: bytes) -> None:
        self._publisher.append(frame)
        if not self._pump_is_due:
            self._pump_is_due = True
            self._call_soon(self._pump)

    def _pump(self) -> None:
        self._pump_is_due = False
        self._connection.pump()

    async def _wait_for_room(self, size: int) -> None:
        self._connection.pump()
        admit = self._publisher.admit
        if not await self._connection.room.wait_until(lambda: admit(size), self._options.full_timeout):
            raise self._publisher.full_error()

    def _on_events(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case Arrived(subscription):
                    subscription.on_change()
                case Completed(number, result):
                    self._complete(number, result)
                case Reported(error):
                    self._notices.error(error)
                case Changed():
                    self._changes.notify()
                case Welcomed():
                    self._changes.notify()
                    self._connection.room.notify()

    def _complete(self, number: int, result: Message | Error) -> None:
        reply = self._requests.get(number)
        if reply is None or reply.done():
            return
        if isinstance(result, Message):
            reply.set_result(result)
        else:
            reply.set_exception(result)

    def _on_lost(self, reason: Error) -> None:
        self._losses += 1
        self._fail_requests(make_error(Errc.DISCONNECTED, reason.text))
        self._changes.notify()

    def _fail_requests(self, error: Error) -> None:
        for number in list(self._requests):
            self._complete(number, make_error(error.code, error.text))

    def _run_notices(self, notices: Notices) -> None:
        if self._notice_task is None or self._notice_task.done():
            self._notice_task = self._loop.create_task(notices.run_all(), name="telex notices")


class _Connecting:
    """The result of connect(): await it, or use it in `async with`."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._client: Client | None = None

    def __await__(self) -> Generator[Any, None, Client]:
        return self._connect().__await__()

    async def __aenter__(self) -> Client:
        self._client = await self._connect()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        if self._client:
            await self._client.close()

    async def _connect(self) -> Client:
        client = Client(self._options)
        try:
            await client.wait_connected()
        except BaseException:
            await client.close()
            raise
        return client


def make_options(servers: str | Iterable[str] | None, options: dict[str, Any]) -> Options:
    """Raises TypeError for servers that are not text, InvalidArgumentError for empty ones. Without servers the
    default ones are used."""
    if servers is None:
        return Options(**options)
    urls = (servers,) if isinstance(servers, str) else tuple(servers)
    if not urls or "" in urls:
        raise make_error(Errc.INVALID_ARGUMENT, "servers is empty; omit it for the default servers")
    for url in urls:
        if not isinstance(url, str):
            raise TypeError(f"a server must be text such as 'tcp://127.0.0.1:4650', not {url!r}")
    return Options(servers=urls, **options)


def connect(servers: str | Iterable[str] | None = None, **options: Any) -> _Connecting:
    """Connects: tries every server once and returns when the first accepts. `options` are fields of Options.

        client = await telex.connect("tcp://127.0.0.1:4650", name="billing")
        async with telex.connect() as client: ...

    Raises ConnectFailedError (the text lists each attempt), AuthenticationError (the remaining servers are not tried),
    InvalidArgumentError."""
    return _Connecting(make_options(servers, options))


def connect_in_background(servers: str | Iterable[str] | None = None, **options: Any) -> Client:
    """Returns at once; the first connection is made like a reconnect, without a time limit. Messages published meanwhile
    are buffered. Requires a running event loop."""
    return Client(make_options(servers, options))


