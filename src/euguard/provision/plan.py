"""What a run would change, from the events of a check; and which papers would become untrue.

A check (`--check --diff`) runs every task without letting it change anything. What commands do
cannot be foreseen that way: they are skipped, and the plan says so.

A paper states facts, and each fact names its source: a file of the policies, or the settings. A
fact whose source changes was true of the box before and need not be true after.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from euguard.canonical import Value
from euguard.provision.event import Change, Event, Kind

SETTINGS_FILE = "/etc/euguard/euguard.toml"
POLICY_FOLDER = "/etc/euguard/policies"
RELEASE_LINK = "/opt/euguard/current"

BY_SETTING: Mapping[str, tuple[str, ...]] = {
    "origin": ("settings.origin",),
    "database": ("settings.database", "settings.network"),
    "host": ("settings.listen",),
    "port": ("settings.listen",),
    "upstream": ("settings.upstream", "settings.network"),
    "upstream_socket": ("settings.upstream", "settings.network"),
}
"""Setting in euguard.toml → the facts that are read from it (bootstrap/papers.py)."""

BY_RELEASE = ("settings.software",)

_UNFORESEEN = {
    f"ansible.builtin.{name}" for name in ("command", "shell", "raw", "script", "expect")
}
_KEY = re.compile(r"[+-]\s*([a-z_]+)\s*=")
_POLICIES = re.compile(r"policies/[\w./-]*\w")


@dataclass(frozen=True, slots=True)
class Statement:
    """One field of a paper, and where its value comes from."""

    paper: str
    """Title of the paper."""
    label: str
    """What the field is called there."""
    fact: str
    """Id of the fact."""
    source: str
    """As the fact names it: `policies/purposes/hr.yaml`, `settings`, …"""


@dataclass(frozen=True, slots=True)
class Step:
    """One task that would change one host."""

    host: str
    label: str
    """Role and task."""
    action: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Untrue:
    """A statement that need not hold after the run."""

    statement: Statement
    because: str
    """What changes: a setting, a file, the release."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do."""

    steps: tuple[Step, ...]
    unforeseen: int
    """Commands, which run only in earnest and only where their conditions hold."""
    untrue: tuple[Untrue, ...]
    stopped: Event | None
    """The task at which the check could not go on; what follows it is not foreseen."""

    def hosts(self) -> Mapping[str, int]:
        """Return how many tasks would change each host."""
        names = sorted({step.host for step in self.steps})
        return {name: sum(step.host == name for step in self.steps) for name in names}

    def as_json(self) -> dict[str, Value]:
        """Return the plan as plan.json has it: where, and how many lines; never which."""
        return {
            "steps": [_step_json(step) for step in self.steps],
            "unforeseen": self.unforeseen,
            "untrue": [
                {
                    "paper": one.statement.paper,
                    "field": one.statement.label,
                    "fact": one.statement.fact,
                    "because": one.because,
                }
                for one in self.untrue
            ],
            "stopped": self.stopped.as_json() if self.stopped else None,
        }


def plan(events: Sequence[Event], statements: Iterable[Statement] = ()) -> Plan:
    """Return what the checked run would change, and which of the statements it would touch."""
    steps = tuple(
        Step(event.host, event.label, event.action, event.changes)
        for event in events
        if event.kind is Kind.CHANGED
    )
    stops = [event for event in events if event.kind in {Kind.FAILED, Kind.UNREACHABLE}]
    unforeseen = [
        event for event in events if event.kind is Kind.SKIPPED and event.action in _UNFORESEEN
    ]
    return Plan(
        steps=steps,
        unforeseen=len({(one.host, one.place) for one in unforeseen}),
        untrue=tuple(_untrue(steps, tuple(statements))),
        stopped=stops[0] if stops else None,
    )


def _step_json(step: Step) -> dict[str, Value]:
    return {
        "host": step.host,
        "task": step.label,
        "action": step.action,
        "changes": [
            {"where": one.where, "added": one.added, "removed": one.removed} for one in step.changes
        ],
    }


def _untrue(steps: Sequence[Step], statements: Sequence[Statement]) -> Iterator[Untrue]:
    """Yield each statement that a change touches, once, in the order of the papers."""
    touched = [(change.where, change) for step in steps for change in step.changes]
    for statement in statements:
        reasons = (_because(where, change, statement) for where, change in touched)
        because = next(filter(None, reasons), "")
        if because:
            yield Untrue(statement, because)


def _because(where: str, change: Change, statement: Statement) -> str:
    if where == SETTINGS_FILE:
        for name in _settings(change):
            if statement.fact in BY_SETTING.get(name, ()):
                return f"euguard.toml: {name}"
    if where == RELEASE_LINK and statement.fact in BY_RELEASE:
        return "the release"
    file = _policy_file(where)
    return file if file and _names(statement.source, file) else ""


def _settings(change: Change) -> tuple[str, ...]:
    """Return the settings that differ; all that papers read where the lines are not known."""
    keys = (match[1] for line in change.text if (match := _KEY.match(line)))
    return tuple(dict.fromkeys(keys)) or (() if change.text else tuple(BY_SETTING))


def _policy_file(where: str) -> str:
    """Return `policies/…` for a path below the policies of the box, else nothing."""
    if where == POLICY_FOLDER:
        return "policies"
    path = PurePosixPath(where)
    below = path.is_relative_to(POLICY_FOLDER)
    return f"policies/{path.relative_to(POLICY_FOLDER)}" if below else ""


def _names(source: str, file: str) -> bool:
    """Say whether a source names the file, a folder above it, or something within it."""
    return any(
        PurePosixPath(file).is_relative_to(named) or PurePosixPath(named).is_relative_to(file)
        for named in _POLICIES.findall(source)
    )
