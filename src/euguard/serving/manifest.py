"""The manifest of a folder of weights: each file's size and digest, written down once.

Canonical JSON (RFC 8785), so that its own digest can be signed or written on paper::

    {"block":268435456,"files":[{"blocks":["9f…", …],"path":"consolidated.safetensors",
     "sha256":"…","size":48022792280}, …],"format":"euguard-weights-1","model":"mistral-small-3.2"}

`sha256` is that of the whole file, as its publisher lists it. `blocks` are those of its parts of
`block` bytes each, the last one shorter: a file of 48 GB is then read by all cores at once, a
check that was cut off goes on where it was, and damage has a position. A manifest that came with
a bundle may have no blocks; then whole files are compared.

A *record* is what one machine remembers of a full check: size, times and digest of each file. With
it the quick check finds what was changed since, without reading 48 GB at each start. Whoever can
set the clock and write the raw disk can fool the quick check; the full one reads every byte.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from euguard import canonical
from euguard.errors import ConfigurationError, WeightsInvalidError

FORMAT = "euguard-weights-1"
RECORD_FORMAT = "euguard-weights-checked-1"
BLOCK = 256 * 2**20
"""Bytes of one block."""
MAX_BYTES = 64 * 2**20
"""Bytes of a manifest or a record, at most; that of a 24B model has about 20 kB."""

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHOWN = 5
"""Files that an error names, at most; it counts the others."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file."""

    path: str
    """Relative to the folder, with slashes; never upwards."""
    size: int
    sha256: str
    """Of the whole file, hex."""
    blocks: tuple[str, ...] = ()
    """Of each block in order, hex; empty where only the whole file is known."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of weights must hold."""

    model: str
    files: tuple[Entry, ...]
    """In the order of their paths."""
    block: int = BLOCK

    @property
    def size(self) -> int:
        """All bytes."""
        return sum(entry.size for entry in self.files)

    def text(self) -> bytes:
        """Return the canonical JSON."""
        files: list[canonical.Value] = []
        for entry in self.files:
            blocks = {"blocks": list(entry.blocks)} if entry.blocks else {}
            files.append({"path": entry.path, "size": entry.size, "sha256": entry.sha256, **blocks})
        return canonical.encode(
            {"format": FORMAT, "model": self.model, "block": self.block, "files": files}
        )

    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON, hex: the name of these weights."""
        return sha256(self.text()).hexdigest()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the file system says of a file; no byte of it is read."""

    size: int
    modified_ns: int
    changed_ns: int
    """When anything of the file, its times included, was last set: nobody can set this one."""


@dataclass(frozen=True, slots=True)
class Record:
    """What this machine found in a full check."""

    manifest: str
    """Digest of the manifest that was checked against."""
    files: Mapping[str, tuple[Seen, str]] = field(default_factory=dict)
    """Path → what was seen, and the digest found."""

    def text(self) -> bytes:
        """Return the JSON."""
        files: dict[str, canonical.Value] = {
            path: {
                "size": seen.size,
                "modified_ns": str(seen.modified_ns),
                "changed_ns": str(seen.changed_ns),
                "sha256": digest,
            }
            for path, (seen, digest) in self.files.items()
        }
        return canonical.encode(
            {"format": RECORD_FORMAT, "manifest": self.manifest, "files": files}
        )


def parse(text: bytes, *, name: str) -> Manifest:
    """Return the manifest in the text.

    Args:
        text: of the file.
        name: of the file, for errors.

    Raises:
        ConfigurationError: not a manifest; names the entry and the field.

    """
    value = _json(text, name, FORMAT)
    block = value.get("block", BLOCK)
    if type(block) is not int or block < 1:
        raise _wrong(name, "block")
    model, files = value.get("model"), value.get("files")
    if not isinstance(model, str) or not isinstance(files, list) or not files:
        raise _wrong(name, "files" if isinstance(model, str) else "model")
    entries = [_entry(f"{name}: files[{n}]", each, block) for n, each in enumerate(files)]
    paths = [entry.path for entry in entries]
    if len(set(paths)) != len(paths):
        raise _wrong(name, "files: a path appears twice")
    ordered = tuple(sorted(entries, key=lambda entry: entry.path))
    return Manifest(model=model, files=ordered, block=block)


