"""What the log needs of a database.

::

    append ──▶ inbox ──integrate──▶ entry 0, 1, 2, … ──publish──▶ checkpoint
       ▲ fence: the writer's tail       ▲ fence: the tree            ▲ fence: the last checkpoint

Every step is one transaction that compares what it was built upon and swaps it, so that of two
processes doing the same thing one wins and the other changes nothing. A record is acknowledged
when `append` returns; it has an index when it is integrated.

A store is blocking and thread-safe: call it off the event loop.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from euguard.terms import ExchangeId


@dataclass(frozen=True, slots=True)
class Tail:
    """Where a writer's chain ends in the database."""

    epoch: int
    """0 where the writer has no record yet."""
    sequence: int
    leaf_hash: bytes
    """Of its last record, 32 bytes; zeros where there is none."""


NO_TAIL: Final = Tail(0, 0, bytes(32))
"""The tail of a writer without records."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A leaf that wants to be durable."""

    leaf: bytes
    leaf_hash: bytes
    opens: ExchangeId | None = None
    """The exchange that the record opens, if it opens one."""
    closes: ExchangeId | None = None
    """The exchange that the record closes, if it closes one."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Size and root of a tree."""

    size: int
    root: bytes
    """32 bytes."""


class Store(Protocol):
    """The database of one log.

    Raises:
        LogUnavailableError: the database does not answer or refuses. After a write nobody knows
            whether it happened: read what is there before anything else.

    """

    def tail(self, writer: str) -> Tail:
        """Return where the writer's chain ends; `NO_TAIL` if it has not begun."""
        ...

    def append(self, writer: str, arrivals: Sequence[Arrival], *, after: Tail, tail: Tail) -> bool:
        """Make the leaves durable, all or none, and move the writer's tail to `tail`.

        Without leaves it is a write all the same, to see whether the database takes one.

        False, and nothing changes, if the chain does not end at `after`: another process
        writes under the same name.
        """
        ...

    def left_open(self, writer: str) -> Mapping[ExchangeId, int]:
        """Return the exchanges that the writer has opened and not closed, with their epochs."""
        ...

    def waiting(self) -> int:
        """Return how many leaves the inbox holds."""
        ...

    def integrate(self, limit: int, check: Callable[[bytes], object] = bytes) -> int:
        """Give the next indices to up to `limit` leaves of the inbox; return how many.

        Each writer's leaves keep their order. 0 if the inbox is empty, or if another
        integrator was faster. `check` sees each leaf first, and may raise IntegrityError.

        Raises:
            IntegrityError: a leaf does not pass; all of them stay in the inbox.

        """
        ...

    def tree(self) -> Tree:
        """Return the tree over all integrated leaves, as the integrator computed it."""
        ...

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the leaves of the indices `start` to `end` - 1, in order.

        Raises:
            IntegrityError: an index is missing.

        """
        ...

    def published(self) -> Tree | None:
        """Return size and root of the last checkpoint; None before the first."""
        ...

    def checkpoint(self) -> bytes | None:
        """Return the last checkpoint as a signed note; None before the first."""
        ...

    def publish(self, note: bytes, tree: Tree, *, after: Tree | None) -> bool:
        """Replace the checkpoint `after` by `note`, which says `tree`.

        False, and nothing changes, if the last checkpoint is not `after`.
        """
        ...
