"""Records and their leaf bytes.

A leaf is one line of RFC 8785 JSON, at most 16 KiB, and holds no personal data::

    {"at":"2026-11-25T09:30:00.123456Z","epoch":3,"exchange":"0198…","kind":"exchange.opened",
     …,"previous":"<hex>","sequence":17,"v":1,"writer":"gateway-0"}

Every writer counts its records from 0 in each epoch (one life of its process) and names the
leaf hash of its previous record, so that a missing record shows even without the tree.

Source: audit/SPEC.md §2 (kinds and outcomes), §3 (leaf); RFC 8785.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, TypeAlias

from euguard import canonical
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
    """Fields that the client left out and the model's recommendation filled."""
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


_KINDS: dict[str, type[Record]] = {
    kind.kind: kind for kind in (Opened, Closed, Refused, WriterStarted, ExportCreated)
}
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", re.ASCII)
_WRITER = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
