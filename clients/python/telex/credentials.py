"""Credentials, for exchanges with users that do not identify the client by the connection itself.

Password and token are sent in clear: exchanges accept them over TLS, unix sockets and loopback only. They are sent to
every named server, and never to the default TCP address."""

import base64
import binascii
import os
import pathlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import Errc, make_error


@dataclass(frozen=True)
class UserPassword:
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Token:
    value: str = field(repr=False)


@dataclass(frozen=True)
class KeyFile:
    """A PEM file with an Ed25519 private key, as written by `telex keygen`, or a file with the seed of a user of NATS
    (`telex keygen --nkey`). The key is not sent: the exchange gets a signature. Requires the package `cryptography`
    (Debian: python3-cryptography)."""

    path: str | os.PathLike[str]


Credentials = UserPassword | Token | KeyFile


def check_credentials(credentials: Credentials) -> None:
    """Raises TypeError for another type, InvalidArgumentError for an empty user, token or path."""
    match credentials:
        case UserPassword(user, password):
            _check_text("the user", user)
            if not isinstance(password, str):
                raise TypeError(f"credentials: the password must be str, not {type(password).__name__}")
        case Token(value):
            _check_text("the token", value)
        case KeyFile(path):
            _check_text("the path of the key", os.fspath(path))
        case _:
            text = "credentials must be a telex.UserPassword, telex.Token or telex.KeyFile"
            raise TypeError(f"{text}, not {type(credentials).__name__}")


def _check_text(name: str, value: str) -> None:
    if not isinstance(value, str):
        raise TypeError(f"credentials: {name} must be str, not {type(value).__name__}")
    if not value:
        raise make_error(Errc.INVALID_ARGUMENT, f"credentials: {name} is empty")


@dataclass(frozen=True)
class SigningKey:
    """A private key in use."""

    public_key: bytes
    sign: Callable[[bytes], bytes]


# Of users, as https://github.com/nats-io/nkeys writes it: base32 of this prefix, 32 bytes and their CRC-16/XMODEM.
_SEED_PREFIX = b"\x95\x00"
_SEED_FORM = re.compile("SU[A-Z2-7]{56}")


def looks_like_seed(text: str) -> bool:
    """Returns True for a text with the form of a seed, damaged or not: it must not be sent as a token."""
    return _SEED_FORM.fullmatch(text) is not None


def _decode_seed(text: str) -> bytes:
    """Raises ValueError."""
    bytes_ = base64.b32decode(text + "=" * 6)
    key, crc = bytes_[:-2], int.from_bytes(bytes_[-2:], "little")
    has_spare_bits = base64.b32encode(bytes_).decode().rstrip("=") != text
    if has_spare_bits or not key.startswith(_SEED_PREFIX) or binascii.crc_hqx(key, 0) != crc:
        raise ValueError("the seed is damaged: the checksum does not match")
    return key.removeprefix(_SEED_PREFIX)


def read_key(path: str | os.PathLike[str]) -> SigningKey:
    """Reads an unencrypted Ed25519 key (PKCS #8), or a seed. Raises InvalidArgumentError, which names the file."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        raise make_error(
            Errc.INVALID_ARGUMENT, "KeyFile requires the package cryptography (Debian: python3-cryptography)"
        ) from None
    try:
        content = pathlib.Path(path).read_bytes()
        seed = content.decode(errors="replace").strip()
        key: object
        if looks_like_seed(seed):
            key = Ed25519PrivateKey.from_private_bytes(_decode_seed(seed))
        else:
            key = serialization.load_pem_private_key(content, password=None)
    except (OSError, ValueError, TypeError) as error:
        raise make_error(Errc.INVALID_ARGUMENT, f"cannot read the key {path}: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise make_error(Errc.INVALID_ARGUMENT, f"{path} is not an Ed25519 key; `telex keygen` writes one")
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return SigningKey(public, key.sign)
