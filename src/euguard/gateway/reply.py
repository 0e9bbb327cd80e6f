"""JSON answers, and the token count that only some clients want."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import orjson
from fastapi.responses import Response

from euguard.exchange.stages import Json


def json_response(
    value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return `value` as JSON that no cache keeps."""
    return Response(
        orjson.dumps(value),
        status_code=status,
        headers={"cache-control": "no-store", **(headers or {})},
        media_type="application/json",
    )


async def without_usage(pieces: AsyncGenerator[Json]) -> AsyncGenerator[Json]:
    """Drop the token count that euguard asked for and the client did not.

    OpenAI sends it as a last chunk without choices; such a chunk breaks clients that index
    `choices[0]`.
    """
    async with aclosing(pieces):
        async for piece in pieces:
            if piece.get("usage") is None:
                yield piece
            elif piece.get("choices"):
                yield {key: value for key, value in piece.items() if key != "usage"}
