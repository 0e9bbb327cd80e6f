"""Records a second, and how long `open` takes, on SQLite and on PostgreSQL.

    make bench-log ARGS="--seconds 3"

Every exchange is opened and closed by a client that waits for each; a concurrency of 64 is 64
such clients, as fast as they can. The paced lines start exchanges at a steady rate instead, for
what a request waits at the bar's rate. A publisher integrates and signs once a second meanwhile,
in the same process, as in the gateway; clients, log and publisher share its one interpreter.
The last column is for how long a record was durable and not yet under a checkpoint, at most.
The bars: 5,000 records/s on PostgreSQL, 2,000/s on SQLite, p99 of at most 15 ms.
"""

import argparse
import asyncio
import contextlib
import secrets
import statistics
import tempfile
import time
import uuid
from collections import deque
from collections.abc import Coroutine, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from databases import running_postgres, sqlite_url, upgraded
from euguard.adapters.clock import SystemClock
from euguard.adapters.sql.log_store import LogStore
from euguard.audit.log import Log
from euguard.audit.publish import BATCH, Publisher, PublishLoop
from euguard.audit.record import Closed, Opened, Outcome, Scope
from euguard.terms import ExchangeId, KeyId, LawfulBasis, ModelId, PurposeId
from euguard.tlog.note import Signer

ORIGIN = "log.example.eu"
CONCURRENCIES = (1, 8, 64, 256)
RATES = (50, 500, 2000, 5000)


def opened(exchange: ExchangeId) -> Opened:
    return Opened(
        exchange=exchange,
        key=KeyId("k" * 16),
        purpose=PurposeId("drafting-letters"),
        lawful_basis=LawfulBasis.PUBLIC_TASK,
        model=ModelId("mistral-small-3.2-24b-instruct-2506"),
        policy="0" * 64,
        because=("purpose-declared", "key-bound", "purpose-permitted"),
        stream=True,
        defaults=("temperature",),
        temperature="0.15",
        scope=Scope.CONVERSATION,
        characters=1500,
        languages=("en", "fr"),
        found={"EMAIL": 2, "IBAN": 1, "PERSON": 4},
        ignored=0,
    )


def closed(exchange: ExchangeId) -> Closed:
    return Closed(
        exchange=exchange,
        outcome=Outcome.COMPLETED,
        reason=None,
        input_tokens=812,
        output_tokens=301,
        finish=("stop",),
        restored=7,
        unknown=0,
        milliseconds=1843,
    )


def identifier() -> ExchangeId:
    bits = int.from_bytes(secrets.token_bytes(16))
    milliseconds = time.time_ns() // 1_000_000
    value = (
        milliseconds << 80 | 7 << 76 | (bits >> 64 & 0xFFF) << 64 | 2 << 62 | bits & (1 << 62) - 1
    )
    return ExchangeId(str(uuid.UUID(int=value)))


async def client(log: Log, until: float, waits: list[float]) -> None:
    while time.monotonic() < until:
        exchange = identifier()
        start = time.perf_counter()
        await log.open(opened(exchange))
        waits.append(time.perf_counter() - start)
        await log.close(closed(exchange))


async def load(log: Log, concurrency: int, seconds: float) -> tuple[float, list[float]]:
    waits: list[float] = []
    start = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(client(log, start + seconds, waits))
    return 2 * len(waits) / (time.monotonic() - start), waits


async def paced(log: Log, rate: float, seconds: float) -> tuple[float, list[float]]:
    """Start `rate` records a second, half of them openings, whether or not the last are done."""
    waits: list[float] = []

    async def once() -> None:
        exchange = identifier()
        start = time.perf_counter()
        await log.open(opened(exchange))
        waits.append(time.perf_counter() - start)
        await log.close(closed(exchange))

    start, started = time.monotonic(), 0
    async with asyncio.TaskGroup() as group:
        while (elapsed := time.monotonic() - start) < seconds:
            while started < elapsed * rate / 2:
                group.create_task(once())
                started += 1
            await asyncio.sleep(0.001)
    return 2 * len(waits) / (time.monotonic() - start), waits


