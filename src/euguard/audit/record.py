"""Records and their leaf bytes.

A leaf is one line of RFC 8785 JSON, at most 16 KiB. It holds no text that anybody wrote and no
name; the id of an API key with the times of its use is pseudonymous personal data of staff,
where the organisation knows who holds the key (Art. 4(1), 4(5) GDPR)::

    {"at":"2026-11-25T09:30:00.123456Z","epoch":3,"exchange":"0198…","kind":"exchange.opened",
     …,"previous":"<hex>","sequence":17,"v":1,"writer":"gateway-0"}

Every writer counts its records from 0 in each epoch (one life of its process) and names the
leaf hash of its previous record, so that a missing record shows even without the tree.

Source: audit/SPEC.md §2 (kinds and outcomes), §3 (leaf); RFC 8785.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

from euguard import canonical
from euguard.audit.forms import HEX, Form, digest, positive, text, time, whole, written
from euguard.errors import MalformedRecordError
from euguard.terms import ExchangeId, KeyId, LawfulBasis, ModelId, PurposeId

MAX_LEAF = 16 * 1024
"""Bytes in a leaf at most; C2SP tlog-tiles would allow 65,535."""

VERSION = 1


class Outcome(StrEnum):
    """How an opened exchange ended."""

    COMPLETED = "completed"
    """The model's whole answer was ready to be handed over."""
    FAILED = "failed"
    """The model or a part of euguard broke off; `reason` has the error code."""
    INTERRUPTED = "interrupted"
    """The client hung up, or the gateway died; start-up closes what it left open."""


class Scope(StrEnum):
    """Over what one value keeps one pseudonym."""

    CONVERSATION = "conversation"
    """The client sent a conversation id."""
    FIRST_MESSAGE = "first_message"
    """None was sent: a digest of the first user message stands for the conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An exchange is about to reach the model; durable before a byte is sent."""

    kind: ClassVar[str] = "exchange.opened"
    exchange: ExchangeId
    key: KeyId
    purpose: PurposeId
    lawful_basis: LawfulBasis
    model: ModelId
    policy: str
    """SHA-256 of the policy set that decided, hex."""
    because: tuple[str, ...]
    """Ids of the rules that decided."""
    stream: bool
    defaults: tuple[str, ...]
    """Fields that the client left out and the model's file filled in."""
    temperature: str | None
    """As sent to the model, a decimal; None where neither client nor model file has one."""
    scope: Scope
    characters: int
    """Code points that were analysed."""
    languages: tuple[str, ...]
    """ISO 639-1 codes found, sorted."""
    found: Mapping[str, int]
    """Kind of personal datum → occurrences replaced."""
    ignored: int
    """Fields of the request that euguard dropped because it does not forward them."""
    special: Mapping[str, int] = field(default_factory=dict)
    """Category of Art. 9(1) or Art. 10 GDPR → words that speak of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An opened exchange has ended; durable before the answer's end is sent."""

    kind: ClassVar[str] = "exchange.closed"
    exchange: ExchangeId
    outcome: Outcome
    reason: str | None
    """An error code of euguard.errors where the outcome is not `completed`."""
    input_tokens: int | None
    output_tokens: int | None
    finish: tuple[str, ...]
    """The model's finish reason for each choice."""
    restored: int
    """Pseudonyms put back into values."""
    unknown: int
    """Pseudonym-looking texts in the answer that this exchange never issued; left as they are."""
    withheld: int = 0
    """Pseudonyms left as they are because the purpose lets no value go there."""
    milliseconds: int | None
    """From opened to closed; None where start-up closed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An authenticated, well-formed request that was not sent to a model."""

    kind: ClassVar[str] = "exchange.refused"
    exchange: ExchangeId
    key: KeyId
    purpose: PurposeId | None
    """None where none was declared or the declared one is not in the policy set."""
    policy: str
    reason: str
    """An error code of euguard.errors."""
    param: str | None
    """Path of the field at fault, of names in the API only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterStarted:
    """A writer begins an epoch; always its sequence 0."""

    kind: ClassVar[str] = "writer.started"
    software: str
    """Version of euguard."""
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCreated:
    """Somebody took a copy of the log."""

    kind: ClassVar[str] = "export.created"
    size: int
    """Tree size of the checkpoint exported."""
    records: int
    selection: str
    """`all`, or `exchange`, `period`, `purpose`."""


Record: TypeAlias = Opened | Closed | Refused | WriterStarted | ExportCreated


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record stands in its writer's chain."""

    writer: str
    """Name of the writer, `[a-z0-9-]{1,64}`."""
    epoch: int
    """Life of the writer's process, from 1."""
    sequence: int
    """From 0 in each epoch."""
    previous: bytes
    """Leaf hash of the same writer's previous record, 32 bytes; zeros for its very first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record with its time and place: what one leaf says."""

    at: datetime
    """Aware, UTC, microseconds. Information only: the log's order is the index."""
    position: Position
    record: Record


