"""Getting wheels from a package index, outside the air gap: every one by its digest, or not at all.

pip is run as the target's Python, so that the markers of the lock mean what they mean there.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from euguard.errors import ConfigurationError, UnavailableError

GLIBC = {"debian-12": 36, "ubuntu-24.04": 39}
"""Distribution → minor version of its C library, 2.x: newer wheels would not load."""

_OLDEST = 5
_SHOWN = 8
"""Lines of pip's that an error shows."""


def gateway_wheels(lock: Path, source: Path, folder: Path, *, python: str, target: str) -> None:
    """Put euguard's own wheel and all that the lock names into `folder`.

    Raises:
        ConfigurationError: no such Python on this machine, or an unknown distribution.
        UnavailableError: pip fails: an index cannot be reached, or has other bytes.

    """
    if target not in GLIBC:
        msg = f"{target}: not a distribution that wheels are known for"
        raise ConfigurationError(msg, fix=f"use one of {', '.join(GLIBC)}, or give --wheels")
    pip = [interpreter(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    tags = [f"--platform=manylinux_2_{minor}_x86_64" for minor in range(_OLDEST, GLIBC[target] + 1)]
    old = [f"--platform={name}_x86_64" for name in ("manylinux1", "manylinux2010", "manylinux2014")]
    _run(
        [
            *(*pip, "download", "--quiet", "--no-deps", "--require-hashes"),
            *("--only-binary=:all:", "--implementation=cp", f"--python-version={python}"),
            *(*tags, *old, "--platform=linux_x86_64"),
            *("--dest", str(folder), "--requirement", str(lock.absolute())),
        ],
        "the packages of the lock could not be downloaded",
    )
    _run(
        [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source.absolute())],
        "euguard's own wheel could not be built",
    )


def interpreter(python: str) -> str:
    """Return a Python of this version, as `3.11`: this one if it is one.

    Raises:
        ConfigurationError: there is none.

    """
    if python == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(f"python{python}")
    if found is None:
        msg = f"no python{python} on this machine"
        raise ConfigurationError(msg, fix="install it, or give a folder of wheels with --wheels")
    return found


def _run(command: list[str], failure: str) -> None:
    done = subprocess.run(  # noqa: S603  pip, with paths and fixed words
        command, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = "\n".join(f"  {line}" for line in done.stderr.strip().splitlines()[-_SHOWN:])
        msg = f"bundle: {failure}; pip says:\n{said}"
        raise UnavailableError(msg, fix="set pip's index, or give a folder of wheels: --wheels")
