"""The common part of a subscription's handles, with and without an event loop."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from .errors import Errc, make_error
from .message import Message
from .options import SubscriptionStatistics
from .subscription_state import Phase, SubscriptionState

if TYPE_CHECKING:
    from .subscriber import Subscriber


Handler = TypeVar("Handler", bound=Callable[[Message], object])


class SubscriptionHandle(Generic[Handler]):
    """Subclasses return credit, each on its own thread."""

    def __init__(self, state: SubscriptionState, subscriber: "Subscriber", handler: Handler | None) -> None:
        self._state, self._subscriber, self._handler = state, subscriber, handler

    # --- messages ------------------------------------------------------------------------------------

    def try_next(self) -> Message | None:
        """Returns the next message if there is one, without waiting."""
        self._subscriber.check_process()
        if self._handler:
            raise make_error(Errc.INVALID_ARGUMENT, "next() on a subscription with a handler")
        message = self._state.take()
        if message is not None:
            self._return_credit()
        return message

    # --- state ---------------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        return self._state.phase is not Phase.ENDED

    @property
    def filter(self) -> str:
        return self._state.filter

    def statistics(self) -> SubscriptionStatistics:
        return self._state.copy_statistics()

    # --- for the subscriber, in the event loop ---------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether messages wait for the handler, or it runs."""
        return self._handler is not None and not self._state.is_idle

    def _return_credit(self) -> None:
        raise NotImplementedError
