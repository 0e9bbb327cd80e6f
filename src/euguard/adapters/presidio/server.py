"""What runs inside a detector process: answer requests, one after the other.

Finding is computing, so that a process does one thing at a time; more processes do more at
once. While it computes, further requests wait in their sockets.
"""

import asyncio
import gc
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from euguard.adapters.presidio.frame import (
    FrameError,
    encode_reply,
    frame,
    parse_request,
    read_frame,
)
from euguard.adapters.presidio.process import reachable
from euguard.pii.detect import Detection

Analyse = Callable[[Sequence[str]], Sequence[Detection]]


def serve(socket_path: Path, analyse: Analyse, ready: Callable[[], None]) -> None:
    """Answer with `analyse` on `socket_path` until the process ends.

    The socket is mode 0600; its folder is for the caller to keep to itself. `ready` is called
    once requests are answered.
    """
    analyse(["Anna Kowalska, +44 20 7946 0958"])  # what is loaded late is loaded now
    # Models are never garbage; looking through them costs each collection milliseconds.
    gc.collect()
    gc.freeze()
    asyncio.run(listen(socket_path, analyse, ready))


async def listen(socket_path: Path, analyse: Analyse, ready: Callable[[], None]) -> None:
    """Answer requests on `socket_path` with `analyse`, until cancelled."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _converse(reader, writer, analyse)
        except (FrameError, ConnectionError):
            pass  # the peer is gone or talks nonsense: this connection ends, the others go on
        finally:
            writer.close()

    mask = os.umask(0o177)
    try:
        with reachable(socket_path) as address:
            server = await asyncio.start_unix_server(converse, address)
    finally:
        os.umask(mask)
    ready()
    async with server:
        await server.serve_forever()


async def _converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, analyse: Analyse
) -> None:
    while (body := await read_frame(reader)) is not None:
        texts = parse_request(body)
        writer.write(frame(encode_reply(analyse(texts) if texts else [])))
        await writer.drain()
