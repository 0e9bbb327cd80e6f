"""What to do about a task that failed: a table from module and message to one sentence.

The first row that fits counts; the last fits everything. A row is worth adding when somebody has
met the failure and found the way out.
"""

import re
from dataclasses import dataclass

from euguard.provision.event import Event, Kind


@dataclass(frozen=True, slots=True)
class Fix:
    """One row."""

    action: str
    """Regular expression over the module's name; empty fits all."""
    message: str
    """Regular expression over the reason, case ignored; empty fits all."""
    advice: str
    cause: str = "task"
    """Who must act: `variable` (the inventory), `privilege`, `host` (no way to it), `task`."""


FIXES = (
    Fix(
        "",
        r"host key verification failed|host key is unknown|REMOTE HOST IDENTIFICATION",
        "compare the host's key on its console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) "
        "and enter it into the known_hosts file that your ssh uses",
        "host",
    ),
    Fix(
        "",
        r"permission denied \(publickey|too many authentication failures",
        "let the host accept your ssh key: `ssh-copy-id`, or name another with "
        "ansible_ssh_private_key_file in the inventory",
        "host",
    ),
    Fix(
        "",
        r"could not resolve hostname|name or service not known",
        "write the address into the inventory: ansible_host",
        "host",
    ),
    Fix(
        "",
        r"connection (timed out|refused)|no route to host|failed to connect|unreachable"
        r"|connection closed",
        "try `ssh` to the host from here; if it was reached before, look at its firewall: "
        "euguard_management_networks must hold the address of this machine",
        "host",
    ),
    Fix(
        "",
        r"missing sudo password|incorrect sudo password|sudo: a password is required"
        r"|timeout .* waiting for privilege|not in the sudoers",
        "give --become-password-file, or log in as an account that may become root",
        "privilege",
    ),
    Fix(
        "",
        r"permission denied|operation not permitted|access denied|are you root",
        "the task needs root on the host: set ansible_become in the inventory",
        "privilege",
    ),
    Fix(
        r"validate_argument_spec$",
        "",
        "mend the variable in the inventory (group_vars); the role's README lists each with its "
        "unit, default and reason",
        "variable",
    ),
    Fix(
        "",
        r"is undefined|undefined variable|has no attribute",
        "set the variable in the inventory (group_vars)",
        "variable",
    ),
    Fix(
        "",
        r"no space left on device|not enough (free )?(disk )?space|disk quota",
        "free space on the host, `euguard status` shows its disks; the engine needs room for the "
        "weights twice while they are copied",
    ),
    Fix(
        r"\.apt$|\.package$|\.dpkg",
        r"could not get lock|unable to (acquire|lock)|is another process using it",
        "another package manager is at work on the host; wait for it, and run again",
    ),
    Fix(
        r"\.apt$|\.package$",
        r"no package matching|unable to locate|unmet dependencies|broken packages",
        "the bundle was built for another distribution or release than the host's; "
        "`euguard bundle inspect` shows which",
    ),
    Fix(
        r"\.apt$|\.apt_repository$|\.deb822_repository$",
        r"failed to (update|fetch)|not signed|NO_PUBKEY|temporary failure",
        "the host must take its packages from the bundle alone: look for other sources in "
        "/etc/apt/sources.list.d",
    ),
    Fix(
        r"\.pip$",
        "",
        "the bundle's wheels do not fit the host's Python; `euguard bundle inspect` shows for "
        "which it was built",
    ),
    Fix(
        r"\.(systemd|systemd_service|service)$",
        r"could not find the requested service",
        "the unit is not there yet; run again, and if it stays away, report it with the run folder",
    ),
    Fix(
        r"\.(systemd|systemd_service|service)$",
        "",
        "on the host: `systemctl status UNIT` and `journalctl -b -u UNIT` say why it does not run",
    ),
    Fix(
        r"\.(template|copy)$",
        r"failed to validate",
        "the program that reads the file refuses it, so it was not put in place; the variables "
        "that it is made from are in the role's README",
    ),
    Fix(
        r"postgresql",
        r"could not connect|connection to server|is the server running",
        "on the host: `systemctl status postgresql` and `pg_lsclusters`",
    ),
    Fix(
        r"\.(assert|fail)$",
        "",
        "the message says what is missing; `euguard doctor` on the host shows all such findings "
        "at once",
    ),
    Fix(
        "",
        r"module .* not found|couldn't resolve module|unable to find .* in expected paths",
        "the kit is not whole: unpack it again from a bundle that verifies",
    ),
    Fix(
        r"\.(uri|wait_for)$",
        r"timeout|timed out|connection refused|status code",
        "the service did not answer in time; its journal on the host says why",
    ),
    Fix("", "", "see the run folder, and the host's journal at that time"),
)


def fix(failure: Event) -> Fix:
    """Return what to do about a failure: the first row that fits it."""
    if failure.kind is Kind.UNREACHABLE:
        rows = [row for row in FIXES if row.cause == "host"]
        fallback = Fix("", "", "try `ssh` to the host from here", "host")
    else:
        rows, fallback = list(FIXES), FIXES[-1]
    return next((row for row in rows if _fits(row, failure)), fallback)


def _fits(row: Fix, failure: Event) -> bool:
    return bool(
        re.search(row.action, failure.action)
        and re.search(row.message, failure.reason, re.IGNORECASE)
    )
