"""API keys: shown once, stored as a hash, bound to purposes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from euguard.terms import KeyId, PurposeId


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
