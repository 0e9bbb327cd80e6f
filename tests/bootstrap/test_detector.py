"""The entry point of a detector process, without one."""

import os
import subprocess
import sys
from pathlib import Path

from euguard.bootstrap.detector import MODULE, program


def looking_with(*names: str) -> str:
    """Return what tells a process what to look with: the last argument of its program."""
    return program(names)[-1]


COMPACT = looking_with("compact")


def start(*arguments: str, **more: int) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-I", "-m", MODULE, *arguments],
        capture_output=True,
        check=False,
        pass_fds=tuple(more.values()),
    )


def test_wrong_arguments_are_wrong_usage() -> None:
    assert start().returncode == 2


def test_a_process_whose_parent_is_another_ends_at_once(tmp_path: Path) -> None:
    reading, writing = os.pipe()

    done = start(COMPACT, str(tmp_path / "a.sock"), "1", str(writing), report=writing)

    os.close(writing)
    assert done.returncode == 1
    assert os.read(reading, 99) == b""
    os.close(reading)


def test_an_error_is_reported_by_type_and_place_and_printed_nowhere(tmp_path: Path) -> None:
    reading, writing = os.pipe()

    missing = looking_with("compact:/Anna.npz")
    done = start(missing, str(tmp_path / "a.sock"), str(os.getpid()), str(writing), report=writing)

    os.close(writing)
    report = os.read(reading, 999)
    os.close(reading)
    assert report.startswith(b"ConfigurationError at weights.py:")
    assert b"Anna" not in report
    assert (done.stdout, done.stderr) == (b"", b"")
