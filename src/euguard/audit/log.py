"""The log as an exchange sees it: each call returns when its record is durable.

Source: audit/SPEC.md §2 (what is recorded, and when).
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from euguard.audit.record import Closed, ExportCreated, Opened, Record, Refused, WriterStarted
from euguard.audit.store import Store
from euguard.audit.writer import PROBE_SECONDS, Clock, Pending, Writer
from euguard.errors import ConfigurationError, LogForkedError, LogUnavailableError
from euguard.terms import ExchangeId

DEADLINE = 5.0
"""Seconds that a record may take to become durable."""


@dataclass(frozen=True, slots=True)
class OpenedExchange:
    """The opening record of this exchange is durable."""

    exchange: ExchangeId
    at: datetime
    """The record's time."""
    leaf_hash: bytes
    """32 bytes; by it the user finds the record in the log."""


class Log:
    """One writer of the log, for one event loop (`exchange.ports.Log`).

    Raises:
        LogUnavailableError: not durable, or not known to be; act as if nothing was written.
            What became durable all the same is closed as interrupted; a closing record is kept
            and written as soon as the database answers. Also where the log has forked: nobody
            will sign what comes after, so nothing is let in but the ends of what is open.

    """

    def __init__(  # noqa: PLR0913  all but the store are named at the call
        self,
        store: Store,
        *,
        writer: str,
        software: str,
        policy: str,
        clock: Clock,
        lock: Path,
        deadline: float = DEADLINE,
        probe: float = PROBE_SECONDS,
        forked: Callable[[], LogForkedError | None] = lambda: None,
    ) -> None:
        """Name the writer (`[a-z0-9-]{1,64}`) and the file that only one process may lock.

        `software` is the version and `policy` the digest that each epoch begins with.
        Times in seconds. `forked` tells why the log cannot be signed any more
        (`PublishLoop.forked`); None while it can.
        """
        self._name = writer
        self._clock = clock
        self._lock_path = lock
        self._deadline = deadline
        self._forked = forked
        self._lock: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer = Writer(
            store,
            name=writer,
            started=WriterStarted(software=software, policy=policy),
            clock=clock,
            settled=self._wake,
            probe=probe,
        )

    async def start(self) -> None:
        """Begin an epoch; close as interrupted what the writer's dead processes left open.

        Raises:
            ConfigurationError: another process of this machine has the writer's name.
            LogUnavailableError: the database does not answer or refuses.

        """
        self._lock = _locked(self._lock_path, self._name)
        self._loop = asyncio.get_running_loop()
        try:
            await asyncio.to_thread(self._writer.start)
        except BaseException:
            self._release()
            raise

    async def open(self, record: Opened) -> OpenedExchange:
        """Open an exchange."""
        self._require_unforked()
        at = self._clock.now()
        leaf_hash = await self._durable(record, at)
        return OpenedExchange(record.exchange, at, leaf_hash)

    async def close(self, record: Closed) -> None:
        """Close an exchange that `open` opened; once, whatever comes of it.

        Raises:
            ValueError: the exchange is not open, or was closed before.

        """
        await self._durable(record, self._clock.now())

    async def refuse(self, record: Refused) -> None:
        """Record that a request went no further."""
        self._require_unforked()
        await self._durable(record, self._clock.now())

    async def note(self, record: ExportCreated) -> None:
        """Record what is not an exchange."""
        self._require_unforked()
        await self._durable(record, self._clock.now())

    def ready(self) -> bool:
        """Tell whether records become durable; after a failure, once a probe has succeeded."""
        return self._forked() is None and self._writer.ready(self._deadline)

    async def stop(self) -> None:
        """Write what waits, and let the writer's name go."""
        await asyncio.to_thread(self._writer.stop, self._deadline)
        self._release()

    def _require_unforked(self) -> None:
        forked = self._forked()
        if forked is not None:
            msg = "log: it has forked, and takes nothing new"
            raise LogUnavailableError(msg, fix=forked.fix)

    async def _durable(self, record: Record, at: datetime) -> bytes:
        pending = Pending(record, at, asyncio.get_running_loop().create_future())
        self._writer.put(pending)
        assert pending.future is not None, "set two lines above"
        try:
            async with asyncio.timeout(self._deadline):
                return await pending.future
        except TimeoutError:
            self._writer.give_up(pending)
            msg = f"log: not durable within {self._deadline:g} s"
            raise LogUnavailableError(msg) from None
        except asyncio.CancelledError:
            self._writer.give_up(pending)
            raise

    def _wake(self, settled: Sequence[Pending]) -> None:
        """Wake those who wait; called in the writer's thread, once for a whole commit."""
        if self._loop is not None and settled:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
                self._loop.call_soon_threadsafe(_resolve, settled)

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _resolve(settled: Sequence[Pending]) -> None:
    for pending in settled:
        if pending.future is None or pending.future.done():
            continue
        if isinstance(pending.result, bytes):
            pending.future.set_result(pending.result)
        else:
            assert pending.result is not None, "only what is settled comes here"
            pending.future.set_exception(pending.result)


def _locked(path: Path, writer: str) -> int:
    """Lock the writer's file for the life of this process, and of what it forks."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        msg = f"{path}: cannot lock the writer {writer}: {error.strerror}"
        raise ConfigurationError(msg) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        msg = f"{path}: another process writes to the log as {writer}"
        raise ConfigurationError(msg, fix="stop it, or name this writer differently") from None
    return descriptor
