"""API keys: shown once, stored as a hash, bound to purposes.

A key is one word of 69 characters::

    eg_<id: 16 of base32, lower case>_<secret: 43 of base64url><checksum: 6 of base62>

The id is 80 random bits and names nobody. The secret is 256 random bits; SHA-256 of them is
what is stored, without salt or stretching: those slow down the guessing of words that people
chose, and nobody guesses 256 random bits. The checksum is the CRC-32 of all before it, as in the
tokens of code hosts: a scanner for lost secrets tells a key from noise without asking anybody,
and a mistyped key costs no look-up.

Source: RFC 4648 §5, §6 (alphabets), NIST SP 800-63B-3 §5.1.2.2 (secrets of 112 random bits and
more need no stretching).
"""

import hashlib
import re
import secrets
import zlib
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from euguard.errors import AuthenticationError
from euguard.terms import KeyId, PurposeId

_ID_BYTES = 10
_SECRET_BYTES = 32
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEY = re.compile(r"eg_([a-z2-7]{16})_([A-Za-z0-9_-]{43})([A-Za-z0-9]{6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """What is kept of an API key; the key itself cannot be had back from it."""

    id: KeyId
    digest: bytes
    """SHA-256 of the key's 32 random bytes."""
    label: str
    """What the operator calls it; may name a person, so it stays in the key table alone."""
    purposes: tuple[PurposeId, ...]
    """Sorted, at least one."""
    created: datetime
    revoked: datetime | None


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """A well-formed key that somebody sent; whether it is valid is not known yet."""

    id: KeyId
    secret: bytes = field(repr=False)
    """32 bytes."""

    def digest(self) -> bytes:
        """Return what is stored of the key: SHA-256 of the secret."""
        return hashlib.sha256(self.secret).digest()


class KeyStore(Protocol):
    """Where keys are kept. Blocking: call it off the event loop.

    Raises:
        UnavailableError: the database does not answer.

    """

    def find(self, key: KeyId) -> StoredKey | None:
        """Return the key, revoked or not."""
        ...

    def add(self, key: StoredKey) -> None:
        """Keep a new key."""
        ...

    def all(self) -> tuple[StoredKey, ...]:
        """Return every key, oldest first."""
        ...

    def revoke(self, key: KeyId, at: datetime) -> bool:
        """Mark the key revoked; False if there is none, or it was revoked already."""
        ...


def mint(
    *,
    label: str,
    purposes: Sequence[PurposeId],
    now: datetime,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[str, StoredKey]:
    """Return a new key, to be shown this once, and what is stored of it.

    Raises:
        ValueError: no purpose, or a time without a zone.

    """
    if not purposes:
        msg = "key: it must be bound to one purpose at least"
        raise ValueError(msg)
    if now.tzinfo is None:
        msg = "key: the time has no zone"
        raise ValueError(msg)
    name = b32encode(random(_ID_BYTES)).decode("ascii").lower()
    presented = PresentedKey(KeyId(name), random(_SECRET_BYTES))
    bound = tuple(sorted(set(purposes)))
    stored = StoredKey(presented.id, presented.digest(), label, bound, now, revoked=None)
    return _spell(presented), stored


def parse(presented: str) -> PresentedKey:
    """Return the parts of a key as `mint` spells it.

    Raises:
        AuthenticationError: any other spelling; which part is wrong is not said.

    """
    matched = _KEY.fullmatch(presented)
    if matched:
        secret = urlsafe_b64decode(matched[2] + "=")
        key = PresentedKey(KeyId(matched[1]), secret)
        # The 43rd character carries 4 bits: three more spellings would decode to the same secret.
        if _spell(key) == presented:
            return key
    raise not_valid()


def not_valid() -> AuthenticationError:
    """Return the one answer to every key that does not open the door."""
    msg = "API key: missing, unknown or revoked"
    return AuthenticationError(msg, fix="send `Authorization: Bearer eg_…` with a valid key")


def _spell(key: PresentedKey) -> str:
    secret = urlsafe_b64encode(key.secret).decode("ascii").rstrip("=")
    word = f"eg_{key.id}_{secret}"
    return word + _checksum(word)


def _checksum(word: str) -> str:
    rest = zlib.crc32(word.encode("ascii"))
    digits = ""
    for _ in range(6):
        rest, digit = divmod(rest, len(_BASE62))
        digits = _BASE62[digit] + digits
    return digits
