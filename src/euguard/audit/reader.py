"""Reading the log: what exports, documents and rights answers are made from."""

from collections.abc import Iterator
from typing import Protocol


class Reader(Protocol):
    """The integrated part of the log.

    Raises:
        LogUnavailableError: the database does not answer.

    """

    def checkpoint(self) -> bytes | None:
        """Return the last published checkpoint, a C2SP signed note; None before the first."""
        ...

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the leaf bytes of the indices `start` to `end` - 1, in order, in batches inside."""
        ...
