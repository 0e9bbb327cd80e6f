"""A copy of the shipped policies that a test may change."""

import shutil
from pathlib import Path

import pytest

from euguard.policy import shipped


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped.folder(), tmp_path / "policies"))
