"""The model server's faults, and its bytes cut anywhere."""

import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import anyio
import orjson
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from contracts.test_model import recorded
from euguard.adapters import vllm
from euguard.adapters.vllm import Address, Vllm
from euguard.errors import EuguardError, ModelRejectedError, ModelUnavailableError
from euguard.terms import ModelId
from upstream import Behaviour, Upstream

EVENTS = [orjson.dumps({"text": text}) for text in ("héllo", "a\u2028b", "\U0001f600", "")]
WIRE = b": comment\n\n" + b"".join(b"data: " + event + b"\n\n" for event in EVENTS)


def events(parts: list[bytes]) -> list[bytes]:
    async def cut() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    async def collect() -> list[bytes]:
        return [event async for event in vllm._events(cut())]

    return anyio.run(collect)


@pytest.mark.parametrize("position", range(len(WIRE) + 1))
def test_cutting_the_wire_anywhere_makes_no_difference(position: int) -> None:
    assert events([WIRE[:position], WIRE[position:]]) == EVENTS


@given(st.lists(st.integers(min_value=0, max_value=len(WIRE)), max_size=8))
def test_cutting_it_often_makes_none_either(positions: list[int]) -> None:
    cuts = [0, *sorted(positions), len(WIRE)]

    parts = [WIRE[a:b] for a, b in itertools.pairwise(cuts)]

    assert events(parts) == EVENTS


def test_carriage_returns_before_line_feeds_are_no_part_of_an_event() -> None:
    assert events([b'data: {"a":1}\r\n\r\n']) == [b'{"a":1}']


def test_an_event_without_end_is_bounded() -> None:
    with pytest.raises(ModelUnavailableError, match="larger than"):
        events([b"data: " + b"x" * vllm.MAX_REPLY, b"x"])


def ask(address: Address, *, stream: bool = False, silence: float = 300.0) -> list[Any]:
    async def go() -> list[Any]:
        request = await recorded(stream=stream)
        async with (
            Vllm(address, silence_seconds=silence) as model,
            aclosing(model.reply(request)) as pieces,
        ):
            return [piece async for piece in pieces]

    return anyio.run(go)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "behaviour, kind",
    [
        (Behaviour(status=400), ModelRejectedError),
        (Behaviour(status=413), ModelRejectedError),
        (Behaviour(status=422), ModelRejectedError),
        (Behaviour(status=401), ModelUnavailableError),
        (Behaviour(status=404), ModelUnavailableError),
        (Behaviour(status=429), ModelUnavailableError),
        (Behaviour(status=500), ModelUnavailableError),
        (Behaviour(raw=b"nonsense"), ModelUnavailableError),
        (Behaviour(raw=b"data: nonsense\n\n"), ModelUnavailableError),
        (Behaviour(raw=b"data: []\n\n"), ModelUnavailableError),
        (Behaviour(raw=b""), ModelUnavailableError),
    ],
)
def test_a_fault_is_named_and_not_quoted(
    behaviour: Behaviour,
    kind: type[EuguardError],
    stream: bool,  # noqa: FBT001 - a row of the table
) -> None:
    with Upstream(behaviour) as upstream, pytest.raises(kind) as caught:
        ask(Address(upstream.url), stream=stream)

    assert "nonsense" not in str(caught.value)
    assert "PERSON" not in str(caught.value)


@pytest.mark.parametrize("behaviour", [Behaviour(stop_after=2), Behaviour(error_after=2)])
def test_a_stream_that_breaks_off_is_unavailable(behaviour: Behaviour) -> None:
    with Upstream(behaviour) as upstream, pytest.raises(ModelUnavailableError):
        ask(Address(upstream.url), stream=True)


def test_a_server_that_is_silent_for_too_long_is_unavailable() -> None:
    with (
        Upstream(Behaviour(pause=2.0)) as upstream,
        pytest.raises(ModelUnavailableError, match="silent"),
    ):
        ask(Address(upstream.url), silence=0.2)


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(ModelUnavailableError):
        ask(Address("http://127.0.0.1:9"))


def test_a_closed_connection_is_unavailable() -> None:
    model = Vllm(Address("http://127.0.0.1:9"))

    async def go() -> None:
        request = await recorded(stream=False)
        with pytest.raises(ModelUnavailableError, match="closed"):
            await anext(model.reply(request))
        with pytest.raises(ModelUnavailableError, match="closed"):
            await model.served()

    anyio.run(go)


def served(folder: Path, answer: Any, status: int = 200) -> frozenset[str]:
    """Ask a server on a Unix socket, which wants a key, what it serves."""
    asked: list[str] = []

    async def models(request: web.Request) -> web.Response:
        asked.append(request.headers["Authorization"])
        return web.json_response(answer, status=status)

    async def go() -> frozenset[ModelId]:
        app = web.Application()
        app.router.add_get("/v1/models", models)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.UnixSite(runner, str(folder / "s")).start()
        address = Address("http://engine", unix_socket=str(folder / "s"), api_key="secret")
        try:
            async with Vllm(address) as model:
                return await model.served()
        finally:
            await runner.cleanup()
            assert asked == ["Bearer secret"]

    return anyio.run(go)


def test_what_is_served_is_what_the_server_lists_however_odd(tmp_path: Path) -> None:
    listed = {"data": [{"id": "m"}, "odd", {"id": 7}, {}, {"id": "lora"}]}

    assert served(tmp_path, listed) == {"m", "lora"}


@pytest.mark.parametrize(
    "answer, status", [({"data": []}, 500), ({"data": []}, 400), ({"data": {}}, 200), ([], 200)]
)
def test_a_server_that_lists_nothing_is_unavailable(
    tmp_path: Path, answer: Any, status: int
) -> None:
    with pytest.raises(ModelUnavailableError):
        served(tmp_path, answer, status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """It would carry the prompt to an address that no operator has listed."""
    with Upstream() as elsewhere, Upstream() as upstream:
        target = f"{elsewhere.url}/v1/chat/completions"
        upstream.behaviour = Behaviour(status=status, location=target)
        with pytest.raises(ModelUnavailableError):
            ask(Address(upstream.url))

        assert elsewhere.bodies == []


def test_the_key_of_the_model_server_is_not_in_its_address_as_shown() -> None:
    assert "secret" not in repr(Address("http://engine", api_key="secret"))
