"""The thread with the event loop of a telex.blocking.Client."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .process import ProcessMark, inherited_error
from .publisher import closed_error

Result = TypeVar("Result")


class LoopThread:
    """call() and post() may be called from any other thread."""

    def __init__(self) -> None:
        self._process = ProcessMark()
        self._loop = asyncio.new_event_loop()
        self._entry = threading.Lock()  # nothing is scheduled after the stop
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="telex", daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Runs a coroutine in the event loop and returns its result. Raises ClosedError after stop(), or in a forked child."""
        try:
            if self._process.is_inherited:
                raise inherited_error()
            with self._entry:
                if self._is_stopped:
                    raise closed_error()
                future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except BaseException:
            coroutine.close()
            raise
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise closed_error() from None
        except BaseException:
            future.cancel()
            raise

    def post(self, function: Callable[..., object], *arguments: object) -> None:
        """Calls a function in the event loop, without waiting; has no effect after stop()."""
        with self._entry:
            if not self._is_stopped:
                self._loop.call_soon_threadsafe(function, *arguments)

    def stop(self) -> None:
        """Ends the thread; calls that still wait raise ClosedError."""
        with self._entry:
            self._is_stopped = True
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(self._cancel_calls())
        self._loop.close()

    async def _cancel_calls(self) -> None:
        calls = asyncio.all_tasks() - {asyncio.current_task()}
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
