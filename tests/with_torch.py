"""Programs that need PyTorch, run by the demo engine's Python: the developers' has none."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from engine_fixture import ENGINE, installed

START = """
import runpy, sys, types
# Reads and writes the file of the kit's own model, which no program here does.
sys.modules["orjson"] = types.ModuleType("orjson")
sys.argv[:] = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""The engine's Python has no orjson."""
SOURCE = Path(__file__).resolve().parents[1] / "src"


def run(program: Path, *arguments: str) -> Any:
    """Return what `program` prints: one line of JSON. It must not warn, or fail."""
    python = installed(ENGINE / "venv" / "bin" / "python")
    done = subprocess.run(
        [str(python), "-c", START, str(program), *arguments],
        env={
            "PYTHONPATH": str(SOURCE),
            "PATH": os.environ["PATH"],
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
