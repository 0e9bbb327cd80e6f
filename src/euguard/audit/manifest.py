"""What an export says of itself: manifest.json, and the detached note over the whole file.

Source: audit/SPEC.md §6.2 (manifest), §6.3 (note).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from euguard import canonical
from euguard.audit import forms
from euguard.audit.record import KINDS
from euguard.audit.selection import NAMES, All, OneExchange, OnePurpose, Period, Selection
from euguard.errors import MalformedNoteError, MalformedRecordError
from euguard.terms import ExchangeId, PurposeId
from euguard.tlog import spelling

FORMAT = "euguard export v1"
"""First line of the note, and `format` of the manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the export holds; digests and sizes of everything in it."""

    origin: str
    size: int
    """Of the checkpoint's tree."""
    root: bytes
    """Of the checkpoint's tree, 32 bytes."""
    since: tuple[int, bytes] | None
    """Size and root of the earlier checkpoint that the export proves to be a beginning."""
    selection: Selection
    records: int
    counts: Mapping[str, int]
    """Kind of record → how many."""
    indices: tuple[int, int] | None
    """First and last index; None if no record was selected."""
    software: str
    created: datetime
    members: tuple[tuple[str, int, str], ...]
    """Name, size and SHA-256 (hex) of every other member, in the order of the file."""

    def encode(self) -> bytes:
        """Return the bytes of manifest.json."""
        return canonical.encode(
            {
                "checkpoint": _tree(self.size, self.root),
                "counts": self.counts,
                "created": forms.written(self.created),
                "format": FORMAT,
                "indices": _range(self.indices),
                "members": [
                    {"name": name, "sha256": digest, "size": size}
                    for name, size, digest in self.members
                ],
                "origin": self.origin,
                "records": self.records,
                "selection": selection_as_json(self.selection),
                "since": None if self.since is None else _tree(*self.since),
                "software": self.software,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what `encode` writes, and nothing else.

        Raises:
            MalformedRecordError: another spelling, or not a manifest.

        """
        fields = canonical.decode(data)
        try:
            manifest = cls._of(fields)
        except (
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
        ):  # the text of these would quote values
            msg = "manifest: a field is missing or not of its form"
            raise MalformedRecordError(msg) from None
        # Whatever the reading above was lenient about differs here.
        if manifest.encode() != data:
            msg = "manifest: a field is too many, or not of its form"
            raise MalformedRecordError(msg)
        return manifest

    @classmethod
    def _of(cls, fields: Mapping[str, Any]) -> Self:
        since, indices = fields["since"], fields["indices"]
        return cls(
            origin=_text(fields["origin"]),
            size=forms.whole(fields["checkpoint"]["size"]),
            root=forms.digest(fields["checkpoint"]["root"]),
            since=None
            if since is None
            else (forms.whole(since["size"]), forms.digest(since["root"])),
            selection=_selection(fields["selection"]),
            records=forms.whole(fields["records"]),
            counts={_kind(kind): forms.positive(count) for kind, count in fields["counts"].items()},
            indices=None
            if indices is None
            else (forms.whole(indices["first"]), forms.whole(indices["last"])),
            software=_text(fields["software"]),
            created=forms.time(fields["created"]),
            members=tuple(map(_member, fields["members"])),
        )


def note_text(origin: str, size: int, digest: str) -> str:
    """Return the text of the note over a file of `size` bytes with a SHA-256 in hex."""
    return f"{FORMAT}\n{origin}\n{size}\n{digest}\n"


def parse_note_text(text: str) -> tuple[str, int, str]:
    """Return origin, size and SHA-256 of what `note_text` writes.

    Raises:
        MalformedNoteError: another spelling, or a note on something else.

    """
    lines = text.split("\n")
    if len(lines) != len((FORMAT, "origin", "size", "digest", "")) or lines[0] != FORMAT:
        msg = f"note: not the four lines of {FORMAT}"
        raise MalformedNoteError(msg)
    size = spelling.from_decimal(lines[2])
    try:
        forms.digest(lines[3])
    except ValueError:
        size = None
    if not lines[1] or size is None:
        msg = "note: origin, size or SHA-256 is not of its form"
        raise MalformedNoteError(msg)
    return lines[1], size, lines[3]


def selection_as_json(selection: Selection) -> dict[str, canonical.Value]:
    """Return the selection as the manifest spells it."""
    named: dict[str, canonical.Value] = {"kind": NAMES[type(selection)]}
    if isinstance(selection, All):
        return named
    if isinstance(selection, OneExchange):
        return {**named, "exchange": selection.exchange}
    if isinstance(selection, Period):
        return {**named, "from": forms.written(selection.start), "to": forms.written(selection.end)}
    return {**named, "purpose": selection.purpose}


def _selection(fields: Mapping[str, Any]) -> Selection:
    match fields["kind"]:
        case "all":
            return All()
        case "exchange":
            return OneExchange(ExchangeId(_text(fields["exchange"])))
        case "period":
            return Period(forms.time(fields["from"]), forms.time(fields["to"]))
        case "purpose":
            return OnePurpose(PurposeId(_text(fields["purpose"])))
        case _:
            raise ValueError


def _tree(size: int, root: bytes) -> dict[str, canonical.Value]:
    return {"root": root.hex(), "size": size}


def _range(indices: tuple[int, int] | None) -> dict[str, canonical.Value] | None:
    return None if indices is None else {"first": indices[0], "last": indices[1]}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _member(fields: Mapping[str, Any]) -> tuple[str, int, str]:
    digest = forms.digest(fields["sha256"]).hex()
    return _text(fields["name"]), forms.whole(fields["size"]), digest


def _kind(value: object) -> str:
    if value not in KINDS:
        raise ValueError
    return str(value)
