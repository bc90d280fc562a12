"""A client of the telex message exchange, for asyncio; telex.blocking has the same without an event loop.

    async with telex.connect() as client:
        subscription = await client.subscribe("chat.>")
        await client.publish("chat.general", "hello")
        print((await subscription.next()).text)

docs/python.md is the introduction."""

from .client import Client, connect, connect_in_background
from .credentials import Credentials, KeyFile, Token, UserPassword
from .errors import (
    AuthenticationError,
    BufferFullError,
    ClosedError,
    ConnectFailedError,
    DisconnectedError,
    Errc,
    Error,
    InvalidArgumentError,
    NoRespondersError,
    PermissionDeniedError,
    SubscriptionEndedError,
    TimedOutError,
    TooLargeError,
)
from .message import CLOSE_HEADER, ERROR_HEADER, NO_ANSWER_HEADER, Message
from .options import (
    Options,
    Reconnect,
    ServerInfo,
    SlowPolicy,
    Statistics,
    Status,
    SubscribeOptions,
    SubscriptionStatistics,
    Tls,
)
from .servers import default_servers
from .subscription import Subscription

__all__ = [
    "CLOSE_HEADER",
    "ERROR_HEADER",
    "NO_ANSWER_HEADER",
    "AuthenticationError",
    "BufferFullError",
    "Client",
    "ClosedError",
    "ConnectFailedError",
    "Credentials",
    "DisconnectedError",
    "Errc",
    "Error",
    "InvalidArgumentError",
    "KeyFile",
    "Message",
    "NoRespondersError",
    "Options",
    "PermissionDeniedError",
    "Reconnect",
    "ServerInfo",
    "SlowPolicy",
    "Statistics",
    "Status",
    "SubscribeOptions",
    "Subscription",
    "SubscriptionEndedError",
    "SubscriptionStatistics",
    "TimedOutError",
    "Tls",
    "Token",
    "TooLargeError",
    "UserPassword",
    "connect",
    "connect_in_background",
    "default_servers",
]
