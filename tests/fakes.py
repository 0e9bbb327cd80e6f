"""Stand-ins for the outside, shared by tests; each is held to its port's contract tests."""

import dataclasses
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from euguard.audit.store import NO_TAIL, Arrival, Tail, Tree
from euguard.errors import IntegrityError, LogUnavailableError, UnavailableError
from euguard.identity.keys import StoredKey
from euguard.terms import ExchangeId, KeyId
from euguard.tlog import merkle


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


class InMemoryStore:
    """`audit.store.Store`; `down` refuses all, `in_doubt` writes and then says that it failed."""

    def __init__(self) -> None:
        self.down = False
        self.in_doubt = False
        self.commits: list[int] = []
        self._lock = threading.Lock()
        self._tails: dict[str, Tail] = {}
        self._open: dict[ExchangeId, tuple[str, int]] = {}
        self._inbox: list[bytes] = []
        self._entries: list[bytes] = []
        self._checkpoint: tuple[bytes, Tree] | None = None

    def tail(self, writer: str) -> Tail:
        self._check()
        return self._tails.get(writer, NO_TAIL)

    def append(self, writer: str, arrivals: Sequence[Arrival], *, after: Tail, tail: Tail) -> bool:
        self._check()
        with self._lock:
            if self._tails.get(writer, NO_TAIL) != after:
                return False
            self._tails[writer] = tail
            for arrival in arrivals:
                self._inbox.append(arrival.leaf)
                if arrival.opens:
                    self._open[arrival.opens] = (writer, tail.epoch)
                if arrival.closes:
                    self._open.pop(arrival.closes, None)
            self.commits.append(len(arrivals))
        if self.in_doubt:
            self.down = True
            self._check()
        return True

    def left_open(self, writer: str) -> Mapping[ExchangeId, int]:
        self._check()
        return {key: epoch for key, (name, epoch) in self._open.items() if name == writer}

    def integrate(self, limit: int) -> int:
        self._check()
        with self._lock:
            taken, self._inbox = self._inbox[:limit], self._inbox[limit:]
            self._entries += taken
        return len(taken)

    def tree(self) -> Tree:
        self._check()
        hashes = [merkle.leaf_hash(leaf) for leaf in self._entries]
        return Tree(len(hashes), merkle.root(hashes))

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        self._check()
        for index in range(start, end):
            if index >= len(self._entries):
                msg = f"log: the leaf of index {index} is missing"
                raise IntegrityError(msg)
            yield self._entries[index]

    def published(self) -> Tree | None:
        self._check()
        return self._checkpoint and self._checkpoint[1]

    def checkpoint(self) -> bytes | None:
        self._check()
        return self._checkpoint and self._checkpoint[0]

    def publish(self, note: bytes, tree: Tree, *, after: Tree | None) -> bool:
        with self._lock:
            if self.published() != after:
                return False
            self._checkpoint = (note, tree)
        return True

    def _check(self) -> None:
        if self.down:
            msg = "store: down"
            raise LogUnavailableError(msg)
