"""What the log says about use: counted over every record, and only if they hash to the root.

One pass in constant memory: the leaves are hashed while they are counted, so a count that does
not belong to the signed checkpoint never becomes a fact.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from euguard.audit.reader import Reader
from euguard.audit.record import Closed, Entry, Opened, Refused, parse
from euguard.errors import ProofInvalidError
from euguard.terms import ExchangeId, PurposeId
from euguard.tlog.checkpoint import Checkpoint, open_checkpoint
from euguard.tlog.merkle import Frontier, leaf_hash
from euguard.tlog.note import VerifierKey


@dataclass(slots=True)
class Use:
    """How often, and how; of one purpose or of all."""

    opened: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """Outcome → exchanges; an exchange that is still open has none."""
    refused: Counter[str] = field(default_factory=Counter)
    """Error code → requests."""
    found: Counter[str] = field(default_factory=Counter)
    """Kind of personal datum → occurrences replaced."""
    special: Counter[str] = field(default_factory=Counter)
    """Category of Art. 9(1) or Art. 10 GDPR → words that spoke of it."""
    models: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    """Language → exchanges in which it was recognised."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything counted, up to one checkpoint."""

    checkpoint: Checkpoint
    first: datetime | None
    """Time of the first record; None where there is none."""
    last: datetime | None
    total: Use
    """With the refusals that name no purpose: none was declared, or one that does not exist."""
    purposes: dict[PurposeId, Use]


@dataclass(frozen=True, slots=True)
class Log:
    """A log to observe, and whom to believe about it."""

    reader: Reader
    origin: str
    trusted: Sequence[VerifierKey]


def observe(log: Log) -> Observation | None:
    """Count the records up to the last checkpoint; None before the first checkpoint.

    Raises:
        LogUnavailableError: the database does not answer.
        SignatureInvalidError: no trusted key has signed the checkpoint.
        ProofInvalidError: the records are not those that the checkpoint signs.
        MalformedRecordError: a record is not of this log's schema.

    """
    note = log.reader.checkpoint()
    if note is None:
        return None
    checkpoint = open_checkpoint(note, log.trusted, log.origin)
    counting = _Counting()
    tree = Frontier.empty().extend(counting.hashed(log.reader.leaves(0, checkpoint.size)))
    if (tree.size, tree.root()) != (checkpoint.size, checkpoint.root):
        msg = f"evidence: {tree.size} records were read that do not hash to the checkpoint's root"
        raise ProofInvalidError(msg)
    return counting.observed(checkpoint)


class _Counting:
    def __init__(self) -> None:
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._total = Use()
        self._purposes: dict[PurposeId, Use] = {}
        self._open: dict[ExchangeId, PurposeId] = {}

    def hashed(self, leaves: Iterable[bytes]) -> Iterator[bytes]:
        """Count each leaf, and yield its hash."""
        for leaf in leaves:
            yield leaf_hash(leaf)
            self._count(parse(leaf))

    def _count(self, entry: Entry) -> None:
        # Several writers: the order of times is not the order of indices.
        self._first = min(self._first or entry.at, entry.at)
        self._last = max(self._last or entry.at, entry.at)
        match entry.record:
            case Opened() as opened:
                self._open[opened.exchange] = opened.purpose
                for use in self._uses(opened.purpose):
                    _count_opened(use, opened)
            case Closed() as closed:
                purpose = self._open.pop(closed.exchange, None)
                for use in self._uses(purpose):
                    use.outcomes[closed.outcome.value] += 1
            case Refused() as refused:
                for use in self._uses(refused.purpose):
                    use.refused[refused.reason] += 1
            case _:  # a writer's start or an export says nothing about use
                return

    def _uses(self, purpose: PurposeId | None) -> tuple[Use, ...]:
        if purpose is None:
            return (self._total,)
        return self._total, self._purposes.setdefault(purpose, Use())

    def observed(self, checkpoint: Checkpoint) -> Observation:
        return Observation(checkpoint, self._first, self._last, self._total, self._purposes)


def _count_opened(use: Use, opened: Opened) -> None:
    use.opened += 1
    use.models[opened.model] += 1
    use.languages.update(opened.languages)
    use.found.update(opened.found)
    use.special.update(opened.special)
