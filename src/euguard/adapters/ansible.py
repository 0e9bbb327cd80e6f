"""Playbooks, through ansible-runner (`provision.operation.Player`).

What one play needs lies in a folder of its own that nobody else reads, and goes with it::

    <work>/play-<8 letters>/     0700: the variables given, ansible's and ssh's sockets, its facts

Four traps, met in trials:

* An event handler that returns False keeps ansible-runner from writing the events, which hold
  whole files; after that its `Runner.stats` raises, so nothing here reads it.
* ansible-runner turns ssh's check of host keys off unless told otherwise.
* An ssh_config with ControlPersist keeps each play waiting for that long: ssh gets no master.
* A kill of this process leaves ansible-playbook at work: the next play finds it by a variable in
  its environment, and ends it first.

Source: ansible-runner 2.4 (runner.py, config/_base.py), ansible-core 2.19.
"""

import contextlib
import os
import platform
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any

import ansible_runner

from euguard.errors import PlaybookInvalidError
from euguard.provision.event import Event, read
from euguard.provision.operation import Job, Status
from euguard.provision.run import digest

OWNER = "EUGUARD_PLAY"
"""Variable in the environment of everything that a play starts; its value is the play's folder."""

_LOOK_SECONDS = 0.5
"""How often ansible-runner looks whether it is to stop."""

_IDLE_SECONDS = 1800
"""Without any output for so long, a play is stopped; the weights are copied in less."""

_GRACE_SECONDS = 10.0
"""What an orphan gets to end by itself."""

_STATUS = {
    "successful": Status.SUCCESSFUL,
    "canceled": Status.INTERRUPTED,
    "timeout": Status.TIMED_OUT,
}

_STOPPING = (signal.SIGINT, signal.SIGTERM)


class Ansible:
    """Plays the playbooks of a kit."""

    def __init__(self, kit: Path, work: Path) -> None:
        """Take the kit's folder, with `playbooks` and `roles`, and one for what a play needs.

        Raises:
            ModuleNotFoundError: ansible-core is not installed.

        """
        self._kit = kit.absolute()
        self._work = work.absolute()
        self._versions = {name: version(name) for name in ("ansible-core", "ansible-runner")}

    def versions(self) -> Mapping[str, str]:
        """Return program → version, of what plays."""
        return {**self._versions, "python": platform.python_version()}

    def kit(self) -> str:
        """Return the SHA-256 over every playbook, role and plugin of the kit, hex."""
        return digest(
            {
                path.relative_to(self._kit).as_posix(): path.read_bytes()
                for folder in ("playbooks", "roles", "filter_plugins")
                for path in sorted((self._kit / folder).rglob("*"))
                if path.is_file() and "__pycache__" not in path.parts
            }
        )

    def play(self, job: Job, observe: Callable[[Event], None]) -> Status:
        """Play to the end, and hand over every event on the way; Ctrl-C ends it soon.

        Raises:
            PlaybookInvalidError: there is no such playbook or inventory.

        """
        playbook = self._kit / "playbooks" / f"{job.playbook}.yml"
        _require(playbook, "playbook", "the kit is not whole: unpack it again from a bundle")
        _require(job.request.inventory, "inventory", "name it with --inventory")
        self._end_orphans()
        with self._folder() as folder, _asked_to_stop() as stopping:
            runner = ansible_runner.run(
                **self._arguments(job, folder),
                event_handler=self._handler(observe),
                cancel_callback=stopping,
            )
        return _STATUS.get(runner.status, Status.FAILED)

    def _arguments(self, job: Job, folder: Path) -> dict[str, Any]:
        mode = ("--check", "--diff") if job.check else ()
        return {
            "private_data_dir": str(folder),
            "project_dir": str(self._kit),
            "playbook": f"playbooks/{job.playbook}.yml",
            "inventory": str(job.request.inventory.absolute()),
            "extravars": dict(job.variables),
            "limit": job.request.limit or None,
            "cmdline": " ".join((*mode, *job.request.arguments)) or None,
            "envvars": self._environment(folder),
            "settings": {
                "suppress_ansible_output": True,
                "suppress_output_file": True,
                "pexpect_timeout": _LOOK_SECONDS,
                "job_timeout": job.request.seconds,
                "idle_timeout": min(_IDLE_SECONDS, job.request.seconds),
            },
        }

    def _environment(self, folder: Path) -> dict[str, str]:
        beside = Path(sys.executable).parent
        return {
            OWNER: str(folder),
            "PATH": f"{beside}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "ANSIBLE_ROLES_PATH": str(self._kit / "roles"),
            "ANSIBLE_FILTER_PLUGINS": str(self._kit / "filter_plugins"),
            "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(folder / "cp"),
            "ANSIBLE_SSH_ARGS": "-o ControlMaster=no -o ControlPath=none -o ControlPersist=no",
            "ANSIBLE_HOST_KEY_CHECKING": os.environ.get("ANSIBLE_HOST_KEY_CHECKING", "True"),
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True",  # else it is taken for an empty one
            "ANSIBLE_PIPELINING": "True",
            "ANSIBLE_TIMEOUT": "30",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOG_PATH": os.devnull,
            "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "False",
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
        }

    def _handler(self, observe: Callable[[Event], None]) -> Callable[[Mapping[str, Any]], bool]:
        kit = str(self._kit)

        def handle(raw: Mapping[str, Any]) -> bool:
            event = read(raw, kit)
            if event is not None:
                observe(event)
            return False  # the raw event is written nowhere

        return handle

    @contextlib.contextmanager
    def _folder(self) -> Iterator[Path]:
        """Make a folder for one play, and remove it, with those of plays that were killed."""
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._work.glob("play-*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="play-", dir=self._work))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    # ------------------------------------------------------------------ what a kill left

    def _end_orphans(self) -> None:
        """End what a play that was killed has left at work on this machine."""
        for number in _STOPPING[1], signal.SIGKILL:
            orphans = self._orphans()
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            deadline = time.monotonic() + (_GRACE_SECONDS if orphans else 0)
            while self._orphans() and time.monotonic() < deadline:
                time.sleep(0.1)

    def _orphans(self) -> list[int]:
        mark = f"{OWNER}={self._work}/play-".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                environment = (entry / "environ").read_bytes()
                dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
                if not dead and any(one.startswith(mark) for one in environment.split(b"\0")):
                    found.append(int(entry.name))
        return found


def _require(path: Path, what: str, fix: str) -> None:
    if not path.exists():
        msg = f"there is no {what} {path}"
        raise PlaybookInvalidError(msg, fix=fix)


@contextlib.contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Catch Ctrl-C and SIGTERM; yield what says whether one came."""
    came = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield came.is_set
        return

    def note(number: int, frame: FrameType | None) -> None:
        del number, frame
        came.set()

    before = {number: signal.signal(number, note) for number in _STOPPING}
    try:
        yield came.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
