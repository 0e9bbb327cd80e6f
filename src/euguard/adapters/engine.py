"""What lies on the disk of the engine: the packages beside vLLM.

They are read, nothing of them is run: the engine's environment has another Python and its own
libraries.

Source: https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from collections.abc import Mapping
from importlib.metadata import distributions
from pathlib import Path

from euguard.errors import ConfigurationError


def installed(executable: Path) -> Mapping[str, str]:
    """Return distribution → version of the virtual environment in which `executable` lies.

    Raises:
        ConfigurationError: the executable is not there, or not in a virtual environment.

    """
    if not executable.is_file():
        msg = f"engine: {executable} is not there"
        raise ConfigurationError(msg, fix="give the path of `vllm` in its own environment")
    folders = sorted(executable.parent.parent.glob("lib/python3.*/site-packages"))
    if not folders:
        msg = f"engine: {executable} is not in a virtual environment"
        raise ConfigurationError(msg, fix="give the path of `vllm` in its own environment")
    return {each.name: each.version for each in distributions(path=list(map(str, folders)))}
