"""A small log in memory: writes records in their chains, publishes checkpoints, is a Reader."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from euguard.audit.record import (
    Closed,
    Entry,
    Opened,
    Outcome,
    Position,
    Record,
    Refused,
    Scope,
    WriterStarted,
    leaf,
)
from euguard.terms import ExchangeId, KeyId, LawfulBasis, ModelId, PurposeId
from euguard.tlog import checkpoint, merkle
from euguard.tlog.checkpoint import Checkpoint
from euguard.tlog.note import Signer

ORIGIN = "audit.example/test"
START = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
POLICY = "5e" * 32
LETTERS = PurposeId("drafting-letters")
INFORMATION = PurposeId("public-information")


def weak_key(name: str, seed: int) -> Signer:
    """Return a signer whose private key everybody knows: 32 times the same byte."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


LOG_KEY = weak_key(ORIGIN, 1)


def exchange_id(number: int) -> ExchangeId:
    return ExchangeId(f"01980000-0000-7000-8000-{number:012x}")


def opened(number: int, purpose: PurposeId = LETTERS) -> Opened:
    return Opened(
        exchange=exchange_id(number),
        key=KeyId("k7q3"),
        purpose=purpose,
        lawful_basis=LawfulBasis.PUBLIC_TASK,
        model=ModelId("mistral-small-3.2"),
        policy=POLICY,
        because=("purpose.declared", "model.permitted"),
        stream=number % 2 == 0,
        defaults=("temperature",),
        temperature="0.15",
        scope=Scope.CONVERSATION,
        characters=300 + number,
        languages=("en", "fr"),
        found={"EMAIL": 1, "PERSON": 2},
        ignored=0,
    )


def closed(number: int, outcome: Outcome = Outcome.COMPLETED) -> Closed:
    completed = outcome is Outcome.COMPLETED
    return Closed(
        exchange=exchange_id(number),
        outcome=outcome,
        reason=None if completed else "model_unavailable",
        input_tokens=90 if completed else None,
        output_tokens=40 if completed else None,
        finish=("stop",) if completed else (),
        restored=3 if completed else 0,
        unknown=0,
        milliseconds=1800 if completed else None,
    )


def refused(number: int, purpose: PurposeId | None = LETTERS) -> Refused:
    return Refused(
        exchange=exchange_id(number),
        key=KeyId("k7q3"),
        purpose=purpose,
        policy=POLICY,
        reason="field_not_accepted",
        param="messages[0].content[1]",
    )


class Logbook:
    """Keeps leaves in the order of the log; each writer's chain goes on by itself."""

    def __init__(self, signer: Signer = LOG_KEY, origin: str = ORIGIN) -> None:
        self.signer = signer
        self.origin = origin
        self.lines: list[bytes] = []
        self._ends: dict[str, Position] = {}

    def start(self, writer: str = "gateway-0") -> None:
        """Begin the writer's next epoch."""
        self.write(WriterStarted(software="0.1.0", policy=POLICY), writer)

    def write(self, record: Record, writer: str = "gateway-0") -> bytes:
        """Append a record and return its leaf."""
        last = self._ends.get(writer)
        starts = isinstance(record, WriterStarted)
        epoch = last.epoch + starts if last else 1
        sequence = last.sequence + 1 if last and not starts else 0
        previous = last.previous if last else bytes(merkle.HASH_SIZE)
        line = leaf(Entry(self.at(), Position(writer, epoch, sequence, previous), record))
        self._ends[writer] = Position(writer, epoch, sequence, merkle.leaf_hash(line))
        self.lines.append(line)
        return line

    def at(self) -> datetime:
        """Return the time of the next record."""
        return START + timedelta(milliseconds=250 * len(self.lines))

    def exchange(self, number: int, purpose: PurposeId = LETTERS) -> None:
        """Write an exchange from beginning to end."""
        self.write(opened(number, purpose))
        self.write(closed(number))

    def checkpoint(self) -> bytes:
        """Sign all that is there."""
        root = merkle.root([merkle.leaf_hash(line) for line in self.lines])
        return checkpoint.sign(Checkpoint(self.origin, len(self.lines), root), self.signer)

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        """Yield leaves, as a `Reader` does."""
        return iter(self.lines[start:end])


def ordinary_log(exchanges: int = 4) -> Logbook:
    """Return a log of one start, some exchanges of two purposes, and a refusal."""
    log = Logbook()
    log.start()
    for number in range(exchanges):
        log.exchange(number, INFORMATION if number % 3 == 1 else LETTERS)
    log.write(refused(exchanges))
    return log
