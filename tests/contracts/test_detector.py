"""What `pii.detect.Detector` promises, held by the real one and by the fake."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from euguard.adapters.presidio.pool import DetectorPool
from euguard.bootstrap.detector import program
from euguard.errors import DetectionUnavailableError
from euguard.pii.detect import Detector
from euguard.pii.span import PersonalDataKind
from fakes import FakeDetector

ANNA, MAIL = "Anna Kowalska", "anna@example.eu"
TEXTS = [f"Write to {ANNA} at {MAIL}.", "", f"{MAIL} and {MAIL}", "Nothing to see."]
Ending = Callable[[], Awaitable[None]]


async def on_the_fake(_: Path, scenario: Callable[[Detector, Ending], Awaitable[None]]) -> None:
    detector = FakeDetector({ANNA: PersonalDataKind.PERSON, MAIL: PersonalDataKind.EMAIL})

    async def end() -> None:
        detector.down = True

    await scenario(detector, end)


async def on_processes(
    folder: Path, scenario: Callable[[Detector, Ending], Awaitable[None]]
) -> None:
    pool = DetectorPool(folder / "detectors", program=program(["compact"]), timeout=60)
    await pool.start()
    try:
        await scenario(pool, pool.stop)
    finally:
        await pool.stop()


@pytest.mark.parametrize("on", [on_the_fake, on_processes])
def test_the_promises_of_a_detector(
    on: Callable[[Path, Callable[[Detector, Ending], Awaitable[None]]], Awaitable[None]],
    tmp_path: Path,
) -> None:
    async def scenario(detector: Detector, end: Ending) -> None:
        found = await detector.detect(TEXTS)

        assert len(found) == len(TEXTS)
        for text, detection in zip(TEXTS, found, strict=True):
            assert all(span.end <= len(text) for span in detection.spans)
            assert (detection.language is None) == (detection.probability == 0)
        kinds = [
            sorted((span.kind, text[span.start : span.end]) for span in detection.spans)
            for text, detection in zip(TEXTS, found, strict=True)
        ]
        assert kinds == [
            [(PersonalDataKind.EMAIL, MAIL), (PersonalDataKind.PERSON, ANNA)],
            [],
            [(PersonalDataKind.EMAIL, MAIL)] * 2,
            [],
        ]
        assert list(await detector.detect([])) == []
        assert list(await detector.detect(TEXTS)) == list(found)
        assert await detector.ready()

        await end()

        assert not await detector.ready()
        with pytest.raises(DetectionUnavailableError):
            await detector.detect(["never seen before"])

    async def main() -> None:
        await on(tmp_path, scenario)

    asyncio.run(main())
