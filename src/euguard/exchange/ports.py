"""Everything an exchange needs from outside, on one page."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Protocol

from euguard.audit.log import OpenedExchange
from euguard.audit.record import Closed, Opened, Refused
from euguard.exchange.stages import Json, Recorded
from euguard.terms import ModelId


class Log(Protocol):
    """The audit log. Each method returns when the record is durable, and not before.

    Where the caller of `open` is cancelled, the log closes what became durable all the same.

    Raises:
        LogUnavailableError: not durable (or not known to be); act as if nothing was written.

    """

    async def open(self, record: Opened) -> OpenedExchange:
        """Open an exchange."""
        ...

    async def close(self, record: Closed) -> None:
        """Close an exchange that `open` opened."""
        ...

    async def refuse(self, record: Refused) -> None:
        """Record that a request went no further."""
        ...


class Model(Protocol):
    """The model server."""

    def reply(self, recorded: Recorded) -> AsyncGenerator[Json]:
        """Yield the reply in OpenAI's shape: one completion, or chunks if it streams.

        Raises:
            ModelRejectedError: the server says that the request itself is at fault (4xx).
            ModelUnavailableError: no answer, an error, a malformed one, or a broken stream.

        """
        ...

    async def served(self) -> frozenset[ModelId]:
        """Return the models that `reply` reaches now.

        Raises:
            ModelUnavailableError: the server does not answer, or not within two seconds.

        """
        ...


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only grow, for durations."""
        ...