def parse_record(text: bytes, *, name: str) -> Record:
    """Return the record in the text.

    Raises:
        ConfigurationError: not a record.

    """
    value = _json(text, name, RECORD_FORMAT)
    manifest, files = value.get("manifest"), value.get("files")
    if not isinstance(manifest, str) or not isinstance(files, dict):
        raise _wrong(name, "manifest or files")
    found = {}
    for path, each in files.items():
        try:
            seen = Seen(int(each["size"]), int(each["modified_ns"]), int(each["changed_ns"]))
            found[path] = (seen, str(each["sha256"]))
        except (KeyError, TypeError, ValueError):
            raise _wrong(name, f"files: {path[:64]!a}") from None
    return Record(manifest, found)


def compare(manifest: Manifest, present: Mapping[str, int]) -> list[str]:
    """Return what is missing, added, or of another size: findings that need no reading.

    Args:
        manifest: what must be there.
        present: path → size of every file in the folder.

    """
    expected = {entry.path: entry.size for entry in manifest.files}
    findings = [f"{path}: missing" for path in expected if path not in present]
    findings += [f"{path}: not in the manifest" for path in present if path not in expected]
    findings += [
        f"{path}: {present[path]:,} bytes, not {size:,}"
        for path, size in expected.items()
        if present.get(path, size) != size
    ]
    return sorted(findings)


def unchanged(manifest: Manifest, record: Record, seen: Mapping[str, Seen]) -> list[str]:
    """Return every file that is not as a full check left it: the quick check's findings.

    Args:
        manifest: what must be there.
        record: of the last full check.
        seen: path → what the file system says now.

    """
    findings = []
    for entry in manifest.files:
        then, now = record.files.get(entry.path), seen.get(entry.path)
        if now is None:
            continue  # `compare` names it
        if then is None:
            findings.append(f"{entry.path}: never checked")
        elif then[1] != entry.sha256:
            findings.append(f"{entry.path}: another digest was found than the manifest has")
        elif then[0] != now:
            findings.append(f"{entry.path}: changed since it was checked")
    return findings


def refuse(findings: Iterable[str], *, fix: str) -> None:
    """Raise for findings; do nothing where there are none.

    Raises:
        WeightsInvalidError: there are findings; the first few are named, the rest counted.

    """
    found = list(findings)
    if not found:
        return
    rest = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    msg = f"weights: {'; '.join(found[:_SHOWN])}{rest}"
    raise WeightsInvalidError(msg, fix=fix)


def _entry(place: str, value: object, block: int) -> Entry:
    if not isinstance(value, dict):
        raise _wrong(place, "an object is expected")
    path, size, digest = value.get("path"), value.get("size"), value.get("sha256")
    if not isinstance(path, str) or not _safe(path):
        raise _wrong(place, "path")
    if type(size) is not int or size < 0:
        raise _wrong(place, "size")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise _wrong(place, "sha256")
    blocks = value.get("blocks", [])
    if not isinstance(blocks, list) or not all(
        isinstance(each, str) and _DIGEST.fullmatch(each) for each in blocks
    ):
        raise _wrong(place, "blocks")
    if blocks and len(blocks) != -(-size // block):
        raise _wrong(place, f"blocks: {len(blocks)}, and {size} bytes have {-(-size // block)}")
    return Entry(path, size, digest, tuple(blocks))


def _safe(path: str) -> bool:
    """Tell whether a path stays in its folder and has one spelling."""
    parts = path.split("/")
    return (
        path.isascii()
        and path.isprintable()
        and "\\" not in path
        and not {"", ".", ".."} & set(parts)
    )


def _json(text: bytes, name: str, expected: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict) or value.get("format") != expected:
        msg = f"weights: {name} is not of the format {expected}"
        raise ConfigurationError(msg, fix="make it with `euguard serving manifest`")
    return value


def _wrong(place: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"weights: {place}: {what}: not as the format has it")
