"""The HTTP server: uvicorn with httptools, in an event loop that somebody else owns."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

STOP_SECONDS = 8
"""How long running exchanges may go on after SIGTERM before they are closed as interrupted."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(app: FastAPI, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, and return."""
    server = _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http="httptools",
            lifespan="off",  # bootstrap starts and stops what the routes need
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    await server.serve()


class _Server(uvicorn.Server):
    """Uvicorn raises a captured signal again when it is done, which would kill what cleans up."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in _SIGNALS:
            loop.add_signal_handler(each, self.handle_exit, each, None)
        try:
            yield
        finally:
            for each in _SIGNALS:
                loop.remove_signal_handler(each)
