"""One connected stream socket, optionally with TLS, in an event loop. Moves bytes; has no notion of frames.

asyncio's transports are not used: they do not report how many bytes of a write the socket took, which decides what the
next connection must send again."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

from .errors import Errc, Error, make_error
from .options import Tls
from .tls import key_pin

_READ_BYTES = 256 << 10
# Reads until the event loop serves others.
_READS_PER_TURN = 16
_WAITS_TO_READ = (BlockingIOError, InterruptedError, ssl.SSLWantReadError)
_WAITS_TO_WRITE = (BlockingIOError, InterruptedError, ssl.SSLWantWriteError)


class Link:
    """`on_bytes` gets what arrives; while it returns true, it is called again in the next turn of the event loop, with no
    bytes, and nothing is read. `on_room` is called when a write may go on, `on_end` once at the end."""

    def __init__(
        self,
        connected: socket.socket,
        on_bytes: Callable[[bytes], bool],
        on_room: Callable[[], None],
        on_end: Callable[[Error], None],
    ) -> None:
        connected.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._socket = connected
        self._on_bytes, self._on_room, self._on_end = on_bytes, on_room, on_end
        self._is_secured = False
        self._is_closed = False
        self._is_behind = False  # on_bytes has not finished
        self._waits_for_room = False
        self._is_broken = False  # nothing can be written: a write failed, or the sending side was shut down

    async def secure(self, context: ssl.SSLContext, options: Tls, host: str) -> None:
        """Performs the handshake of TLS. Raises an Error if the server cannot be verified."""
        secured = context.wrap_socket(
            self._socket, server_hostname=options.server_name or host, do_handshake_on_connect=False
        )
        self._socket, self._is_secured = secured, True
        while True:
            try:
                secured.do_handshake()
                break
            except ssl.SSLWantReadError:
                await self._ready(self._loop.add_reader, self._loop.remove_reader)
            except ssl.SSLWantWriteError:
                await self._ready(self._loop.add_writer, self._loop.remove_writer)
            except OSError as error:
                raise make_error(Errc.DISCONNECTED, _tls_text(error)) from None
        certificate = secured.getpeercert(binary_form=True) or b""
        if options.key_pin and key_pin(certificate) != options.key_pin:
            raise make_error(Errc.DISCONNECTED, "TLS: the server's key differs from the pinned key")

    def start(self) -> None:
        self._loop.add_reader(self._socket, self._read)

    def write(self, data: memoryview) -> int:
        """Returns the number of bytes that the socket took. If it is less than all, on_room follows.

        A failed write does not end the link: the peer's last frame, with the reason, may be unread, and the reader reports
        the end after it."""
        if self._is_closed or self._is_broken or self._waits_for_room:
            return 0
        written = 0
        try:
            while written < len(data):
                written += self._socket.send(data[written:])
        except ssl.SSLWantReadError:
            self._waits_for_room = True  # TLS first needs bytes of the peer: see _read
        except _WAITS_TO_WRITE:
            self._waits_for_room = True
            self._loop.add_writer(self._socket, self._room)
        except OSError:
            self._is_broken = True
        return written

    def shutdown_send(self) -> None:
        """Ends the sending side, once; bytes from the peer are still read."""
        if self._is_closed or self._is_broken:
            return
        self._is_broken = True
        with contextlib.suppress(OSError):
            if self._is_secured:
                self._socket.unwrap()  # type: ignore[attr-defined]  # sends close_notify
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()

    async def _ready(self, add: Callable[..., None], remove: Callable[..., bool]) -> None:
        ready = asyncio.Event()
        add(self._socket, ready.set)
        try:
            await ready.wait()
        finally:
            remove(self._socket)

    def _room(self) -> None:
        self._loop.remove_writer(self._socket)
        self._waits_for_room = False
        self._on_room()

    def _read(self) -> None:
        """Reads what has arrived. TLS may hold decrypted bytes that no longer make the socket readable."""
        for _ in range(_READS_PER_TURN):
            if self._is_closed or self._is_behind:
                return
            try:
                data = self._socket.recv(_READ_BYTES)
            except _WAITS_TO_READ:
                break
            except ssl.SSLWantWriteError:
                self._loop.add_writer(self._socket, self._room)
                break
            except OSError as error:
                self._end(_tls_text(error) if self._is_secured else error.strerror or str(error))
                return
            if not data:
                self._end("the server closed the connection")
                return
            if self._on_bytes(data) and not self._is_closed:
                self._is_behind = True
                self._loop.remove_reader(self._socket)
                self._loop.call_soon(self._catch_up)
                break
            if not self._is_secured:
                break
        else:
            self._loop.call_soon(self._read)
        if self._is_secured and self._waits_for_room and not self._is_closed:
            self._room()

    def _catch_up(self) -> None:
        if self._is_closed:
            return
        self._is_behind = self._on_bytes(b"")
        if self._is_behind:
            self._loop.call_soon(self._catch_up)
        elif not self._is_closed:
            self.start()
            self._loop.call_soon(self._read)  # TLS may hold bytes

    def _end(self, text: str) -> None:
        self.close()
        self._on_end(make_error(Errc.DISCONNECTED, text))


def _tls_text(error: OSError) -> str:
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return "the server does not use TLS on this port"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    return f"TLS: {getattr(error, 'reason', None) or error.strerror or error}"
