"""The HTTP server: uvicorn with httptools, in an event loop that somebody else owns."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from euguard.exchange.run import CLOSE_SECONDS
from euguard.gateway.running import Running

STOP_SECONDS = 8
"""How long running exchanges may go on after SIGTERM before they are ended."""

MAX_HEAD = 64 * 1024
"""Bytes of request line and headers at most; httptools itself would take any number."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(app: FastAPI, running: Running, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; return when every exchange has its closing record."""
    server = _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=_Protocol,
            lifespan="off",  # bootstrap starts and stops what the routes need
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS + 2,
        ),
        running,
    )
    await server.serve()
    running.stop()
    await running.drained(CLOSE_SECONDS)


class _Server(uvicorn.Server):
    """Uvicorn raises a captured signal again when it is done, which would kill what cleans up."""

    def __init__(self, config: uvicorn.Config, running: Running) -> None:
        super().__init__(config)
        self._running = running

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in _SIGNALS:
            loop.add_signal_handler(each, self._stop, each)
        try:
            yield
        finally:
            for each in _SIGNALS:
                loop.remove_signal_handler(each)

    def _stop(self, each: signal.Signals) -> None:
        self.handle_exit(each, None)
        asyncio.get_running_loop().call_later(STOP_SECONDS, self._running.stop)


class _Protocol(HttpToolsProtocol):
    """Hangs up on a request whose head does not end."""

    _head = 0
    _in_head = True

    def on_message_begin(self) -> None:
        self._head, self._in_head = 0, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        in_head = self._in_head
        super().data_received(data)
        if in_head and self._in_head:
            self._head += len(data)
            if self._head > MAX_HEAD:
                self.transport.close()
