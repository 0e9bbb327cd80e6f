from pathlib import Path

import pytest

from euguard.adapters import engine
from euguard.errors import ConfigurationError


def environment(folder: Path) -> Path:
    """Make a virtual environment with one distribution, as far as its metadata go."""
    site = folder / "lib" / "python3.12" / "site-packages" / "mistral_common-1.12.0.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Metadata-Version: 2.1\nName: mistral_common\nVersion: 1.12.0\n")
    (folder / "bin").mkdir()
    executable = folder / "bin" / "vllm"
    executable.touch()
    return executable


def test_the_packages_beside_the_engine_are_read(tmp_path: Path) -> None:
    assert engine.installed(environment(tmp_path)) == {"mistral_common": "1.12.0"}


def test_an_executable_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not there"):
        engine.installed(tmp_path / "bin" / "vllm")


def test_an_executable_outside_a_virtual_environment_is_said(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "vllm").touch()

    with pytest.raises(ConfigurationError, match="not in a virtual environment"):
        engine.installed(tmp_path / "bin" / "vllm")
