"""Real faults under a running log: it refuses, says why, and recovers without a restart."""

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import appender
from chains import checked, closed, exchange, opened, outcomes, refused
from databases import Postgres, sqlite_url, upgraded
from euguard.adapters.clock import SystemClock
from euguard.adapters.sql.database import Database
from euguard.adapters.sql.log_store import LogStore
from euguard.audit.log import Log
from euguard.audit.publish import Publisher, PublishLoop
from euguard.audit.record import Entry, Outcome
from euguard.errors import IntegrityError, LogForkedError, LogUnavailableError

PATIENCE = 30.0
"""Seconds until a test that waits for something gives up."""


@contextlib.asynccontextmanager
async def running(
    store: LogStore,
    folder: Path,
    *,
    deadline: float = PATIENCE,
    forked: Callable[[], LogForkedError | None] = lambda: None,
) -> AsyncIterator[Log]:
    log = Log(
        store,
        writer="gateway-0",
        software="0.1.0",
        policy="0" * 64,
        clock=SystemClock(),
        lock=folder / "gateway-0.lock",
        deadline=deadline,
        probe=0.05,
        forked=forked,
    )
    await log.start()
    try:
        yield log
    finally:
        await log.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  the condition is of another thread
            await asyncio.sleep(0.01)


async def fails_and_recovers(
    log: Log, breaks: Callable[[], object], mends: Callable[[], object]
) -> str:
    """Open two exchanges, break, close one in vain, mend, close the other; return what was said."""
    await log.open(opened(1))
    await log.open(opened(2))
    try:
        await asyncio.to_thread(breaks)
        said = await refused_at_last(log)
        with pytest.raises(LogUnavailableError):
            await log.close(closed(1))
        with pytest.raises(LogUnavailableError):
            await log.open(opened(3))
        assert not log.ready()
    finally:
        await asyncio.to_thread(mends)
    await until(log.ready)
    await log.close(closed(2))
    await log.open(opened(4))
    await log.close(closed(4))
    return said


async def refused_at_last(log: Log) -> str:
    """Append until it fails: what SQLite has allocated already still takes records."""
    for number in range(100_000):
        try:
            await log.refuse(refused(number))
        except LogUnavailableError as error:
            return error.message
    pytest.fail("the log goes on although it must not")


def entries(store: LogStore) -> list[Entry]:
    while store.integrate(1000):
        pass
    return checked(store.leaves(0, store.tree().size))


def all_completed(store: LogStore) -> None:
    completed = (Outcome.COMPLETED, None)
    assert outcomes(entries(store)) == {exchange(number): completed for number in (1, 2, 4)}
    assert store.left_open("gateway-0") == {}


# ------------------------------------------------------------------ SQLite


