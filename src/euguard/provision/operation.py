"""An operation on the box, from the first look to the evidence: check, ask, play, keep.

::

    held ── settle ── verify the bundle ── begin ── check → Plan ── ask ── play ── finish
             │                              │                               │
             what was killed is marked      run.json says `running`         files, then manifest

Every way out after `begin` ends in `finish`, but a kill: that is what `settle` is for. To go on
with a run is to run it again: every task looks first, and changes only what is not as it should be.

One thing gets lost that way. A task that changed a file and asked for a restart finds the file in
order the next time, and asks no more. So the run after one that was cut off, or that failed, gets
the variable `euguard_resuming`, and roles restart what they run where it is true.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from euguard import canonical
from euguard.canonical import Value
from euguard.errors import (
    EuguardError,
    HostUnreachableError,
    PlaybookInvalidError,
    PrivilegeMissingError,
    RunTimedOutError,
    TaskFailedError,
    VariableInvalidError,
)
from euguard.provision.event import Event, Kind
from euguard.provision.fixes import fix
from euguard.provision.plan import Plan, Statement, plan
from euguard.provision.progress import Progress, Timed, spoken
from euguard.provision.run import Outcome, Run

RESUMING = "euguard_resuming"
"""Variable that tells roles to restart what they run: the run before did not get so far."""

# ------------------------------------------------------------------ what is asked for


@dataclass(frozen=True, slots=True)
class Command:
    """One of the operations, and its playbook."""

    name: str
    playbook: str
    """Without `.yml`."""
    question: str
    """What is asked before anything changes."""


COMMANDS: Mapping[str, Command] = {
    one.name: one
    for one in (
        Command("install", "site", "Install this?"),
        Command("upgrade", "upgrade", "Upgrade now?"),
        Command("rollback", "rollback", "Go back to the release before?"),
        Command("backup", "backup", "Take a backup now?"),
        Command("restore", "restore", "Put this backup in place of what is there?"),
        Command("uninstall", "uninstall", "Remove euguard from these hosts?"),
        Command("status", "status", ""),
    )
}


@dataclass(frozen=True, slots=True)
class Request:
    """What the operator wants."""

    command: Command
    inventory: Path
    variables: Mapping[str, Value] = field(default_factory=dict)
    """Given on the command line; they win over the inventory."""
    bundle: Path | None = None
    limit: str = ""
    """Pattern of hosts; empty for all."""
    reason: str = ""
    seconds: int = 4 * 3600
    """After which a playbook is stopped."""
    arguments: tuple[str, ...] = ()
    """Further arguments of ansible-playbook: paths of files with passwords."""
    plan_only: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One playbook to play once."""

    run: str
    """Id of the run that it is part of."""
    playbook: str
    request: Request
    variables: Mapping[str, Value]
    check: bool
    """Change nothing, and say what would change."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A bundle of which every file was verified."""

    version: str
    sha256: str
    """Of its manifest, hex."""


class Status(StrEnum):
    """How a playbook ended."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of an operation."""

    run: Run
    plan: Plan | None
    progress: Progress
    folder: Path
    error: EuguardError | None = None
    manifest: str = ""
    """SHA-256 of the run's manifest, hex."""


# ------------------------------------------------------------------ ports


class Player(Protocol):
    """Plays a playbook."""

    def play(self, job: Job, observe: Callable[[Event], None]) -> Status:
        """Play to the end, and hand over every event on the way.

        Raises:
            ConfigurationError: there is no such playbook or inventory.

        """
        ...

    def kit(self) -> str:
        """Return the SHA-256 over playbooks and roles, hex."""
        ...

    def versions(self) -> Mapping[str, str]:
        """Return program → version, of what plays."""
        ...


class Runs(Protocol):
    """Where runs are kept."""

    def held(self) -> AbstractContextManager[None]:
        """Keep others from running at the same time.

        Raises:
            RunInProgressError: somebody is at work.

        """
        ...

    def settle(self) -> None:
        """Mark as interrupted what a kill left running."""
        ...

    def all(self) -> Sequence[Run]:
        """Return the runs, the oldest first."""
        ...

    def begin(self, run: Run) -> Path:
        """Make the folder of a run, and return it."""
        ...

    def note(self, run: Run, event: Event) -> None:
        """Keep one event."""
        ...

    def finish(self, run: Run, files: Mapping[str, bytes]) -> str:
        """Write what the run leaves, and the manifest over it; return its SHA-256, hex."""
        ...


class Bundles(Protocol):
    """Verifies bundles."""

    def verify(self, bundle: Path) -> Seal:
        """Verify signature and every file.

        Raises:
            IntegrityError: it is not what a trusted key signed.

        """
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        ...


