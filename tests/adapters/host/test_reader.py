from pathlib import Path

import pytest

from euguard.adapters.host.reader import Request, compute, read
from euguard.errors import UnavailableError


def program(folder: Path, script: str) -> Path:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_this_machine_is_read(tmp_path: Path) -> None:
    (tmp_path / "some.crt").write_text("none")

    told = read(
        Request(folders=(str(tmp_path),), certificates=(f"{tmp_path}/*.crt", f"{tmp_path}/*.pem"))
    )

    assert told.system is not None
    assert told.python is not None
    assert told.disks[0].total_bytes > 0
    assert [one.path for one in told.certificates] == [f"{tmp_path}/some.crt"]


@pytest.mark.parametrize(
    "script, said",
    [
        ("echo no >&2; echo 'torch: CUDA error: out of memory' >&2; exit 3", "code 3: torch: CUDA"),
        ("sleep 60", "did not end within 1 s"),
        ("trap '' TERM; sleep 60", "did not end within 1 s"),
    ],
)
def test_a_self_test_that_fails_or_hangs_is_said(script: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=said):
        compute(program(tmp_path, script), limit=1)


def test_an_engine_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"cannot be started: .*/bin/python: No such file"):
        compute(tmp_path / "bin/python")
