"""The command line as a new user types it."""

import os
import subprocess
from pathlib import Path
from typing import Any

import orjson

from box import EUGUARD


def run(
    *arguments: str, cwd: Path | None = None, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command outside any installation's environment."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("EUGUARD_")}
    return subprocess.run(
        [EUGUARD, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**environment, "NO_COLOR": "1", "COLUMNS": "100", **variables},
    )


def as_json(*arguments: str, cwd: Path, **variables: str) -> dict[str, Any]:
    """Run a command with --json; return what it printed, and its exit code as `exit`."""
    done = run(*arguments, "--json", cwd=cwd, **variables)
    value: dict[str, Any] = orjson.loads(done.stdout)
    return {**value, "exit": done.returncode}
