"""The commands that the README gives do what it says of them."""

import os
import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from box import EUGUARD
from commands import run

ROOT = Path(__file__).parents[2]


def block(page: str, heading: str) -> str:
    """Return the first block of commands under a heading."""
    section = (ROOT / page).read_text().partition(f"\n## {heading}\n")[2]
    found = re.search(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def typed(commands: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Type the commands, below a folder of the test's own; what would not return is left out."""
    lines = [line for line in commands.splitlines() if not re.match("euguard serve|sh model", line)]
    script = "set -e\n" + re.sub("/(var/lib|run)/", rf"{folder}/\1/", "\n".join(lines))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("EUGUARD_")}
    path = f"{EUGUARD.parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**clean, "PATH": path},
    )


@pytest.fixture
def short() -> Iterator[Path]:
    """Return a folder with a short path: that of a socket has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="eg-") as folder:
        yield Path(folder)


def test_the_gateway_of_the_readme_reaches_the_model_of_the_readme(short: Path) -> None:
    done = typed(block("README.md", "Use it"), short)
    settings = tomllib.loads((short / "euguard.toml").read_text())

    assert done.returncode == 0, done.stderr
    assert f"--uds {settings['upstream_socket']} " in (short / "model.sh").read_text()
    assert (short / "run" / "euguard").stat().st_mode & 0o777 == 0o700
    assert subprocess.run(["sh", "-n", short / "model.sh"], check=False).returncode == 0
    assert run("serve", "--check", cwd=short).returncode == 0


@pytest.mark.parametrize("page", ["README.md", "docs/how-to/run-euguard.md"])
def test_gateway_and_model_have_one_socket(page: str) -> None:
    sockets = re.findall(r"--(?:upstream-)?socket (\S+)", (ROOT / page).read_text())

    assert len(sockets) > 1
    assert len(set(sockets)) == 1
