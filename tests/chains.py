"""Records for tests of the log, and the check that every test of it ends with."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from euguard.audit import record
from euguard.audit.record import Closed, Entry, Opened, Outcome, Refused, Scope, WriterStarted
from euguard.terms import ExchangeId, KeyId, LawfulBasis, ModelId, PurposeId
from euguard.tlog import merkle

POLICY = "0" * 64


class SteadyClock:
    """A clock that goes on by a microsecond at each look."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(microseconds=1)
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()


def exchange(number: int) -> ExchangeId:
    """Return a UUID version 7 that says its number."""
    return ExchangeId(f"01980000-0000-7000-8000-{number:012x}")


def opened(number: int) -> Opened:
    return Opened(
        exchange=exchange(number),
        key=KeyId("a" * 16),
        purpose=PurposeId("drafting-letters"),
        lawful_basis=LawfulBasis.PUBLIC_TASK,
        model=ModelId("demo"),
        policy=POLICY,
        because=("purpose-declared",),
        stream=False,
        defaults=(),
        temperature=None,
        scope=Scope.CONVERSATION,
        characters=300,
        languages=("en",),
        found={"EMAIL": 1},
        ignored=0,
    )


def closed(number: int, *, finish: str = "stop") -> Closed:
    return Closed(
        exchange=exchange(number),
        outcome=Outcome.COMPLETED,
        reason=None,
        input_tokens=80,
        output_tokens=30,
        finish=(finish,),
        restored=1,
        unknown=0,
        milliseconds=120,
    )


def refused(number: int) -> Refused:
    return Refused(
        exchange=exchange(number),
        key=KeyId("a" * 16),
        purpose=None,
        policy=POLICY,
        reason="purpose_undeclared",
        param=None,
    )


def checked(leaves: Iterable[bytes]) -> list[Entry]:
    """Parse the leaves of a whole log and check what must hold whatever happened.

    Every writer's epochs and sequences have no gap and each record names the one before; no
    exchange is opened or closed twice, or closed without having been opened.
    """
    entries: list[Entry] = []
    tails: dict[str, tuple[int, int, bytes]] = {}
    for leaf in leaves:
        entry = record.parse(leaf)
        place = entry.position
        epoch, sequence, previous = tails.get(place.writer, (0, 0, bytes(32)))
        begins = isinstance(entry.record, WriterStarted)
        expected = (epoch + 1, 0) if begins else (epoch, sequence + 1)
        assert (place.epoch, place.sequence) == expected
        assert place.previous == previous
        tails[place.writer] = (place.epoch, place.sequence, merkle.leaf_hash(leaf))
        entries.append(entry)
    seen = Counter(
        (entry.record.kind, entry.record.exchange)
        for entry in entries
        if isinstance(entry.record, Opened | Closed)
    )
    assert set(seen.values()) <= {1}
    assert not {key for kind, key in seen if kind == Closed.kind} - opened_in(entries)
    return entries


def opened_in(entries: Sequence[Entry]) -> set[ExchangeId]:
    return {entry.record.exchange for entry in entries if isinstance(entry.record, Opened)}


def outcomes(entries: Sequence[Entry]) -> dict[ExchangeId, tuple[Outcome, str | None]]:
    """Return how each closed exchange ended, and its reason."""
    return {
        entry.record.exchange: (entry.record.outcome, entry.record.reason)
        for entry in entries
        if isinstance(entry.record, Closed)
    }