def privileged(*command: str | Path) -> None:
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    subprocess.run([*prefix, *map(str, command)], check=True, capture_output=True)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on an ext4 file system of 16 MiB."""
    image, folder = tmp_path / "image", tmp_path / "small"
    with image.open("wb") as file:
        file.truncate(16 * 1024 * 1024)
    folder.mkdir()
    privileged("mkfs.ext4", "-q", "-m", "0", image)
    privileged("mount", "-o", "loop", image, folder)
    try:
        privileged("chmod", "777", folder)
        yield folder
    finally:
        privileged("umount", folder)


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file:
        for size in (65536, 4096, 512):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))


@pytest.mark.root
def test_a_full_disk_refuses_and_recovers_once_there_is_room(small: Path, tmp_path: Path) -> None:
    async def main(store: LogStore) -> str:
        async with running(store, tmp_path) as log:
            return await fails_and_recovers(log, lambda: fill(small), (small / "filler").unlink)

    with upgraded(sqlite_url(small)) as database:
        store = LogStore(database)
        said = asyncio.run(main(store))
        all_completed(store)

    assert "SQLITE_FULL" in said


@pytest.mark.root
def test_files_made_read_only_refuse_and_recover_once_they_are_not(
    small: Path, tmp_path: Path
) -> None:
    # Not even root writes to an immutable file, nor does who has opened it before. (The index
    # beside them, -shm, is memory shared through a file: to forbid that is a bus error.)
    files = [small / f"euguard.db{end}" for end in ("", "-wal")]

    async def main(store: LogStore) -> str:
        async with running(store, tmp_path) as log:
            return await fails_and_recovers(
                log,
                lambda: privileged("chattr", "+i", *files),
                lambda: privileged("chattr", "-i", *files),
            )

    with upgraded(sqlite_url(small)) as database:
        store = LogStore(database)
        said = asyncio.run(main(store))
        all_completed(store)

    assert "SQLITE_" in said


def test_a_restored_file_is_not_signed(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    with upgraded(url) as database:
        asyncio.run(one_exchange(LogStore(database), tmp_path, 1))
        publisher_of(database, tmp_path).publish()
    shutil.copy(tmp_path / "euguard.db", tmp_path / "backup")
    with upgraded(url) as database:
        asyncio.run(one_exchange(LogStore(database), tmp_path, 2))
        assert publisher_of(database, tmp_path).publish() is not None
    (tmp_path / "backup").replace(tmp_path / "euguard.db")

    with upgraded(url) as database:
        with pytest.raises(LogForkedError, match="was signed before"):
            publisher_of(database, tmp_path).publish()
        for number in range(3, 6):  # and it does not heal by growing beyond
            asyncio.run(one_exchange(LogStore(database), tmp_path, number))
        with pytest.raises(LogForkedError, match="do not lead to the root"):
            publisher_of(database, tmp_path).publish()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET leaf = CAST(leaf || x'20' AS BLOB) WHERE leaf_index = 1",
        "UPDATE entry SET leaf = CAST(leaf AS TEXT) WHERE leaf_index = 1",
        "UPDATE entry SET leaf_index = 7 WHERE leaf_index = 1",
        "UPDATE tree SET root = zeroblob(32)",
        "UPDATE tree SET size = size + 1",
        "DELETE FROM entry WHERE leaf_index = 1",
    ],
)
def test_a_database_altered_before_it_is_signed_is_not_signed(
    tmp_path: Path, statement: str
) -> None:
    with upgraded(sqlite_url(tmp_path)) as database:
        store = LogStore(database)
        asyncio.run(one_exchange(store, tmp_path, 1))
        store.integrate(10)
        with database.write() as connection:
            connection.execute(text(statement))

        with pytest.raises(LogForkedError):
            publisher_of(database, tmp_path).publish()

        assert store.checkpoint() is None


def test_a_row_that_is_not_bytes_is_named_and_keeps_its_place(tmp_path: Path) -> None:
    with upgraded(sqlite_url(tmp_path)) as database:
        store = LogStore(database)
        with database.write() as connection:
            connection.execute(text("INSERT INTO inbox (leaf) VALUES ('text')"))

        with pytest.raises(IntegrityError, match=r"row 1 of the table inbox .* str, not bytes"):
            publisher_of(database, tmp_path).publish()

        assert store.waiting() == 1


def test_a_note_that_is_not_bytes_is_a_fork(tmp_path: Path) -> None:
    with upgraded(sqlite_url(tmp_path)) as database:
        asyncio.run(one_exchange(LogStore(database), tmp_path, 1))
        publisher_of(database, tmp_path).publish()
        with database.write() as connection:
            connection.execute(text("UPDATE checkpoint SET note = CAST(note AS TEXT)"))

        with pytest.raises(LogForkedError, match="the checkpoint is str, not bytes"):
            publisher_of(database, tmp_path).publish()


def test_after_a_restore_nothing_is_opened_and_what_is_open_is_closed(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)

    async def main(database: Database) -> None:
        loop = PublishLoop(publisher_of(database, tmp_path), every=0.02)
        store = LogStore(database)
        async with running(store, tmp_path, forked=lambda: loop.forked) as log:
            await log.open(opened(3))
            await asyncio.to_thread(loop.start)
            with pytest.raises(LogUnavailableError, match="it has forked") as caught:
                await log.open(opened(4))
            with pytest.raises(LogUnavailableError):
                await log.refuse(refused(5))
            await log.close(closed(3))
            assert not log.ready()
            await asyncio.to_thread(loop.stop)
        assert "find out what became of the database" in caught.value.fix
        assert store.left_open("gateway-0") == {}

    with upgraded(url) as database:
        asyncio.run(one_exchange(LogStore(database), tmp_path, 1))
        publisher_of(database, tmp_path).publish()
    shutil.copy(tmp_path / "euguard.db", tmp_path / "backup")
    with upgraded(url) as database:
        asyncio.run(one_exchange(LogStore(database), tmp_path, 2))
        publisher_of(database, tmp_path).publish()
    (tmp_path / "backup").replace(tmp_path / "euguard.db")
    with upgraded(url) as database:
        asyncio.run(main(database))


async def one_exchange(store: LogStore, folder: Path, number: int) -> None:
    async with running(store, folder) as log:
        await log.open(opened(number))
        await log.close(closed(number))


def publisher_of(database: Database, folder: Path) -> Publisher:
    return appender.publisher(LogStore(database), folder, "gateway-0")


# ------------------------------------------------------------------ PostgreSQL


@pytest.mark.postgres
def test_a_stopped_server_refuses_and_recovers_once_it_runs(
    postgres: Postgres, tmp_path: Path
) -> None:
    async def main(store: LogStore) -> str:
        async with running(store, tmp_path) as log:
            return await fails_and_recovers(log, postgres.stop, postgres.start)

    with upgraded(postgres.fresh()) as database:
        store = LogStore(database)
        asyncio.run(main(store))
        all_completed(store)


@pytest.mark.postgres
def test_a_stopped_server_is_noticed_without_a_request(postgres: Postgres, tmp_path: Path) -> None:
    async def main(store: LogStore) -> None:
        async with running(store, tmp_path) as log:
            await asyncio.to_thread(postgres.stop)
            try:
                await until(lambda: not log.ready())
            finally:
                await asyncio.to_thread(postgres.start)
            await until(log.ready)

    with upgraded(postgres.fresh()) as database:
        asyncio.run(main(LogStore(database)))


@pytest.mark.postgres
def test_a_server_that_hangs_refuses_in_time(postgres: Postgres, tmp_path: Path) -> None:
    async def main(store: LogStore) -> str:
        async with running(store, tmp_path, deadline=0.5) as log:
            return await fails_and_recovers(log, postgres.freeze, postgres.thaw)

    with upgraded(postgres.fresh()) as database:
        store = LogStore(database)
        said = asyncio.run(main(store))
        all_completed(store)

    assert "within 0.5 s" in said


@pytest.mark.postgres
def test_a_restored_database_is_not_signed(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.fresh()
    with upgraded(url) as database:
        asyncio.run(one_exchange(LogStore(database), tmp_path, 1))
        publisher_of(database, tmp_path).publish()
    backup = postgres.copy(url)
    with upgraded(url) as database:
        asyncio.run(one_exchange(LogStore(database), tmp_path, 2))
        publisher_of(database, tmp_path).publish()

    with (
        upgraded(backup) as database,
        pytest.raises(LogForkedError, match="was signed before"),
    ):
        publisher_of(database, tmp_path).publish()