class Watcher(Protocol):
    """Whoever looks on."""

    def phase(self, words: str) -> None:
        """Hear what comes now."""
        ...

    def event(self, event: Event, progress: Progress, last: Sequence[Timed]) -> None:
        """See an event, the state after it, and the times of the run before."""
        ...

    def agree(self, request: Request, plan: Plan) -> bool:
        """Look at the plan, and say whether to go on."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside."""

    player: Player
    runs: Runs
    bundles: Bundles
    clock: Clock
    statements: Callable[[], Iterable[Statement]]
    """The papers' fields, asked for once a plan has changes."""


# ------------------------------------------------------------------ the operation


def carry_out(request: Request, ports: Ports, watcher: Watcher) -> Finished:
    """Check, ask, play, and keep what happened.

    What fails on the hosts is returned, with the run that it is evidence of; what fails before a
    run begins is raised.

    Raises:
        RunInProgressError: another run is at work.
        IntegrityError: the bundle is not what a trusted key signed.
        ConfigurationError: there is no such playbook or inventory.

    """
    with ports.runs.held():
        ports.runs.settle()
        return _Operation(request, ports, watcher).carry_out()


def look(request: Request, ports: Ports) -> Finished:
    """Play a playbook that only reads, and keep nothing; raises as `carry_out` does."""
    progress, status = Progress(), Status.FAILED
    run = Run(id="status", command=request.command.name, playbook="status", started="")

    def observe(event: Event) -> None:
        nonlocal progress
        progress = progress.after(event)

    job = Job("status", request.command.playbook, request, request.variables, check=False)
    status = ports.player.play(job, observe)
    return Finished(run, None, progress, Path(), failure(status, progress, request))


class _Operation:
    """One operation under way."""

    def __init__(self, request: Request, ports: Ports, watcher: Watcher) -> None:
        self._request = request
        self._ports = ports
        self._watcher = watcher
        self._began = ports.clock.monotonic()
        self._variables = dict(request.variables)
        self._files: dict[str, bytes] = {}
        self._playing = False

    def carry_out(self) -> Finished:
        bundle = self._verified()
        earlier = self._ports.runs.all()
        run = self._opened(bundle, earlier)
        self._variables[RESUMING] = _was_cut_off(earlier)
        folder = self._ports.runs.begin(run)
        state = Finished(run, None, Progress(), folder)
        try:
            state = self._planned(state)
            if state.error is None and state.run.outcome is Outcome.RUNNING:
                state = self._played(state, _times(earlier, run, state.progress))
        except EuguardError as error:
            state = self._ended(state, Outcome.FAILED, error)
        except KeyboardInterrupt:
            state = self._ended(state, Outcome.INTERRUPTED)
        manifest = self._ports.runs.finish(state.run, self._files)
        return dataclasses.replace(state, manifest=manifest)

    def _verified(self) -> Seal | None:
        bundle = self._request.bundle
        if bundle is None:
            return None
        self._watcher.phase(f"verifying {bundle.name}")
        seal = self._ports.bundles.verify(bundle)
        self._variables |= {
            "euguard_bundle": str(bundle),
            "euguard_bundle_manifest_sha256": seal.sha256,
            "euguard_version": seal.version,
        }
        return seal

    def _opened(self, seal: Seal | None, earlier: Sequence[Run]) -> Run:
        now = self._ports.clock.now()
        command = self._request.command
        last = next((one for one in reversed(earlier) if one.command == command.name), None)
        broken_off = last and last.outcome in {Outcome.INTERRUPTED, Outcome.FAILED}
        return Run(
            id=f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}Z-{command.name}",
            command=command.name,
            playbook=command.playbook,
            started=_written(now),
            kit=self._ports.player.kit(),
            bundle={"version": seal.version, "sha256": seal.sha256} if seal else {},
            versions=self._ports.player.versions(),
            variables=tuple(sorted(self._variables)),
            reason=self._request.reason,
            follows=last.id if last and broken_off else "",
        )

    def _planned(self, state: Finished) -> Finished:
        self._watcher.phase("checking what would change; nothing is changed yet")
        events: list[Event] = []
        status, progress = self._play(state.run, events, (), check=True)
        planned = plan(events)
        if planned.steps:
            planned = plan(events, self._ports.statements())
        self._files["plan.json"] = canonical.encode(planned.as_json())
        state = dataclasses.replace(state, plan=planned, progress=progress)
        if status is Status.INTERRUPTED:
            return self._ended(state, Outcome.INTERRUPTED)
        error = failure(status, progress, self._request)
        if error and (planned.stopped is None or not _may_be_the_checks(planned.stopped)):
            return self._ended(state, _outcome(status, error), error)
        agreed = self._watcher.agree(self._request, planned)
        if self._request.plan_only:
            return self._ended(state, Outcome.PLANNED)
        return state if agreed else self._ended(state, Outcome.DECLINED)

    def _played(self, state: Finished, last: Sequence[Timed]) -> Finished:
        self._watcher.phase(f"{state.run.command}: the hosts are changed now")
        self._playing = True
        state = dataclasses.replace(state, progress=Progress())
        status, progress = self._play(state.run, [], last, check=False)
        state = dataclasses.replace(state, progress=progress)
        error = failure(status, progress, self._request)
        return self._ended(state, _outcome(status, error), error)

    def _play(
        self, run: Run, events: list[Event], last: Sequence[Timed], *, check: bool
    ) -> tuple[Status, Progress]:
        progress = Progress()

        def observe(event: Event) -> None:
            nonlocal progress
            progress = progress.after(event)
            events.append(event)
            if not check:
                self._ports.runs.note(run, event)
            self._watcher.event(event, progress, last)

        job = Job(run.id, run.playbook, self._request, self._variables, check=check)
        return self._ports.player.play(job, observe), progress

    def _ended(
        self, state: Finished, outcome: Outcome, error: EuguardError | None = None
    ) -> Finished:
        elapsed = round(1000 * (self._ports.clock.monotonic() - self._began))
        run = dataclasses.replace(
            state.run.with_progress(state.progress, played=self._playing),
            outcome=outcome,
            ended=_written(self._ports.clock.now()),
            milliseconds=elapsed,
        )
        self._files["facts.json"] = canonical.encode({**state.progress.facts})
        return dataclasses.replace(state, run=run, error=error)


