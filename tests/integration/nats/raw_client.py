"""The NATS protocol by plain sockets: bytes are sent as they are, and what the server writes is compared as it is."""

import json
import socket
import ssl
import threading

from processes import DEADLINE

CONNECT = b'CONNECT {"verbose":false,"pedantic":false,"protocol":1,"headers":true,"no_responders":true}\r\n'


class RawClient:
    """A connection whose INFO has been read."""

    def __init__(self, port, connect=CONNECT, context=None):
        """`connect` is the first line, or None to send none; with a `context` TLS comes before INFO."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context is not None:
            self._wrap(context)
        self._unread = b""
        self.info_line = self.line()
        self.info = json.loads(self.info_line.removeprefix(b"INFO "))
        if connect is not None:
            self.send(connect)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def upgrade(self, **options):
        """Becomes a connection of TLS."""
        self._wrap(ssl.create_default_context(**options))

    def _wrap(self, context):
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def line(self):
        """Returns the next line, without its end."""
        return self.until(b"\r\n")[:-2]

    def until(self, end):
        """Returns the bytes up to and including `end`."""
        while end not in self._unread:
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError(f"closed after {self._unread!r}")
            self._unread += piece
        at = self._unread.index(end) + len(end)
        data, self._unread = self._unread[:at], self._unread[at:]
        return data

    def flush(self, pongs=0):
        """Returns what the server has written before the reply to a PING, without it; `pongs` replies come before."""
        self.send(b"PING\r\n")
        return b"".join(self.until(b"PONG\r\n") for _ in range(pongs + 1))[:-6]

    def to_end(self):
        """Returns what the server writes until it closes the connection, or resets it."""
        data, self._unread = self._unread, b""
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except ConnectionResetError:
            pass
        return data

    def message(self):
        """Returns the line and the payload of the next MSG or HMSG."""
        line = self.line()
        size = int(line.rsplit(b" ", 1)[1])
        while len(self._unread) < size + 2:
            self._unread += self.socket.recv(65536)
        payload, self._unread = self._unread[:size], self._unread[size + 2:]
        return line, payload

class Tap:
    """Stands between clients and a server, and keeps what both write."""

    def __init__(self, port):
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._changed = threading.Condition()
        self._from_client, self._from_server = bytearray(), bytearray()
        self._sockets = [self._listener]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def from_client(self):
        with self._changed:
            return bytes(self._from_client)

    def from_server(self):
        with self._changed:
            return bytes(self._from_server)

    def wait(self, condition):
        """Waits until `condition`, which is called after each piece of data, returns a true value."""
        with self._changed:
            if not self._changed.wait_for(condition, DEADLINE):
                raise TimeoutError(f"client: {bytes(self._from_client)!r}, server: {bytes(self._from_server)!r}")

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        for one in self._sockets[1:]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self._threads:
            thread.join()
        for one in self._sockets:
            one.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server))
            self._sockets += [client, server]
            for source, target, kept in ((client, server, self._from_client), (server, client, self._from_server)):
                thread = threading.Thread(target=self._copy, args=(source, target, kept))
                self._threads.append(thread)
                thread.start()

    def _copy(self, source, target, kept):
        try:
            while piece := source.recv(65536):
                with self._changed:
                    kept += piece
                    self._changed.notify_all()
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
