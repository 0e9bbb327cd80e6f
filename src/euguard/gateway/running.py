"""The exchanges being answered now, so that stopping ends each of them and waits for it.

Uvicorn cancels what still runs when its patience ends, and does not wait. An exchange that is
cancelled still has its closing record to write, so the log must not stop before.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import anyio

from euguard.errors import GatewayStoppedError
from euguard.exchange.run import CLIENT_GONE


class Running:
    """Counts exchanges, and can end them; for one event loop."""

    def __init__(self) -> None:
        self.stopping = False
        self._count = 0
        self._idle = anyio.Event()
        self._idle.set()
        self._scopes: set[anyio.CancelScope] = set()

    def begin(self) -> None:
        """Count an exchange in."""
        if self._count == 0:
            self._idle = anyio.Event()
        self._count += 1

    def end(self) -> None:
        """Count an exchange out, once its closing record is durable or given up."""
        self._count -= 1
        if self._count == 0:
            self._idle.set()

    @contextmanager
    def cancellable(self, scope: anyio.CancelScope) -> Iterator[None]:
        """Let `stop` cancel what runs in `scope`."""
        if self.stopping:
            scope.cancel()
        self._scopes.add(scope)
        try:
            yield
        finally:
            self._scopes.discard(scope)

    def reason(self) -> str:
        """Return why an exchange that is cancelled now was interrupted."""
        return GatewayStoppedError.code if self.stopping else CLIENT_GONE

    def stop(self) -> None:
        """End every exchange; those that come later end at once."""
        self.stopping = True
        for scope in tuple(self._scopes):
            scope.cancel()

    async def drained(self, seconds: float) -> bool:
        """Wait until no exchange runs, for so long at most; tell whether none does."""
        with anyio.move_on_after(seconds):
            await self._idle.wait()
        return self._count == 0
