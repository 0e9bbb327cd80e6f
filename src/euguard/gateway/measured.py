"""Log and detection with a stopwatch: what Prometheus may know of them, neither knows itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from euguard.audit.log import OpenedExchange
from euguard.audit.record import Closed, Opened, Refused
from euguard.exchange.ports import Clock, Log
from euguard.gateway.metrics import Metrics
from euguard.pii.detect import Detection, Detector


class MeasuredLog:
    """`exchange.ports.Log`; counts what became durable, and how long each record took."""

    def __init__(self, log: Log, metrics: Metrics, clock: Clock) -> None:
        self._log = log
        self._metrics = metrics
        self._clock = clock

    async def open(self, record: Opened) -> OpenedExchange:
        """Open an exchange."""
        with self._timed(record.kind):
            opened = await self._log.open(record)
        self._metrics.found(record.found)
        self._metrics.mentioned(record.purpose, record.special)
        return opened

    async def close(self, record: Closed) -> None:
        """Close an exchange that `open` opened."""
        with self._timed(record.kind):
            await self._log.close(record)

    async def refuse(self, record: Refused) -> None:
        """Record that a request went no further."""
        with self._timed(record.kind):
            await self._log.refuse(record)

    @contextmanager
    def _timed(self, kind: str) -> Iterator[None]:
        began = self._clock.monotonic()
        yield  # not in a `finally`: what failed is not durable
        self._metrics.recorded(kind, self._clock.monotonic() - began)


class MeasuredDetector:
    """`pii.detect.Detector`; notes how long an exchange waits for it."""

    def __init__(self, detector: Detector, metrics: Metrics, clock: Clock) -> None:
        self._detector = detector
        self._metrics = metrics
        self._clock = clock

    async def detect(self, texts: Sequence[str]) -> Sequence[Detection]:
        """Return one Detection per text, in order."""
        began = self._clock.monotonic()
        found = await self._detector.detect(texts)
        self._metrics.detected(self._clock.monotonic() - began)
        return found

    async def ready(self) -> bool:
        """Tell whether `detect` would work now."""
        return await self._detector.ready()
