"""What a bundle holds, as its manifest says, and the text that is signed for it.

::

    manifest.json           RFC 8785: {"created", "files": [{"kind", "path", "sha256", "size"}],
                            "format", "serial", "target": {"distribution", "python"}, "version"}
    manifest.sig            C2SP signed note over the four lines

    euguard bundle v1
    <version>
    <serial, decimal>
    <SHA-256 of manifest.json, hex>

Version and serial stand in the signed text too, so that a person reads in it what was signed.

Source: RFC 8785 (JSON), https://c2sp.org/signed-note.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self, TypeAlias

from euguard import canonical
from euguard.errors import BundleInvalidError, MalformedRecordError

FORMAT = "euguard-bundle-1"
HEADLINE = "euguard bundle v1"
"""First line of the signed text: no key that signs anything else signs this by mistake."""

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"

MAX_MANIFEST = 16 * 1024 * 1024
"""Bytes of manifest.json at most."""

MAX_FILES = 50_000
"""Files in a bundle at most; a whole one has some hundreds."""

MAX_SIZE = 2**40
"""Bytes of one file at most: 1 TiB."""

MAX_PATH = 240
"""Characters of a path at most."""

_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_.+~%@!,=-]*"
# No leading dot, hence no "..", no hidden file; no leading slash, backslash, space or control.
_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*", re.ASCII)
_NUMBER = r"(?:0|[1-9][0-9]{0,5})"
_VERSION = re.compile(rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:(a|b|rc)({_NUMBER}))?", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DISTRIBUTION = re.compile(r"[a-z]{1,32}-[0-9]{1,3}(?:\.[0-9]{1,3})?", re.ASCII)
_PYTHON = re.compile(r"3\.[1-9][0-9]", re.ASCII)


Way: TypeAlias = tuple[str | int, ...]
"""The way to a value of the manifest: names of fields and indices from the top."""


class Kind(StrEnum):
    """What a file in a bundle is for."""

    WHEEL = "wheel"
    LOCK = "lock"
    """Names, versions and digests of the wheels in one folder, in pip's form."""
    DEB = "deb"
    """A Debian package, or the signed index over them."""
    COLLECTION = "collection"
    WEIGHT = "weight"
    LICENCE = "licence"
    SBOM = "sbom"
    VEX = "vex"
    PLAYBOOK = "playbook"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, order=True)
