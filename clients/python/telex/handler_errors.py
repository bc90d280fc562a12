"""Exceptions of handlers: they are reported to the application, and a requester does not wait for its time-out."""

import contextlib
import logging
from collections.abc import Callable

from .errors import Errc, Error, make_error
from .message import ERROR_HEADER, Message
from .notices import Notices
from .options import Options

_LONGEST_DESCRIPTION = 200
_log = logging.getLogger("telex")


class HandlerErrors:
    """`publish` is Client.publish_nowait."""

    def __init__(self, options: Options, notices: Notices, publish: Callable[..., None]) -> None:
        self._options, self._notices, self._publish = options, notices, publish

    def report(self, message: Message, error: Exception) -> None:
        """In the event loop. A handler raised this exception for this message."""
        text = describe(error)
        if self._options.on_error:
            failure = make_error(Errc.HANDLER_FAILED, f"the handler of {message.subject}: {text}")
            failure.__cause__ = error
            self._notices.error(failure)
        else:
            _log.error("a handler of the application raised an exception", exc_info=error)
        if message.wants_reply and not message.is_replied:
            with contextlib.suppress(Error):  # closed, or the buffer is full: the requester waits for its time-out
                self._publish(message.reply_to, headers=[(ERROR_HEADER, text)])
                message.note_reply()


def describe(error: Exception) -> str:
    """Returns one line about an exception, such as "ValueError: no such account"."""
    text = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    return text.encode(errors="replace").decode()[:_LONGEST_DESCRIPTION]
