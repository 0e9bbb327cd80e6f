"""What Ansible says, reduced to what may be kept.

ansible-runner hands over one mapping per event, with the whole result of a module in it: the text
of a file before and after, arguments, the output of programs. Secrets hide in any of these. So an
event is built from a list of what is wanted, and all else is dropped::

    {"action":"ansible.builtin.template","at":"2026-11-25T09:30:00Z","host":"box","kind":"changed",
     "milliseconds":445,"place":"roles/gateway/tasks/settings.yml:3","play":"…","role":"gateway",
     "task":"Write the settings","where":["/etc/euguard/euguard.toml"]}

`Change.text`, the lines of a difference, is for the eyes of whoever plans; it is never written.

Source: ansible_runner.display_callback (events), ansible-core 2.19 (results, `no_log`).
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from euguard.canonical import Value

LONGEST_REASON = 600
"""Characters of a reason at most."""

HIDDEN = "hidden: the task handles a secret"


class Kind(StrEnum):
    """What happened."""

    PLAY = "play"
    """A play began."""
    TASK = "task"
    """A task began, on every host of the play."""
    OK = "ok"
    """A task found its host as it should be."""
    CHANGED = "changed"
    """A task changed its host; in a check, would change it."""
    SKIPPED = "skipped"
    """A condition did not hold; in a check also: cannot be foreseen."""
    FAILED = "failed"
    IGNORED = "ignored"
    """A task failed and was told to go on."""
    UNREACHABLE = "unreachable"
    RECAP = "recap"
    """The playbook is at its end, well or not."""
    WORDS = "words"
    """Ansible itself says something outside a task: a warning, or why it did not begin."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place that a task changes."""

    where: str
    """Path, unit, package or database object, as the task names it."""
    added: int = 0
    """Lines."""
    removed: int = 0
    text: tuple[str, ...] = ()
    """The lines that differ, each with its sign. Never written to disk."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    kind: Kind
    at: str
    """UTC, as Ansible's control node has it."""
    play: str = ""
    role: str = ""
    task: str = ""
    action: str = ""
    """Module, with its collection."""
    host: str = ""
    place: str = ""
    """File and line of the task, relative to the kit."""
    milliseconds: int = 0
    """Of the task on this host."""
    changes: tuple[Change, ...] = ()
    reason: str = ""
    """Why it failed; or the words."""
    facts: Mapping[str, Value] = field(default_factory=dict)
    """Of the host, those in `FACTS`."""

    @property
    def label(self) -> str:
        """Role and task as people read them."""
        return f"{self.role} : {self.task}" if self.role else self.task

    def as_json(self) -> dict[str, Value]:
        """Return what may be kept, without what is empty."""
        value: dict[str, Value] = {
            "kind": self.kind.value,
            "at": self.at,
            "play": self.play,
            "role": self.role,
            "task": self.task,
            "action": self.action,
            "host": self.host,
            "place": self.place,
            "milliseconds": self.milliseconds,
            "where": [change.where for change in self.changes],
            "reason": self.reason,
        }
        return {name: one for name, one in value.items() if one}


FACTS = (
    "ansible_architecture",
    "ansible_distribution",
    "ansible_distribution_version",
    "ansible_kernel",
    "ansible_memtotal_mb",
    "ansible_processor_vcpus",
    "ansible_python_version",
    "ansible_service_mgr",
    "ansible_virtualization_type",
    "euguard_host",
    "euguard_status",
)
"""Facts that are kept. The rest names addresses, disks, environment variables and users."""

_KINDS = {
    "playbook_on_play_start": Kind.PLAY,
    "playbook_on_task_start": Kind.TASK,
    "playbook_on_handler_task_start": Kind.TASK,
    "runner_on_ok": Kind.OK,
    "runner_on_skipped": Kind.SKIPPED,
    "runner_on_failed": Kind.FAILED,
    "runner_on_unreachable": Kind.UNREACHABLE,
    "playbook_on_stats": Kind.RECAP,
    "verbose": Kind.WORDS,
    "warning": Kind.WORDS,
    "error": Kind.WORDS,
    "deprecated": Kind.WORDS,
}

_ENDED = {Kind.OK, Kind.SKIPPED, Kind.FAILED, Kind.UNREACHABLE}

_NAMING = ("dest", "path", "name", "key", "unit", "db", "database", "role", "repo", "src", "line")
"""Arguments that say where a module works, the most telling first."""


