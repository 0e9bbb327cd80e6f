"""Kill -9 under load: what was acknowledged is in the log, and every exchange is closed."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from box import Box, exported_records
from upstream import MODEL, Behaviour, Upstream

VERIFIER = Path(__file__).parents[2] / "audit" / "verify.py"
CLIENTS = 8
PATIENCE = 60
"""Seconds until a test that waits for something gives up."""


async def load(box: Box, upstream: Upstream, kills: int, rng: random.Random) -> list[str]:
    """Ask all the time while the gateway is killed and started again; return what was answered."""
    acknowledged: list[str] = []
    over = asyncio.Event()
    headers = {"Authorization": f"Bearer {box.key}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def client(number: int) -> None:
            while not over.is_set():
                try:
                    acknowledged.append(await exchange(session, box, stream=number % 2 == 0))
                except (aiohttp.ClientError, ConnectionError):
                    await asyncio.sleep(0.05)

        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(client(number))
            for _ in range(kills):
                answered, sent = len(acknowledged), len(upstream.bodies)
                await until(lambda: len(acknowledged) > answered and len(upstream.bodies) > sent)  # noqa: B023  waited for in the same round
                await asyncio.sleep(rng.uniform(0, 0.6))
                await asyncio.to_thread(box.kill)
                await asyncio.to_thread(box.start)
            over.set()
    return acknowledged


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  a condition of this loop and of the model server
            await asyncio.sleep(0.01)


async def exchange(session: aiohttp.ClientSession, box: Box, *, stream: bool) -> str:
    """Make one exchange to its end; return its id."""
    body = {
        "model": MODEL,
        "messages": [{"role": "user", "content": "Mail a.kowalska@example.org today."}],
        "stream": stream,
    }
    async with session.post(f"{box.url}/chat/completions", json=body) as response:
        data = await response.read()
        if response.status != 200 or (stream and not data.endswith(b"data: [DONE]\n\n")):
            raise aiohttp.ClientPayloadError
        return response.headers["x-euguard-exchange"]


def check(box: Box, acknowledged: list[str], folder: Path) -> None:
    """Verify the log with the independent verifier, and compare it with what clients saw."""
    export = folder / "export.zip"
    box.euguard("audit", "export", str(export))
    verified = subprocess.run(
        [sys.executable, "-I", VERIFIER, export, "--key", box.log_key],
        capture_output=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout.decode()
    found = exported_records(export)
    opened = [r["exchange"] for r in found if r["kind"] == "exchange.opened"]
    closed = {r["exchange"]: r["outcome"] for r in found if r["kind"] == "exchange.closed"}
    assert len(opened) == len(set(opened))
    assert sorted(opened) == sorted(closed), "an exchange is open, or closed without being opened"
    lost = [name for name in acknowledged if closed.get(name) != "completed"]
    assert lost == []
    assert "interrupted" in closed.values(), (
        "no kill met a running exchange: the test proves little"
    )


def run(folder: Path, kills: int) -> None:
    """Load, kill, check."""
    behaviour = Behaviour(pause=0.01, answer="The office has received your letter. " * 3)
    with Upstream(behaviour) as upstream, Box(folder, upstream.url) as box:
        box.start()
        acknowledged = asyncio.run(load(box, upstream, kills, random.Random(7)))
        assert len(acknowledged) >= kills
        assert box.stop() == 0
        check(box, acknowledged, folder)


def test_ten_kills_lose_no_acknowledged_record(tmp_path: Path) -> None:
    run(tmp_path, kills=10)


@pytest.mark.long
def test_a_hundred_kills_lose_no_acknowledged_record(tmp_path: Path) -> None:
    run(tmp_path, kills=100)
