"""Figures that are read when Prometheus asks."""

import anyio

from euguard.gateway.metrics import Metrics
from euguard.gateway.parts import Parts
from fakes import FakeClock


async def works() -> bool:
    return True


async def fails() -> bool:
    return False


def test_parts_are_shown_as_they_were_when_last_asked() -> None:
    parts = Parts({"log": works, "model": fails}, FakeClock())
    metrics = Metrics()
    metrics.show_parts(parts)

    before = metrics.text().decode()
    anyio.run(parts.now)
    after = metrics.text().decode()

    assert 'euguard_part_works{part="log"} 0.0' in before
    assert 'euguard_part_works{part="log"} 1.0' in after
    assert 'euguard_part_works{part="model"} 0.0' in after


def test_what_is_shown_is_read_anew_each_time() -> None:
    metrics, sizes = Metrics(), [1]
    metrics.show_published(lambda: sizes[-1])
    metrics.show_detectors(lambda: 2 * sizes[-1])
    metrics.text()

    sizes.append(7)

    text = metrics.text().decode()
    assert "euguard_log_published_size 7.0" in text
    assert "euguard_detectors_running 14.0" in text
