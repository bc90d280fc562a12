"""Keys of NATS: Ed25519 keys as text (base32 with a prefix and a CRC)."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

_SEED, _USER = 18 << 3, 20 << 3


def _crc16(data):
    """CRC-16/XMODEM."""
    crc = 0
    for octet in data:
        crc ^= octet << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _text(data):
    return base64.b32encode(data + _crc16(data).to_bytes(2, "little")).decode().rstrip("=")


class Nkey:
    """A new key pair of a user."""

    def __init__(self):
        self._private = Ed25519PrivateKey.generate()
        secret = self._private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.seed = _text(bytes([_SEED | _USER >> 5, (_USER & 31) << 3]) + secret)
        self.public = _text(bytes([_USER]) + public)
        self.hexadecimal = public.hex()

    def sign(self, nonce):
        return self._private.sign(nonce)
