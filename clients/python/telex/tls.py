"""TLS: which servers are accepted, and the certificate that the client presents."""

import base64
import hashlib
import ssl

from .errors import Errc, make_error
from .options import Tls

_SEQUENCE = 0x30
_VERSION = 0xA0
_FIELDS_BEFORE_KEY = 5  # serial number, signature algorithm, issuer, validity, subject


def make_context(options: Tls) -> ssl.SSLContext:
    """Reads the files. Raises InvalidArgumentError, which names the file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["telex"])
    try:
        if options.ca_file:
            context.load_verify_locations(options.ca_file)
        elif options.key_pin:
            # The key is compared after the handshake; its holder is trusted.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        else:
            context.load_default_certs()
    except OSError as error:
        raise make_error(Errc.INVALID_ARGUMENT, f"tls: cannot read {options.ca_file}: {error}") from None
    if options.certificate_file:
        try:
            context.load_cert_chain(options.certificate_file, options.key_file)
        except OSError as error:
            files = f"{options.certificate_file} and {options.key_file}"
            raise make_error(Errc.INVALID_ARGUMENT, f"tls: cannot use {files}: {error}") from None
    return context


def key_pin(certificate: bytes) -> str:
    """Returns the SHA-256 in base64 of the public key (SubjectPublicKeyInfo, RFC 5280) in a DER certificate.

    Raises ValueError if the bytes are not a certificate."""
    to_sign = _content(_content(certificate, 0), 0)
    at = 0
    if to_sign[0] == _VERSION:
        at = _end(to_sign, at)
    for _ in range(_FIELDS_BEFORE_KEY):
        at = _end(to_sign, at)
    if to_sign[at] != _SEQUENCE:
        raise ValueError("not a certificate")
    key = to_sign[at : _end(to_sign, at)]
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def _content(data: bytes, at: int) -> bytes:
    begin, end = _bounds(data, at)
    return data[begin:end]


def _end(data: bytes, at: int) -> int:
    return _bounds(data, at)[1]


def _bounds(data: bytes, at: int) -> tuple[int, int]:
    """Returns where the content of the DER element at `at` begins and ends."""
    if at + 2 > len(data):
        raise ValueError("not a certificate")
    begin, size = at + 2, data[at + 1]
    if size & 0x80:
        width = size & 0x7F
        begin, size = begin + width, int.from_bytes(data[begin : begin + width], "big")
    if begin + size > len(data):
        raise ValueError("not a certificate")
    return begin, begin + size