def leaf(entry: Entry) -> bytes:
    """Return the one spelling of `entry`: what is hashed, stored and exported.

    Raises:
        MalformedRecordError: a value that `parse` would refuse, or more than 16 KiB.

    """
    record = entry.record
    fields: dict[str, Any] = {
        "at": _written(entry.at),
        "epoch": entry.position.epoch,
        "kind": record.kind,
        "previous": entry.position.previous.hex(),
        "sequence": entry.position.sequence,
        "v": VERSION,
        "writer": entry.position.writer,
    }
    optional = _OPTIONAL.get(type(record), {})
    for name in (*_FIELDS[type(record)], *optional):
        value = getattr(record, name)
        if value or name not in optional:
            named = isinstance(value, Mapping)
            fields[name] = {str(k): n for k, n in value.items()} if named else value
    # One set of rules, seen from both sides: nothing is written that could not be read.
    _read(fields)
    return _bounded(canonical.encode(fields))


def _written(at: datetime) -> str:
    try:
        return written(at)
    except ValueError:
        msg = "record: the field at is not of its form"
        raise MalformedRecordError(msg) from None


def parse(leaf: bytes) -> Entry:
    """Read what `leaf` writes, and nothing else.

    Raises:
        MalformedRecordError: too long, not canonical, of an unknown kind or version, with a
            field missing or too many, or a value that is not of its field's form.

    """
    return _read(canonical.decode(_bounded(leaf)))


KINDS: Mapping[str, type[Record]] = {
    kind.kind: kind for kind in (Opened, Closed, Refused, WriterStarted, ExportCreated)
}


# ------------------------------------------------------------------ forms of the fields


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004  the one error of a form
    return value


def _or_none(form: Form) -> Form:
    return lambda value: form(value) if value is not None else None


def _many(form: Form) -> Form:
    def form_of_all(value: object) -> tuple[object, ...]:
        if not isinstance(value, (list, tuple)) or len(value) > MAX_ITEMS:
            raise ValueError
        return tuple(map(form, value))

    return form_of_all


_LANGUAGES = _many(text("[a-z]{2}"))
_DATA_KIND = text("[A-Z][A-Z_]{0,31}")


def _languages(value: object) -> tuple[str, ...]:
    codes: tuple[str, ...] = _LANGUAGES(value)
    if list(codes) != sorted(set(codes)):
        raise ValueError
    return codes


def _counts(name: Form) -> Form:
    def form_of_counts(value: object) -> Mapping[str, int]:
        if not isinstance(value, Mapping) or len(value) > MAX_ITEMS:
            raise ValueError
        return {name(key): positive(count) for key, count in value.items()}

    return form_of_counts


def _some(form: Form) -> Form:
    def form_of_some(value: object) -> object:
        if not value:
            raise ValueError  # what is nothing is left out
        return form(value)

    return form_of_some


MAX_ITEMS = 64
"""Items in a list or object of a record at most."""

_UUID7 = text("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NAME = text(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}")
_DECIMAL = text(r"-?[0-9]{1,16}(\.[0-9]{1,24})?(e[+-]?[0-9]{1,3})?")
_PATH = text(r"[A-Za-z0-9_$][A-Za-z0-9_$.\[\]-]{0,255}")

