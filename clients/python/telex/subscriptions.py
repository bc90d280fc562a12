"""The subscriptions of a client by number, across connections. Without I/O or clock."""

from .errors import Errc, Error, make_error
from .frames import Control
from .options import SubscribeOptions
from .subscription_state import Phase, SubscriptionState
from .v1 import telex_pb2 as pb


class Subscriptions:
    def __init__(self) -> None:
        self._table: dict[int, SubscriptionState] = {}  # in ascending order: numbers are not reused
        self._last_number = 0

    def __len__(self) -> int:
        return len(self._table)

    def all(self) -> list[SubscriptionState]:
        return list(self._table.values())

    def add(self, filter: str, options: SubscribeOptions) -> SubscriptionState:
        self._last_number += 1
        subscription = SubscriptionState(self._last_number, filter, options)
        self._table[subscription.number] = subscription
        return subscription

    def find(self, number: int) -> SubscriptionState | None:
        return self._table.get(number)

    def remove(self, subscription: SubscriptionState, reason: Error, discard: bool = False) -> bool:
        """Ends a subscription. Returns whether it was in the table."""
        was_here = self._table.pop(subscription.number, None) is not None
        subscription.end(reason, discard)
        return was_here

    def frames_for_new_connection(self) -> list[Control]:
        frames = []
        for subscription in self.all():
            if subscription.is_complete:
                self.remove(subscription, make_error(Errc.SUBSCRIPTION_ENDED, "max_messages arrived"))
            elif (frame := subscription.frame_for_new_connection()) is not None:
                frames.append(frame)
        return frames

    def end_draining(self, reason: Error) -> None:
        for subscription in self.all():
            if subscription.phase is Phase.DRAINING:
                self.remove(subscription, reason)

    def end_all(self, reason: Error) -> None:
        for subscription in self.all():
            self.remove(subscription, reason)

    def on_subscribed(self, number: int) -> None:
        subscription = self.find(number)
        if subscription and subscription.phase is Phase.WANTED:
            subscription.phase = Phase.ACTIVE
            subscription.was_active = True

    def on_unsubscribed(self, unsubscribed: pb.Unsubscribed) -> None:
        if subscription := self.find(unsubscribed.subscription):
            subscription.statistics.dropped_by_exchange = unsubscribed.dropped
            self.remove(subscription, make_error(Errc.SUBSCRIPTION_ENDED, "the subscription has ended"))
