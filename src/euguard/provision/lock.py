r"""pip's requirements with digests: what may be in a folder of wheels, and what must be.

Read: the file that `make lock` writes, one pin with its digests each::

    cffi==2.1.1 ; platform_python_implementation != 'PyPy' \
        --hash=sha256:…

Written: the same for exactly the wheels of a bundle, for `pip install --require-hashes`.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from euguard.errors import ConfigurationError

_PIN = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\\n]+?))?"
    r"(?P<hashes>(?: \\\n\s+--hash=sha256:[0-9a-f]{64})+)$",
    re.MULTILINE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of a distribution, and the files of it that were looked at."""

    version: str
    digests: frozenset[str]
    """SHA-256, hex."""
    optional: bool
    """Whether a marker may leave it out on the server."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A wheel as it was found."""

    distribution: str
    version: str
    sha256: str
    filename: str


def parse(text: str) -> Mapping[str, Pin]:
    """Return distribution → pin.

    Raises:
        ConfigurationError: there is none.

    """
    pins = {
        match["name"]: Pin(
            match["version"],
            frozenset(re.findall(r"sha256:([0-9a-f]{64})", match["hashes"])),
            # "Not on PyPy" is what every server is; all else depends on system or Python.
            optional="pypy" not in (match["marker"] or "pypy").lower(),
        )
        for match in _PIN.finditer(text)
    }
    if not pins:
        msg = "lock: no pin with a digest in it"
        raise ConfigurationError(msg, fix="write it with `make lock`")
    return pins


def require_locked(wheels: Iterable[Locked], pins: Mapping[str, Pin]) -> None:
    """Check that every wheel is a file that the lock names, and that none is missing.

    Raises:
        ConfigurationError: names the first.

    """
    there = set()
    for wheel in wheels:
        pin = pins.get(wheel.distribution)
        if pin is None:
            msg = f"{wheel.filename}: the lock does not name {wheel.distribution}"
            raise ConfigurationError(msg, fix="remove it, or lock it")
        if wheel.sha256 not in pin.digests:
            msg = f"{wheel.filename}: its SHA-256 is none of those that the lock has"
            raise ConfigurationError(msg, fix="get it again from where the lock was made")
        there.add(wheel.distribution)
    missing = sorted(name for name, pin in pins.items() if not pin.optional and name not in there)
    if missing:
        msg = f"wheels: {', '.join(missing[:5])} missing, {len(missing)} in all"
        raise ConfigurationError(msg, fix="let `euguard bundle build` download them: no --wheels")


def write(wheels: Iterable[Locked]) -> bytes:
    """Return the requirements that exactly these wheels meet."""
    lines = sorted(f"{w.distribution}=={w.version} --hash=sha256:{w.sha256}\n" for w in wheels)
    return "".join(lines).encode()
