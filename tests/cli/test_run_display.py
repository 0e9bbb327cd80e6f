"""What is seen of a run."""

import io
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from euguard.cli.run_display import JsonLines, Lines, plan_lines, status_line, task_line
from euguard.provision.event import Change, Event, Kind
from euguard.provision.operation import COMMANDS, Request
from euguard.provision.plan import Plan, Statement, Step, Untrue
from euguard.provision.progress import Progress, Timed, follow

TASK = Event(Kind.TASK, "", play="p", role="base", task="Install packages")
DONE = Event(Kind.CHANGED, "", role="base", task="Install packages", host="box", milliseconds=1234)
LAST = (Timed("p / base : Install packages", 1200), Timed("p / base : Harden", 60_000))
PLAN = Plan(
    steps=(
        Step(
            "box",
            "gateway : Write the settings",
            "ansible.builtin.template",
            (Change("/etc/euguard/euguard.toml", 1, 1, ("-port = 1", "+port = 2")),),
        ),
    ),
    unforeseen=2,
    untrue=(
        Untrue(
            Statement("Record", "Where the gateway listens", "settings.listen", "settings"),
            "euguard.toml: port",
        ),
    ),
    stopped=Event(Kind.FAILED, "", task="Start it", host="box", reason="no unit"),
)
REQUEST = Request(COMMANDS["install"], Path("hosts"))


@pytest.mark.parametrize(
    "event, line",
    [
        (DONE, "  ✓ box  base : Install packages: changed, 1.2 s"),
        (
            Event(Kind.FAILED, "", task="Start", host="box", reason="no unit"),
            "  ✗ box  Start: failed, 0.0 s: no unit",
        ),
    ],
)
def test_a_task_is_one_line(event: Event, line: str) -> None:
    assert task_line(event) == line


def test_the_last_line_says_where_it_is_and_how_long_it_takes() -> None:
    assert status_line(follow([TASK]), LAST, 2000) == (
        "task 1 of about 2, 2.0 s, about 1:00 min left: base : Install packages"
    )
    assert status_line(Progress(), (), 0) == "task 0, 0.0 s"


def test_a_plan_says_what_where_and_which_papers() -> None:
    assert plan_lines(PLAN, differences=True) == [
        "",
        "What would change:",
        "box: 1 task",
        "  gateway : Write the settings",
        "    /etc/euguard/euguard.toml (+1 -1 lines)",
        "      -port = 1",
        "      +port = 2",
        "and what 2 commands do: they run only in earnest",
        "The check ends at Start it on box: no unit",
        "  (a file that it only pretended to make); what follows is not foreseen",
        "",
        "Papers that need not be true afterwards; make them anew: euguard documents build",
        "  Record",
        "    Where the gateway listens (euguard.toml: port)",
        "",
    ]


def test_a_long_difference_is_cut() -> None:
    change = Change("/a", 20, 0, tuple(f"+{n}" for n in range(20)))
    plan = Plan((Step("box", "t", "a", (change,)),), 0, (), None)

    assert "      … 8 more lines" in plan_lines(plan, differences=True)


def shown(*, terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=200, color_system=None)
    with Lines(yes=True, differences=False, console=console, monotonic=lambda: 5.0) as watcher:
        watcher.phase("checking")
        watcher.event(TASK, follow([TASK]), LAST)
        watcher.event(DONE, follow([TASK, DONE]), LAST)
        assert watcher.agree(REQUEST, PLAN)
    return out.getvalue()


def test_without_a_terminal_there_are_plain_lines() -> None:
    text = shown(terminal=False)

    assert "\x1b" not in text
    assert text.startswith("checking\n  ✓ box  base : Install packages: changed, 1.2 s\n")
    assert "left" not in text


def test_on_a_terminal_the_last_line_tells_the_time() -> None:
    assert "task 1 of about 2, 0.0 s, about 1:00 min left" in shown(terminal=True)


def test_a_plan_that_is_all_that_is_wanted_is_shown_and_not_asked_about() -> None:
    out = io.StringIO()
    with Lines(yes=False, differences=False, console=Console(file=out)) as watcher:
        request = Request(COMMANDS["install"], Path("hosts"), plan_only=True)
        assert watcher.agree(request, PLAN) is False

    assert "What would change:" in out.getvalue()


def test_programs_get_one_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    with JsonLines(yes=True, differences=False) as watcher:
        watcher.phase("checking")
        watcher.event(TASK, follow([TASK]), LAST)
        assert watcher.agree(REQUEST, PLAN)

    lines = [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"phase": "checking"}
    assert lines[1]["progress"] == {"tasks": 1, "of": 2, "remaining_ms": 60_000}
    assert lines[2] == {"plan": PLAN.as_json()}
