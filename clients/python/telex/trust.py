"""Which default servers a client uses. A named server is the user's decision. A default server is only a guess, and other
users of the host may listen there:

- A unix socket is used if its folder belongs to this user or root, or is the service's folder /run/telex, and is not
  writable by others. The listening process must run as this user, as root, or as the owner of the folder. The kernel
  verifies this for the connected socket, so a later change of the path does not matter.
- Credentials are not sent to a TCP address without TLS: any user of the host can listen on the port while the exchange
  does not. That includes a signature, which could be relayed."""

import os
import socket
import stat
import struct

from .errors import Errc, Error, make_error
from .servers import SERVICE_FOLDER, Endpoint

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_CREDENTIALS = struct.Struct("3i")  # ucred: process, user, group


def check_server(endpoint: Endpoint, has_credentials: bool) -> int | None:
    """Returns the user who may listen there besides this one and root; None if any user may. Raises the reason not to use
    the server."""
    if not endpoint.is_default:
        return None
    if endpoint.path:
        return find_socket_owner(endpoint.path)
    if has_credentials and not endpoint.tls:
        raise _untrusted("credentials do not go to a default address without TLS; name the server to send them")
    return None


def find_socket_owner(socket_path: str) -> int:
    """Returns the owner of the socket's folder. Raises UNTRUSTED_SERVER, or CONNECT_FAILED if there is no such folder."""
    folder = os.path.dirname(socket_path)
    try:
        status = os.lstat(folder)
    except OSError as error:
        raise make_error(Errc.CONNECT_FAILED, os.strerror(error.errno or 0)) from None
    if not stat.S_ISDIR(status.st_mode):
        raise _untrusted(f"{folder} is not a directory or is a symbolic link")
    if not _is_ours_or_roots(status.st_uid) and not _is_made_by_root(folder):
        raise _untrusted(f"{folder} belongs to user {status.st_uid}")
    if status.st_mode & _WRITABLE_BY_OTHERS:
        raise _untrusted(f"others may write to {folder} (mode {stat.S_IMODE(status.st_mode):04o})")
    return status.st_uid


def check_listener(connected: socket.socket, owner: int) -> None:
    """Raises UNTRUSTED_SERVER if the process at the other end of a unix socket runs as another user."""
    size = _CREDENTIALS.size
    _, user, _ = _CREDENTIALS.unpack(connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    if not _is_ours_or_roots(user) and user != owner:
        raise _untrusted(f"user {user} listens there")


def _is_ours_or_roots(user: int) -> bool:
    return user in (os.geteuid(), 0)


def _is_made_by_root(folder: str) -> bool:
    """Any user may own the service's folder, because only root can create it there."""
    if folder != SERVICE_FOLDER:
        return False
    parent = os.lstat(os.path.dirname(folder))
    return parent.st_uid == 0 and not parent.st_mode & _WRITABLE_BY_OTHERS


def _untrusted(text: str) -> Error:
    return make_error(Errc.UNTRUSTED_SERVER, f"not used: {text}")
