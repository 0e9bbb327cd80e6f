"""Which parts work is asked once for all who want to know, and a change is one line."""

import asyncio
import logging
from collections.abc import Mapping

import anyio
import pytest

from euguard.gateway import parts
from euguard.gateway.parts import Parts
from fakes import FakeClock
from gated import until


class Part:
    """A part that works or not, and counts how often it was asked."""

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.asked = 0

    async def ready(self) -> bool:
        self.asked += 1
        await asyncio.sleep(0.01)
        return self.works


class Watch:
    """Parts, a clock to move, and the lines written."""

    def __init__(self, caplog: pytest.LogCaptureFixture, **named: Part) -> None:
        caplog.set_level(logging.WARNING, "euguard.gateway.parts")
        self._caplog = caplog
        self.clock = FakeClock()
        self.parts = Parts({name: part.ready for name, part in named.items()}, self.clock)

    @property
    def lines(self) -> list[str]:
        return [record.getMessage() for record in self._caplog.records]

    def look(self, *, after: float = parts.FRESH_SECONDS) -> Mapping[str, bool]:
        self.clock.seconds += after
        return anyio.run(self.parts.now)


def test_a_hundred_who_ask_at_once_cost_a_part_one_question(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model, log = Part(), Part(works=False)
    watch = Watch(caplog, model=model, log=log)

    async def all_of_them() -> list[Mapping[str, bool]]:
        return await asyncio.gather(*(watch.parts.now() for _ in range(100)))

    answers = anyio.run(all_of_them)

    assert answers == [{"model": True, "log": False}] * 100
    assert (model.asked, log.asked) == (1, 1)


def test_an_answer_is_good_for_a_moment(caplog: pytest.LogCaptureFixture) -> None:
    model = Part()
    watch = Watch(caplog, model=model)

    watch.look()
    model.works = False

    assert watch.look(after=parts.FRESH_SECONDS / 2) == {"model": True}
    assert watch.look(after=parts.FRESH_SECONDS / 2) == {"model": False}


def test_an_exchange_that_begins_to_fail_makes_the_next_answer_a_fresh_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model = Part()
    watch = Watch(caplog, model=model)
    watch.look()

    for _ in range(3):
        watch.parts.ended("model_unavailable")
        watch.look(after=0)

    assert model.asked == 2


def test_the_parts_are_asked_side_by_side() -> None:
    met = asyncio.Barrier(2)

    async def meets() -> bool:
        await met.wait()
        return True

    async def go() -> Mapping[str, bool]:
        return await Parts({"one": meets, "other": meets}, FakeClock()).now()

    assert anyio.run(go) == {"one": True, "other": True}


def test_a_part_that_does_not_answer_does_not_work() -> None:
    async def hangs() -> bool:
        await asyncio.Event().wait()
        raise AssertionError

    async def go() -> Mapping[str, bool]:
        return await Parts({"model": hangs}, FakeClock(), patience=0.05).now()

    assert anyio.run(go) == {"model": False}


def test_a_change_is_one_line_and_no_change_is_none(caplog: pytest.LogCaptureFixture) -> None:
    model, log = Part(works=False), Part()
    watch = Watch(caplog, model=model, log=log)

    for works in (False, False, True, True, False):
        model.works = works
        watch.look()

    assert watch.lines == ["model does not work", "model works again", "model does not work"]


def test_what_nobody_asks_for_is_logged_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    watch = Watch(caplog, model=Part(works=False))

    async def go() -> None:
        async with watch.parts.watched():
            await until(lambda: bool(watch.lines))

    anyio.run(go)
    assert watch.lines == ["model does not work"]


def test_exchanges_that_fail_are_one_line_until_one_succeeds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = Watch(caplog)

    for code in ("ok", "model_unavailable", "model_unavailable", "purpose_refused", "ok", "ok"):
        watch.parts.ended(code)
        watch.clock.seconds += parts.QUIET_SECONDS

    assert watch.lines == ["exchanges fail: model_unavailable", "exchanges are answered again"]


def test_every_second_exchange_that_fails_does_not_fill_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = Watch(caplog)

    for _ in range(1000):
        watch.parts.ended("model_unavailable")
        watch.parts.ended("ok")

    assert watch.lines == ["exchanges fail: model_unavailable"]


def test_before_it_was_asked_no_part_is_said_to_work(caplog: pytest.LogCaptureFixture) -> None:
    watch = Watch(caplog, model=Part())
    before = watch.parts.works("model")

    watch.look()

    assert (before, watch.parts.works("model"), watch.parts.names) == (False, True, ("model",))
