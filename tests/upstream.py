"""A model server to test against: OpenAI's wire, on loopback, with faults on request.

It answers with the last user message (or a scripted text), records every body it received, and
can misbehave the ways real servers do. Use it as a context manager; it runs in its own thread.
"""

import asyncio
import threading
from collections.abc import Awaitable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web

MODEL = "demo-echo"


@dataclass
class Behaviour:
    """How the server behaves; tests change it while it runs."""

    answer: str | None = None
    """Text of every answer; None echoes the last user message."""
    arguments: str | None = None
    """Arguments of a tool call to make instead of answering with text."""
    status: int = 200
    piece: int = 4
    """Characters in a streamed chunk."""
    pause: float = 0.0
    """Seconds before each chunk."""
    stop_after: int | None = None
    """Chunks after which the connection is cut."""
    error_after: int | None = None
    """Chunks after which an error event is sent."""
    raw: bytes | None = None
    """Sent as the whole body instead of anything else."""
    location: str | None = None
    """Where a redirect leads, with a `status` of 3xx."""


@dataclass
class Upstream:
    """The server."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    bodies: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def seen(self) -> list[dict[str, Any]]:
        """The bodies it received, parsed."""
        return [orjson.loads(body) for body in self.bodies]

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._run(_end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def start(self) -> None:
        """Listen, on the port of the last time if there was one."""
        self._run(self._start())

    def stop(self) -> None:
        """Stop listening and cut every connection."""
        self._run(self._runner.cleanup())

    def _run(self, work: Awaitable[None]) -> None:
        async def wrapped() -> None:
            await work

        asyncio.run_coroutine_threadsafe(wrapped(), self._loop).result(10)

    async def _start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/v1/models", _models)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        self.bodies.append(raw)
        body = orjson.loads(raw)
        if self.behaviour.raw is not None:
            return web.Response(body=self.behaviour.raw, content_type="application/json")
        if self.behaviour.location is not None:
            headers = {"Location": self.behaviour.location}
            return web.Response(status=self.behaviour.status, headers=headers)
        if self.behaviour.status != 200:
            error = {"error": {"message": f"echo: {raw.decode()}", "code": self.behaviour.status}}
            return web.json_response(error, status=self.behaviour.status)
        text = self.behaviour.answer if self.behaviour.answer is not None else _last(body)
        choices = body.get("n") or 1
        if body.get("stream"):
            return await self._stream(request, text, choices)
        await asyncio.sleep(self.behaviour.pause)
        return web.json_response(_completion(text, choices, self.behaviour.arguments))

    async def _stream(self, request: web.Request, text: str, choices: int) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            for count, chunk in enumerate(_chunks(self.behaviour, text, choices)):
                if self.behaviour.stop_after == count:
                    assert request.transport is not None
                    request.transport.abort()
                    return response
                if self.behaviour.error_after == count:
                    await response.write(b'data: {"error": {"message": "boom"}}\n\n')
                    return response
                await asyncio.sleep(self.behaviour.pause)
                await response.write(b"data: " + orjson.dumps(chunk) + b"\n\n")
            await response.write(b"data: [DONE]\n\n")
        except ConnectionResetError:
            pass  # the gateway hung up: what these tests are about
        return response


async def _end_all() -> None:
    """Cancel what still answers somebody who has gone."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=1)


async def _models(request: web.Request) -> web.Response:
    del request
    return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model"}]})


def _last(body: dict[str, Any]) -> str:
    content = next(m["content"] for m in reversed(body["messages"]) if m["role"] == "user")
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


_USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}


def _call(arguments: str) -> list[dict[str, Any]]:
    function = {"name": "send_mail", "arguments": arguments}
    return [{"id": "call_1", "type": "function", "index": 0, "function": function}]


def _completion(text: str, choices: int, arguments: str | None) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    finish = "stop"
    if arguments is not None:
        message = {"role": "assistant", "content": None, "tool_calls": _call(arguments)}
        finish = "tool_calls"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [
            {"index": i, "message": message, "finish_reason": finish} for i in range(choices)
        ],
        "usage": _USAGE,
    }


def _chunks(behaviour: Behaviour, text: str, choices: int) -> list[dict[str, Any]]:
    deltas: list[tuple[dict[str, Any], str | None]] = [({"role": "assistant", "content": ""}, None)]
    size = behaviour.piece
    if behaviour.arguments is None:
        deltas += [({"content": text[i : i + size]}, None) for i in range(0, len(text), size)]
        deltas.append(({}, "stop"))
    else:
        deltas.append(({"tool_calls": _call("")}, None))
        deltas += [
            ({"tool_calls": [{"index": 0, "function": {"arguments": part}}]}, None)
            for part in _cut(behaviour.arguments, size)
        ]
        deltas.append(({}, "tool_calls"))
    chunks = [
        _chunk([{"index": i, "delta": delta, "finish_reason": finish}])
        for delta, finish in deltas
        for i in range(choices)
    ]
    return [*chunks, {**_chunk([]), "usage": _USAGE}]


def _cut(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def _chunk(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": MODEL,
        "choices": choices,
    }
