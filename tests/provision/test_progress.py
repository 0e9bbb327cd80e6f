"""How a run goes, from its events."""

import pytest

from euguard.provision.event import Event, Kind
from euguard.provision.progress import Timed, follow, spoken


def event(kind: Kind, task: str = "", host: str = "", milliseconds: int = 0) -> Event:
    return Event(kind, "", play="p", task=task, host=host, milliseconds=milliseconds)


RUN = (
    event(Kind.PLAY),
    event(Kind.TASK, "one"),
    event(Kind.CHANGED, "one", "a", 100),
    event(Kind.OK, "one", "b", 300),
    event(Kind.TASK, "two"),
    event(Kind.FAILED, "two", "a", 50),
    event(Kind.SKIPPED, "two", "b"),
    event(Kind.TASK, "one"),
    event(Kind.UNREACHABLE, "one", "b", 10),
)


def test_it_counts_by_host_and_times_each_task_by_its_slowest_host() -> None:
    state = follow(RUN)

    assert state.plays == 1
    assert state.hosts == {
        "a": {"changed": 1, "failed": 1},
        "b": {"ok": 1, "skipped": 1, "unreachable": 1},
    }
    assert state.tasks == (Timed("p / one", 300), Timed("p / two", 50), Timed("p / one #2", 10))
    assert [one.kind for one in state.failures] == [Kind.FAILED, Kind.UNREACHABLE]
    assert not state.ended


def test_the_task_at_work_is_known_until_the_recap() -> None:
    assert follow(RUN).now == RUN[7]
    ended = follow([*RUN, event(Kind.RECAP)])
    assert ended.now is None
    assert ended.ended


def test_what_remains_is_what_the_missing_tasks_took_the_last_time() -> None:
    last = [Timed("p / one", 1000), Timed("p / two", 200), Timed("p / three", 30)]

    assert follow(RUN[:2]).remaining(last) == 230
    assert follow(RUN).remaining(last) == 30
    assert follow(RUN).remaining([]) is None


def test_facts_of_a_host_come_together() -> None:
    first = Event(Kind.OK, "", host="a", facts={"x": 1})
    second = Event(Kind.OK, "", host="a", facts={"y": 2})

    assert follow([first, second]).facts == {"a": {"x": 1, "y": 2}}


def test_words_outside_tasks_are_kept_in_order() -> None:
    words = [Event(Kind.WORDS, "", reason=text) for text in ("one", "two")]

    assert follow(words).words == ("one", "two")


@pytest.mark.parametrize(
    "milliseconds, text",
    [
        (0, "0.0 s"),
        (9949, "9.9 s"),
        (9960, "10 s"),
        (59_400, "59 s"),
        (59_600, "1:00 min"),
        (185_000, "3:05 min"),
        (3_723_000, "1:02:03 h"),
    ],
)
def test_a_time_is_said_as_people_read_it(milliseconds: int, text: str) -> None:
    assert spoken(milliseconds) == text
