"""A throwaway Debian 12 with real systemd, as a test meets it; the scripts are in deploy/host.

Only root can boot one: its root is root of this machine too.
"""

import base64
import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

REPOSITORY = Path(__file__).resolve().parents[1]
SCRIPTS = REPOSITORY / "tests" / "deploy" / "host"
PLAYBOOKS = REPOSITORY / "deploy" / "playbooks"
GATEWAY_V4, GATEWAY_V6 = "10.77.0.1", "fd77::1"
"""The operator's side, where ssh comes from."""
OUTSIDE_V4, OUTSIDE_V6 = "198.51.100.10", "2001:db8::10"
"""The pretended internet: RFC 5737, RFC 3849."""

_PROGRAMS = ("systemd-nspawn", "mmdebstrap", "unshare", "ip", "ssh", "ssh-keygen")
_COMMAND_SECONDS = 600.0
_REBOOT_SECONDS = 60.0
_POLL_SECONDS = 0.2
_RECAP = re.compile(
    r"^(?P<host>\w+) +: ok=(?P<ok>\d+) +changed=(?P<changed>\d+) +unreachable=(?P<unreachable>\d+)"
    r" +failed=(?P<failed>\d+)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Played:
    """How a playbook went on the one host."""

    status: int
    ok: int
    changed: int
    failed: int
    unreachable: int
    seconds: float
    output: str

    def require(self) -> "Played":
        """Return itself, or fail the test with the end of what Ansible said."""
        assert self.status == 0, self.output[-6000:]
        return self


@dataclass(frozen=True, slots=True)
class Host:
    """A booted host."""

    name: str
    folder: Path
    """Its state on this machine: ssh_config, inventory.yml, console.log."""

    def ssh(self, command: str, *, seconds: float = _COMMAND_SECONDS) -> str:
        """Return what a command prints, run as the administrator; fails if the command does."""
        done = self.try_ssh(command, seconds=seconds)
        assert done.returncode == 0, f"{command}: {done}"
        return done.stdout

    def sudo(self, command: str, *, seconds: float = _COMMAND_SECONDS) -> str:
        """Return what a shell command prints, run as root; fails if the command does."""
        return self.ssh(f"sudo sh -c {shlex.quote(command)}", seconds=seconds)

    def read(self, path: str) -> bytes:
        """Return what is in a file of the host, read as root."""
        return base64.b64decode(self.sudo(f"base64 --wrap=0 {shlex.quote(path)}"))

    def try_ssh(
        self, command: str, *, seconds: float = _COMMAND_SECONDS
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command as the administrator, and return how it went."""
        config = self.folder / "ssh_config"
        words: list[str | Path] = ["ssh", "-F", config, "-o", "LogLevel=ERROR", self.name, command]
        return subprocess.run(words, capture_output=True, text=True, timeout=seconds, check=False)

    def play(
        self,
        playbook: str,
        variables: Mapping[str, Any],
        *options: str,
        seconds: float = _COMMAND_SECONDS,
    ) -> Played:
        """Run one of the playbooks of deploy/ on this host, as an engineer does.

        Args:
            playbook: its file name.
            variables: beside those of the group inventory.
            options: further words of ansible-playbook, as `--check`.
            seconds: after which it is killed.

        """
        program = Path(sys.executable).with_name("ansible-playbook")
        words: list[str | Path] = [
            program,
            "-i",
            self.folder / "inventory.yml",
            PLAYBOOKS / playbook,
        ]
        words += ["--extra-vars", orjson.dumps(dict(variables)).decode(), *options]
        environment = {
            "ANSIBLE_CONFIG": str(REPOSITORY / "deploy" / "ansible.cfg"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(self.folder),  # nothing of whoever runs the test
            "LC_ALL": "C.UTF-8",
            "PATH": f"{program.parent}:{os.environ['PATH']}",
        }
        began = time.monotonic()
        done = subprocess.run(
            words,
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        return _played(done, time.monotonic() - began)

    def reboot(self) -> float:
        """Reboot, and return after how many seconds the host was up again with all its units."""
        before, began = self._boot_id(), time.monotonic()
        self.try_ssh("sudo systemctl reboot")
        while time.monotonic() - began < _REBOOT_SECONDS:
            time.sleep(_POLL_SECONDS)
            with contextlib.suppress(AssertionError):
                if self._boot_id() != before:
                    self.try_ssh("systemctl is-system-running --wait")
                    return time.monotonic() - began
        message = f"{self.name} is not back after {_REBOOT_SECONDS:.0f} s"
        raise AssertionError(message)

    def differences(self) -> list[str]:
        """Return the paths that differ from the pristine image: `A path`, `M path`, `D path`."""
        return _script("diff_host.sh", self.name).splitlines()

    def keep(self, folder: Path) -> None:
        """Stop the host, and keep its state for `booted(source=folder)`; the host is gone then."""
        _script("snapshot_host.sh", self.name, folder)

    @contextlib.contextmanager
    def outside(self, *words: str | Path) -> Iterator["subprocess.Popen[bytes]"]:
        """Run a program in the pretended internet for the time of a block."""
        command = ["ip", "netns", "exec", f"euctl-{self.name}", *words]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
            try:
                yield process
            finally:
                process.terminate()

    def _boot_id(self) -> str:
        return self.ssh("cat /proc/sys/kernel/random/boot_id", seconds=10)


def unavailable() -> str | None:
    """Say why no host can be booted here, or None."""
    if os.geteuid() != 0:
        return "only root can boot a test host"
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"no test host without {', '.join(missing)}: bash deploy/demo/packages.sh tests"
    return None


@contextlib.contextmanager
def booted(
    *, source: Path | None = None, shown: Mapping[Path, str] | None = None
) -> Iterator[Host]:
    """Boot a host, and remove it.

    Args:
        source: what `Host.keep` kept; else a pristine server.
        shown: folder of this machine → path at which the host sees it, read-only.

    """
    name = f"t{uuid4().hex[:6]}"
    options: list[str | Path] = [] if source is None else ["--from", source]
    for here, there in (shown or {}).items():
        options += ["--bind-ro", f"{here}:{there}"]
    try:
        yield Host(name, Path(_script("make_host.sh", name, *options).strip()))
    finally:
        _script("destroy_host.sh", name)


def image() -> Path:
    """Return the folder of the pristine image, made if it is not there; about 30 s."""
    return Path(_script("build_base.sh").strip())


def _script(name: str, *arguments: str | Path) -> str:
    # Whoever makes a host leaves its loop running, which must not hold our pipe for errors.
    done = subprocess.run(
        [SCRIPTS / name, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{name} {arguments} ended with {done.returncode}"
    return done.stdout


def _played(done: "subprocess.CompletedProcess[str]", seconds: float) -> Played:
    recap = _RECAP.search(done.stdout)
    counts = (
        {name: int(recap[name]) for name in ("ok", "changed", "failed", "unreachable")}
        if (recap)
        else dict.fromkeys(("ok", "changed", "failed", "unreachable"), 0)
    )
    return Played(status=done.returncode, seconds=seconds, output=done.stdout, **counts)
