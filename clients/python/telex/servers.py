"""Where a client connects: the named servers, or the default ones."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .errors import Errc, Error, make_error

SERVICE_FOLDER = "/run/telex"
DEFAULT_PORT = 4650
_FORMS = "a client connects to HOST, HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT, unix:///PATH or unix:@NAME"

# Without the address, which may contain a secret.
_NO_CREDENTIALS = (
    "a server has an '@': credentials do not belong into an address; use Options.credentials, or name their file with "
    "TELEX_CREDENTIALS"
)


@dataclass(frozen=True)
class Endpoint:
    url: str  # as written
    host: str = ""
    port: int = 0
    path: str = ""  # of a unix socket; begins with NUL for an abstract name
    tls: bool = False
    is_default: bool = False  # a guess, not named by the user: see trust.py


def default_servers(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Returns the servers used if none are named: the unix socket `telex.sock` in $RUNTIME_DIRECTORY,
    $XDG_RUNTIME_DIR/telex, /tmp/telex-UID and /run/telex, then tcp://127.0.0.1:4650.

    Other users of the host could listen there, so the client checks these servers (docs/security.md)."""
    folders = []
    if unit := _folder(environment.get("RUNTIME_DIRECTORY", "")):
        folders.append(unit)
    if session := _folder(environment.get("XDG_RUNTIME_DIR", "")):
        folders.append(f"{session}/telex")
    folders.append(f"/tmp/telex-{os.geteuid()}")
    if folders[0] != SERVICE_FOLDER:
        folders.append(SERVICE_FOLDER)
    return [*(f"unix://{folder}/telex.sock" for folder in folders), "tcp://127.0.0.1:4650"]


def parse_servers(servers: Iterable[str], environment: Mapping[str, str] = os.environ) -> list[Endpoint]:
    """Parses the servers; without any the default ones. Raises InvalidArgumentError."""
    named = list(servers)
    # Before any is printed: a comma in a password has divided it into two servers.
    if any(_has_user_info(server) for server in named):
        raise make_error(Errc.INVALID_ARGUMENT, _NO_CREDENTIALS)
    return [_parse(server, is_default=not named) for server in named or default_servers(environment)]


def _has_user_info(server: str) -> bool:
    """Whether a user or a password seems to stand before a host. Paths and names of unix sockets may contain '@'."""
    return "@" in server and not server.startswith(("/", "unix:/", "unix:@"))


def _folder(value: str) -> str:
    """Returns the absolute path in a variable, the first of a list, without a trailing slash; else an empty text."""
    if not value.startswith("/"):
        return ""
    return value.split(":")[0].rstrip("/") or "/"


def _parse(server: str, is_default: bool) -> Endpoint:
    if server.startswith("/"):
        return Endpoint(server, path=server, is_default=is_default)
    if server.startswith("unix:@") and len(server) > len("unix:@"):
        return Endpoint(server, path="\0" + server.removeprefix("unix:@"), is_default=is_default)
    if server.startswith("unix:///"):
        return Endpoint(server, path=server.removeprefix("unix://"), is_default=is_default)
    scheme, slashes, rest = server.partition("://")
    if not slashes:
        scheme, rest = "tcp", server
    if scheme not in ("tcp", "tls") or not rest or server.startswith(("unix:", "systemd:")):
        raise _bad(server, _FORMS)
    host, port = _host_and_port(server, rest)
    return Endpoint(server, host=host, port=port, tls=scheme == "tls", is_default=is_default)


def _host_and_port(server: str, text: str) -> tuple[str, int]:
    """Splits [HOST]:PORT and HOST:PORT; without a port, an IPv6 address may stand without brackets."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        if not bracket or (rest and colon != ":"):
            raise _bad(server, "an IPv6 address with a port is written as [ADDRESS]:PORT")
    elif text.count(":") > 1:
        host, colon, port = text, "", ""
    else:
        host, colon, port = text.partition(":")
    number = port if colon else str(DEFAULT_PORT)
    if not host or host == "*" or not (number.isascii() and number.isdigit() and 0 < int(number) < 65536):
        raise _bad(server, "a client needs one host and one port")
    return host, int(number)


def _bad(server: str, why: str) -> Error:
    return make_error(Errc.INVALID_ARGUMENT, f"{server}: {why}")
