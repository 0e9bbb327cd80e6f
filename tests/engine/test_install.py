import shutil
import subprocess
from pathlib import Path

import pytest

from engine_fixture import ENGINE, VLLM, installed

INSTALL = Path(__file__).resolve().parents[2] / "deploy" / "demo" / "engine" / "install.sh"


def install(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", INSTALL, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.engine
def test_a_second_run_changes_nothing() -> None:
    before = installed(VLLM).stat().st_mtime_ns

    done = install(str(ENGINE / "venv"))

    assert done.returncode == 0
    assert "is complete" in done.stdout
    assert VLLM.stat().st_mtime_ns == before


def test_a_folder_that_is_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")

    done = install(str(tmp_path))

    assert done.returncode == 1
    assert "is no virtual environment" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_without_a_folder_it_says_how_to_call_it() -> None:
    done = install()

    assert done.returncode != 0
    assert "usage: install.sh VENV" in done.stderr


def test_every_package_of_the_locks_has_hashes_and_no_registry_is_named() -> None:
    for lock in INSTALL.parent.glob("*.lock"):
        text = lock.read_text()
        assert "://" not in text
        pinned = [line for line in text.splitlines() if "==" in line and not line.startswith("#")]
        assert pinned
        assert all(line.endswith("\\") for line in pinned)


def test_no_package_for_cuda_and_no_error_reporter_is_locked() -> None:
    text = INSTALL.with_name("requirements.lock").read_text()
    names = {line.split("==")[0] for line in text.splitlines() if "==" in line}

    assert not {"torch", "triton", "torchaudio", "sentry-sdk", "fastapi-cloud-cli"} & names
    assert not [name for name in names if name.startswith(("nvidia-", "cuda-"))]


def test_the_script_is_valid_shell() -> None:
    checker = shutil.which("bash")
    assert checker is not None
    assert subprocess.run([checker, "-n", INSTALL], check=False).returncode == 0
