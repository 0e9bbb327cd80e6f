import asyncio
import contextlib
import dataclasses
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fakes
from chains import (
    POLICY,
    SteadyClock,
    checked,
    closed,
    exchange,
    opened,
    outcomes,
    refused,
)
from euguard.audit import record, writer
from euguard.audit.log import Log, OpenedExchange
from euguard.audit.record import Entry, ExportCreated, Outcome, Position, WriterStarted
from euguard.audit.store import Arrival, Tail
from euguard.errors import ConfigurationError, LogUnavailableError, MalformedRecordError
from euguard.tlog import merkle

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


@pytest.fixture
def store() -> GatedStore:
    return GatedStore()


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


# ------------------------------------------------------------------ the ordinary case


def test_an_exchange_is_durable_when_it_is_acknowledged(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> OpenedExchange:
        async with running(log_of(store, tmp_path)) as log:
            acknowledged = await log.open(opened(1))
            assert store.left_open("gateway-0") == {exchange(1): 1}
            await log.close(closed(1))
            assert store.left_open("gateway-0") == {}
        return acknowledged

    acknowledged = asyncio.run(main())

    found = entries(store)
    leaves = list(store.leaves(0, 3))
    assert kinds(store) == ["writer.started", "exchange.opened", "exchange.closed"]
    assert acknowledged == OpenedExchange(exchange(1), found[1].at, merkle.leaf_hash(leaves[1]))


def test_refusals_and_exports_are_recorded(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await log.refuse(refused(1))
            await log.note(ExportCreated(size=1, records=1, selection="all"))

    asyncio.run(main())

    assert kinds(store) == ["writer.started", "exchange.refused", "export.created"]


def test_an_epoch_begins_with_what_runs(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        for _ in range(3):
            async with running(log_of(store, tmp_path)):
                pass

    asyncio.run(main())

    found = entries(store)
    assert [entry.position.epoch for entry in found] == [1, 2, 3]
    assert {entry.record for entry in found} == {WriterStarted(software="0.1.0", policy=POLICY)}


def test_a_lone_record_waits_for_nobody(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            for number in range(3):
                await log.refuse(refused(number))

    asyncio.run(main())

    assert store.commits == [1, 1, 1, 1]


def test_what_comes_during_a_commit_goes_into_the_next(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            first = await gated(store, log.open(opened(0)))
            others = [asyncio.ensure_future(log.open(opened(n))) for n in range(1, 601)]
            await asyncio.sleep(0)
            store.gate.set()
            await asyncio.gather(first, *others)
            await asyncio.gather(*(log.close(closed(n)) for n in range(601)))

    asyncio.run(main())

    assert store.commits[:4] == [1, 1, writer.BATCH, 600 - writer.BATCH]
    assert len(entries(store)) == 1 + 2 * 601


def test_the_event_loop_goes_on_during_a_commit(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            task = await gated(store, log.open(opened(1)))
            await asyncio.sleep(0.01)
            assert not task.done()
            store.gate.set()
            await task

    asyncio.run(main())


# ------------------------------------------------------------------ start and stop


def test_a_start_closes_what_the_last_process_left_open(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            for number in range(3):
                await log.open(opened(number))
            await log.close(closed(1))
        async with running(log_of(store, tmp_path)):
            pass

    asyncio.run(main())

    died = (Outcome.INTERRUPTED, writer.GATEWAY_DIED)
    assert outcomes(entries(store)) == {
        exchange(0): died,
        exchange(1): (Outcome.COMPLETED, None),
        exchange(2): died,
    }
    assert store.left_open("gateway-0") == {}


def test_a_start_closes_more_than_one_commit_may_hold(store: GatedStore, tmp_path: Path) -> None:
    count = 2 * writer.BATCH + 7

    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await asyncio.gather(*(log.open(opened(number)) for number in range(count)))
        async with running(log_of(store, tmp_path)):
            pass

    asyncio.run(main())

    assert len(outcomes(entries(store))) == count
    assert max(store.commits) == writer.BATCH


def test_a_start_leaves_other_writers_alone(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with (
            running(log_of(store, tmp_path, name="gateway-0")) as log,
            running(log_of(store, tmp_path, name="gateway-1")) as other,
        ):
            await log.open(opened(1))
            async with running(log_of(store, tmp_path, name="gateway-2")):
                pass
            await other.refuse(refused(2))
            await log.close(closed(1))

    asyncio.run(main())

    assert outcomes(entries(store)) == {exchange(1): (Outcome.COMPLETED, None)}


def test_a_start_sees_what_a_killed_process_still_had_in_flight(
    store: GatedStore, tmp_path: Path
) -> None:
    def land() -> None:
        after = store.tail("gateway-0")
        place = Position("gateway-0", after.epoch, after.sequence + 1, after.leaf_hash)
        leaf = record.leaf(Entry(SteadyClock().now(), place, opened(1)))
        tail = Tail(place.epoch, place.sequence, merkle.leaf_hash(leaf))
        arrival = Arrival(leaf, tail.leaf_hash, opens=exchange(1))
        assert store.append("gateway-0", [arrival], after=after, tail=tail)

    async def main() -> None:
        async with running(log_of(store, tmp_path)):
            pass
        store.before_next = land
        async with running(log_of(store, tmp_path)):
            pass

    asyncio.run(main())

    assert outcomes(entries(store)) == {exchange(1): (Outcome.INTERRUPTED, writer.GATEWAY_DIED)}


def test_one_name_has_one_process(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)):
            with pytest.raises(ConfigurationError, match="as gateway-0"):
                await log_of(store, tmp_path).start()
        async with running(log_of(store, tmp_path)):  # the name is free again
            pass

    asyncio.run(main())

    assert (tmp_path / "gateway-0.lock").stat().st_mode & 0o777 == 0o600


def test_a_lock_that_cannot_be_made_is_said(store: GatedStore, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot lock the writer gateway-0"):
        asyncio.run(log_of(store, tmp_path / "missing").start())


def test_a_start_that_fails_lets_the_name_go(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        store.down = True
        with pytest.raises(LogUnavailableError):
            await log_of(store, tmp_path).start()
        store.down = False
        async with running(log_of(store, tmp_path)) as log:
            assert log.ready()

    asyncio.run(main())


def test_before_start_and_after_stop_nothing_is_accepted(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        log = log_of(store, tmp_path)
        with pytest.raises(LogUnavailableError, match="not running"):
            await log.refuse(refused(1))
        await log.stop()
        async with running(log):
            pass
        assert not log.ready()
        with pytest.raises(LogUnavailableError, match="not running"):
            await log.refuse(refused(1))

    asyncio.run(main())


def test_a_stop_writes_what_waits(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        log = log_of(store, tmp_path)
        await log.start()
        first = await gated(store, log.refuse(refused(1)))
        second = asyncio.ensure_future(log.refuse(refused(2)))
        await asyncio.sleep(0)
        stopping = asyncio.ensure_future(log.stop())
        await asyncio.sleep(0.01)
        store.gate.set()
        await asyncio.gather(first, second, stopping)

    asyncio.run(main())

    assert kinds(store) == ["writer.started", "exchange.refused", "exchange.refused"]


# ------------------------------------------------------------------ failures


def test_a_failed_commit_refuses_all_who_wait(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            tasks = [await gated(store, log.open(opened(0)))]
            tasks += [asyncio.ensure_future(log.open(opened(n))) for n in range(1, 5)]
            await asyncio.sleep(0)
            store.down = True
            store.gate.set()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(result) for result in results] == [LogUnavailableError] * 5
            assert not log.ready()

    asyncio.run(main())

    assert kinds(store) == ["writer.started"]


def test_the_log_recovers_by_itself_and_goes_on_in_its_epoch(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            store.down = True
            await until(lambda: not log.ready())
            store.down = False
            await until(log.ready)
            await log.refuse(refused(1))

    asyncio.run(main())

    found = entries(store)
    assert [entry.position.epoch for entry in found] == [1, 1]


def test_the_next_record_recovers_the_log_too(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        log = log_of(store, tmp_path, probe=PATIENCE)  # the record itself must do it
        async with running(log):
            store.down = True
            with pytest.raises(LogUnavailableError):
                await log.refuse(refused(1))
            store.down = False
            await log.refuse(refused(2))
            assert log.ready()

    asyncio.run(main())

    assert [entry.position.epoch for entry in entries(store)] == [1, 1]


def test_a_live_exchange_outlives_a_failure(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await log.open(opened(1))
            store.down = True
            await until(lambda: not log.ready())
            store.down = False
            await until(log.ready)
            await log.close(closed(1))

    asyncio.run(main())

    assert outcomes(entries(store)) == {exchange(1): (Outcome.COMPLETED, None)}


def test_a_close_that_failed_is_written_as_it_was(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await log.open(opened(1))
            store.down = True
            with pytest.raises(LogUnavailableError):
                await log.close(closed(1, finish="tool_calls"))
            store.down = False
            await until(log.ready)

    asyncio.run(main())

    assert entries(store)[-1].record == closed(1, finish="tool_calls")


def test_a_close_in_doubt_that_happened_is_not_written_twice(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await log.open(opened(1))
            store.in_doubt = True
            with pytest.raises(LogUnavailableError):
                await log.close(closed(1))
            store.in_doubt = store.down = False
            await until(log.ready)

    asyncio.run(main())

    assert kinds(store) == ["writer.started", "exchange.opened", "exchange.closed"]


def test_an_opening_in_doubt_that_happened_is_closed_as_not_sent(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            store.in_doubt = True
            with pytest.raises(LogUnavailableError):
                await log.open(opened(1))
            store.in_doubt = store.down = False
            await until(log.ready)

    asyncio.run(main())

    assert outcomes(entries(store)) == {exchange(1): (Outcome.INTERRUPTED, writer.NOT_SENT)}


def test_a_close_queued_while_the_log_is_down_is_written_once(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await log.open(opened(1))
            await log.open(opened(2))
            task = await gated(store, log.close(closed(1)))
            second = asyncio.ensure_future(log.close(closed(2)))
            await asyncio.sleep(0)
            store.breaks_after = 0
            store.gate.set()
            with pytest.raises(LogUnavailableError):
                await task
            store.breaks_after = sys.maxsize
            await asyncio.gather(second, return_exceptions=True)
            await until(log.ready)

    asyncio.run(main())

    assert set(outcomes(entries(store)).values()) == {(Outcome.COMPLETED, None)}


def test_a_fault_of_the_program_refuses_and_does_not_end_the_log(
    store: GatedStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            store.breaks_after = 0
            with pytest.raises(LogUnavailableError, match="RuntimeError"):
                await log.refuse(refused(1))
            store.breaks_after = sys.maxsize
            await until(log.ready)

    asyncio.run(main())

    assert "a bug" not in caplog.text  # the text of an unknown error may quote a row


def test_nothing_of_an_exchange_that_has_ended_stays_in_memory(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            for number in range(3):
                await log.open(opened(number))
            await log.close(closed(0))
            store.down = True
            with pytest.raises(LogUnavailableError):
                await log.close(closed(1))
            store.down = False
            await until(log.ready)
            await log.close(closed(2))
            kept = log._writer
            sizes = map(len, (kept._live, kept._unclosed, kept._owed, kept._doubtful))
            assert set(sizes) == {0}

    asyncio.run(main())


# ------------------------------------------------------------------ deadlines and cancellation


def test_an_opening_that_is_late_is_closed_as_not_sent(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path, deadline=0.05)) as log:
            task = await gated(store, log.open(opened(1)))
            with pytest.raises(LogUnavailableError, match=r"within 0\.05 s"):
                await task
            assert not log.ready()
            store.gate.set()
            await until(lambda: len(store.commits) == 3)

    asyncio.run(main())

    assert outcomes(entries(store)) == {exchange(1): (Outcome.INTERRUPTED, writer.NOT_SENT)}


def test_what_is_given_up_in_the_queue_is_not_written_unless_it_closes(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await log.open(opened(1))
            first = await gated(store, log.refuse(refused(2)))
            waiting = [
                asyncio.ensure_future(each)
                for each in (log.open(opened(3)), log.refuse(refused(4)), log.close(closed(1)))
            ]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            store.gate.set()
            await first

    asyncio.run(main())

    assert kinds(store)[1:] == ["exchange.opened", "exchange.refused", "exchange.closed"]


def test_an_opening_cancelled_as_it_became_durable_is_closed_as_not_sent(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            task = await gated(store, log.open(opened(1)))
            store.gate.set()
            while not store.left_open("gateway-0"):
                time.sleep(0.001)  # noqa: ASYNC251  the loop must not hear of the commit yet
            time.sleep(0.02)  # noqa: ASYNC251  as above
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())

    assert outcomes(entries(store)) == {exchange(1): (Outcome.INTERRUPTED, writer.NOT_SENT)}


def test_a_full_queue_refuses_and_lets_closes_in(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await log.open(opened(0))
            first = await gated(store, log.refuse(refused(0)))
            waiting = [asyncio.ensure_future(log.refuse(refused(n))) for n in range(writer.QUEUE)]
            await asyncio.sleep(0)
            with pytest.raises(LogUnavailableError, match="wait already"):
                await log.open(opened(1))
            closing = asyncio.ensure_future(log.close(closed(0)))
            await asyncio.sleep(0)
            store.gate.set()
            await asyncio.gather(first, closing, *waiting)

    asyncio.run(main())

    assert outcomes(entries(store)) == {exchange(0): (Outcome.COMPLETED, None)}


def test_a_loop_that_has_ended_does_not_stop_the_writer(store: GatedStore, tmp_path: Path) -> None:
    log = log_of(store, tmp_path)

    async def begin() -> None:
        await log.start()
        await gated(store, log.refuse(refused(1)))

    asyncio.run(begin())  # ends while a commit is in flight
    store.gate.set()
    asyncio.run(log.stop())

    assert kinds(store) == ["writer.started", "exchange.refused"]


# ------------------------------------------------------------------ misuse


def test_an_exchange_is_closed_once(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await log.open(opened(1))
            await log.close(closed(1))
            with pytest.raises(ValueError, match="not open here"):
                await log.close(closed(1))
            with pytest.raises(ValueError, match="not open here"):
                await log.close(closed(2))

    asyncio.run(main())

    assert len(entries(store)) == 3


def test_a_record_that_cannot_be_written_fails_alone(store: GatedStore, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            first = await gated(store, log.refuse(refused(1)))
            bad = asyncio.ensure_future(log.open(dataclasses.replace(opened(2), policy="?")))
            good = asyncio.ensure_future(log.refuse(refused(3)))
            await asyncio.sleep(0)
            store.gate.set()
            with pytest.raises(MalformedRecordError):
                await bad
            await asyncio.gather(first, good)
            with pytest.raises(MalformedRecordError):
                await log.open(dataclasses.replace(opened(2), policy="?"))
            assert log.ready()

    asyncio.run(main())

    assert kinds(store) == ["writer.started", "exchange.refused", "exchange.refused"]


def test_a_record_that_cannot_be_written_says_so_even_if_the_others_fail(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            first = await gated(store, log.refuse(refused(1)))
            bad = asyncio.ensure_future(log.open(dataclasses.replace(opened(2), policy="?")))
            good = asyncio.ensure_future(log.refuse(refused(3)))
            await asyncio.sleep(0)
            store.breaks_after = 2
            store.gate.set()
            await first
            results = await asyncio.gather(bad, good, return_exceptions=True)
            assert [type(each) for each in results] == [MalformedRecordError, LogUnavailableError]
            store.breaks_after = sys.maxsize

    asyncio.run(main())

    assert "exchange.opened" not in kinds(store)


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
def test_a_close_that_cannot_be_written_ends_the_exchange_all_the_same(
    store: GatedStore, tmp_path: Path, *, down: bool
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            await log.open(opened(1))
            store.down = down
            await until(lambda: log.ready() is not down)
            with pytest.raises(LogUnavailableError if down else MalformedRecordError):
                await log.close(closed(1, finish="?"))
            store.down = False
            await until(lambda: log.ready() and not store.left_open("gateway-0"))

    asyncio.run(main())

    assert outcomes(entries(store)) == {exchange(1): (Outcome.INTERRUPTED, "record_malformed")}


# ------------------------------------------------------------------ two processes, one name


@pytest.mark.parametrize("idle", [True, False])
def test_a_writer_whose_name_is_taken_elsewhere_stops_for_good(
    store: GatedStore, tmp_path: Path, *, idle: bool
) -> None:
    async def main() -> None:
        probe = 0.01 if idle else PATIENCE
        async with running(log_of(store, tmp_path, lock="one-machine", probe=probe)) as first:
            await first.open(opened(1))
            async with running(log_of(store, tmp_path, lock="another-machine")) as second:
                await second.open(opened(2))
                if idle:
                    await until(lambda: not first.ready())
                for _ in range(2):
                    with pytest.raises(LogUnavailableError):
                        await first.open(opened(3))
                await until(lambda: not first.ready())
                await second.close(closed(2))
                assert second.ready()

    asyncio.run(main())

    # The second took the name and closed what the first had open; the first touched nothing.
    assert outcomes(entries(store)) == {
        exchange(1): (Outcome.INTERRUPTED, writer.GATEWAY_DIED),
        exchange(2): (Outcome.COMPLETED, None),
    }


# ------------------------------------------------------------------ anything may happen


@dataclasses.dataclass
class Story:
    """What a random series of steps did, as its callers saw it."""

    live: list[int] = dataclasses.field(default_factory=list)
    closed: set[int] = dataclasses.field(default_factory=set)
    refused: set[int] = dataclasses.field(default_factory=set)
    """Opened in vain: 503 was answered and nothing sent."""
    died: set[int] = dataclasses.field(default_factory=set)
    number: int = 0


async def step(log: Log, store: GatedStore, story: Story, act: str) -> None:
    story.number += 1
    match act:
        case "open":
            try:
                await log.open(opened(story.number))
                story.live.append(story.number)
            except LogUnavailableError:
                story.refused.add(story.number)
        case "close" if story.live:
            number = story.live.pop(0)
            story.closed.add(number)  # whether or not the caller hears of it
            with contextlib.suppress(LogUnavailableError):
                await log.close(closed(number))
        case "down":
            store.down = True
        case "doubt":
            store.in_doubt = True
        case _:
            store.in_doubt = store.down = False


@given(
    st.lists(
        st.lists(st.sampled_from(["open", "close", "down", "doubt", "up"]), max_size=15),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=100, deadline=None)
def test_whatever_fails_nothing_is_lost_doubled_or_left_open(lives: list[list[str]]) -> None:
    store, story = GatedStore(), Story()

    async def live(acts: list[str], folder: Path) -> None:
        async with running(log_of(store, folder)) as log:
            for act in acts:
                await step(log, store, story, act)
            store.in_doubt = store.down = False
            await until(log.ready)
        story.died.update(story.live)
        story.live.clear()

    with tempfile.TemporaryDirectory() as folder:
        for acts in [*lives, []]:
            asyncio.run(live(acts, Path(folder)))

    ends = outcomes(entries(store))
    assert store.left_open("gateway-0") == {}
    assert {exchange(n): ends.get(exchange(n)) for n in story.closed} == {
        exchange(n): (Outcome.COMPLETED, None) for n in story.closed
    }
    assert {ends[exchange(n)] for n in story.died} <= {(Outcome.INTERRUPTED, writer.GATEWAY_DIED)}
    assert {ends[exchange(n)] for n in story.refused if exchange(n) in ends} <= {
        (Outcome.INTERRUPTED, writer.NOT_SENT),
        (Outcome.INTERRUPTED, writer.GATEWAY_DIED),
    }
