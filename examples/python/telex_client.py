"""A telex client in plain Python. Requires only the protobuf runtime and the .proto files.

    protoc -I proto --python_out=. proto/telex/v1/telex.proto proto/telex/v1/error.proto
    python3 telex_client.py                      # tcp://127.0.0.1:4650
    python3 telex_client.py /run/telex/telex.sock

As a module:

    from telex_client import Telex

    with Telex("/run/telex/telex.sock", token="...") as telex:
        telex.subscribe(1, "jobs.>", queue_group="workers")
        telex.publish("jobs.a", b"do it")
        print(telex.receive(timeout=5).message.payload)
        print(telex.request("$SYS.echo", b"hello").payload)

A thread reads from the connection, replies to Pings, and reconnects after a loss. It then resubscribes; messages
published meanwhile are missed.
"""
import itertools
import queue
import random
import socket
import sys
import threading

from telex.v1.error_pb2 import NOT_AUTHENTICATED, ErrorCode
from telex.v1.telex_pb2 import Frame

# Maximum frame of the exchange: Limits.max_frame_bytes of its Welcome, plus a head of at most HEAD.
MAX_FRAME, HEAD = 16 << 20, 4096
FIRST_DELAY, LONGEST_DELAY = 0.1, 5.0  # seconds between reconnect attempts
# Frames that receive() does not return.
INTERNAL = ("subscribed", "unsubscribed", "pong", "goodbye")


class TelexError(Exception):
    """A refusal of the exchange (`code` is its ErrorCode), or a connection that ended (0)."""

    def __init__(self, code, text):
        name = ErrorCode.Name(code) if code in ErrorCode.values() else str(code)
        super().__init__(f"{name}: {text}" if code else text)
        self.code = code


