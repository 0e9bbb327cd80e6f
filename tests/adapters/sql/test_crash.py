"""Processes killed in the middle of everything: nothing acknowledged is lost or written twice."""

import asyncio
import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import appender
from chains import checked, opened_in, outcomes
from databases import Postgres, sqlite_url, upgraded
from euguard.adapters.sql.log_store import LogStore
from euguard.audit.record import Outcome
from euguard.terms import ExchangeId
from euguard.tlog import merkle

PROGRAM = Path(appender.__file__)
PATIENCE = 60.0
"""Seconds until a test that waits for something gives up."""


class Child:
    """One run of tests/appender.py."""

    def __init__(self, url: str, writer: str, folder: Path) -> None:
        self.acknowledged = folder / f"{writer}.acknowledged"
        command = [sys.executable, str(PROGRAM), url, writer, str(folder), "--publish"]
        self._before = self.lines()
        self._process = subprocess.Popen(command)

    def lines(self) -> int:
        with contextlib.suppress(FileNotFoundError):
            return self.acknowledged.read_bytes().count(b"\n")
        return 0

    def await_lines(self, count: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.lines() - self._before < count:
            assert self._process.poll() is None, "the appender ended by itself"
            assert time.monotonic() < deadline, "the appender does not get on"
            time.sleep(0.01)

    def kill(self) -> None:
        self._process.kill()
        assert self._process.wait() == -9

    def end(self) -> None:
        self._process.terminate()
        assert self._process.wait(PATIENCE) == 0


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh()


@contextlib.contextmanager
def ended(children: list[Child]) -> Iterator[None]:
    """Kill what is left of the children, whatever happens."""
    try:
        yield
    finally:
        for child in children:
            with contextlib.suppress(AssertionError):
                child.kill()


def acknowledged(folder: Path) -> tuple[list[ExchangeId], list[ExchangeId]]:
    """Return the exchanges whose opening, and whose closing, was acknowledged."""
    named: dict[str, list[ExchangeId]] = {"o": [], "c": []}
    for path in folder.glob("*.acknowledged"):
        for line in path.read_text().splitlines():
            if line != "started":
                kind, exchange = line.split()
                named[kind].append(ExchangeId(exchange))
    return named["o"], named["c"]


def judge(url: str, folder: Path, writers: list[str]) -> int:
    """Start each writer once more, integrate and sign; check all; return the size of the log."""
    with upgraded(url) as database:
        store = LogStore(database)
        for writer in writers:
            asyncio.run(restart(store, folder, writer))
            assert store.left_open(writer) == {}
        appender.publisher(store, folder, writers[0]).publish()
        size, root = store.tree().size, store.tree().root
        leaves = list(store.leaves(0, size))
        published = store.published()

    entries = checked(leaves)
    opened_acknowledged, closed_acknowledged = acknowledged(folder)
    ends = outcomes(entries)
    assert len(opened_acknowledged) == len(set(opened_acknowledged))
    assert set(opened_acknowledged) <= opened_in(entries)
    assert opened_in(entries) == set(ends)
    assert all(ends[exchange][0] is Outcome.COMPLETED for exchange in closed_acknowledged)
    assert merkle.root([merkle.leaf_hash(leaf) for leaf in leaves]) == root
    assert published is not None
    assert (published.size, published.root) == (size, root)
    return size


async def restart(store: LogStore, folder: Path, writer: str) -> None:
    log = appender.log_of(store, folder, writer)
    await log.start()
    await log.stop()


def kill_repeatedly(url: str, folder: Path, times: int) -> None:
    chance = random.Random(times)
    with upgraded(url):
        pass
    children: list[Child] = []
    with ended(children):
        for _ in range(times):
            child = Child(url, "gateway-0", folder)
            children.append(child)
            child.await_lines(1 + chance.randrange(200))
            time.sleep(chance.uniform(0, 0.1))
            child.kill()

    size = judge(url, folder, ["gateway-0"])

    opened_acknowledged, _ = acknowledged(folder)
    assert size >= 2 * len(opened_acknowledged) + times + 1


def test_ten_kills_lose_nothing(url: str, tmp_path: Path) -> None:
    kill_repeatedly(url, tmp_path, 10)


@pytest.mark.long
def test_two_hundred_kills_lose_nothing(url: str, tmp_path: Path) -> None:
    kill_repeatedly(url, tmp_path, 200)


def test_two_writers_with_two_integrators_make_one_log(url: str, tmp_path: Path) -> None:
    with upgraded(url) as database:
        store = LogStore(database)
        asyncio.run(restart(store, tmp_path, "gateway-0"))
        appender.publisher(store, tmp_path, "gateway-0").publish()
        appender.publisher(store, tmp_path, "gateway-1").adopt()
    children = [Child(url, writer, tmp_path) for writer in ("gateway-0", "gateway-1")]
    with ended(children):
        for child in children:
            child.await_lines(1000)
        children[0].kill()
        children[1].await_lines(2000)
        children[1].end()

    judge(url, tmp_path, ["gateway-0", "gateway-1"])


@pytest.mark.postgres
def test_a_server_killed_under_load_loses_nothing(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.fresh()
    with upgraded(url):
        pass
    child = Child(url, "gateway-0", tmp_path)
    with ended([child]):
        for count in range(1, 4):
            child.await_lines(count * 500)
            postgres.stop("immediate")
            postgres.start()
        child.await_lines(2000)
        child.kill()

    judge(url, tmp_path, ["gateway-0"])


@pytest.mark.postgres
def test_connections_cut_under_load_lose_nothing(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.fresh()
    with upgraded(url):
        pass
    child = Child(url, "gateway-0", tmp_path)
    with ended([child]):
        for count in range(1, 11):
            child.await_lines(count * 200)
            postgres.cut_connections()
        child.await_lines(3000)
        child.end()

    judge(url, tmp_path, ["gateway-0"])