class Lag:
    """Watches for how long the oldest record without a signature has waited at most."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    async def over(
        self, work: Coroutine[None, None, tuple[float, list[float]]]
    ) -> tuple[float, list[float], float]:
        """Return the results of `work`, and the longest wait in seconds."""
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch(ended))
            rate, waits = await work
            ended.set()
        return rate, waits, watching.result()

    async def _watch(self, ended: asyncio.Event) -> float:
        longest, durable = 0.0, deque[tuple[float, int]]()
        while not ended.is_set():
            now, (signed, total) = time.monotonic(), await asyncio.to_thread(self._sizes)
            durable.append((now, total))
            while len(durable) > 1 and durable[1][1] <= signed:
                durable.popleft()
            if durable[0][1] < total or signed < total:
                longest = max(longest, now - durable[0][0])
            await asyncio.sleep(0.05)
        return longest

    def _sizes(self) -> tuple[int, int]:
        signed = self._store.published()
        return signed.size if signed else 0, self._store.tree().size + self._store.waiting()


def show(name: str, rate: float, waits: list[float], lag: float) -> None:
    percent = statistics.quantiles(waits, n=100)
    p50, p99 = percent[49] * 1000, percent[98] * 1000
    print(f"  {name:>10}  {rate:9,.0f}  {p50:8.2f}  {p99:8.2f}  {lag:9.2f}", flush=True)


async def run(store: LogStore, folder: Path, seconds: float) -> None:
    log = Log(
        store,
        writer="gateway-0",
        software="benchmark",
        policy="0" * 64,
        clock=SystemClock(),
        lock=folder / "writer.lock",
    )
    await log.start()
    lag = Lag(store)
    for concurrency in CONCURRENCIES:
        show(str(concurrency), *await lag.over(load(log, concurrency, seconds)))
    for rate in RATES:
        show(f"{rate}/s", *await lag.over(paced(log, rate, seconds)))
    await log.stop()


async def fill(store: LogStore, folder: Path) -> None:
    """Load without a publisher, so that the inbox grows."""
    log = Log(
        store,
        writer="gateway-1",
        software="benchmark",
        policy="0" * 64,
        clock=SystemClock(),
        lock=folder / "filler.lock",
    )
    await log.start()
    await load(log, 256, 2.0)
    await log.stop()


def measure(name: str, url: str, folder: Path, seconds: float) -> None:
    print(f"{name}\n  concurrent  records/s  p50 [ms]  p99 [ms] of open, unsigned [s]", flush=True)
    with upgraded(url) as database:
        store = LogStore(database)
        signer = Signer(ORIGIN, Ed25519PrivateKey.generate())
        publisher = Publisher(store, signer, origin=ORIGIN, state=folder / "publisher.json")
        loop = PublishLoop(publisher)
        loop.start()
        asyncio.run(run(store, folder, seconds))
        loop.stop()
        publisher.publish()
        asyncio.run(fill(store, folder))
        start, size = time.perf_counter(), store.tree().size
        while store.integrate(BATCH):
            pass
        taken, grown = time.perf_counter() - start, store.tree().size - size
        print(f"  integrate alone: {grown / taken:,.0f} records/s of {grown:,}", flush=True)
        start = time.perf_counter()
        publisher.publish()
        taken = time.perf_counter() - start
        print(f"  read back, hash, sign: {grown / taken:,.0f} records/s\n", flush=True)


@contextlib.contextmanager
def folders() -> Iterator[tuple[Path, Path]]:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        yield Path(one), Path(two)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each line printed")
    seconds = parser.parse_args().seconds
    with folders() as (one, two), running_postgres() as server:
        measure("SQLite (WAL, synchronous=FULL)", sqlite_url(one), one, seconds)
        measure("PostgreSQL (synchronous_commit=on)", server.fresh(), two, seconds)


if __name__ == "__main__":
    main()
