"""What one exchange costs: direct to a fake model server, and through the whole gateway.

    make bench-exchange ARGS="--requests 40"

Prints wall time (p50), time to the first piece (p50, streamed) and CPU of gateway and detector
for each exchange. The fake server runs in a process of its own and is not counted. Every text is
new, so nothing comes from the detector's cache; the last table is one conversation, whose
client sends all earlier turns again each time.
"""

import argparse
import asyncio
import itertools
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import orjson
import psutil

from box import Box
from upstream import MODEL, Behaviour, Upstream

SIZES = (300, 1500, 8000)
CONCURRENCY = (1, 8)
TURNS = 20
"""Of the conversation; each user message has 300 characters."""
ANSWER = "The office has received your letter and will answer within two weeks. " * 4

_numbers = itertools.count(1)
# Telephone numbers from +49 30 23125 000 to 999, which the Bundesnetzagentur keeps for fiction.
_SENTENCES = (
    "Katharina Vogelsang wrote to our office on Monday about her application.",
    "She can be reached at k.vogelsang{n}@example.org or on +49 30 23125{line:03d}.",
    "The refund goes to DE89 3704 0044 0532 0130 00, as agreed with Mr Whitfield.",
    "The committee met in Lyon and decided that the deadline will be extended.",
    "Please draft a friendly answer that names the documents that are still missing.",
    "Nothing else has changed since our letter with reference number {n}.",
)


@dataclass
class Figures:
    """What one cell of the table shows."""

    wall: float
    first: float | None
    cpu: float


def text(size: int) -> str:
    """Return office prose of `size` characters that was never seen before."""
    parts: list[str] = []
    while sum(map(len, parts)) + len(parts) < size:
        n = next(_numbers)
        parts.append(_SENTENCES[n % len(_SENTENCES)].format(n=n, line=n % 1000))
    return " ".join(parts)[:size]


def user(content: str) -> dict[str, str]:
    """Return a user's message."""
    return {"role": "user", "content": content}


async def ask(
    session: aiohttp.ClientSession, url: str, messages: list[dict[str, str]], *, stream: bool
) -> tuple[float, float]:
    """Send one request; return seconds to the first byte of the answer and to its end."""
    body = {"model": MODEL, "messages": messages, "stream": stream}
    began = time.perf_counter()
    async with session.post(f"{url}/chat/completions", data=orjson.dumps(body)) as response:
        assert response.status == 200, await response.text()
        first = 0.0
        async for _ in response.content.iter_any():
            first = first or time.perf_counter() - began
    return first, time.perf_counter() - began


@dataclass(frozen=True)
class Load:
    """What is sent in one cell of the table."""

    size: int
    together: int
    stream: bool
    requests: int


async def measure(url: str, key: str, load: Load) -> tuple[list[float], list[float]]:
    """Send a load; return seconds to the first byte and to the end, of each request."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    gate = asyncio.Semaphore(load.together)
    async with aiohttp.ClientSession(headers=headers) as session:

        async def one() -> tuple[float, float]:
            async with gate:
                return await ask(session, url, [user(text(load.size))], stream=load.stream)

        both = await asyncio.gather(*(one() for _ in range(load.requests)))
    return [first for first, _ in both], [whole for _, whole in both]


def serve(pipe: "Connection[int, None]", answer: str) -> None:
    """Run the fake model server until the pipe closes."""
    with Upstream(Behaviour(answer=answer)) as upstream:
        pipe.send(upstream.port)
        try:
            pipe.recv()
        except EOFError:
            return


@contextmanager
def fake_server() -> Iterator[str]:
    """Start the fake model server in its own process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, ANSWER), daemon=True)
    process.start()
    theirs.close()
    yield f"http://127.0.0.1:{ours.recv()}"
    ours.close()
    process.join(5)


def cpu(box: Box) -> float:
    """Return CPU seconds of the gateway and its children so far."""
    assert box.process is not None
    gateway = psutil.Process(box.process.pid)
    times = [each.cpu_times() for each in (gateway, *gateway.children(recursive=True))]
    return sum(t.user + t.system for t in times)


def cell(box: Box | None, url: str, load: Load) -> Figures:
    """Measure one cell of the table."""
    key = box.key if box else "none"
    before = cpu(box) if box else 0.0
    first, whole = asyncio.run(measure(url, key, load))
    spent = (cpu(box) - before) / load.requests if box else 0.0
    return Figures(
        statistics.median(whole), statistics.median(first) if load.stream else None, spent
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40)
    requests = parser.parse_args().requests
    with (
        tempfile.TemporaryDirectory() as folder,
        fake_server() as upstream,
        Box(Path(folder), upstream) as box,
    ):
        began = time.perf_counter()
        box.start()
        print(f"euguard serve ready after {time.perf_counter() - began:.1f} s")
        asyncio.run(measure(box.url, box.key, Load(300, 4, stream=True, requests=20)))  # warm
        print(f"{'':28}{'direct':>20}{'through the gateway':>34}{'added':>10}")
        heads = ("wall ms", "first", "wall ms", "first", "cpu ms", "ms")
        widths = (10, 10, 12, 10, 12, 10)
        print(
            f"{'size  together  how':28}"
            + "".join(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True))
        )
        for stream, size, together in itertools.product((False, True), SIZES, CONCURRENCY):
            load = Load(size, together, stream, requests)
            direct = cell(None, f"{upstream}/v1", load)
            print(_row(load, direct, cell(box, box.url, load)))
        converse(box)
        assert box.process is not None
        for process in (
            psutil.Process(box.process.pid),
            *psutil.Process(box.process.pid).children(),
        ):
            name = "gateway" if process.pid == box.process.pid else "detector"
            print(f"memory of the {name}: {process.memory_info().rss / 2**20:.0f} MiB")


def converse(box: Box) -> None:
    """Print what each fifth turn of one conversation costs."""
    messages: list[dict[str, str]] = []
    headers = {"Authorization": f"Bearer {box.key}", "Content-Type": "application/json"}

    async def turn() -> float:
        async with aiohttp.ClientSession(headers=headers) as session:
            return (await ask(session, box.url, messages, stream=False))[1]

    print("one conversation:  turn  characters   wall ms    cpu ms")
    for number in range(1, TURNS + 1):
        messages.append(user(text(300)))
        before = cpu(box)
        wall = asyncio.run(turn())
        spent = cpu(box) - before
        if number == 1 or number % 5 == 0:
            size = sum(len(message["content"]) for message in messages)
            print(f"{number:>23}{size:>12}{wall * 1000:>10.1f}{spent * 1000:>10.1f}")
        messages.append({"role": "assistant", "content": ANSWER})


def _row(load: Load, direct: Figures, through: Figures) -> str:
    def ms(value: float | None, width: int) -> str:
        return f"{value * 1000:>{width}.1f}" if value is not None else " " * width

    shown, base = (through.first, direct.first) if load.stream else (through.wall, direct.wall)
    assert shown is not None
    assert base is not None
    name = f"{load.size:>5} {load.together:>5}     {'streamed' if load.stream else 'plain'}"
    return (
        f"{name:28}{ms(direct.wall, 10)}{ms(direct.first, 10)}{ms(through.wall, 12)}"
        f"{ms(through.first, 10)}{ms(through.cpu, 12)}{ms(shown - base, 10)}"
    )


if __name__ == "__main__":
    main()
