import asyncio
import contextlib
import dataclasses
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chains import (
    closed,
    exchange,
    opened,
    outcomes,
    refused,
)
from euguard.audit import writer
from euguard.audit.log import Log
from euguard.audit.record import Outcome
from euguard.errors import LogUnavailableError, MalformedRecordError
from gated import PATIENCE, GatedStore, entries, gated, kinds, log_of, running, until


@pytest.fixture
def store() -> GatedStore:
    return GatedStore()


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


def test_an_opening_that_is_given_up_is_closed_as_not_sent(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path)) as log:
            task = await gated(store, log.open(opened(1)))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            store.gate.set()
            await until(lambda: len(store.commits) == 3)

    asyncio.run(main())

    assert outcomes(entries(store)) == {exchange(1): (Outcome.INTERRUPTED, writer.NOT_SENT)}


def test_a_record_that_is_late_is_refused_and_the_log_is_not_ready(
    store: GatedStore, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(log_of(store, tmp_path, deadline=0.05)) as log:
            store.gate.clear()
            while log.ready():  # until one of them was taken out of the queue before it was late
                with pytest.raises(LogUnavailableError, match=r"within 0\.05 s"):
                    await log.refuse(refused(1))
            store.gate.set()
            await until(log.ready)

    asyncio.run(main())


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
