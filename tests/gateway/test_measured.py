"""What is measured is what became durable, by kinds of record and of personal data."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest

from euguard.errors import DetectionUnavailableError, EuguardError, LogUnavailableError
from euguard.exchange.stages import Received
from euguard.exchange.steps import Steps
from euguard.gateway.measured import MeasuredDetector, MeasuredLog
from euguard.gateway.metrics import Metrics
from euguard.pii.span import PersonalDataKind
from euguard.pii.special.category import SpecialCategory
from exchange.neighbourhood import ANNA, SCREENING, Neighbourhood, collect, received
from fakes import FakeDetector


class Measuring:
    """An exchange whose log and detection are measured."""

    def __init__(self) -> None:
        self.neighbourhood = Neighbourhood()
        self.metrics = Metrics()

    def run(self, request: Received, *, log_down: bool = False) -> None:
        async def go() -> None:
            async with self._open() as steps:
                self.neighbourhood.store.down = log_down
                await collect(request, steps)

        anyio.run(go)

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[Steps]:
        async with self.neighbourhood.open() as steps:
            yield Steps(
                policies=steps.policies,
                detector=MeasuredDetector(steps.detector, self.metrics, steps.clock),
                log=MeasuredLog(steps.log, self.metrics, steps.clock),
                model=steps.model,
                clock=steps.clock,
            )

    @property
    def figures(self) -> dict[str, float]:
        """What Prometheus reads, without what is nought."""
        lines = self.metrics.text().decode().splitlines()
        read = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in read if float(value)}


def test_both_records_the_detection_and_what_it_found_are_counted() -> None:
    measuring = Measuring()

    measuring.neighbourhood.detector = FakeDetector(
        {ANNA: PersonalDataKind.PERSON}, special={"diabetes": SpecialCategory.HEALTH}
    )
    measuring.run(received(f"Dear {ANNA}, dear {ANNA}: diabetes."))

    figures = measuring.figures
    assert figures['euguard_log_record_seconds_count{kind="exchange.opened"}'] == 1
    assert figures['euguard_log_record_seconds_count{kind="exchange.closed"}'] == 1
    assert figures["euguard_detection_seconds_count"] == 1
    assert figures['euguard_personal_data_found_total{kind="PERSON"}'] == 2
    mentioned = "euguard_special_categories_mentioned_total"
    assert figures[f'{mentioned}{{category="health",purpose="drafting-letters"}}'] == 1


def test_a_refusal_is_counted_as_one() -> None:
    measuring = Measuring()

    with pytest.raises(EuguardError):
        measuring.run(received(declared=SCREENING))

    counted = [
        name for name in measuring.figures if name.endswith('_count{kind="exchange.refused"}')
    ]
    assert counted
    assert "euguard_detection_seconds_count" not in measuring.figures


def test_what_did_not_become_durable_is_not_counted() -> None:
    measuring = Measuring()

    with pytest.raises(LogUnavailableError):
        measuring.run(received(), log_down=True)

    assert not [name for name in measuring.figures if name.startswith("euguard_log_record")]
    assert not [name for name in measuring.figures if name.startswith("euguard_personal_data")]


def test_detection_that_failed_is_not_measured() -> None:
    measuring = Measuring()
    measuring.neighbourhood.detector.down = True

    with pytest.raises(DetectionUnavailableError):
        measuring.run(received())

    assert "euguard_detection_seconds_count" not in measuring.figures


def test_detection_is_as_ready_as_the_one_that_is_measured() -> None:
    measuring = Measuring()

    async def ready() -> bool:
        async with measuring._open() as steps:
            return await steps.detector.ready()

    before = anyio.run(ready)
    measuring.neighbourhood.detector.down = True

    assert (before, anyio.run(ready)) == (True, False)