class File:
    """One file of a bundle."""

    path: str
    """Relative, with slashes."""
    size: int
    """Bytes."""
    sha256: str
    """Hex."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class Target:
    """The host that the bundle was made for."""

    distribution: str
    """As `debian-12`, `ubuntu-24.04`: ID and VERSION_ID of os-release(5)."""
    python: str
    """As `3.11`."""

    def __post_init__(self) -> None:
        _require(_DISTRIBUTION, self.distribution, ("target", "distribution"), "as debian-12")
        _require(_PYTHON, self.python, ("target", "python"), "as 3.11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What was signed. Its files are sorted by path, and none is twice.

    Raises:
        BundleInvalidError: a value is not of its form; names the field.

    """

    version: str
    """Of euguard in the bundle, as `0.1.0` or `0.2.0rc1`."""
    serial: int
    """Grows from bundle to bundle; a lower one than the installed is a replay."""
    created: datetime
    """Aware, UTC, to the second."""
    target: Target
    files: tuple[File, ...]

    def __post_init__(self) -> None:
        _require(_VERSION, self.version, ("version",), "as 0.1.0 or 0.2.0rc1")
        _whole(self.serial, ("serial",), 1, canonical.MAX_INTEGER)
        if self.created.utcoffset() != timedelta(0) or self.created.microsecond:
            raise wrong(("created",), "a time in UTC, to the second, is expected")
        if not 1 <= len(self.files) <= MAX_FILES:
            raise wrong(("files",), f"1 to {MAX_FILES} are expected")
        for index, file in enumerate(self.files):
            _check_file(file, ("files", index))
        _check_order(self.files)

    @property
    def digest(self) -> str:
        """SHA-256 of manifest.json, hex."""
        return hashlib.sha256(self.encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    def encode(self) -> bytes:
        """Return the bytes of manifest.json."""
        return canonical.encode(
            {
                "created": _written(self.created),
                "files": [
                    {"kind": f.kind.value, "path": f.path, "sha256": f.sha256, "size": f.size}
                    for f in self.files
                ],
                "format": FORMAT,
                "serial": self.serial,
                "target": {
                    "distribution": self.target.distribution,
                    "python": self.target.python,
                },
                "version": self.version,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what `encode` writes, and nothing else.

        Raises:
            BundleInvalidError: another spelling, or not a manifest; names the field.

        """
        try:
            value = canonical.decode(data)
        except MalformedRecordError as error:
            raise BundleInvalidError(MANIFEST, error.message) from None
        fields = _fields(value, ("created", "files", "format", "serial", "target", "version"), ())
        if fields["format"] != FORMAT:
            raise wrong(("format",), f"{FORMAT} is expected; this program knows no other")
        target = _fields(fields["target"], ("distribution", "python"), ("target",))
        return cls(
            version=_text(fields["version"], ("version",)),
            serial=_whole(fields["serial"], ("serial",), 1, canonical.MAX_INTEGER),
            created=_time(fields["created"], ("created",)),
            target=Target(
                _text(target["distribution"], ("target", "distribution")),
                _text(target["python"], ("target", "python")),
            ),
            files=tuple(
                _file(one, ("files", index))
                for index, one in enumerate(_list(fields["files"], ("files",)))
            ),
        )


def note_text(version: str, serial: int, digest: str) -> str:
    """Return the text that is signed for a manifest with this SHA-256 in hex."""
    return f"{HEADLINE}\n{version}\n{serial}\n{digest}\n"


def order(version: str) -> tuple[tuple[int, int, int], tuple[str, int]]:
    """Return what versions are compared by: 0.2.0rc1 comes before 0.2.0.

    Raises:
        BundleInvalidError: not a version.

    """
    match = _VERSION.fullmatch(version)
    if match is None:
        raise wrong(("version",), "a version as 0.1.0 or 0.2.0rc1 is expected")
    stage = (match[4], int(match[5])) if match[4] else ("released", 0)
    return (int(match[1]), int(match[2]), int(match[3])), stage


def is_safe(path: str) -> bool:
    """Tell whether a file of a bundle may be called this: within its folder, and not hidden."""
    return len(path) <= MAX_PATH and _PATH.fullmatch(path) is not None


def wrong(way: Way, reason: str) -> BundleInvalidError:
    """Return the error that names a field of the manifest, as `files[3].path`."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)
    return BundleInvalidError(MANIFEST, f"{place.lstrip('.')}: {reason}" if way else reason)


def _check_file(file: File, way: Way) -> None:
    if not is_safe(file.path):
        raise wrong((*way, "path"), "not a safe relative path")
    if file.path in {MANIFEST, SIGNATURE}:
        raise wrong((*way, "path"), "the manifest does not list itself or its signature")
    _require(_HEX, file.sha256, (*way, "sha256"), "64 hexadecimal digits")
    _whole(file.size, (*way, "size"), 0, MAX_SIZE)


def _check_order(files: tuple[File, ...]) -> None:
    folders = {
        file.path[: match.start()] for file in files for match in re.finditer("/", file.path)
    }
    before = ""
    for index, file in enumerate(files):
        if file.path <= before:
            found = "there already" if file.path == before else "out of order"
            raise wrong(("files", index, "path"), found)
        # One that is a file and a folder could not be unpacked.
        if file.path in folders:
            raise wrong(("files", index, "path"), "a file and a folder")
        before = file.path


def _fields(value: object, names: tuple[str, ...], way: Way) -> Mapping[str, Any]:
    """Return an object that has exactly these fields."""
    if not isinstance(value, Mapping):
        raise wrong(way, "an object is expected")
    for name in names:
        if name not in value:
            raise wrong((*way, name), "missing")
    for name in sorted(value):
        if name not in names:
            raise wrong((*way, ascii(name)[1:-1][:64]), "unknown field")
    return value


def _file(value: object, way: Way) -> File:
    fields = _fields(value, ("kind", "path", "sha256", "size"), way)
    kind = _text(fields["kind"], (*way, "kind"))
    if kind not in set(Kind):
        raise wrong((*way, "kind"), f"one of {', '.join(Kind)} is expected")
    return File(
        path=_text(fields["path"], (*way, "path")),
        size=_whole(fields["size"], (*way, "size"), 0, MAX_SIZE),
        sha256=_text(fields["sha256"], (*way, "sha256")),
        kind=Kind(kind),
    )


def _list(value: object, way: Way) -> list[object]:
    if not isinstance(value, list):
        raise wrong(way, "a list is expected")
    return value


def _text(value: object, way: Way) -> str:
    if not isinstance(value, str):
        raise wrong(way, "a string is expected")
    return value


def _whole(value: object, way: Way, least: int, most: int) -> int:
    # bool is an int in Python, and not in JSON.
    if type(value) is not int or not least <= value <= most:
        raise wrong(way, f"a whole number from {least} to {most} is expected")
    return value


def _time(value: object, way: Way) -> datetime:
    text = _text(value, way)
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text)  # also refuses the 30th of February
    except ValueError:
        pass
    raise wrong(way, "a time as 2026-11-27T09:30:00Z is expected")


def _require(pattern: re.Pattern[str], text: str, way: Way, form: str) -> None:
    if pattern.fullmatch(text) is None:
        raise wrong(way, f"not of its form: {form}")


def _written(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
