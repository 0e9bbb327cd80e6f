"""The model port: what holds for the fake holds for vLLM's wire."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Any

import anyio
import pytest

from euguard.adapters.vllm import Address, Vllm
from euguard.errors import ModelUnavailableError
from euguard.exchange.ports import Model
from euguard.exchange.stages import Recorded
from euguard.terms import ModelId
from exchange.neighbourhood import MODEL, Neighbourhood, received
from fakes import FakeModel
from upstream import Upstream

Opening = Callable[[], AbstractAsyncContextManager[Model]]


@asynccontextmanager
async def fake() -> AsyncGenerator[Model]:
    yield FakeModel()


@asynccontextmanager
async def vllm() -> AsyncGenerator[Model]:
    with Upstream() as upstream:
        async with Vllm(Address(upstream.url)) as model:
            yield model


@pytest.fixture(params=[fake, vllm], ids=["fake", "vllm"])
def opening(request: pytest.FixtureRequest) -> Opening:
    chosen: Opening = request.param
    return chosen


async def recorded(*, stream: bool) -> Recorded:
    """Return a recorded request; only the steps can make one."""
    async with Neighbourhood().open() as steps:
        decided = steps.decide(received(body={"stream": stream}))
        return await steps.record(await steps.pseudonymise(decided))


def reply(opening: Opening, *, stream: bool) -> tuple[list[Mapping[str, Any]], Recorded]:
    async def go() -> tuple[list[Mapping[str, Any]], Recorded]:
        request = await recorded(stream=stream)
        async with opening() as model, aclosing(model.reply(request)) as pieces:
            return [piece async for piece in pieces], request

    return anyio.run(go)


def test_a_plain_reply_is_one_completion_with_its_token_count(opening: Opening) -> None:
    pieces, request = reply(opening, stream=False)

    [completion] = pieces
    [choice] = completion["choices"]
    assert choice["message"]["content"] == request.body["messages"][-1]["content"]
    assert choice["finish_reason"] == "stop"
    assert completion["usage"]["prompt_tokens"] == 7


def test_a_streamed_reply_is_chunks_that_join_to_the_text(opening: Opening) -> None:
    pieces, request = reply(opening, stream=True)

    deltas = [choice for piece in pieces for choice in piece["choices"]]
    text = "".join(choice["delta"].get("content") or "" for choice in deltas)
    assert text == request.body["messages"][-1]["content"]
    assert deltas[-1]["finish_reason"] == "stop"
    assert pieces[-1]["usage"]["completion_tokens"] == 3


def test_what_is_served_is_named(opening: Opening) -> None:
    async def go() -> frozenset[ModelId]:
        async with opening() as model:
            return await model.served()

    assert anyio.run(go) == {MODEL}


@asynccontextmanager
async def no_fake() -> AsyncGenerator[Model]:
    model = FakeModel()
    model.models = None
    yield model


@asynccontextmanager
async def no_vllm() -> AsyncGenerator[Model]:
    async with Vllm(Address("http://127.0.0.1:9")) as model:
        yield model


@pytest.mark.parametrize("absent", [no_fake, no_vllm])
def test_a_server_that_does_not_answer_is_unavailable(absent: Opening) -> None:
    async def go() -> frozenset[ModelId]:
        async with absent() as model:
            return await model.served()

    with pytest.raises(ModelUnavailableError):
        anyio.run(go)


def test_a_reply_can_be_left_in_the_middle(opening: Opening) -> None:
    async def go() -> None:
        request = await recorded(stream=True)
        async with opening() as model, aclosing(model.reply(request)) as pieces:
            await anext(pieces)

    anyio.run(go)