def read(raw: Mapping[str, Any], kit: str) -> Event | None:
    """Return what may be kept of one event, or None where it says nothing.

    Args:
        raw: as ansible-runner hands it to its event handler.
        kit: folder of playbooks and roles; places are relative to it.

    """
    kind = _KINDS.get(raw.get("event", ""))
    if kind is None:
        return None
    data: Mapping[str, Any] = raw.get("event_data") or {}
    result: Mapping[str, Any] = data.get("res") or {}
    if kind is Kind.OK and _changed(raw, result):
        kind = Kind.CHANGED
    elif kind is Kind.FAILED and data.get("ignore_errors"):
        kind = Kind.IGNORED
    reason = _reason(kind, raw, result)
    if kind is Kind.WORDS and not reason:
        return None
    return Event(
        kind=kind,
        at=str(raw.get("created", ""))[:19] + "Z",
        play=str(data.get("play") or ""),
        role=str(data.get("role") or ""),
        task=str(data.get("task") or ""),
        action=str(data.get("resolved_action") or data.get("task_action") or ""),
        host=str(data.get("host") or ""),
        place=str(data.get("task_path") or "").removeprefix(f"{kit}/"),
        milliseconds=round(1000 * float(data.get("duration") or 0)),
        changes=tuple(_changes(result)) if kind is Kind.CHANGED else (),
        reason=reason,
        facts=_facts(result),
    )


def _facts(result: Mapping[str, Any]) -> Mapping[str, Value]:
    found = result.get("ansible_facts") or {}
    return {name: _whole(found[name]) for name in FACTS if name in found}


def _whole(value: Any) -> Value:
    """Return `value` without fractions, which evidence does not hold."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return round(value)
        case Mapping():
            return {str(key): _whole(inner) for key, inner in value.items()}
        case Sequence():
            return [_whole(inner) for inner in value]
        case _:
            return str(value)


# ------------------------------------------------------------------ what changed


def _changed(raw: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    if "censored" in result:  # of a secret's result nothing is left; the line for people says it
        return str(raw.get("stdout") or "").startswith("changed:")
    return bool(result.get("changed"))


def _changes(result: Mapping[str, Any]) -> Iterator[Change]:
    if "results" in result:  # a loop: one result per item
        for one in result["results"]:
            if isinstance(one, Mapping) and one.get("changed"):
                yield from _changes(one)
        return
    where = _where(result)
    differences = result.get("diff") or []
    listed = differences if isinstance(differences, list) else [differences]
    told = [one for one in listed if isinstance(one, Mapping)]
    counted = [line for one in told if not _is_attributes(one) for line in _difference(one)]
    yield Change(
        where=where,
        added=sum(line.startswith("+") for line in counted),
        removed=sum(line.startswith("-") for line in counted),
        text=tuple(line for one in told for line in _difference(one)),
    )


def _is_attributes(difference: Mapping[str, Any]) -> bool:
    """Tell a file's mode, owner or state from its lines."""
    return any(isinstance(difference.get(side), Mapping) for side in ("before", "after"))


def _where(result: Mapping[str, Any]) -> str:
    if "censored" in result:
        return HIDDEN
    arguments = (result.get("invocation") or {}).get("module_args") or {}
    for name in _NAMING:
        value = arguments.get(name) or result.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value:
            return ", ".join(map(str, value))
    return ""


def _difference(one: Mapping[str, Any]) -> tuple[str, ...]:
    if "prepared" in one:
        lines = str(one["prepared"]).splitlines()
    else:
        before, after = (_lines(one.get(side)) for side in ("before", "after"))
        lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))
    return tuple(
        line
        for line in lines
        if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
    )


def _lines(side: Any) -> list[str]:
    if isinstance(side, Mapping):  # attributes of a file: path, mode, owner
        return [f"{name} = {side[name]}" for name in sorted(side)]
    return str(side or "").splitlines()


# ------------------------------------------------------------------ why it failed


def _reason(kind: Kind, raw: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    if kind is Kind.WORDS:
        return _one_line(str(raw.get("stdout") or ""))
    if kind not in {Kind.FAILED, Kind.IGNORED, Kind.UNREACHABLE}:
        return ""
    if "censored" in result:
        return HIDDEN
    for item in result.get("results") or []:
        if isinstance(item, Mapping) and item.get("failed"):
            return _reason(kind, raw, item)
    return _one_line(_said(result))


def _said(result: Mapping[str, Any]) -> str:
    wrong = result.get("argument_errors")
    if isinstance(wrong, list):  # of argument_specs: the value itself may be a secret
        return "; ".join(map(_without_value, map(str, wrong)))
    message = str(result.get("msg") or "no reason was given").removeprefix("Task failed: ")
    if "rc" not in result:
        return message
    # A program: what it said last tells more than "non-zero return code".
    output = str(result.get("stderr") or result.get("stdout") or "").strip()
    last = output.splitlines()[-1] if output else ""
    return f"{message} (exit code {result['rc']}){f': {last}' if last else ''}"


def _without_value(error: str) -> str:
    return re.sub(r"""(: "'.*|, got: .*|\. Got: .*)$""", "", error, flags=re.DOTALL)


def _one_line(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_REASON else f"{words[:LONGEST_REASON]} …"
