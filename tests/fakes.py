"""Stand-ins for the outside, shared by tests; each is held to its port's contract tests."""

import dataclasses
import threading
from datetime import datetime

from euguard.errors import UnavailableError
from euguard.identity.keys import StoredKey
from euguard.terms import KeyId


class InMemoryKeyStore:
    """`identity.keys.KeyStore`; counts look-ups and can be told to be down."""

    def __init__(self, *keys: StoredKey) -> None:
        self._keys = {key.id: key for key in keys}
        self._lock = threading.Lock()
        self.lookups = 0
        self.threads: set[int] = set()
        self.down = False

    def find(self, key: KeyId) -> StoredKey | None:
        with self._lock:
            self.lookups += 1
            self.threads.add(threading.get_ident())
        if self.down:
            msg = "key store: down"
            raise UnavailableError(msg)
        return self._keys.get(key)

    def add(self, key: StoredKey) -> None:
        self._keys[key.id] = key

    def all(self) -> tuple[StoredKey, ...]:
        return tuple(sorted(self._keys.values(), key=lambda key: (key.created, key.id)))

    def revoke(self, key: KeyId, at: datetime) -> bool:
        stored = self._keys.get(key)
        if stored is None or stored.revoked is not None:
            return False
        self._keys[key] = dataclasses.replace(stored, revoked=at)
        return True
