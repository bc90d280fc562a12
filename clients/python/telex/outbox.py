"""The frames between publish() and the socket, within a limit.

A server that leaves gets only replies to its requests, and Ping and Pong. When a connection ends, the frames that were not written completely are sorted: publications stay, for the next connection
(also a partly written one, which the server cannot have processed); controls are dropped, because they applied to the old
connection.

Frames may be appended from any thread; everything else belongs to the thread of the connection."""

import enum
import threading
from collections import deque

from .frames import Control, KeepAlive, Reply, payload_size


class Takes(enum.Enum):
    """Which of the appended frames the server gets."""

    NONE = enum.auto()
    LAST = enum.auto()  # it leaves
    ALL = enum.auto()


class Outbox:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._pending: deque[bytes] = deque()
        self._pending_bytes = 0
        self._writing: list[bytes] = []  # the frames of _chunk
        self._chunk = memoryview(b"")  # bytes that the socket has not taken
        self._introduction = b""

    @property
    def unsent_bytes(self) -> int:
        return self._pending_bytes + len(self._chunk)

    def has_room(self, size: int) -> bool:
        """A frame of any size fits an empty outbox; otherwise the limit applies."""
        unsent = self.unsent_bytes
        return unsent == 0 or unsent + size <= self.limit

    def append(self, frame: bytes) -> None:
        with self._lock:
            self._pending.append(frame)
            self._pending_bytes += len(frame)

    def put_first(self, frames: list[Control]) -> None:
        with self._lock:
            self._pending.extendleft(reversed(frames))
            self._pending_bytes += sum(map(len, frames))

    def introduce(self, frame: Control) -> None:
        """Adds a frame of the handshake, which precedes all pending ones."""
        self._introduction += frame

    def writable(self, takes: Takes) -> memoryview:
        """Returns the bytes to write next."""
        if not self._chunk:
            self._writing = []
            if self._introduction:
                self._chunk, self._introduction = memoryview(self._introduction), b""
            elif takes is not Takes.NONE and self._pending:
                with self._lock:
                    self._writing = self._take_pending(takes)
                    self._chunk = memoryview(b"".join(self._writing))
                    self._pending_bytes -= len(self._chunk)
        return self._chunk

    def wrote(self, size: int) -> None:
        self._chunk = self._chunk[size:]

    def rewind(self) -> None:
        """Sorts the frames at the end of a connection, as described above."""
        kept: deque[bytes] = deque()
        rest = len(self._chunk)
        for frame in reversed(self._writing):
            if rest <= 0:
                break
            rest -= len(frame)
            if not isinstance(frame, Control):
                kept.appendleft(frame)
        with self._lock:
            kept.extend(frame for frame in self._pending if not isinstance(frame, Control))
            self._pending = kept
            self._pending_bytes = sum(map(len, kept))
        self._writing, self._chunk, self._introduction = [], memoryview(b""), b""

    def _take_pending(self, takes: Takes) -> list[bytes]:
        everything = list(self._pending)
        self._pending.clear()
        if takes is Takes.ALL:
            return everything
        self._pending.extend(frame for frame in everything if not isinstance(frame, (Reply, KeepAlive)))
        return [frame for frame in everything if isinstance(frame, (Reply, KeepAlive))]

    def drop_larger_than(self, size: int) -> int:
        """Removes the publications whose frame, without its length, is larger. Returns their number."""
        with self._lock:
            kept = deque(frame for frame in self._pending if isinstance(frame, Control) or payload_size(frame) <= size)
            dropped = len(self._pending) - len(kept)
            self._pending = kept
            self._pending_bytes = sum(map(len, kept))
        return dropped

    def drop_all(self) -> int:
        """Removes everything. Returns the number of publications that were not written completely."""
        self.rewind()
        with self._lock:
            dropped = len(self._pending)
            self._pending.clear()
            self._pending_bytes = 0
        return dropped
