"""Which parts of euguard work now: asked all at once, remembered for a moment, changes logged.

Anybody may ask /readyz, so that asking often must cost the parts nothing. And a part that goes
down at night is in the process log although nobody asks: one line when it goes, one when it is
back.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from euguard.errors import (
    DetectionUnavailableError,
    LogUnavailableError,
    ModelUnavailableError,
)
from euguard.exchange.ports import Clock

Check = Callable[[], Awaitable[bool]]
"""Tells whether one part works now; never raises."""

CHECK_SECONDS = 3.0
"""How long a part may take to say that it works."""

FRESH_SECONDS = 1.0
"""How long an answer is good for everybody who asks."""

LOOK_SECONDS = 5.0
"""How often the parts are asked though nobody else does."""

QUIET_SECONDS = 10.0
"""How long a line about exchanges stands, so that every second one failing fills no log."""

_UNABLE = {
    kind.code for kind in (DetectionUnavailableError, LogUnavailableError, ModelUnavailableError)
}
_logger = logging.getLogger(__name__)


class Parts:
    """The parts that an exchange needs; for one event loop."""

    def __init__(
        self, checks: Mapping[str, Check], clock: Clock, *, patience: float = CHECK_SECONDS
    ) -> None:
        """Name the parts, each with its check, and the seconds that one may take."""
        self._checks = checks
        self._found: dict[str, bool] = {}  # name of a part → whether it worked when last asked
        self._clock = clock
        self._patience = patience
        self._asking = asyncio.Lock()
        self._doubts = 0  # exchanges that began or ceased to fail
        self._fresh: tuple[int, float] | None = None  # `_doubts` and time that `_found` is good for
        self._failing: str | None = None  # the code that the last exchange failed with
        self._said: tuple[str | None, float] = (None, float("-inf"))  # and when

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return tuple(self._checks)

    def works(self, name: str) -> bool:
        """Tell whether a part worked when it was last asked; False before the first time."""
        return self._found.get(name, False)

    async def now(self) -> Mapping[str, bool]:
        """Return which parts work, as of a second ago at most."""
        async with self._asking:  # whoever waited takes what the one before it has found
            if not self._is_fresh():
                doubts, began = self._doubts, self._clock.monotonic()
                self._note(await self._ask())
                self._fresh = (doubts, began + FRESH_SECONDS)
        return self._found

    def ended(self, code: str) -> None:
        """Note how an exchange ended: with `ok`, or with the code of an error."""
        failing = code if code in _UNABLE else None
        if failing is None and code != "ok":
            return  # a refusal or a hang-up says nothing of any part
        if failing != self._failing:
            self._failing = failing
            self._doubts += 1
        self._say(failing)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Ask now and then, for the log's sake."""
        task = asyncio.get_running_loop().create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await self.now()
            await asyncio.sleep(LOOK_SECONDS)

    def _is_fresh(self) -> bool:
        if self._fresh is None:
            return False
        doubts, until = self._fresh
        return doubts == self._doubts and self._clock.monotonic() < until

    async def _ask(self) -> dict[str, bool]:
        answers = await asyncio.gather(*map(self._asked, self._checks.values()))
        return dict(zip(self._checks, answers, strict=True))

    async def _asked(self, check: Check) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                return await check()
        except TimeoutError:
            return False

    def _note(self, found: dict[str, bool]) -> None:
        for name, works in found.items():
            if works != self._found.get(name, True):
                _logger.warning("%s %s", name, "works again" if works else "does not work")
        self._found = found

    def _say(self, failing: str | None) -> None:
        said, at = self._said
        now = self._clock.monotonic()
        if failing == said or now < at + QUIET_SECONDS:
            return
        self._said = (failing, now)
        if failing is None:
            _logger.warning("exchanges are answered again")
        else:
            _logger.warning("exchanges fail: %s", failing)
