"""An installation that the tests of one file share."""

from pathlib import Path

import pytest

from commands import run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which `euguard init` has been run, and nothing else."""
    folder = tmp_path_factory.mktemp("home")
    assert run("init", cwd=folder).returncode == 0
    return folder
