"""The exchange that the environment names: TELEX_URL, TELEX_USER and TELEX_CREDENTIALS.

The variables belong together. They are ignored if the program names a server: credentials for one exchange are not sent to
another. TELEX_CREDENTIALS names a file, because other users can often read the environment of a process."""

from collections.abc import Mapping
from dataclasses import replace

from .credentials import Credentials, KeyFile, Token, UserPassword, looks_like_seed
from .errors import Errc, Error, make_error
from .options import Options

# Larger than any secret that the exchange accepts.
_MAX_SECRET_BYTES = 8192


def with_environment(options: Options, environment: Mapping[str, str]) -> Options:
    """Fills in the servers and the credentials that `options` leaves empty. Raises InvalidArgumentError, which names the
    variable."""
    if options.servers:
        return options
    servers = tuple(url for url in environment.get("TELEX_URL", "").split(",") if url)
    return replace(options, servers=servers, credentials=options.credentials or _credentials(environment))


def _credentials(environment: Mapping[str, str]) -> Credentials | None:
    user, path = environment.get("TELEX_USER", ""), environment.get("TELEX_CREDENTIALS", "")
    if not path:
        if user:
            raise _bad("TELEX_USER", "set TELEX_CREDENTIALS to a file with the password of this user")
        return None
    secret = _first_line(path)
    if user:
        return UserPassword(user, secret)
    is_key = secret.startswith("-----BEGIN ") or looks_like_seed(secret)
    return KeyFile(path) if is_key else Token(secret)


def _first_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            line = file.readline(_MAX_SECRET_BYTES + 2)
    except (OSError, UnicodeDecodeError) as error:
        raise _bad("TELEX_CREDENTIALS", f"{path}: cannot be read: {error}") from None
    line = line.removesuffix("\n").removesuffix("\r")
    if not line or len(line) > _MAX_SECRET_BYTES:
        text = "the first line must be a password, a token or the begin of a private key"
        raise _bad("TELEX_CREDENTIALS", f"{path}: {text}")
    return line


def _bad(name: str, why: str) -> Error:
    return make_error(Errc.INVALID_ARGUMENT, f"{name}: {why}")
