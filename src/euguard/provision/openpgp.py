"""The signature that apt wants on an index: OpenPGP, cleartext form, Ed25519, nothing else.

Written here and not by gpg, which needs a home folder and an agent, and signs the same text
differently every time. Only writing; who reads is gpgv, on the server.

::

    public key        version 4, time, algorithm 22 (EdDSA), curve, point
    user ID           the builder's name
    certification     type 0x13, by the key itself: it may sign
    signature         type 0x01 over the text with CRLF, hashed with SHA-512

Source: RFC 9580 §4 (packets), §5.2.3 (signatures), §5.5.2 (version 4 keys, EdDSALegacy), §6.2
(armour), §7 (cleartext).
"""

import base64
import hashlib
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from euguard.errors import ConfigurationError

KEY_TIME = 946_684_800
"""Creation time of every key, Unix seconds (2000-01-01): the fingerprint covers it, and no time
must make two of one key."""

_EDDSA, _SHA512 = 22, 10
_ED25519 = bytes.fromhex("2b06010401da470f01")  # the curve's object identifier
_KEY, _USER, _SIGNATURE = 6, 13, 2
_CERTIFIES, _TEXT = 0x13, 0x01
_MAY_SIGN = b"\x03"  # and certify: its own user ID
_CREATED, _FLAGS, _ISSUER, _FINGERPRINT = 2, 27, 16, 33
_LINE = 64


def public_key(private: Ed25519PrivateKey, user: str) -> bytes:
    """Return the armoured public key, under the user ID `user`."""
    key, name = _key(private), user.encode()
    certified = _framed(key) + b"\xb4" + len(name).to_bytes(4, "big") + name
    signature = _sign(private, _CERTIFIES, certified, KEY_TIME)
    packets = _packet(_KEY, key) + _packet(_USER, name) + _packet(_SIGNATURE, signature)
    return _armoured("PUBLIC KEY BLOCK", packets)


def cleartext(private: Ed25519PrivateKey, text: str, at: datetime) -> bytes:
    """Return `text`, which ends in a newline, and the signature made over it at that time.

    Raises:
        ConfigurationError: before the year 2000, when the key was not there yet.

    """
    if at < datetime.fromtimestamp(KEY_TIME, UTC):
        msg = f"bundle: {at:%Y-%m-%d} is before the signing key of the index"
        raise ConfigurationError(msg, fix="set the clock, or SOURCE_DATE_EPOCH")
    lines = text.removesuffix("\n").split("\n")
    signed = "\r\n".join(line.rstrip(" \t") for line in lines).encode()
    signature = _sign(private, _TEXT, signed, int(at.timestamp()))
    shown = "\n".join(f"- {line}" if line.startswith("-") else line for line in lines)
    head = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{shown}\n".encode()
    return head + _armoured("SIGNATURE", _packet(_SIGNATURE, signature))


def _key(private: Ed25519PrivateKey) -> bytes:
    point = b"\x40" + private.public_key().public_bytes_raw()
    head = b"\x04" + KEY_TIME.to_bytes(4, "big") + bytes([_EDDSA, len(_ED25519)]) + _ED25519
    return head + _integer(point)


def _sign(private: Ed25519PrivateKey, kind: int, data: bytes, at: int) -> bytes:
    """Return the body of a signature packet over `data`."""
    fingerprint = hashlib.sha1(_framed(_key(private)), usedforsecurity=False).digest()
    hashed = (
        _sub(_CREATED, at.to_bytes(4, "big"))
        + _sub(_FINGERPRINT, b"\x04" + fingerprint)
        + (_sub(_FLAGS, _MAY_SIGN) if kind == _CERTIFIES else b"")
    )
    head = bytes([4, kind, _EDDSA, _SHA512]) + len(hashed).to_bytes(2, "big") + hashed
    trailer = b"\x04\xff" + len(head).to_bytes(4, "big")
    digest = hashlib.sha512(data + head + trailer).digest()
    raw = private.sign(digest)
    issuer = _sub(_ISSUER, fingerprint[-8:])
    return (
        head
        + len(issuer).to_bytes(2, "big")
        + issuer
        + digest[:2]
        + _integer(raw[:32])
        + _integer(raw[32:])
    )


def _framed(key: bytes) -> bytes:
    return b"\x99" + len(key).to_bytes(2, "big") + key


def _sub(kind: int, data: bytes) -> bytes:
    return bytes([len(data) + 1, kind]) + data


def _packet(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4, "big") + body


def _integer(data: bytes) -> bytes:
    """Return the multiprecision integer: its length in bits, and no leading zero byte."""
    number = int.from_bytes(data, "big")
    bits = number.bit_length()
    return bits.to_bytes(2, "big") + number.to_bytes((bits + 7) // 8, "big")


def _armoured(name: str, data: bytes) -> bytes:
    encoded = base64.b64encode(data).decode()
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    check = base64.b64encode(_crc24(data).to_bytes(3, "big")).decode()
    body = "\n".join([f"-----BEGIN PGP {name}-----", "", *lines, f"={check}"])
    return f"{body}\n-----END PGP {name}-----\n".encode()


def _crc24(data: bytes) -> int:
    """Return the checksum of RFC 9580 §6.1.1, which older readers expect."""
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc = crc << 1 ^ (0x1864CFB if crc & 0x800000 else 0)
    return crc & 0xFFFFFF
