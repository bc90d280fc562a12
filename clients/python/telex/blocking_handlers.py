"""The thread that runs the handlers and on_* functions of a telex.blocking.Client, one after the other."""

import logging
import queue
import threading
from collections.abc import Callable

_log = logging.getLogger("telex")


class HandlerThread:
    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="telex handlers", daemon=True)
        self._thread.start()

    @property
    def is_this_thread(self) -> bool:
        return threading.current_thread() is self._thread

    def post(self, call: Callable[[], object]) -> None:
        self._calls.put(call)

    def stop(self) -> None:
        """Returns when all earlier calls were made. In a call, that one still finishes."""
        self._calls.put(None)
        if not self.is_this_thread:
            self._thread.join()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call()
            except Exception:
                _log.exception("a handler of the application raised an exception")
