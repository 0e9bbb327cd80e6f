"""Starts the two programs beside it, with limits, and hands over what they print.

Both run in a process of their own: the driver of a card may hang or crash whoever calls it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from euguard.errors import UnavailableError
from euguard.provision.facts import HostFacts, parse

PROBE = Path(__file__).with_name("probe.py")
TORCH_CHECK = Path(__file__).with_name("torch_check.py")
PARTS = 8
"""Parts of the probe, each of which has the whole limit of time."""
_BYTES = 16 * 2**20
_DYING_SECONDS = 2.0
"""What a killed program is waited for; one that sleeps in the kernel never dies."""
_SHOWN = 300
"""Characters of a failed program's last words that an error may show."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be looked at besides what every host has."""

    folders: Sequence[str] = ()
    certificates: Sequence[str] = ()
    """Paths, or patterns as glob(7) has them."""
    engine: str | None = None
    """The engine's virtual environment."""
    root: Path = Path("/")
    """The tree whose files are read."""
    part_seconds: float = 30.0


def read(request: Request) -> HostFacts:
    """Return the facts of this host.

    Raises:
        UnavailableError: the probe itself did not run; a part that fails is in the facts.

    """
    arguments = ["--root", str(request.root), "--seconds", str(request.part_seconds)]
    arguments += [f"--folder={folder}" for folder in request.folders]
    arguments += [f"--certificate={path}" for path in request.certificates]
    if request.engine is not None:
        arguments += ["--engine", request.engine]
    seconds = PARTS * request.part_seconds + 30
    out = _run((sys.executable, "-I", str(PROBE), *arguments), seconds, "the probe of the host")
    return parse(out, "the probe of the host")


def compute(python: Path, *, seconds: float = 2.0, limit: float = 300.0) -> bytes:
    """Let the card compute, with the torch of an environment; return what the test printed.

    Args:
        python: interpreter of the engine's environment.
        seconds: how long each of two parts computes.
        limit: seconds after which the test is ended; loading CUDA takes up to a minute.

    Raises:
        UnavailableError: the interpreter is not there, or the test failed or did not end.

    """
    command = (str(python), "-I", str(TORCH_CHECK), "--seconds", str(seconds))
    return _run(command, limit, "the self-test of the card")


def _run(command: Sequence[str], seconds: float, what: str) -> bytes:
    """Run a program; its output goes to files, which nobody who inherits them can hold open."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as words:
        try:
            process = subprocess.Popen(  # noqa: S603  programs beside this file
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=words,
                start_new_session=True,
            )
        except OSError as error:
            msg = f"{what} cannot be started: {command[0]}: {error.strerror}"
            raise UnavailableError(msg) from None
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_DYING_SECONDS)
            msg = f"{what} did not end within {seconds:.0f} s"
            raise UnavailableError(msg) from None
        out.seek(0)
        words.seek(0)
        if code != 0:
            lines = words.read(_BYTES).decode("utf-8", errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "")[:_SHOWN]
            msg = f"{what} ended with exit code {code}: {last}"
            raise UnavailableError(msg)
        return out.read(_BYTES)
