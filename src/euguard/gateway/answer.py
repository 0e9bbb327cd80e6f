"""Answering while watching: a client that hangs up ends its exchange at once.

Starlette's own StreamingResponse leaves the generator to the garbage collector when the client
goes; here the exchange is closed, and its closing record durable, before the response is over.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from typing import TypeVar

import anyio
import orjson
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from euguard.errors import EuguardError, GatewayStoppedError
from euguard.exchange.run import CLIENT_GONE
from euguard.exchange.stages import Json
from euguard.gateway import errors
from euguard.gateway.running import Running

_T = TypeVar("_T")


class ClientGoneError(Exception):
    """The client hung up; there is nobody to answer."""

    code = CLIENT_GONE


async def unless_gone(receive: Receive, work: Callable[[], Awaitable[_T]], running: Running) -> _T:
    """Do `work`, and cancel it when the client hangs up or the gateway is stopped.

    Raises:
        ClientGoneError: the client did.
        GatewayStoppedError: the gateway is; there is somebody to tell.

    """
    outcome: list[_T] = []
    failure: list[Exception] = []

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        with running.cancellable(group.cancel_scope):
            try:
                outcome.append(await work())
            except Exception as error:  # noqa: BLE001 - raised below: a task group would wrap it
                failure.append(error)
        group.cancel_scope.cancel()
    if failure:
        raise failure[0]
    if outcome:
        return outcome[0]
    if running.stopping:
        msg = "the gateway was stopped before the end of the answer"
        raise GatewayStoppedError(msg, fix="try again")
    raise ClientGoneError


class EventStream(Response):
    """Server-sent events: one `data:` line a piece, an error as a last event, else `[DONE]`."""

    media_type = "text/event-stream"

    def __init__(
        self,
        pieces: AsyncGenerator[Json],
        headers: Mapping[str, str],
        exchange: AbstractAsyncContextManager[object],
        running: Running,
    ) -> None:
        """Take the pieces, and what to leave when they are over: with the error, if one ends them.

        `exchange` has been entered; it is left once the last event is sent, or cannot be.
        """
        super().__init__(
            headers={**headers, "cache-control": "no-store", "x-accel-buffering": "no"}
        )
        del self.headers["content-length"]
        self._pieces = pieces
        self._exchange = exchange
        self._running = running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, ASGI 3.0."""
        del scope
        with suppress(EuguardError, ClientGoneError):  # told, or nobody is there to tell
            async with self._exchange:
                try:
                    await unless_gone(receive, lambda: self._send(send), self._running)
                except EuguardError as error:
                    await send(_body(_event(errors.body(error)), more=False))
                    raise
                await send(_body(b"data: [DONE]\n\n", more=False))

    async def _send(self, send: Send) -> None:
        async with aclosing(self._pieces) as pieces:
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            async for piece in pieces:
                await send(_body(_event(piece), more=True))


def _event(piece: Json) -> bytes:
    return b"data: " + orjson.dumps(piece) + b"\n\n"


def _body(data: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}
