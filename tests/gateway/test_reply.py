"""The token count of a stream goes to those who asked."""

from collections.abc import AsyncGenerator

import anyio
import orjson

from euguard.exchange.stages import Json
from euguard.gateway.reply import json_response, without_usage


async def pieces() -> AsyncGenerator[Json]:
    yield {"choices": [{"index": 0}], "usage": None}
    yield {"choices": [{"index": 0, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1}}
    yield {"choices": [], "usage": {"prompt_tokens": 1}}


def test_a_chunk_without_choices_is_dropped_and_a_count_elsewhere_too() -> None:
    async def collect() -> list[Json]:
        return [piece async for piece in without_usage(pieces())]

    assert anyio.run(collect) == [
        {"choices": [{"index": 0}], "usage": None},
        {"choices": [{"index": 0, "finish_reason": "stop"}]},
    ]


def test_a_json_answer_is_kept_by_no_cache() -> None:
    response = json_response({"a": 1}, status=403, headers={"x-should-retry": "false"})

    assert (response.status_code, orjson.loads(bytes(response.body))) == (403, {"a": 1})
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-should-retry"] == "false"
