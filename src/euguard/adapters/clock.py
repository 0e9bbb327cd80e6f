"""The real clock: the only place that reads the time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The system's time and its steady counter (`exchange.ports.Clock`)."""

    def now(self) -> datetime:
        """Return the time, aware, UTC, to the microsecond."""
        return datetime.now(UTC)  # noqa: TID251  this is the clock that others take

    def monotonic(self) -> float:
        """Return seconds that only grow, for durations."""
        return time.monotonic()
