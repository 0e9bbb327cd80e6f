import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from engine_fixture import ENGINE, VLLM, installed

DEMO = Path(__file__).resolve().parents[2] / "deploy" / "demo"
INSTALL = DEMO / "engine" / "install.sh"
SCRIPTS = (INSTALL, DEMO / "python.sh")

PYTHON = """#!/bin/bash
# In the place of a Python whose pip warns, and then hangs or fails as pip does.
case "$*" in
  "-m venv "*) mkdir -p "$3/bin"; touch "$3/pyvenv.cfg"; cp "$0" "$3/bin/python" ;;
  "-m pip install "*)
    echo "WARNING: a source of yours is odd" >&2
    if [ -n "${PIP_FAILS:-}" ]; then echo "ERROR: no such package" >&2; exit 1; fi
    trap 'echo "ERROR: Operation cancelled by user" >&2; exit 1' INT
    echo "Collecting one"
    for _ in $(seq 600); do sleep 0.1; done ;;
esac
"""


def install(
    *arguments: str, script: Path = INSTALL, **environment: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def python(tmp_path: Path) -> str:
    program = tmp_path / "python"
    program.write_text(PYTHON)
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_interruption_says_how_to_go_on_and_not_that_something_failed(
    script: Path, python: str, tmp_path: Path
) -> None:
    with subprocess.Popen(
        ["bash", script, tmp_path / "venv"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHON": python},
        start_new_session=True,
    ) as running:
        log = tmp_path / "venv" / "install.log"
        while not (log.is_file() and "odd" in log.read_text()):
            assert running.poll() is None
            time.sleep(0.05)

        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        _, said = running.communicate()

    assert running.returncode == 130
    assert "interrupted; the same command goes on from here" in said
    assert "could not be installed" not in said
    assert "ERROR" not in said


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_words_of_pip_are_shown_only_when_it_fails(
    script: Path, python: str, tmp_path: Path
) -> None:
    done = install(str(tmp_path / "venv"), script=script, PYTHON=python, PIP_FAILS="1")

    assert done.returncode == 1
    assert "WARNING: a source" not in done.stdout
    assert "the packages could not be installed; the end of" in done.stderr
    assert "  ERROR: no such package\n" in done.stderr


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


@pytest.mark.parametrize("script", sorted(DEMO.rglob("*.sh")))
def test_the_scripts_are_valid_shell(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
