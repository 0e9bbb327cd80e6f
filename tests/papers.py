"""A small log with a little of everything, for tests of the papers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import chains
from euguard.adapters.ner.tokens import KINDS as LABELS
from euguard.audit.record import Closed, Entry, Opened, Outcome, Position, Record, Refused, leaf
from euguard.evidence.build import Inputs
from euguard.evidence.network import outside
from euguard.evidence.observe import Log
from euguard.pii.recognise.identifiers import RECOGNISERS
from euguard.pii.span import PersonalDataKind
from euguard.policy.schema import PolicySet
from euguard.terms import PurposeId
from euguard.tlog import merkle
from euguard.tlog.checkpoint import Checkpoint, sign
from euguard.tlog.note import Signer

ORIGIN = "example.org/log"
NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

SETTINGS = {
    "software": "euguard 0.1.0",
    "origin": ORIGIN,
    "database": "sqlite",
    "listen": "127.0.0.1:8080",
    "upstream": "/run/euguard/engine.sock",
    "network": outside(["sqlite:///euguard.db", "http://127.0.0.1:8000"]),
}


FINDABLE = {
    *(recogniser.kind for recogniser in RECOGNISERS),
    *LABELS.values(),
    PersonalDataKind.OTHER,
}
"""Kinds of personal data that some recogniser or name model finds, an organisation's own too."""


@dataclass
class Leaves:
    """`audit.reader.Reader` over a list."""

    entries: list[bytes]
    note: bytes | None

    def checkpoint(self) -> bytes | None:
        return self.note

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        yield from self.entries[start:end]


def signer(seed: int = 7) -> Signer:
    return Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)))


def leaves_of(records: Sequence[Record]) -> list[bytes]:
    """Return the leaves of these records of one writer, a minute apart."""
    entries: list[bytes] = []
    previous = bytes(32)
    for sequence, record in enumerate(records):
        position = Position("gateway-0", 1, sequence, previous)
        entries.append(leaf(Entry(START + timedelta(minutes=sequence), position, record)))
        previous = merkle.leaf_hash(entries[-1])
    return entries


def log_of(*records: Record) -> Log:
    """Return a log of these records, with a signed checkpoint over all."""
    entries = leaves_of(records)
    root = merkle.root([merkle.leaf_hash(entry) for entry in entries])
    note = sign(Checkpoint(ORIGIN, len(entries), root), signer())
    return Log(Leaves(entries, note), ORIGIN, [signer().verifier])


def opening(number: int, purpose: str, found: Mapping[str, int], *languages: str) -> Opened:
    named = PurposeId(purpose)
    return replace(chains.opened(number), purpose=named, found=found, languages=languages)


def ending(number: int, outcome: Outcome) -> Closed:
    reason = None if outcome is Outcome.COMPLETED else "model_unavailable"
    return replace(chains.closed(number), outcome=outcome, reason=reason)


def refusal(number: int, purpose: str | None, reason: str) -> Refused:
    named = None if purpose is None else PurposeId(purpose)
    return replace(chains.refused(number), purpose=named, reason=reason)


RECORDS: tuple[Record, ...] = (
    opening(1, "drafting-letters", {"PERSON": 2, "EMAIL": 1}, "en"),
    ending(1, Outcome.COMPLETED),
    opening(2, "drafting-letters", {"PERSON": 1}, "en", "fr"),
    refusal(3, "hr-screening", "purpose_refused"),
    ending(2, Outcome.FAILED),
    refusal(4, None, "purpose_not_permitted"),
    opening(5, "public-information", {}, "fr"),
)
"""Two exchanges for letters, one of them failed; one still open; two refusals."""


def inputs_of(policies: PolicySet, log: Log | None) -> Inputs:
    return Inputs(policies, SETTINGS, log, NOW)
