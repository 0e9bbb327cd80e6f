"""A detector's socket: what it answers, and what ends a connection."""

import asyncio
import stat
import struct
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from euguard.adapters.presidio.frame import encode_request, frame, parse_reply, read_frame
from euguard.adapters.presidio.process import reachable
from euguard.adapters.presidio.server import listen
from euguard.pii.detect import Detection
from euguard.pii.span import PersonalDataKind, Span

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


def analyse(texts: Sequence[str]) -> list[Detection]:
    """Find the first character of every text."""
    found = Span(PersonalDataKind.PERSON, 0, 1, 1.0, "fake")
    return [Detection((found,), None, 0.0) for _ in texts]


def served(folder: Path, scenario: Callable[[Connect], Awaitable[None]]) -> None:
    async def main() -> None:
        ready = asyncio.Event()
        path = folder / "detector.sock"

        async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            with reachable(path) as address:
                return await asyncio.open_unix_connection(address)

        async with asyncio.TaskGroup() as tasks:
            server = tasks.create_task(listen(path, analyse, ready.set))
            await ready.wait()
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            await scenario(connect)
            server.cancel()

    with suppress(asyncio.CancelledError):
        asyncio.run(main())


async def ask(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], text: str
) -> Detection:
    reader, writer = connection
    writer.write(frame(encode_request([text])))
    body = await read_frame(reader)
    assert body is not None
    return parse_reply(body, [text])[0]


def test_requests_on_one_connection_are_answered_in_order(tmp_path: Path) -> None:
    async def scenario(connect: Connect) -> None:
        connection = await connect()
        for text in ("Anna", "Jan"):
            assert (await ask(connection, text)).spans[0].kind is PersonalDataKind.PERSON
        connection[1].close()

    served(tmp_path, scenario)


def test_connections_are_served_side_by_side(tmp_path: Path) -> None:
    async def scenario(connect: Connect) -> None:
        connections = [await connect() for _ in range(8)]
        answers = await asyncio.gather(*(ask(connection, "Anna") for connection in connections))
        assert len(answers) == 8
        for _, writer in connections:
            writer.close()

    served(tmp_path, scenario)


def test_no_texts_ask_whether_anybody_is_there(tmp_path: Path) -> None:
    async def scenario(connect: Connect) -> None:
        reader, writer = await connect()
        writer.write(frame(encode_request([])))
        assert parse_reply(await read_frame(reader) or b"", []) == []
        writer.close()

    served(tmp_path, scenario)


@pytest.mark.parametrize(
    "nonsense",
    [
        struct.pack(">BL", 1, 50 * 2**20) + bytes(4096),
        b"\x02\x00\x00\x00\x00",
        frame(b"not JSON"),
        frame(b'{"texts":"Anna"}'),
        b"\x01\x00",
    ],
    ids=["50 MiB", "version 2", "no JSON", "no request", "broken off"],
)
def test_nonsense_ends_its_own_connection_and_no_other(tmp_path: Path, nonsense: bytes) -> None:
    async def scenario(connect: Connect) -> None:
        good = await connect()
        reader, writer = await connect()
        writer.write(nonsense)
        writer.write_eof()
        with suppress(ConnectionError):
            assert await reader.read() == b""
        assert (await ask(good, "Anna")).spans
        for _, open_writer in (good, (reader, writer)):
            open_writer.close()

    served(tmp_path, scenario)


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()

    async def scenario(connect: Connect) -> None:
        connection = await connect()
        assert (await ask(connection, "Anna")).spans
        connection[1].close()

    served(folder, scenario)
