"""A log on a store whose commits a test holds back, breaks, or lets through."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import fakes
from chains import (
    POLICY,
    SteadyClock,
    checked,
)
from euguard.audit.log import Log
from euguard.audit.record import Entry
from euguard.audit.store import Arrival, Tail

PATIENCE = 20.0
"""Seconds until a test that waits for something gives up; nothing takes that long."""


class GatedStore(fakes.InMemoryStore):
    """Commits only while the gate is open, and says when one is waiting at it."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Event()
        self.breaks_after = sys.maxsize  # commits
        self.before_next: Callable[[], None] | None = None

    def append(self, writer: str, arrivals: Sequence[Arrival], *, after: Tail, tail: Tail) -> bool:
        before, self.before_next = self.before_next, None
        if before is not None:
            before()
        self.arrived.set()
        assert self.gate.wait(PATIENCE)
        if len(self.commits) >= self.breaks_after:
            msg = "a bug"
            raise RuntimeError(msg)
        return super().append(writer, arrivals, after=after, tail=tail)


def log_of(  # noqa: PLR0913  a test names what differs from the ordinary
    store: fakes.InMemoryStore,
    folder: Path,
    *,
    name: str = "gateway-0",
    lock: str = "",
    deadline: float = PATIENCE,
    probe: float = 0.01,
) -> Log:
    return Log(
        store,
        writer=name,
        software="0.1.0",
        policy=POLICY,
        clock=SteadyClock(),
        lock=folder / f"{lock or name}.lock",
        deadline=deadline,
        probe=probe,
    )


@contextlib.asynccontextmanager
async def running(log: Log) -> AsyncIterator[Log]:
    await log.start()
    try:
        yield log
    finally:
        await log.stop()


def entries(store: fakes.InMemoryStore) -> list[Entry]:
    store.down = store.in_doubt = False
    while store.integrate(1000):
        pass
    return checked(store.leaves(0, store.tree().size))


def kinds(store: fakes.InMemoryStore) -> list[str]:
    return [entry.record.kind for entry in entries(store)]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  the condition is of another thread
            await asyncio.sleep(0.002)


async def gated(store: GatedStore, first: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """Start `first` and return once its commit waits at the gate."""
    store.gate.clear()
    store.arrived.clear()
    task = asyncio.ensure_future(first)
    await until(store.arrived.is_set)
    return task
