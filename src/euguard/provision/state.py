"""The state of one host, from what its own programs say (deploy/playbooks/status.yml)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from euguard.canonical import Value
from euguard.provision.run import Outcome, Run

VERIFYING = " / verify : "
"""What the key of a task of the role `verify` holds."""


@dataclass(frozen=True, slots=True)
class Disk:
    """One file system that something of ours lies on."""

    mount: str
    size: int
    """Bytes."""
    free: int
    """Bytes that are left for others than root."""


@dataclass(frozen=True, slots=True)
class State:
    """One host."""

    release: str
    """Version; empty where none is installed."""
    units: Mapping[str, str]
    """Unit → `active running`, `inactive dead`, …; empty without systemd."""
    disks: tuple[Disk, ...]
    log_bytes: int
    """Size of the log's database; 0 where there is none on this host."""
    last_backup: str
    """Name of its file; empty where there is none."""
    last_verify: str
    """When a run from this control node last verified the host, UTC; empty if none has."""

    def as_json(self) -> dict[str, Value]:
        """Return the state as `euguard status --json` prints it."""
        return {
            "release": self.release,
            "units": dict(self.units),
            "disks": [
                {"mount": one.mount, "size_bytes": one.size, "free_bytes": one.free}
                for one in self.disks
            ],
            "log_bytes": self.log_bytes,
            "last_backup": self.last_backup,
            "last_verify": self.last_verify,
        }


def read(host: str, said: Mapping[str, Any], runs: Iterable[Run]) -> State:
    """Return the state of a host from the fact `euguard_status`, and the runs kept here."""
    return State(
        release=str(said.get("release") or ""),
        units=_units(str(said.get("units") or "")),
        disks=_disks(str(said.get("disks") or "")),
        log_bytes=int(said.get("log_bytes") or 0),
        last_backup=str(said.get("last_backup") or ""),
        last_verify=_verified(host, runs),
    )


def _units(said: str) -> dict[str, str]:
    """Read `systemctl show`: blocks of NAME=VALUE, in the order that systemd likes."""
    found = {}
    for block in said.split("\n\n"):
        values = dict(line.partition("=")[::2] for line in block.splitlines())
        if "Id" in values:
            found[values["Id"]] = f"{values.get('ActiveState')} {values.get('SubState')}"
    return found


def _disks(said: str) -> tuple[Disk, ...]:
    """Read `df --output=target,size,avail`, each file system once."""
    rows = [line.split() for line in said.splitlines()[1:]]
    disks = [Disk(row[0], int(row[1]), int(row[2])) for row in rows if len(row) == 3]  # noqa: PLR2004
    return tuple(dict.fromkeys(disks))


def _verified(host: str, runs: Iterable[Run]) -> str:
    times = [
        run.started
        for run in runs
        if run.outcome is Outcome.COMPLETED
        and host in run.hosts
        and any(VERIFYING in one.task for one in run.tasks)
    ]
    return max(times, default="")
