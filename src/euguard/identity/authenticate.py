"""From the word in the header to the principal.

What the store says about a key is believed for `cache_seconds`, so a revoked key stops working
within that time and a busy key costs a look-up every two seconds, not one per request.
"""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from euguard.identity.keys import KeyStore, PresentedKey, StoredKey, not_valid, parse
from euguard.identity.principal import Principal
from euguard.terms import KeyId

CACHED_KEYS = 4096
"""Existing keys remembered at most."""

CACHED_MISSES = 1024
"""Ids of no key remembered at most; anybody can send such ids, so they get a shelf of their own."""

LOOKUPS = 4
"""Look-ups at a time: a flood of invented keys must not take every thread of the process."""

_PSEUDONYMS = b"euguard/v1/pseudonyms"


class Clock(Protocol):
    """Seconds that only grow."""

    def monotonic(self) -> float:
        """Return them."""
        ...


class Authenticator:
    """Checks API keys against a store; one per event loop."""

    def __init__(self, store: KeyStore, clock: Clock, *, cache_seconds: float = 2.0) -> None:
        self._store = store
        self._clock = clock
        self._cache_seconds = cache_seconds
        self._keys = _Shelf(CACHED_KEYS)
        self._misses = _Shelf(CACHED_MISSES)
        self._lookups = asyncio.Semaphore(LOOKUPS)

    async def authenticate(self, presented: str | None) -> Principal:
        """Return who holds the key.

        Raises:
            AuthenticationError: no key, not one of ours, or revoked; never says which.
            UnavailableError: the store does not answer, and nothing recent is known of the key.

        """
        key = parse(presented or "")
        stored = await self._find(key.id)
        if stored is None or stored.revoked is not None:
            raise not_valid()
        if not hmac.compare_digest(stored.digest, key.digest()):
            raise not_valid()
        return Principal(key=key.id, purposes=stored.purposes, secret=_secret(key))

    async def _find(self, key: KeyId) -> StoredKey | None:
        known = self._remembered(key)
        if known is None:
            async with self._lookups:
                # Whoever waited finds what the one before it has looked up.
                known = self._remembered(key) or await self._look_up(key)
        return known.stored

    def _remembered(self, key: KeyId) -> "_Known | None":
        now = self._clock.monotonic()
        return self._keys.get(key, now) or self._misses.get(key, now)

    async def _look_up(self, key: KeyId) -> "_Known":
        # The time before the look-up counts: a slow answer may be old when it comes.
        until = self._clock.monotonic() + self._cache_seconds
        stored = await asyncio.to_thread(self._store.find, key)
        known = _Known(stored, until)
        (self._misses if stored is None else self._keys).put(key, known)
        return known


@dataclass(frozen=True, slots=True)
class _Known:
    stored: StoredKey | None
    """None: there is no such key."""
    until: float
    """Monotonic seconds."""


class _Shelf:
    """What was looked up lately, so many at most; the least recently used goes first."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._entries: OrderedDict[KeyId, _Known] = OrderedDict()

    def get(self, key: KeyId, now: float) -> _Known | None:
        known = self._entries.get(key)
        if known is None or now >= known.until:
            return None
        self._entries.move_to_end(key)
        return known

    def put(self, key: KeyId, known: _Known) -> None:
        self._entries[key] = known
        self._entries.move_to_end(key)
        while len(self._entries) > self._places:
            self._entries.popitem(last=False)


def _secret(key: PresentedKey) -> bytes:
    # Keyed by the secret itself: who steals the key table, which has SHA-256 of the secret,
    # cannot compute pseudonyms from it.
    return hmac.digest(key.secret, _PSEUDONYMS, hashlib.sha256)
