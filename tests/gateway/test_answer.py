"""Answering while watching for the client to go."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from euguard.errors import EuguardError, LogUnavailableError
from euguard.exchange.stages import Json
from euguard.gateway.answer import ClientGoneError, EventStream, unless_gone
from euguard.gateway.running import Running

Message = dict[str, Any]


async def stays() -> Message:
    """Receive nothing: the client waits."""
    await anyio.sleep_forever()
    raise AssertionError


async def leaves() -> Message:
    """Receive a hang-up after the last bytes of the request."""
    return {"type": "http.disconnect"}


def test_work_that_ends_first_is_handed_over() -> None:
    async def work() -> str:
        await anyio.lowlevel.checkpoint()
        return "done"

    async def both() -> str:
        return await unless_gone(stays, work, Running())

    assert anyio.run(both) == "done"


def test_work_is_cancelled_when_the_client_hangs_up() -> None:
    cancelled = []

    async def work() -> None:
        try:
            await anyio.sleep_forever()
        except BaseException:
            cancelled.append(True)
            raise

    async def both() -> None:
        await unless_gone(leaves, work, Running())

    with pytest.raises(ClientGoneError):
        anyio.run(both)
    assert cancelled == [True]


def test_an_error_of_the_work_is_not_wrapped() -> None:
    async def work() -> None:
        msg = "disk full"
        raise LogUnavailableError(msg)

    async def both() -> None:
        await unless_gone(stays, work, Running())

    with pytest.raises(LogUnavailableError, match="disk full"):
        anyio.run(both)


def test_a_bug_of_the_work_is_not_wrapped_so_that_the_log_names_its_place() -> None:
    async def work() -> None:
        raise RecursionError

    async def both() -> None:
        await unless_gone(stays, work, Running())

    with pytest.raises(RecursionError):
        anyio.run(both)


class Client:
    """Receives what the server sends."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.ended: list[str] = []

    async def send(self, message: Any) -> None:
        self.messages.append(message)

    @asynccontextmanager
    async def exchange(self) -> AsyncGenerator[None]:
        """Note how the exchange ended."""
        try:
            yield
        except (EuguardError, ClientGoneError) as error:
            self.ended.append(error.code)
            raise
        else:
            self.ended.append("ok")

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


def answer(pieces: AsyncGenerator[Json], receive: Any = stays) -> Client:
    client = Client()

    async def both() -> None:
        await EventStream(pieces, {"x-request-id": "7"}, client.exchange(), Running())(
            {}, receive, client.send
        )

    anyio.run(both)
    return client


async def two() -> AsyncGenerator[Json]:
    yield {"n": 1}
    yield {"n": 2}


async def broken() -> AsyncGenerator[Json]:
    yield {"n": 1}
    msg = "no room"
    raise LogUnavailableError(msg)


def test_a_stream_ends_in_done() -> None:
    client = answer(two())

    assert client.body == b'data: {"n":1}\n\ndata: {"n":2}\n\ndata: [DONE]\n\n'
    assert client.messages[-1]["more_body"] is False
    assert client.ended == ["ok"]


def test_a_broken_stream_ends_in_an_error_and_not_in_done() -> None:
    client = answer(broken())

    assert b"log_unavailable" in client.body
    assert b"[DONE]" not in client.body
    assert client.ended == ["log_unavailable"]


def test_a_client_that_hangs_up_closes_the_pieces() -> None:
    closed = []

    async def slow() -> AsyncGenerator[Json]:
        try:
            await anyio.sleep_forever()
            yield {}
        finally:
            closed.append(True)

    client = answer(slow(), leaves)

    assert closed == [True]
    assert b"[DONE]" not in client.body
    assert client.ended == ["client_gone"]
