import asyncio
from pathlib import Path

import pytest

from chains import (
    POLICY,
    SteadyClock,
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
from euguard.errors import ConfigurationError, LogForkedError, LogUnavailableError
from euguard.tlog import merkle
from gated import GatedStore, entries, gated, kinds, log_of, running


@pytest.fixture
def store() -> GatedStore:
    return GatedStore()


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


# ------------------------------------------------------------------ a fork


def test_a_log_that_has_forked_takes_only_the_ends_of_what_is_open(
    store: GatedStore, tmp_path: Path
) -> None:
    found: list[LogForkedError] = []

    async def main() -> None:
        log = Log(
            store,
            writer="gateway-0",
            software="0.1.0",
            policy=POLICY,
            clock=SteadyClock(),
            lock=tmp_path / "gateway-0.lock",
            forked=lambda: found[0] if found else None,
        )
        async with running(log):
            await log.open(opened(1))
            assert log.ready()
            found.append(LogForkedError("forked", fix="look at the database"))

            new = ExportCreated(size=1, records=1, selection="all")
            for attempt in (log.open(opened(2)), log.refuse(refused(3)), log.note(new)):
                with pytest.raises(LogUnavailableError, match="it has forked") as caught:
                    await attempt
                assert caught.value.fix == "look at the database"

            await log.close(closed(1))
            assert not log.ready()

    asyncio.run(main())

    assert kinds(store) == ["writer.started", "exchange.opened", "exchange.closed"]


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
