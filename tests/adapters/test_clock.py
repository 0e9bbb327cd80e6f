import time
from datetime import UTC, timedelta

from euguard.adapters.clock import SystemClock


def test_the_time_is_utc_and_aware() -> None:
    before = time.time()
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert timedelta(0) <= timedelta(seconds=now.timestamp() - before) < timedelta(minutes=5)


def test_durations_do_not_come_from_the_time_of_day() -> None:
    clock = SystemClock()

    assert time.monotonic() <= clock.monotonic() <= clock.monotonic() <= time.monotonic()
