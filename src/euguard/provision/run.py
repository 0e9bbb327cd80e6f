"""One run and what it leaves: who changed what on which box, with which kit, and how it ended.

A run folder holds::

    run.json        this module's `Run`: command, times, versions, digests, recap, failures
    plan.json       what the check said would change, and which papers would become untrue
    facts.json      host → what it is
    events.jsonl    every event, reduced (provision/event.py)
    manifest.json   name, size and SHA-256 of each, RFC 8785; its own digest stands for the run

All of it is evidence: a configuration snapshot, a change record. None of it holds the text of a
file, an argument of a module or the output of a program that succeeded.
"""

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from euguard import canonical
from euguard.canonical import Value
from euguard.errors import MalformedRecordError, MalformedRunError
from euguard.provision.event import Kind
from euguard.provision.progress import Progress, Timed

FORMAT = "euguard-run-1"
MANIFEST_FORMAT = "euguard-run-manifest-1"


class Outcome(StrEnum):
    """How a run ended."""

    RUNNING = "running"
    """It is at work, or was killed so suddenly that nothing was written; the next run says."""
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Ctrl-C, a time limit, or a process that died; the same command goes on with it."""
    PLANNED = "planned"
    """The plan was all that was asked for; nothing was changed."""
    DECLINED = "declined"
    """The plan was shown and not agreed to; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Run:
    """What run.json says."""

    id: str
    """`<UTC time>-<command>`, as the folder is called."""
    command: str
    """`install`, `upgrade`, …"""
    playbook: str
    started: str
    """UTC, seconds."""
    ended: str = ""
    outcome: Outcome = Outcome.RUNNING
    kit: str = ""
    """SHA-256 over the playbooks and roles, hex."""
    bundle: Mapping[str, str] = field(default_factory=dict)
    """`version` and `sha256` of the manifest, where a bundle was verified."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Program → version, of what ran."""
    variables: tuple[str, ...] = ()
    """Names of the variables given on the command line; values are not kept."""
    reason: str = ""
    """Why the change is made, as the operator said."""
    follows: str = ""
    """Id of the interrupted run that this one goes on with."""
    milliseconds: int = 0
    hosts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    tasks: tuple[Timed, ...] = ()
    failures: tuple[Mapping[str, Value], ...] = ()

    def with_progress(self, progress: Progress, *, played: bool) -> "Run":
        """Return the run with what is known of it by now; counts only where hosts were changed."""
        return dataclasses.replace(
            self,
            hosts=progress.hosts if played else {},
            tasks=progress.tasks if played else (),
            failures=tuple(event.as_json() for event in progress.failures),
        )

    def changed(self) -> int:
        """Return how many tasks changed a host, over all hosts."""
        return sum(counts.get(Kind.CHANGED.value, 0) for counts in self.hosts.values())

    def as_json(self) -> dict[str, Value]:
        """Return what run.json says."""
        return {
            "format": FORMAT,
            "id": self.id,
            "command": self.command,
            "playbook": self.playbook,
            "started": self.started,
            "ended": self.ended,
            "outcome": self.outcome.value,
            "kit": self.kit,
            "bundle": dict(self.bundle),
            "versions": dict(self.versions),
            "variables": list(self.variables),
            "reason": self.reason,
            "follows": self.follows,
            "milliseconds": self.milliseconds,
            "hosts": {host: dict(counts) for host, counts in self.hosts.items()},
            "tasks": [one.as_json() for one in self.tasks],
            "failures": list(self.failures),
        }


def parse(data: bytes) -> Run:
    """Read what `canonical.encode(run.as_json())` writes.

    Raises:
        MalformedRunError: cut off, of another format, or a field is missing or too many.

    """
    try:
        value: dict[str, Any] = dict(canonical.decode(data))
        if value.pop("format", None) != FORMAT:
            msg = f"run: the format is not {FORMAT}"
            raise MalformedRunError(msg)
        tasks, outcome = value.pop("tasks"), value.pop("outcome")
        return Run(
            **{
                **value,
                "variables": tuple(value["variables"]),
                "failures": tuple(value["failures"]),
            },
            tasks=tuple(Timed(one["task"], one["milliseconds"]) for one in tasks),
            outcome=Outcome(outcome),
        )
    except (MalformedRecordError, KeyError, TypeError, ValueError):
        msg = "run: not what a run writes of itself"
        raise MalformedRunError(msg) from None


def manifest(run: str, files: Mapping[str, bytes]) -> bytes:
    """Return manifest.json over a run's files; its SHA-256 stands for the whole run."""
    return canonical.encode(
        {
            "format": MANIFEST_FORMAT,
            "run": run,
            "files": [
                {"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in sorted(files.items())
            ],
        }
    )


def digest(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over names and contents of files, hex: of a kit's playbooks and roles."""
    named = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    lines = "".join(f"{sha256}  {name}\n" for name, sha256 in named.items())
    return hashlib.sha256(lines.encode()).hexdigest()
