"""Operations on the box, wired to Ansible, the run folders, the bundles and the papers."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from euguard.bootstrap.needing import needing
from euguard.bootstrap.shared import clock
from euguard.errors import (
    ConfigurationError,
    EuguardError,
    IntegrityError,
    UnavailableError,
    UsageError,
)
from euguard.policy.shipped import folder as shipped_policies
from euguard.provision.operation import (
    Finished,
    Ports,
    Request,
    Seal,
    Watcher,
    carry_out,
    look,
)
from euguard.provision.plan import Statement
from euguard.provision.run import Run

_BUNDLE_SECONDS = 3600
"""What verifying a bundle may take; weights have tens of gigabytes."""


def operate(
    request: Request,
    watcher: Watcher,
    *,
    kit: Path | None,
    runs: Path | None,
    trust: tuple[str, ...] = (),
) -> Finished:
    """Carry out an operation; see `provision.operation.carry_out`.

    Args:
        request: what the operator wants.
        watcher: who looks on.
        kit: folder of playbooks and roles; None for the one that came with euguard.
        runs: folder of the runs; None for `default_runs`.
        trust: public keys, or files with them, of which one must have signed the bundle.

    """
    return carry_out(request, _ports(kit, runs, trust), watcher)


def state_of(request: Request, *, kit: Path | None, runs: Path | None) -> Finished:
    """Look at the hosts, and change nothing."""
    return look(request, _ports(kit, runs, ()))


def kept_runs(runs: Path | None) -> tuple[Run, ...]:
    """Return the runs that this control node has kept, the oldest first."""
    from euguard.adapters.runs import RunFolders

    return tuple(RunFolders(runs or default_runs()).all())


def default_runs() -> Path:
    """Return where runs are kept: with the system's logs, or where the account may write."""
    if os.geteuid() == 0:
        return Path("/var/log/euguard/runs")
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "euguard" / "runs"


def shipped_kit(package: Path = Path(__file__).parents[1]) -> Path:
    """Return the folder of the playbooks that came with euguard, in the wheel or the checkout."""
    inside = package / "_shipped" / "deploy"
    return inside if inside.is_dir() else package.parents[1] / "deploy"


def _ports(kit: Path | None, runs: Path | None, trust: tuple[str, ...]) -> Ports:
    with needing("deploy"):
        from euguard.adapters.ansible import Ansible
        from euguard.adapters.runs import RunFolders

        folders = RunFolders(runs or default_runs())
        player = Ansible(kit or shipped_kit(), folders.work)
    return Ports(
        player=player,
        runs=folders,
        bundles=BundleCommand(trust),
        clock=clock(),
        statements=paper_statements,
    )


class BundleCommand:
    """Verifies a bundle in a process of its own, with `euguard bundle verify`."""

    def __init__(self, trust: tuple[str, ...], command: tuple[str, ...] = ()) -> None:
        own = (sys.executable, "-c", "from euguard.cli import main; main()")
        keys = [word for key in trust for word in ("--key", key)]
        self._command = (*(command or own), "bundle", "verify", "--json", *keys)

    def verify(self, bundle: Path) -> Seal:
        """Verify signature and every file.

        Raises:
            IntegrityError: it is not what a trusted key signed.
            ConfigurationError: there is no such bundle.
            UsageError: a key is none.
            UnavailableError: the command did not answer.

        """
        if not bundle.exists():
            msg = f"there is no bundle {bundle}"
            raise ConfigurationError(msg, fix="name it with --bundle")
        try:
            done = subprocess.run(  # noqa: S603  our own command
                [*self._command, str(bundle)],
                capture_output=True,
                check=False,
                timeout=_BUNDLE_SECONDS,
            )
            said = orjson.loads(done.stdout.splitlines()[-1] if done.returncode else done.stdout)
        except (subprocess.TimeoutExpired, orjson.JSONDecodeError, IndexError):
            msg = "`euguard bundle verify` gave no answer"
            raise UnavailableError(msg, fix="run it by itself to see why") from None
        if done.returncode:
            raise _refusal(said.get("error", {}), done.returncode)
        return Seal(version=str(said["version"]), sha256=str(said["manifest_sha256"]))


def _refusal(said: Mapping[str, Any], exit_code: int) -> EuguardError:
    """Return the command's own error, as far as it is one that a command ends with."""
    kinds = (UsageError, ConfigurationError, IntegrityError)
    kind = next((kind for kind in kinds if kind.exit_code == exit_code), UnavailableError)
    message = str(said.get("message") or "the bundle does not verify")
    error = kind(message, fix=str(said.get("fix") or ""))
    error.code = str(said.get("code") or kind.code)
    return error


def paper_statements() -> Iterator[Statement]:
    """Yield every field of the papers that came with euguard; nothing where they are left out."""
    try:
        from euguard.evidence.build import Inputs, documents, gathered
    except ModuleNotFoundError:  # a control node without [documents] makes no papers
        return
    from euguard.policy.schema import load

    inputs = Inputs(load(shipped_policies()), _SETTINGS, None, clock().now())
    for paper in documents(gathered(inputs)):
        for field in paper.fields():
            yield Statement(paper.title, field.label, field.fact.id, field.fact.source)


_SETTINGS = dict.fromkeys(("software", "origin", "database", "listen", "upstream", "network"), "-")
"""A value for each setting that papers print: only where it comes from matters here."""
