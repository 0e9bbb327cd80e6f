"""A wiretap between gateway and engine, so that the demo can show what the model really saw.

It copies bytes both ways unchanged and keeps what the gateway sent. It listens on loopback, in
the demo's own process, and exists for the demo alone: nothing of euguard knows it.
"""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

CHAT = "/v1/chat/completions"


class Wiretap:
    """Listens on a port of its own; use it as a context manager."""

    def __init__(self, engine_socket: Path) -> None:
        """Take the Unix socket on which the engine listens."""
        self._socket = engine_socket
        self._requests: list[tuple[str, bytes]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def bodies(self) -> list[dict[str, Any]]:
        """Return the chat requests that went by, in order, parsed."""
        return [orjson.loads(body) for path, body in self._requests if path == CHAT]

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)
        await asyncio.sleep(0)  # in which the loop closes the sockets

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_unix_connection(str(self._socket))
        except OSError:
            writer.close()  # as if nobody listened here either
            return
        kept = bytearray()

        def keep(part: bytes) -> None:
            kept.extend(part)
            while (found := _request(kept)) is not None:
                self._requests.append(found)

        await asyncio.gather(_copy(reader, back, keep), _copy(there, writer, None))


async def _copy(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    keep: Callable[[bytes], None] | None,
) -> None:
    try:
        while part := await source.read(65536):
            if keep is not None:
                keep(part)
            target.write(part)
            await target.drain()
    except ConnectionError:
        pass  # one side hung up; the other is told below
    finally:
        target.close()


def _request(kept: bytearray) -> tuple[str, bytes] | None:
    """Take one whole request (path, body) off the front: HTTP/1.1 with Content-Length."""
    head, end, rest = bytes(kept).partition(b"\r\n\r\n")
    if not end:
        return None
    start, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    length = int(fields.get("content-length", "0"))
    if len(rest) < length:
        return None
    del kept[: len(head) + len(end) + length]
    return start.split(" ")[1], rest[:length]
