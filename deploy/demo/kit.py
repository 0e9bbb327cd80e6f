"""The installed euguard, called as anybody calls it: by its command line."""

import subprocess
from pathlib import Path
from typing import Any

import orjson

REPOSITORY = Path(__file__).resolve().parents[2]
EUGUARD = REPOSITORY / ".venv" / "bin" / "euguard"


class DemoError(Exception):
    """The demo cannot go on."""


def euguard(*arguments: str | Path) -> dict[str, Any]:
    """Run a command with --json and return what it printed.

    Raises:
        DemoError: it did not end with 0.

    """
    words = [str(each) for each in arguments]
    done = subprocess.run([EUGUARD, *words, "--json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"euguard {' '.join(words[:2])} ended with {done.returncode}: {_told(done)}"
        raise DemoError(msg)
    value: dict[str, Any] = orjson.loads(done.stdout)
    return value


def _told(done: "subprocess.CompletedProcess[str]") -> str:
    try:
        error = orjson.loads(done.stdout)["error"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f"{done.stdout.strip()} {done.stderr.strip()}"
    return f"{error['message']}\nfix: {error['fix']}" if error["fix"] else str(error["message"])
