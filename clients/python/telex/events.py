"""The results of received bytes, for the owner of a Session."""

from dataclasses import dataclass

from .errors import Error
from .message import Message
from .options import ServerInfo
from .subscription_state import SubscriptionState


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The connection is open."""

    info: ServerInfo
    too_large: int  # number of buffered messages that were dropped, because they exceed the limit of this server


@dataclass(frozen=True, slots=True)
class Arrived:
    """Messages are in the queue of a subscription."""

    subscription: SubscriptionState


@dataclass(frozen=True, slots=True)
class Completed:
    """A request ended."""

    request: int
    result: Message | Error


@dataclass(frozen=True, slots=True)
class Changed:
    """A subscription was confirmed or has ended, or a Flush was confirmed."""


@dataclass(frozen=True, slots=True)
class Reported:
    """An error that belongs to no waiting call."""

    error: Error


@dataclass(frozen=True, slots=True)
class Leaving:
    """The server will close the connection. `reconnect`: it asks to connect again, to it or elsewhere. `stays`: it still
    takes and sends replies."""

    reason: Error
    reconnect: bool
    stays: bool


@dataclass(frozen=True, slots=True)
class Violated:
    """The server broke the protocol: the connection must be closed."""

    error: Error


Event = Welcomed | Arrived | Completed | Changed | Reported | Leaving | Violated