def _was_cut_off(earlier: Sequence[Run]) -> bool:
    """Say whether the last run that may have changed the hosts came to its end."""
    unharmed = {Outcome.PLANNED, Outcome.DECLINED}
    last = next((one for one in reversed(earlier) if one.outcome not in unharmed), None)
    return last is not None and last.outcome is not Outcome.COMPLETED


def _times(earlier: Sequence[Run], run: Run, checked: Progress) -> Sequence[Timed]:
    """Return the times of the last whole run of this command, or else of the check."""
    whole = (
        one.tasks
        for one in reversed(earlier)
        if one.command == run.command and one.outcome is Outcome.COMPLETED
    )
    return next(whole, checked.tasks)


def _outcome(status: Status, error: EuguardError | None) -> Outcome:
    if status in {Status.INTERRUPTED, Status.TIMED_OUT}:
        return Outcome.INTERRUPTED
    return Outcome.FAILED if error else Outcome.COMPLETED


def _may_be_the_checks(stopped: Event) -> bool:
    """Say whether a failure may be one of the check alone, which only pretends to have made files.

    What looks at the host or at the variables fails in earnest as well.
    """
    looking = ("assert", "fail", "validate_argument_spec", "setup", "gather_facts")
    return stopped.kind is Kind.FAILED and stopped.action.rpartition(".")[2] not in looking


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


# ------------------------------------------------------------------ one clear error

_BY_CAUSE: Mapping[str, type[EuguardError]] = {
    "host": HostUnreachableError,
    "privilege": PrivilegeMissingError,
    "variable": VariableInvalidError,
    "task": TaskFailedError,
}


def failure(status: Status, progress: Progress, request: Request) -> EuguardError | None:
    """Return the one error that tells host, task, reason, fix and how to go on.

    None where nothing failed, or it was interrupted on purpose: whoever did that knows.
    """
    if status is Status.SUCCESSFUL and progress.hosts:
        return None
    command = request.command.name
    again = "" if command == "status" else f"; then `euguard {command}` goes on where it stopped"
    if status is Status.INTERRUPTED:
        return None
    if status is Status.TIMED_OUT:
        at = f" at: {progress.now.label}" if progress.now else ""
        msg = f"stopped after {spoken(1000 * request.seconds)}{at}"
        return RunTimedOutError(msg, fix=f"look what the host waits for, or raise --timeout{again}")
    if not progress.failures:
        return _not_begun(progress)
    first = progress.failures[0]
    advice = fix(first)
    others = len({one.host for one in progress.failures} - {first.host})
    also = f" (and {others} more host{'s' if others > 1 else ''})" if others else ""
    place = f" ({first.place})" if first.place else ""
    msg = f"{first.host}{also}: {first.label}{place}: {first.reason}"
    return _BY_CAUSE[advice.cause](msg, fix=f"{advice.advice}{again}")


def _not_begun(progress: Progress) -> EuguardError:
    """Return why Ansible ended without a task: it did not understand something, or had no host."""
    if progress.ended and progress.plays:
        msg = "no host of the inventory is in the groups that the playbook is for"
        return PlaybookInvalidError(msg, fix="the groups are: gateway, engine, database")
    msg = _wording(progress.words).replace("[ERROR]: ", "").replace("[WARNING]: ", "")
    return PlaybookInvalidError(msg, fix="mend the inventory; the playbooks come with the kit")


def _wording(words: Sequence[str]) -> str:
    """Return the line that says most, with the place that follows it where Ansible names one."""
    named = [number for number, line in enumerate(words) if line.startswith("Origin: /")]
    before = words[: named[0]] if named else words
    telling = [line for line in before if "ERROR" in line or "failed" in line]
    said = (telling[-1:] or list(words[-1:]) or ["Ansible ended without a word"])[0]
    return f"{words[named[0]].removeprefix('Origin: ')}: {said}" if named else said
