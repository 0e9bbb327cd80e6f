"""The index of a folder of Debian packages, from which apt installs without a network.

::

    Packages                what each package says of itself, and size and digests of its file
    Release                 size and SHA-256 of Packages
    InRelease               Release, signed: see openpgp.py

Source: deb822(5), apt-secure(8), https://wiki.debian.org/DebianRepository/Format (flat).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from euguard.errors import ConfigurationError
from euguard.provision.manifest import File

_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Deb:
    """A package as it was found."""

    file: File
    """Its path is relative to the index: a bare name."""
    control: str
    """Its control file."""

    @property
    def fields(self) -> Mapping[str, str]:
        """First lines of the fields of the control file."""
        matches = (_FIELD.match(line) for line in self.control.splitlines())
        return {match[1]: match[2].strip() for match in matches if match}


def require_fields(deb: Deb) -> None:
    """Check that the control file says what the index needs.

    Raises:
        ConfigurationError: a field is missing.

    """
    for name in ("Package", "Version", "Architecture"):
        if not deb.fields.get(name):
            msg = f"{deb.file.path}: its control file has no {name}"
            raise ConfigurationError(msg, fix="get the package again")


def packages(debs: Sequence[Deb]) -> bytes:
    """Return the text of Packages."""
    return "\n".join(map(_stanza, sorted(debs, key=lambda deb: deb.file.path))).encode()


def release(index: bytes, created: datetime, distribution: str) -> bytes:
    """Return the text of Release over this Packages."""
    digest = hashlib.sha256(index).hexdigest()
    lines = (
        "Origin: euguard",
        "Label: euguard",
        f"Suite: {distribution}",
        f"Date: {format_datetime(created, usegmt=True)}",
        "Architectures: amd64 all",
        "Description: Packages carried to a host without a network",
        "SHA256:",
        f" {digest} {len(index)} Packages",
    )
    return ("\n".join(lines) + "\n").encode()


def _stanza(deb: Deb) -> str:
    control = deb.control.strip("\n")
    said = f"Filename: ./{deb.file.path}\nSize: {deb.file.size}\nSHA256: {deb.file.sha256}"
    return f"{control}\n{said}\n"
