"""How a run is shown: live on a terminal, line by line elsewhere, as JSON to programs."""

import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import orjson
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from euguard.provision.event import Event, Kind
from euguard.provision.operation import Request
from euguard.provision.plan import Plan, Step
from euguard.provision.progress import Progress, Timed, spoken

_SIGNS = {
    Kind.OK: "·",
    Kind.CHANGED: "✓",
    Kind.IGNORED: "!",
    Kind.FAILED: "✗",
    Kind.UNREACHABLE: "✗",
}
_WORDS = {
    Kind.OK: "as it should be",
    Kind.CHANGED: "changed",
    Kind.IGNORED: "failed, and goes on",
    Kind.FAILED: "failed",
    Kind.UNREACHABLE: "unreachable",
}
_SHOWN_LINES = 12
"""Lines of one difference that the plan shows."""


class Lines:
    """Plain lines on stderr; on a terminal, a last line that says where the run is."""

    def __init__(
        self,
        *,
        yes: bool,
        differences: bool,
        console: Console | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._yes = yes
        self._differences = differences
        self._console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self._monotonic = monotonic
        self._began = monotonic()
        self._state: tuple[Progress, Sequence[Timed]] = (Progress(), ())
        self._live = Live(get_renderable=self._status, console=self._console, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def phase(self, words: str) -> None:
        """Say what comes now."""
        self._began = self._monotonic()
        self._state = (Progress(), ())
        self._say(words)

    def event(self, event: Event, progress: Progress, last: Sequence[Timed]) -> None:
        """Say how a task ended; what was skipped is not worth a line."""
        self._state = (progress, last)
        if event.kind is Kind.PLAY:
            self._say(f"{event.play}")
        elif event.kind in _SIGNS:
            self._say(task_line(event))

    def agree(self, request: Request, plan: Plan) -> bool:
        """Show the plan, and ask unless that was answered before."""
        self._live.stop()
        for line in plan_lines(plan, differences=self._differences):
            self._say(line)
        if request.plan_only:
            return False
        if not self._yes and not _confirmed(request.command.question):
            return False
        if self._console.is_terminal:
            self._live.start()
        return True

    def _say(self, line: str) -> None:
        self._console.print(Text(line))

    def _status(self) -> Text:
        progress, last = self._state
        elapsed = round(1000 * (self._monotonic() - self._began))
        return Text(
            status_line(progress, last, elapsed), style="bold", overflow="ellipsis", no_wrap=True
        )


class JsonLines:
    """One JSON object per line on stdout."""

    def __init__(self, *, yes: bool, differences: bool) -> None:
        self._yes = yes
        self._differences = differences

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace

    def phase(self, words: str) -> None:
        """Say what comes now."""
        write_line({"phase": words})

    def event(self, event: Event, progress: Progress, last: Sequence[Timed]) -> None:
        """Say what happened, with the number of tasks begun and the time still needed."""
        remaining = progress.remaining(last)
        place = {"tasks": len(progress.tasks), "of": len(last) or None, "remaining_ms": remaining}
        write_line({"event": event.as_json(), "progress": place})

    def agree(self, request: Request, plan: Plan) -> bool:
        """Print the plan; programs have agreed before, with --yes."""
        del request
        write_line({"plan": plan.as_json()})
        return self._yes


def write_line(value: dict[str, Any]) -> None:
    """Write one JSON object as one line to stdout, at once."""
    sys.stdout.write(orjson.dumps(value).decode() + "\n")
    sys.stdout.flush()


def _confirmed(question: str) -> bool:
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        sys.stderr.write("\n")
        return False


# ------------------------------------------------------------------ lines


def task_line(event: Event) -> str:
    """Return how one task ended on one host."""
    time = spoken(event.milliseconds)
    line = f"  {_SIGNS[event.kind]} {event.host}  {event.label}: {_WORDS[event.kind]}, {time}"
    return f"{line}: {event.reason}" if event.reason else line


def status_line(progress: Progress, last: Sequence[Timed], elapsed: int) -> str:
    """Return where a run is, in one line; `elapsed` in milliseconds."""
    total = f" of about {max(len(last), len(progress.tasks))}" if last else ""
    remaining = progress.remaining(last)
    left = f", about {spoken(remaining)} left" if remaining else ""
    now = f": {progress.now.label}" if progress.now else ""
    return f"task {len(progress.tasks)}{total}, {spoken(elapsed)}{left}{now}"


def plan_lines(plan: Plan, *, differences: bool) -> list[str]:
    """Return the plan for people."""
    lines = ["", "What would change:"]
    for host, count in plan.hosts().items():
        lines.append(f"{host}: {count} task{'s' if count > 1 else ''}")
        for step in plan.steps:
            if step.host == host:
                lines += _step_lines(step, differences=differences)
    if not plan.steps:
        lines.append("  nothing that can be foreseen")
    if plan.unforeseen:
        many = "commands do" if plan.unforeseen > 1 else "command does"
        lines.append(f"and what {plan.unforeseen} {many}: they run only in earnest")
    if plan.stopped:
        stopped = plan.stopped
        lines.append(f"The check ends at {stopped.label} on {stopped.host}: {stopped.reason}")
        lines.append("  (a file that it only pretended to make); what follows is not foreseen")
    lines += _untrue_lines(plan)
    return [*lines, ""]


def _step_lines(step: Step, *, differences: bool) -> list[str]:
    lines = [f"  {step.label}"]
    for change in step.changes:
        counts = (
            f" (+{change.added} -{change.removed} lines)" if change.added or change.removed else ""
        )
        if change.where or counts:
            lines.append(f"    {change.where}{counts}")
        if differences:
            shown = change.text[:_SHOWN_LINES]
            lines += [f"      {line}" for line in shown]
            if len(change.text) > len(shown):
                lines.append(f"      … {len(change.text) - len(shown)} more lines")
    return lines


def _untrue_lines(plan: Plan) -> list[str]:
    if not plan.untrue:
        return []
    lines = ["", "Papers that need not be true afterwards; make them anew: euguard documents build"]
    for paper in dict.fromkeys(one.statement.paper for one in plan.untrue):
        lines.append(f"  {paper}")
        lines += [
            f"    {one.statement.label} ({one.because})"
            for one in plan.untrue
            if one.statement.paper == paper
        ]
    return lines
