"""pip, really run, with an index that is a folder: no network is asked."""

import sys
from pathlib import Path

import pytest

from euguard.adapters.bundle.download import GLIBC, gateway_wheels, interpreter
from euguard.errors import ConfigurationError, UnavailableError
from larder import lock, wheel

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is pip's only source."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return tmp_path / "index"


def test_what_the_lock_names_is_downloaded_by_its_digest(index: Path, tmp_path: Path) -> None:
    made = wheel(index, "thing", "1.0", tags="cp39-abi3-manylinux_2_36_x86_64")
    own = wheel(tmp_path / "own", "euguard", "0.1.0")

    gateway_wheels(
        lock(tmp_path / "lock", made), own, tmp_path / "out", python=HERE, target="debian-12"
    )

    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [own.name, made.name]


def test_a_wheel_of_another_digest_is_not_taken(index: Path, tmp_path: Path) -> None:
    made = wheel(index, "thing", "1.0")
    locked = lock(tmp_path / "lock", made)
    wheel(index, "thing", "1.0", more="License: changed since")

    with pytest.raises(UnavailableError, match="THESE PACKAGES DO NOT MATCH THE HASHES"):
        gateway_wheels(locked, made, tmp_path / "out", python=HERE, target="debian-12")


def test_a_wheel_for_a_newer_c_library_is_not_taken(index: Path, tmp_path: Path) -> None:
    made = wheel(index, "thing", "1.0", tags="cp39-abi3-manylinux_2_37_x86_64")
    locked = lock(tmp_path / "lock", made)

    with pytest.raises(UnavailableError, match="could not be downloaded"):
        gateway_wheels(locked, made, tmp_path / "out", python=HERE, target="debian-12")


def test_a_distribution_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"use one of {', '.join(GLIBC)}|not a distr"):
        gateway_wheels(tmp_path, tmp_path, tmp_path, python=HERE, target="arch-1")


def test_the_python_of_the_target_runs_pip() -> None:
    assert interpreter(HERE) == sys.executable
    with pytest.raises(ConfigurationError, match=r"no python3\.99"):
        interpreter("3.99")
