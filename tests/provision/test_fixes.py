"""The table of what to do."""

import re

import pytest

from euguard.provision.event import Event, Kind
from euguard.provision.fixes import FIXES, fix


@pytest.mark.parametrize(
    "kind, action, reason, cause, advice",
    [
        (Kind.UNREACHABLE, "setup", "Host key verification failed.", "host", "known_hosts"),
        (Kind.UNREACHABLE, "setup", "Permission denied (publickey).", "host", "ssh-copy-id"),
        (Kind.UNREACHABLE, "setup", "Connection timed out", "host", "firewall"),
        (Kind.UNREACHABLE, "setup", "something else", "host", "try `ssh`"),
        (Kind.FAILED, "setup", "Missing sudo password", "privilege", "--become-password-file"),
        (Kind.FAILED, "ansible.builtin.copy", "Permission denied: /etc", "privilege", "root"),
        (Kind.FAILED, "ansible.builtin.validate_argument_spec", "x", "variable", "group_vars"),
        (Kind.FAILED, "ansible.builtin.debug", "'x' is undefined", "variable", "group_vars"),
        (Kind.FAILED, "ansible.builtin.apt", "Could not get lock", "task", "another package"),
        (Kind.FAILED, "ansible.builtin.apt", "No package matching 'x'", "task", "distribution"),
        (Kind.FAILED, "ansible.builtin.copy", "No space left on device", "task", "free space"),
        (Kind.FAILED, "ansible.builtin.template", "failed to validate", "task", "refuses it"),
        (Kind.FAILED, "ansible.builtin.systemd_service", "exit", "task", "journalctl"),
        (Kind.FAILED, "ansible.builtin.assert", "16 GB are needed", "task", "euguard doctor"),
        (Kind.FAILED, "ansible.builtin.copy", "who knows", "task", "run folder"),
    ],
)
def test_a_failure_finds_its_row(
    kind: Kind, action: str, reason: str, cause: str, advice: str
) -> None:
    row = fix(Event(kind, "", action=action, reason=reason))

    assert row.cause == cause
    assert advice in row.advice


def test_every_row_can_be_read() -> None:
    for row in FIXES:
        re.compile(row.action)
        re.compile(row.message)
        assert row.advice
    assert (FIXES[-1].action, FIXES[-1].message) == ("", "")
