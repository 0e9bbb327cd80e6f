"""`euguard install`, `upgrade`, `rollback`, `backup`, `restore`, `uninstall`, `status`.

Each shows what would change and asks, then plays the playbook of its name and shows every task.
What a run leaves lies in a folder that is evidence. To go on with a run that stopped: the same
command again.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from euguard.bootstrap import install as box
from euguard.canonical import Value
from euguard.cli.output import Json, described, progress, result
from euguard.cli.run_display import JsonLines, Lines, write_line
from euguard.errors import UsageError
from euguard.provision.operation import COMMANDS, Finished, Request
from euguard.provision.progress import spoken
from euguard.provision.run import Outcome, Run
from euguard.provision.state import State, read

FINDINGS = 4
MIB, GIB = 2**20, 2**30
INTERRUPTED = 130

Inventory = Annotated[
    Path,
    typer.Option(
        "--inventory",
        "-i",
        envvar="EUGUARD_INVENTORY",
        help="Ansible's inventory: file or folder; deploy/inventory/example has three to copy.",
    ),
]
Limit = Annotated[str, typer.Option(help="Only these hosts or groups of the inventory.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a variable; wins over the inventory."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; the plan is shown anyway.")]
PlanOnly = Annotated[
    bool, typer.Option("--plan", help="Show what would change and stop; exit code 4 if anything.")
]
Diff = Annotated[
    bool, typer.Option("--diff", help="Show the lines that differ. They may hold secrets.")
]
Reason = Annotated[
    str, typer.Option(help="Why the change is made, for the record; name nobody in it.")
]
Minutes = Annotated[
    int, typer.Option("--timeout", min=1, help="Minutes after which a playbook is stopped.")
]
Become = Annotated[
    Path | None, typer.Option("--become-password-file", help="File with the sudo password.")
]
Vault = Annotated[
    Path | None, typer.Option("--vault-password-file", help="File with Ansible Vault's password.")
]
Kit = Annotated[
    Path | None,
    typer.Option(help="Folder of playbooks and roles [default: those that come with euguard]."),
]
Runs = Annotated[
    Path | None,
    typer.Option(
        envvar="EUGUARD_RUNS",
        help=(
            "Folder in which runs are kept "
            "[default: /var/log/euguard/runs; without root ~/.local/state/euguard/runs]."
        ),
    ),
]
Bundle = Annotated[
    Path | None, typer.Option(help="The bundle; every file of it is verified first.")
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        help="The bundle's builder's public key, or a file with it, received on another way.",
    ),
]
JsonRun = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON object per line: what happens, then the result."),
]

HOSTS = Path("inventory")
FOUR_HOURS = 240


def install(
    inventory: Inventory = HOSTS,
    bundle: Bundle = None,
    key: Keys = None,
    limit: Limit = "",
    variables: Set = None,
    yes: Yes = False,
    plan: PlanOnly = False,
    diff: Diff = False,
    reason: Reason = "",
    timeout: Minutes = FOUR_HOURS,
    become: Become = None,
    vault: Vault = None,
    kit: Kit = None,
    runs: Runs = None,
    as_json: JsonRun = False,
) -> None:
    """Install euguard on the hosts of the inventory, or bring them to what it says."""
    request = _request("install", inventory, limit, variables, plan, reason, timeout)
    request = _with_files(request, bundle, become, vault)
    _operate(request, kit, runs, key, yes=yes, diff=diff, as_json=as_json)


def upgrade(
    inventory: Inventory = HOSTS,
    bundle: Bundle = None,
    key: Keys = None,
    limit: Limit = "",
    variables: Set = None,
    yes: Yes = False,
    plan: PlanOnly = False,
    diff: Diff = False,
    reason: Reason = "",
    timeout: Minutes = FOUR_HOURS,
    become: Become = None,
    vault: Vault = None,
    kit: Kit = None,
    runs: Runs = None,
    as_json: JsonRun = False,
) -> None:
    """Go to the release of a newer bundle; the one before stays, for `rollback`."""
    request = _request("upgrade", inventory, limit, variables, plan, reason, timeout)
    request = _with_files(request, bundle, become, vault)
    _operate(request, kit, runs, key, yes=yes, diff=diff, as_json=as_json)


def rollback(
    inventory: Inventory = HOSTS,
    limit: Limit = "",
    variables: Set = None,
    yes: Yes = False,
    plan: PlanOnly = False,
    diff: Diff = False,
    reason: Reason = "",
    timeout: Minutes = FOUR_HOURS,
    become: Become = None,
    vault: Vault = None,
    kit: Kit = None,
    runs: Runs = None,
    as_json: JsonRun = False,
) -> None:
    """Go back to the release before the last upgrade."""
    request = _request("rollback", inventory, limit, variables, plan, reason, timeout)
    request = _with_files(request, None, become, vault)
    _operate(request, kit, runs, None, yes=yes, diff=diff, as_json=as_json)


def backup(
    inventory: Inventory = HOSTS,
    limit: Limit = "",
    variables: Set = None,
    yes: Yes = False,
    plan: PlanOnly = False,
    diff: Diff = False,
    reason: Reason = "",
    timeout: Minutes = FOUR_HOURS,
    become: Become = None,
    vault: Vault = None,
    kit: Kit = None,
    runs: Runs = None,
    as_json: JsonRun = False,
) -> None:
    """Take a backup of database, keys, policies and settings, and verify it."""
    request = _request("backup", inventory, limit, variables, plan, reason, timeout)
    request = _with_files(request, None, become, vault)
    _operate(request, kit, runs, None, yes=yes, diff=diff, as_json=as_json)


def restore(
    archive: Annotated[str, typer.Argument(help="The backup, as /var/backups/euguard names it.")],
    inventory: Inventory = HOSTS,
    limit: Limit = "",
    variables: Set = None,
    yes: Yes = False,
    plan: PlanOnly = False,
    diff: Diff = False,
    reason: Reason = "",
    timeout: Minutes = FOUR_HOURS,
    become: Become = None,
    vault: Vault = None,
    kit: Kit = None,
    runs: Runs = None,
    as_json: JsonRun = False,
) -> None:
    """Put a backup in place of what is there; the log keeps its chain."""
    request = _request("restore", inventory, limit, variables, plan, reason, timeout)
    request = _with_files(request, None, become, vault, euguard_restore_archive=archive)
    _operate(request, kit, runs, None, yes=yes, diff=diff, as_json=as_json)


def uninstall(
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove the log, keys and backups too. For ever.")
    ] = False,
    inventory: Inventory = HOSTS,
    limit: Limit = "",
    variables: Set = None,
    yes: Yes = False,
    plan: PlanOnly = False,
    diff: Diff = False,
    reason: Reason = "",
    timeout: Minutes = FOUR_HOURS,
    become: Become = None,
    vault: Vault = None,
    kit: Kit = None,
    runs: Runs = None,
    as_json: JsonRun = False,
) -> None:
    """Remove euguard from the hosts; the log, its keys and the backups stay unless purged."""
    request = _request("uninstall", inventory, limit, variables, plan, reason, timeout)
    request = _with_files(request, None, become, vault, euguard_uninstall_purge=purge)
    _operate(request, kit, runs, None, yes=yes, diff=diff, as_json=as_json)


def status(
    inventory: Inventory = HOSTS,
    limit: Limit = "",
    variables: Set = None,
    timeout: Minutes = 10,
    become: Become = None,
    vault: Vault = None,
    kit: Kit = None,
    runs: Runs = None,
    as_json: Json = False,
) -> None:
    """Show release, units, disks, size of the log, last backup and last verification per host."""
    request = _request("status", inventory, limit, variables, False, "", timeout)
    request = _with_files(request, None, become, vault)
    progress("looking at the hosts; nothing is changed")
    done = box.state_of(request, kit=kit, runs=runs)
    kept = box.kept_runs(runs)
    states = {
        host: read(host, said, kept)
        for host, facts in done.progress.facts.items()
        if isinstance(said := facts.get("euguard_status"), Mapping)
    }
    if done.error and not states:
        raise done.error
    value = {
        "hosts": {host: one.as_json() for host, one in states.items()},
        "last": {one.command: one.id for one in kept},
        "error": described(done.error) if done.error else None,
    }
    lines = [line for host, one in states.items() for line in state_lines(host, one)]
    result(value, [*lines, *run_lines(kept)], as_json=as_json)
    if done.error:  # some hosts answered, and some did not
        progress(f"error: {done.error.message}\n  fix: {done.error.fix}")
        raise typer.Exit(done.error.exit_code)


# ------------------------------------------------------------------ from words to a request


def _request(
    name: str,
    inventory: Path,
    limit: str,
    variables: list[str] | None,
    plan: bool,
    reason: str,
    minutes: int,
) -> Request:
    return Request(
        command=COMMANDS[name],
        inventory=inventory,
        variables=_variables(variables or []),
        limit=limit,
        reason=reason,
        seconds=60 * minutes,
        plan_only=plan,
    )


def _variables(given: list[str]) -> dict[str, Value]:
    parsed: dict[str, Value] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.isidentifier():
            msg = "--set takes NAME=VALUE"
            raise UsageError(msg, fix="as in --set euguard_port=8443")
        parsed[name] = value
    return parsed


def _with_files(
    request: Request,
    bundle: Path | None,
    become: Path | None,
    vault: Path | None,
    **variables: Value,
) -> Request:
    files = {"--become-password-file": become, "--vault-password-file": vault}
    arguments = [f"{name}={path.absolute()}" for name, path in files.items() if path is not None]
    return Request(
        command=request.command,
        inventory=request.inventory,
        variables={**request.variables, **variables},
        bundle=bundle.absolute() if bundle else None,
        limit=request.limit,
        reason=request.reason,
        seconds=request.seconds,
        arguments=tuple(arguments),
        plan_only=request.plan_only,
    )


# ------------------------------------------------------------------ a run


def _operate(
    request: Request,
    kit: Path | None,
    runs: Path | None,
    key: list[str] | None,
    *,
    yes: bool,
    diff: bool,
    as_json: bool,
) -> None:
    if not (yes or request.plan_only) and (as_json or not sys.stdin.isatty()):
        msg = "nobody is there to be asked"
        raise UsageError(msg, fix="look at the plan with --plan, then give --yes")
    if request.bundle and not key:
        msg = "whose bundle it is, only a key can tell"
        raise UsageError(msg, fix="give the builder's public key with --key")
    kind = JsonLines if as_json else Lines
    with kind(yes=yes, differences=diff) as watcher:
        done = box.operate(request, watcher, kit=kit, runs=runs, trust=tuple(key or ()))
    _report(done, as_json=as_json)


def _report(done: Finished, *, as_json: bool) -> None:
    """Say how it ended, and end with the exit code that says the same."""
    if as_json:
        write_line({"result": _outcome_json(done)})
    else:
        for line in outcome_lines(done):
            sys.stdout.write(f"{line}\n")
    if done.error:
        raise done.error
    if done.run.outcome is Outcome.INTERRUPTED:
        raise typer.Exit(INTERRUPTED)
    if done.run.outcome is Outcome.PLANNED and done.plan and done.plan.steps:
        raise typer.Exit(FINDINGS)


def _outcome_json(done: Finished) -> dict[str, Any]:
    run = done.run
    return {
        "run": run.id,
        "outcome": run.outcome.value,
        "changed": run.changed(),
        "hosts": run.hosts,
        "milliseconds": run.milliseconds,
        "folder": str(done.folder),
        "manifest_sha256": done.manifest,
    }


def outcome_lines(done: Finished) -> list[str]:
    """Return how a run ended, for people."""
    run, name = done.run, done.run.command
    lines = []
    for host, counts in run.hosts.items():
        words = ", ".join(f"{kind} {count}" for kind, count in counts.items())
        lines.append(f"{host}: {words}")
    match run.outcome:
        case Outcome.COMPLETED:
            changed = run.changed()
            what = f"{changed} changes" if changed else "nothing had to be changed"
            lines.append(f"{name}: done in {spoken(run.milliseconds)}, {what}")
        case Outcome.PLANNED | Outcome.DECLINED:
            lines.append(f"{name}: nothing was changed")
        case Outcome.INTERRUPTED:
            lines.append(f"{name}: interrupted; `euguard {name}` goes on where it stopped")
        case _:
            unharmed = "" if run.hosts else "; nothing was changed"
            lines.append(f"{name}: failed after {spoken(run.milliseconds)}{unharmed}")
    lines.append(f"kept in {done.folder}")
    lines.append(f"manifest SHA-256 {done.manifest}")
    return lines


# ------------------------------------------------------------------ the state of the hosts


def state_lines(host: str, state: State) -> list[str]:
    """Return the state of one host, for people."""
    lines = [host, f"  release      {state.release or 'none is installed'}"]
    lines += [f"  {unit:<25}{how}" for unit, how in sorted(state.units.items())]
    lines += [
        f"  disk         {one.mount}: {_size(one.free)} free of {_size(one.size)}"
        for one in state.disks
    ]
    lines.append(f"  log          {_size(state.log_bytes) if state.log_bytes else 'none'}")
    lines.append(f"  last backup  {state.last_backup or 'none'}")
    lines.append(f"  last verify  {state.last_verify or 'none from here'}")
    return lines


def run_lines(runs: tuple[Run, ...]) -> list[str]:
    """Return the last run of each command, for people."""
    last = {one.command: one for one in runs}
    return (
        ["", "last runs from here"]
        + [f"  {one.command:<10} {one.started}  {one.outcome.value}" for one in last.values()]
        if last
        else []
    )


def _size(size: int) -> str:
    return f"{size / GIB:,.1f} GiB" if size >= GIB else f"{size / MIB:,.1f} MiB"
