import os
import subprocess
import sys
from pathlib import Path

from deploy.demo.lock import alone

REPOSITORY = Path(__file__).resolve().parents[2]


def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "deploy.demo.run", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )


def test_help_explains_every_option_as_make_takes_them() -> None:
    told = run("--help").stdout

    assert told.startswith('usage: make demo ARGS="[--model NAME] [--keep] [--state FOLDER]"\n')
    for option in ("--model", "--keep", "--state"):
        [line] = [line for line in told.splitlines() if line.startswith(f"  {option}")]
        assert len(line.split()) > 2, line


def test_a_model_that_there_is_not_is_refused_by_the_name_that_was_typed() -> None:
    done = run("--model", "mistral")

    assert done.returncode == 2
    assert "make demo: error: argument --model: invalid choice: 'mistral'" in done.stderr


def test_make_runs_this_program_with_the_arguments_given() -> None:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-n", "-o", ".venv/ready", "-o", ".engine/ready", "demo", "ARGS=--keep"],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
        env=outside,  # these tests run under a make of their own
    )

    assert done.stdout.strip() == ".venv/bin/python -m deploy.demo.run --keep"


def test_beside_a_running_demo_it_ends_at_once(tmp_path: Path) -> None:
    with alone(tmp_path):
        done = run("--state", tmp_path)

    assert done.returncode == 3
    assert "a demo is running (pid " in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["demo.lock"]
