"""The HTTP server: uvicorn with httptools, in an event loop that somebody else owns."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from euguard.errors import ConfigurationError
from euguard.exchange.run import CLOSE_SECONDS
from euguard.gateway.running import Running

STOP_SECONDS = 8
"""How long running exchanges may go on after SIGTERM before they are ended."""

MAX_HEAD = 64 * 1024
"""Bytes of request line and headers at most; httptools itself would take any number."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_ABSENT = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_FIXES = {
    errno.EADDRINUSE: "stop what listens there, or set another `port`",
    errno.EACCES: "set a `port` above 1023: the others are for root",
}


@contextmanager
def bound(host: str, port: int) -> Iterator[list[socket.socket]]:
    """Take every address of `host`, and let them go at the end.

    Nobody can connect before `serve` listens: what loads in between is not taken for ready.

    Raises:
        ConfigurationError: no such host, not of this machine, or the port is taken.

    """
    with ExitStack() as stack:
        try:
            sockets = _bound(stack, host, port)
        except (OSError, UnicodeError) as error:  # UnicodeError: no name that DNS could hold
            raise _refused(host, port, error) from None
        yield sockets


def url(host: str, sockets: Sequence[socket.socket]) -> str:
    """Return where `sockets` are reached; port 0 has become a real one."""
    port = sockets[0].getsockname()[1]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def serve(
    app: FastAPI,
    running: Running,
    sockets: list[socket.socket],
    *,
    serving: Callable[[], None],
    hangup: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Serve until SIGTERM or SIGINT; return when every exchange has its closing record.

    `serving` is called once connections are accepted; `hangup` runs on SIGHUP, one at a time.
    """
    server = _Server(
        uvicorn.Config(
            app,
            http=_Protocol,
            lifespan="off",  # bootstrap starts and stops what the routes need
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS + 2,
        ),
        running,
        serving,
        hangup,
    )
    await server.serve(sockets)
    await server.let_hangup_end()
    running.stop()
    await running.drained(CLOSE_SECONDS)


def _bound(stack: ExitStack, host: str, port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    absent: OSError | None = None
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    for family, _, _, _, address in found:
        try:
            sockets.append(_one(stack, family, address))
        except OSError as error:
            if error.errno not in _ABSENT:
                raise
            absent = error  # as `localhost` names ::1 where there is no IPv6
    if absent is not None and not sockets:
        raise absent
    return sockets


def _one(stack: ExitStack, family: int, address: tuple[object, ...]) -> socket.socket:
    taken = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
    # A port whose last connections are still being forgotten is free.
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:  # else `::` would take 0.0.0.0 as well
        taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    taken.bind(address)
    return taken


def _refused(host: str, port: int, error: OSError | UnicodeError) -> ConfigurationError:
    cause = error.errno if isinstance(error, OSError) else None
    reason = (error.strerror or "").lower() if isinstance(error, OSError) else "not a host name"
    msg = f"cannot listen on host {host}, port {port}: {reason}"
    fix = _FIXES.get(cause or 0, "set `host` to an address of this machine, as 127.0.0.1")
    return ConfigurationError(msg, fix=fix)


class _Server(uvicorn.Server):
    """Uvicorn raises a captured signal again when it is done, which would kill what cleans up."""

    def __init__(
        self,
        config: uvicorn.Config,
        running: Running,
        serving: Callable[[], None],
        hangup: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        super().__init__(config)
        self._running = running
        self._serving = serving
        self._hangup = hangup
        self._hanging: asyncio.Task[None] | None = None

    async def let_hangup_end(self) -> None:
        """Cancel what SIGHUP began, and wait for it."""
        if self._hanging is not None:
            self._hanging.cancel()
            await asyncio.gather(self._hanging, return_exceptions=True)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except OSError as error:  # somebody listens there since it was bound
            host, port = sockets[0].getsockname()[:2] if sockets else ("", 0)
            raise _refused(host, port, error) from None
        self._serving()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in _SIGNALS:
            loop.add_signal_handler(each, self._stop, each)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        try:
            yield
        finally:
            for each in (*_SIGNALS, signal.SIGHUP):
                loop.remove_signal_handler(each)

    def _hang_up(self) -> None:
        if self._hanging is None or self._hanging.done():
            self._hanging = asyncio.get_running_loop().create_task(self._hangup())

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

    def _unsupported_upgrade_warning(self) -> None:
        """Write no line: the client is told, and uvicorn would advise to install what we refuse."""

    def data_received(self, data: bytes) -> None:
        in_head = self._in_head
        super().data_received(data)
        if in_head and self._in_head:
            self._head += len(data)
            if self._head > MAX_HEAD:
                self.transport.close()