class Telex:
    """One connection. Methods are thread-safe.

    `address` is (host, port) or the path of a unix socket. Credentials are `user` and `password`, a `token`, or a
    `public_key` (32 bytes, Ed25519) and `sign`, which signs bytes. `timeout` limits every wait for the exchange, in
    seconds.
    """

    def __init__(self, address, *, name="python", user="", password="", token="", public_key=b"",
                 sign=None, reconnect=True, timeout=10.0):
        self.address, self.timeout, self.welcome = address, timeout, None
        self._hello = Frame()
        self._hello.hello.version = 1
        self._hello.hello.client_name = name
        for field, value in (("user", user), ("password", password), ("token", token),
                             ("public_key", public_key)):
            setattr(self._hello.hello, field, value)
        self._sign, self._reconnect = sign, reconnect
        self._received = queue.SimpleQueue()  # results of receive(); None at the end
        self._sending = threading.Lock()
        self._changed = threading.Condition()  # guards the following fields
        self._waiting = {}  # (kind, id): the waiting call
        self._subscriptions = {}  # id: its frame
        self._ids = itertools.count(1 << 32)  # for request(); lower ids are the caller's
        self._socket = self._stream = None
        self._end = None  # the reason for the end
        self._connect()
        self._reader = threading.Thread(target=self._read, name="telex", daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def publish(self, subject, payload, request=0):
        """Sends a message. With a `request` id, receive() returns the reply."""
        frame = Frame(request=request)
        frame.message.subject = subject
        frame.message.payload = payload
        self.send(frame)

    def request(self, subject, payload, timeout=None):
        """Sends a request and returns the reply. Raises TelexError."""
        frame = Frame(request=next(self._ids))
        frame.timeout_ms = int(1000 * (timeout or self.timeout))
        frame.message.subject = subject
        frame.message.payload = payload
        return self._ask(("request", frame.request), frame, timeout or self.timeout).message

    def subscribe(self, number, subject_filter, queue_group=""):
        """Subscribes with an id that the caller chooses. The subscription is active when this returns. Members of a
        queue group share the messages."""
        frame = Frame()
        frame.subscribe.subscription = number
        frame.subscribe.filter = subject_filter
        frame.subscribe.queue_group = queue_group
        answer = self._ask(("subscription", number), frame, self.timeout)
        with self._changed:
            self._subscriptions[number] = frame
        return answer.subscribed

    def unsubscribe(self, number):
        """Ends a subscription; messages in flight may still arrive."""
        with self._changed:
            self._subscriptions.pop(number, None)
        frame = Frame()
        frame.unsubscribe.subscription = number
        self.send(frame)

    def receive(self, timeout=None):
        """Returns the next frame: a message, or an error that belongs to no other call. Raises queue.Empty after
        `timeout` seconds, TelexError at the end."""
        frame = self._received.get(timeout=timeout)
        if frame is None:
            self._received.put(None)  # for the next caller
            raise self._end
        return frame

    def send(self, frame):
        """Sends a frame: its length as a varint, then the message. Waits for a connection; frames that were already
        passed to a broken connection are lost."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._socket or self._end, self.timeout):
                raise TelexError(0, "there is no connection")
            if self._end:
                raise self._end
            connection = self._socket
        try:
            self._write(connection, frame)
        except OSError as error:
            raise TelexError(0, f"the connection was lost: {error}") from None

    def close(self):
        """Sends Goodbye after all earlier frames and ends the thread."""
        with self._changed:
            self._finish(TelexError(0, "closed"))
            connection = self._socket
        if connection:
            try:
                goodbye = Frame()
                goodbye.goodbye.SetInParent()
                self._write(connection, goodbye)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the connection is already closed
        if threading.current_thread() is not self._reader:
            self._reader.join(self.timeout)

    # --- below, one connection -----------------------------------------------------------------

    def _write(self, connection, frame):
        data = frame.SerializeToString()
        head, size = bytearray(), len(data)
        while size > 127:
            head.append(size & 127 | 128)
            size >>= 7
        head.append(size)
        with self._sending:
            connection.sendall(bytes(head) + data)

    def _next(self, stream):
        most = MAX_FRAME
        if self.welcome:
            most = max(most, self.welcome.limits.max_frame_bytes)
        size = shift = 0
        while byte := stream.read(1):
            size |= (byte[0] & 127) << shift
            shift += 7
            if byte[0] < 128:
                data = stream.read(size) if size <= most + HEAD else b""
                if len(data) != size:
                    break
                return Frame.FromString(data)
        raise ConnectionError("the exchange closed the connection")

    def _open(self):
        if not isinstance(self.address, str):
            connection = socket.create_connection(self.address, self.timeout)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.timeout)
        try:
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection

    def _introduce(self, connection, stream):
        self._write(connection, self._hello)
        frame = self._next(stream)
        if frame.HasField("challenge") and self._sign:
            proof = Frame()
            proof.proof.signature = self._sign(b"telex.v1.Challenge\0" + frame.challenge.nonce)
            self._write(connection, proof)
            frame = self._next(stream)
        if not frame.HasField("welcome"):
            raise TelexError(frame.error.code, frame.error.text or "no Welcome")
        return frame.welcome

    def _connect(self):
        connection = self._open()
        stream = connection.makefile("rb")
        try:
            welcome = self._introduce(connection, stream)
            with self._changed:
                subscriptions = list(self._subscriptions.values())
            for subscription in subscriptions:
                self._write(connection, subscription)
        except Exception:
            stream.close()
            connection.close()
            raise
        connection.settimeout(None)
        with self._changed:
            self.welcome, self._stream, self._socket = welcome, stream, connection
            self._changed.notify_all()

    # --- the reading thread --------------------------------------------------------------------

    def _read(self):
        while True:
            try:
                self._take(self._next(self._stream))
            except Exception as error:  # including an invalid frame: close the connection
                self._lose(TelexError(0, str(error)))
                if self._end or not self._connect_again():
                    return

    def _take(self, frame):
        if frame.HasField("ping"):
            pong = Frame()
            pong.pong.nonce = frame.ping.nonce
            self._write(self._socket, pong)
            return
        number = frame.subscribed.subscription or frame.error.subscription
        key = ("request", frame.request) if frame.request else ("subscription", number)
        with self._changed:
            answer = self._waiting.pop(key, None)
        if answer:
            answer.put(frame)
        elif frame.WhichOneof("control") not in INTERNAL:
            self._received.put(frame)

    def _lose(self, reason):
        with self._changed:
            self._socket.close()
            self._stream.close()
            self._socket = self._stream = None
            if not self._reconnect:
                self._finish(reason)
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            answer.put(reason)

    def _connect_again(self):
        delay = FIRST_DELAY
        while not self._end:
            with self._changed:
                self._changed.wait_for(lambda: self._end, delay * random.uniform(0.5, 1))
            delay = min(2 * delay, LONGEST_DELAY)
            try:
                self._connect()
                return True
            except TelexError as error:
                if error.code == NOT_AUTHENTICATED:
                    with self._changed:
                        self._finish(error)
            except (OSError, ValueError):
                pass  # not available yet
        return False

    def _finish(self, reason):
        if not self._end:
            self._end = reason
            self._received.put(None)
            self._changed.notify_all()

    def _ask(self, key, frame, timeout):
        answer = queue.SimpleQueue()
        with self._changed:
            self._waiting[key] = answer
        try:
            self.send(frame)
            said = answer.get(timeout=timeout + 1)
        except queue.Empty:
            raise TelexError(0, "no answer, and no word from the exchange") from None
        finally:
            with self._changed:
                self._waiting.pop(key, None)
        if isinstance(said, TelexError):
            raise said
        if said.HasField("error"):
            raise TelexError(said.error.code, said.error.text)
        return said


if __name__ == "__main__":
    with Telex(sys.argv[1] if len(sys.argv) > 1 else ("127.0.0.1", 4650)) as client:
        client.subscribe(1, "greetings.*")
        client.publish("greetings.python", b"hello from python")
        print(client.receive().message.payload.decode())
        client.publish("$SYS.echo", b"and back", request=7)
        answer = client.receive()
        print(answer.request, answer.message.payload.decode())
