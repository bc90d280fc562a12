"""Connects to the servers in turn, keeps the connection and reconnects: one task, which ends with the client."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

from .changes import Changes
from .dial import connect_any, resolve
from .errors import Errc, Error, make_error
from .events import Event, Violated, Welcomed
from .events import Leaving as LeavingEvent
from .leaving import Leaving
from .link import Link
from .notices import Notices
from .options import Options
from .search import ENDS_SEARCH, Search
from .servers import Endpoint
from .session import Session, Stage
from .trust import check_listener, check_server

# A server that accepts at one of several addresses, and then is silent, is abandoned after this part of the attempt's time.
_PART_OF_ATTEMPT = 1 / 3


class Connection:
    """`on_events` gets the events of received bytes, `on_lost` is called when a connection has ended. `waits` returns whether
    requests wait for their replies."""

    def __init__(
        self,
        session: Session,
        options: Options,
        servers: list[Endpoint],
        tls: ssl.SSLContext | None,
        notices: Notices,
        on_events: Callable[[list[Event]], None],
        on_lost: Callable[[Error], None],
        waits: Callable[[], bool],
    ) -> None:
        self._session, self._options, self._tls, self._notices = session, options, tls, notices
        self._on_events, self._on_lost, self._waits = on_events, on_lost, waits
        self._search = Search(servers, options.reconnect)
        self._loop = asyncio.get_running_loop()
        self._link: Link | None = None
        self._welcomed: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[Error] = self._loop.create_future()
        self._announced: Error | None = None  # by Goodbye or a closing Error
        self._leaving: Leaving | None = None
        self._leave_timer: asyncio.TimerHandle | None = None
        self._reconnects_at_once = False
        self._closes = False
        self._last_received = self._connected_at = 0.0
        self._timer: asyncio.TimerHandle | None = None  # of silence
        self.failed_rounds = 0
        self.last_failure = make_error(Errc.CLOSED, "the client was closed before it was connected")
        self.room = Changes()  # the socket took bytes

    async def run(self) -> None:
        """Returns when the client is closed or gives up; `last_failure` is then the reason."""
        try:
            while True:
                await self._find_server()
                self.last_failure = await self._ended
                self._lose()
                if self._closes or (delay := self._delay_after_loss()) is None:
                    return
                await asyncio.sleep(delay)
        except Error as error:
            self.last_failure = error
        finally:
            self._leave_link()

    def pump(self) -> None:
        """Writes what waits, as far as the socket takes it."""
        self._update_leaving()
        link, outbox = self._link, self._session.outbox
        if link is None:
            return
        has_ended = self._closes or (self._leaving is not None and not self._leaving.sends)
        while data := outbox.writable(self._session.takes):
            written = link.write(data)
            outbox.wrote(written)
            if written < len(data):
                break
        else:
            if has_ended:
                link.shutdown_send()
        if self.room:
            self.room.notify()

    def on_request_end(self) -> None:
        """A request has its reply, or failed: a server that leaves may be left."""
        if self._leaving is not None:
            self.pump()

    def begin_close(self) -> bool:
        """Sends the buffered messages and Goodbye. Returns false if there is no connection: run() must be cancelled."""
        self._closes = True
        if self._session.stage is Stage.CONNECTED:
            self._session.goodbye()
            self.pump()
            return True
        return self._session.stage is Stage.LEAVING

    # --- looking for a server ----------------------------------------------------------------------

    async def _find_server(self) -> None:
        while True:
            self._search.begin_round()
            code = Errc.CONNECT_FAILED
            while not self._search.round_is_over:
                try:
                    await self._attempt(self._search.current)
                    return
                except Error as error:
                    code = error.code if error.code in ENDS_SEARCH else code
                    self._leave_link()
                    self._session.outbox.rewind()
                    self._search.fail(error)
            await self._wait_for_next_round(make_error(code, self._search.failures))

    async def _wait_for_next_round(self, failure: Error) -> None:
        """Raises `failure` if the client gives up."""
        self.failed_rounds += 1
        self.last_failure = failure
        self.room.notify()
        delay = self._search.after_round(failure.code)
        if delay is None:
            if failure.code == Errc.NOT_AUTHENTICATED and self._session.statistics.connects:
                self._notices.error(failure)  # no call waits for it
            raise failure
        await asyncio.sleep(delay)

    async def _attempt(self, endpoint: Endpoint) -> None:
        owner = check_server(endpoint, self._options.credentials is not None)
        time = self._options.attempt_timeout
        try:
            async with asyncio.timeout(time):
                addresses = await resolve(endpoint)
                while True:
                    connected, addresses = await connect_any(addresses, time)
                    try:
                        async with asyncio.timeout(time * _PART_OF_ATTEMPT if addresses else None):
                            if owner is not None:
                                check_listener(connected, owner)
                            await self._introduce(connected, endpoint)
                            return
                    except (Error, TimeoutError) as error:
                        if not addresses or (isinstance(error, Error) and error.code in ENDS_SEARCH):
                            raise
                    finally:
                        if self._link is None:
                            connected.close()
                    self._leave_link()
        except Error:
            raise
        except TimeoutError:
            raise make_error(Errc.TIMEOUT, "no Welcome within attempt_timeout") from None

    async def _introduce(self, connected: socket.socket, endpoint: Endpoint) -> None:
        """Returns when the exchange has accepted Hello."""
        self._announced, self._leaving, self._reconnects_at_once = None, None, False
        self._welcomed, self._ended = self._loop.create_future(), self._loop.create_future()
        self._link = link = Link(connected, self._on_bytes, self.pump, self._on_end)
        if endpoint.tls and self._tls:
            await link.secure(self._tls, self._options.tls, endpoint.host)
        self._session.open(endpoint.url)
        link.start()
        self.pump()
        await self._welcomed

    # --- one connection ----------------------------------------------------------------------------

    def _on_bytes(self, data: bytes) -> bool:
        """Returns whether the session is behind."""
        self._last_received = self._loop.time()
        events = self._session.receive(data)
        for event in events:
            match event:
                case Welcomed():
                    self._on_welcome(event)
                case LeavingEvent():
                    self._on_leaving(event)
                case Violated(error):
                    self._end(error)
        if events:
            self._on_events(events)
        self.pump()
        return self._session.is_behind

    def _on_welcome(self, event: Welcomed) -> None:
        self._connected_at = self._last_received
        if self._announced is None:
            self._timer = self._loop.call_later(self._options.ping_interval, self._check_silence, False)
        self._notices.connected(event.info)
        if untrusted := self._search.succeed():
            self._notices.error(make_error(Errc.UNTRUSTED_SERVER, untrusted))
        if event.too_large:
            text = f"{event.too_large} buffered messages are too large for this server"
            self._notices.error(make_error(Errc.FRAME_TOO_LARGE, text))
        if not self._welcomed.done():
            self._welcomed.set_result(None)

    def _on_leaving(self, event: LeavingEvent) -> None:
        """The write that has begun is finished, and the application's replies are sent; everything else waits for the next
        connection. pump() follows."""
        if self._leaving is None:  # a server that repeats it does not get more time
            self._leaving = Leaving(self._last_received, event.stays)
            self._session.pending_replies.on_settled = self._on_settled
        elif not event.stays:
            self._leaving.end_replies()
        self._announced, self._reconnects_at_once = event.reason, event.reconnect

    def _on_settled(self) -> None:
        """Called on any thread."""
        with contextlib.suppress(RuntimeError):  # the event loop is closed
            self._loop.call_soon_threadsafe(self.pump)

    def _update_leaving(self) -> None:
        leaving = self._leaving
        if leaving is None:
            return
        before = leaving.deadline
        leaving.update(self._loop.time(), bool(self._session.pending_replies) or self._waits())
        if self._leave_timer is None or leaving.deadline != before:
            self._stop_leave_timer()
            left = make_error(Errc.DISCONNECTED, "the server left")
            self._leave_timer = self._loop.call_at(leaving.deadline, self._end, left)

    def _check_silence(self, pinged: bool) -> None:
        interval = self._options.ping_interval
        silent = self._loop.time() - self._last_received
        if self._leaving is not None and not self._leaving.sends:
            return  # its sending side is shut down
        if silent < interval:
            self._timer = self._loop.call_later(interval - silent, self._check_silence, False)
        elif pinged:
            self._end(make_error(Errc.DISCONNECTED, "the server is silent"))
        else:
            self._timer = self._loop.call_later(interval, self._check_silence, True)
            self._session.ping()
            self.pump()

    def _end(self, reason: Error) -> None:
        if self._link:
            self._link.close()
        self._on_end(reason)

    def _on_end(self, seen: Error) -> None:
        """A reason that the server announced takes precedence."""
        reason = self._announced or seen
        if not self._welcomed.done():
            self._welcomed.set_exception(reason)
        elif not self._ended.done():
            self._ended.set_result(reason)

    def _lose(self) -> None:
        self._leave_link()
        self._session.lost(self.last_failure)
        self._on_lost(self.last_failure)
        self._notices.disconnected(self.last_failure)

    def _delay_after_loss(self) -> float | None:
        return self._search.after_loss(self._loop.time() - self._connected_at, self._reconnects_at_once)

    def _leave_link(self) -> None:
        self._leaving = None
        self._stop_timers()
        if self._link:
            self._link.close()
            self._link = None
        if self._welcomed.done() and not self._welcomed.cancelled():
            with contextlib.suppress(BaseException):
                self._welcomed.exception()  # retrieved: asyncio does not log it

    def _stop_timers(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._stop_leave_timer()

    def _stop_leave_timer(self) -> None:
        if self._leave_timer:
            self._leave_timer.cancel()
            self._leave_timer = None
