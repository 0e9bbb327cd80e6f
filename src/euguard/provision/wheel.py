"""What the name and the metadata of a wheel say: who it is, where it fits, under which licence.

Nothing of a wheel is run or unpacked to learn this.

Source: https://packaging.python.org/en/latest/specifications/binary-distribution-format/,
https://packaging.python.org/en/latest/specifications/core-metadata/ (2.4: License-Expression).
"""

import re
from dataclasses import dataclass
from email.parser import HeaderParser

from euguard.errors import ConfigurationError

_NAME = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._]*)-(?P<version>[A-Za-z0-9.!+_]+)(?:-[0-9][A-Za-z0-9._]*)?"
    r"-(?P<python>[a-z0-9.]+)-(?P<abi>[a-z0-9_.]+)-(?P<platform>[A-Za-z0-9_.]+)\.whl",
    re.ASCII,
)
_CPYTHON = re.compile(r"cp3([0-9]{1,2})", re.ASCII)
_LONGEST = 80
"""Characters of a licence's name at most: some packages put the whole text there."""

PLATFORM = "x86_64"
"""The only machine that bundles are made for."""


@dataclass(frozen=True, slots=True)
class Licence:
    """What the metadata says: an SPDX expression, or else the names it gives, or nothing."""

    expression: str | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a wheel's file, taken apart."""

    distribution: str
    """Normalised, as PEP 503 has it."""
    version: str
    python: str
    abi: str
    platform: str


def parse_name(filename: str) -> Name:
    """Return the parts of a wheel's file name.

    Raises:
        ConfigurationError: not the name of a wheel.

    """
    match = _NAME.fullmatch(filename)
    if match is None:
        msg = f"{ascii(filename)[1:-1][:120]}: not the name of a wheel"
        fix = "put wheels only into the folder: a source package would be built on the server"
        raise ConfigurationError(msg, fix=fix)
    return Name(
        normalised(match["name"]),
        match["version"],
        match["python"],
        match["abi"],
        match["platform"],
    )


def require_fits(name: Name, filename: str, python: str) -> None:
    """Check that pip on Linux on x86-64 with this Python (as `3.11`) takes the wheel.

    Raises:
        ConfigurationError: it is for another machine or another Python.

    """
    minor = int(python.partition(".")[2])
    if not any(_is_here(one) for one in name.platform.split(".")):
        msg = f"{filename}: not for Linux on {PLATFORM}"
        raise ConfigurationError(msg, fix="get the wheel for the server's machine")
    if not any(_takes(one, name.abi, minor) for one in name.python.split(".")):
        msg = f"{filename}: not for Python {python}"
        raise ConfigurationError(msg, fix="get the wheel for the server's Python")


def licence(metadata: str) -> Licence:
    """Return what METADATA says of the licence."""
    fields = HeaderParser().parsestr(metadata)
    expression = fields["License-Expression"]
    if expression:
        return Licence(" ".join(str(expression).split()), ())
    named = [
        str(one).rpartition(" :: ")[2]
        for one in fields.get_all("Classifier", [])
        if str(one).startswith("License :: ") and not str(one).endswith(" :: OSI Approved")
    ]
    text = str(fields["License"] or "").strip()
    if not named and text and "\n" not in text and len(text) <= _LONGEST and text != "UNKNOWN":
        named = [text]
    return Licence(None, tuple(sorted(set(named))))


def normalised(name: str) -> str:
    """Return the one spelling of a distribution's name, as PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_here(platform: str) -> bool:
    return platform == "any" or (
        platform.startswith(("manylinux", "linux")) and platform.endswith(PLATFORM)
    )


def _takes(tag: str, abi: str, minor: int) -> bool:
    if tag in {"py3", f"py3{minor}"}:
        return True
    match = _CPYTHON.fullmatch(tag)
    if match is None:
        return False
    own = int(match[1])
    # abi3: the stable interface, which every later Python takes; so does what uses none.
    return own == minor or (own <= minor and abi in {"abi3", "none"})
