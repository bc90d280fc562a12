"""Connects a socket to one of several addresses of a server (RFC 8305): every address is tried, IPv6 and IPv4 alternately,
the next one when the previous one has failed or after 250 ms of silence. The first success wins."""

import asyncio
import contextlib
import itertools
import os
import socket
from dataclasses import dataclass
from typing import Any

from .errors import Errc, make_error
from .servers import Endpoint

_DELAY = 0.25
_NOT_TRIED = 0.5  # of the attempt's time: in it every address is tried, however many there are


@dataclass(frozen=True)
class Address:
    family: int
    target: Any  # of connect()
    text: str


async def resolve(endpoint: Endpoint) -> list[Address]:
    """Returns the addresses in the order in which they are tried. Raises CONNECT_FAILED."""
    if endpoint.path:
        return [Address(socket.AF_UNIX, endpoint.path, endpoint.path.replace("\0", "@"))]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            endpoint.host, endpoint.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except OSError as error:
        raise make_error(Errc.CONNECT_FAILED, error.strerror or str(error)) from None
    return alternate_families([Address(family, target, str(target[0])) for family, _, _, _, target in found])


def alternate_families(addresses: list[Address]) -> list[Address]:
    """Orders the addresses: families alternate, beginning with the first one; the order within a family stays."""
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address.family, []).append(address)
    rounds = itertools.zip_longest(*families.values())
    return [address for turn in rounds for address in turn if address is not None]


async def connect_any(addresses: list[Address], time: float) -> tuple[socket.socket, list[Address]]:
    """Returns a connected socket, and the addresses that have not failed. Raises CONNECT_FAILED, with the outcome of each
    address. `time` is the limit of the caller's attempt."""
    delay = min(_DELAY, time * _NOT_TRIED / len(addresses))
    waiting, failures = list(addresses), []
    running: dict[asyncio.Task[socket.socket], Address] = {}
    try:
        while waiting or running:
            if waiting:
                address = waiting.pop(0)
                running[asyncio.create_task(_connect(address))] = address
            done, _ = await asyncio.wait(
                running, timeout=delay if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                address = running.pop(task)
                if (error := task.exception()) is None:
                    return task.result(), [*running.values(), *waiting]
                several = f"{address.text}: " if len(addresses) > 1 else ""
                failures.append(several + _text(error))
    finally:
        await _cancel(list(running))
    raise make_error(Errc.CONNECT_FAILED, ", ".join(failures))


async def _connect(address: Address) -> socket.socket:
    connecting = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connecting, address.target)
        if address.family != socket.AF_UNIX:
            connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connecting.close()
        raise
    return connecting


async def _cancel(tasks: list[asyncio.Task[socket.socket]]) -> None:
    """Ends the attempts; closes the socket of one that succeeded at the last moment."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError, OSError):
            (await task).close()


def _text(error: BaseException) -> str:
    """Without the address, which asyncio puts into the text."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else str(error)