_PLACE: Mapping[str, Form] = {
    "at": time,
    "epoch": whole,
    "previous": digest,
    "sequence": whole,
    "writer": text("[a-z0-9-]{1,64}"),
}

_FIELDS: Mapping[type[Record], Mapping[str, Form]] = {
    Opened: {
        "because": _many(_NAME),
        "characters": whole,
        "defaults": _many(_NAME),
        "exchange": _UUID7,
        "found": _counts(_DATA_KIND),
        "ignored": whole,
        "key": _NAME,
        "languages": _languages,
        "lawful_basis": LawfulBasis,
        "model": _NAME,
        "policy": HEX,
        "purpose": _NAME,
        "scope": Scope,
        "stream": _boolean,
        "temperature": _or_none(_DECIMAL),
    },
    Closed: {
        "exchange": _UUID7,
        "finish": _many(_NAME),
        "input_tokens": _or_none(whole),
        "milliseconds": _or_none(whole),
        "outcome": Outcome,
        "output_tokens": _or_none(whole),
        "reason": _or_none(_NAME),
        "restored": whole,
        "unknown": whole,
    },
    Refused: {
        "exchange": _UUID7,
        "key": _NAME,
        "param": _or_none(_PATH),
        "policy": HEX,
        "purpose": _or_none(_NAME),
        "reason": _NAME,
    },
    WriterStarted: {"policy": HEX, "software": text(r"[A-Za-z0-9][A-Za-z0-9._+! -]{0,63}")},
    ExportCreated: {
        "records": whole,
        "selection": text("all|exchange|period|purpose"),
        "size": whole,
    },
}


_OPTIONAL: Mapping[type[Record], Mapping[str, Form]] = {
    Opened: {"special": _some(_counts(text("[a-z]{1,32}")))},
    Closed: {"withheld": positive},
}
"""Fields that are there only where they say something: records from before they were thought
of say nothing."""


def _read(fields: Mapping[str, Any]) -> Entry:
    if type(fields.get("v")) is not int or fields["v"] != VERSION:
        msg = f"record: the version is not {VERSION}"
        raise MalformedRecordError(msg)
    kind = fields.get("kind")
    record = KINDS.get(kind) if isinstance(kind, str) else None
    if record is None:
        msg = "record: the kind is not one of audit/SPEC.md"
        raise MalformedRecordError(msg)
    own = _FIELDS[record]
    optional = _OPTIONAL.get(record, {})
    if fields.keys() - optional.keys() != {"v", "kind", *_PLACE, *own}:
        msg = f"record: a field of {record.kind} is missing, or one is too many"
        raise MalformedRecordError(msg)
    place = {name: _value(name, form, fields) for name, form in _PLACE.items()}
    values: dict[str, Any] = {name: _value(name, form, fields) for name, form in own.items()}
    values |= {
        name: _value(name, form, fields) for name, form in optional.items() if name in fields
    }
    entry = Entry(
        place["at"],
        Position(place["writer"], place["epoch"], place["sequence"], place["previous"]),
        record(**values),
    )
    _check_sense(entry)
    return entry


def _value(name: str, form: Form, fields: Mapping[str, Any]) -> Any:
    try:
        return form(fields[name])
    except ValueError:  # its text would quote the value
        msg = f"record: the field {name} is not of its form"
        raise MalformedRecordError(msg) from None


def _check_sense(entry: Entry) -> None:
    """Refuse what is well-formed and cannot be."""
    record = entry.record
    if entry.position.epoch < 1:
        msg = "record: the epoch is 0; epochs count from 1"
        raise MalformedRecordError(msg)
    if isinstance(record, Closed):
        if record.outcome is Outcome.COMPLETED and record.reason is not None:
            msg = "record: a completed exchange has no reason"
            raise MalformedRecordError(msg)
        if record.outcome is not Outcome.COMPLETED and record.reason is None:
            msg = "record: a failed or interrupted exchange has a reason"
            raise MalformedRecordError(msg)


def _bounded(leaf: bytes) -> bytes:
    if len(leaf) > MAX_LEAF:
        msg = f"record: {len(leaf)} bytes, more than {MAX_LEAF}"
        raise MalformedRecordError(msg)
    return leaf
