"""What the order of the records must add up to: writer chains, and exchanges that end.

Source: audit/SPEC.md §4 (writer chain), §5 (exchanges), §8 steps 7 and 8.
"""

from dataclasses import dataclass, field

from euguard.audit.record import (
    Closed,
    Entry,
    Opened,
    Outcome,
    Position,
    Refused,
    WriterStarted,
)
from euguard.errors import ExportInvalidError
from euguard.terms import ExchangeId


@dataclass(frozen=True, slots=True)
class _Last:
    """A writer's latest record so far."""

    index: int
    epoch: int
    sequence: int
    hash: bytes


@dataclass(slots=True)
class Chains:
    """Step 7. Each writer counts its records and names the hash of the one before.

    The tree shows that nothing was changed after signing; the chains show that the log itself
    took in every record of a writer, in the writer's order.
    """

    whole: bool
    """Whether the export holds every record: only then is a gap a fault."""
    gap: tuple[int, int] | None = None
    """The first two indices between which a record of one writer is missing, if one is."""
    _last: dict[str, _Last] = field(default_factory=dict)

    def add(self, index: int, leaf_hash: bytes, entry: Entry) -> None:
        """Check the next record, in the order of the log.

        Raises:
            ExportInvalidError: of step 7.

        """
        place = entry.position
        if (place.sequence == 0) != isinstance(entry.record, WriterStarted):
            raise _broken(index, "an epoch begins with writer.started, and nothing else does")
        last = self._last.get(place.writer)
        if last is None:
            if self.whole and (place.sequence or any(place.previous)):
                raise _broken(index, "the writer's first record is not its first")
        else:
            self._check_after(last, index, entry)
        self._last[place.writer] = _Last(index, place.epoch, place.sequence, leaf_hash)

    def _check_after(self, last: _Last, index: int, entry: Entry) -> None:
        place = entry.position
        follows = place.epoch == last.epoch and place.sequence == last.sequence + 1
        restarts = place.epoch > last.epoch and place.sequence == 0
        later = (place.epoch, place.sequence) > (last.epoch, last.sequence)
        if not (follows or restarts if self.whole else later):
            msg = f"the writer's record before it is index {last.index}: missing or out of order"
            raise _broken(index, msg)
        if place.previous == last.hash:
            return
        if follows or self.whole:
            msg = f"names another hash than that of index {last.index}, the writer's record before"
            raise _broken(index, msg)
        self.gap = self.gap or (last.index, index)


@dataclass(frozen=True, slots=True)
class _Open:
    index: int
    writer: str
    epoch: int


@dataclass(slots=True)
class Exchanges:
    """Step 8. What was opened is closed, once; nothing else is closed."""

    whole: bool
    late: list[tuple[ExchangeId, int]] = field(default_factory=list)
    """What was closed only after its writer had started anew and served again, and the index."""
    _open: dict[ExchangeId, _Open] = field(default_factory=dict)
    _ended: set[ExchangeId] = field(default_factory=set)
    _served: dict[str, int] = field(default_factory=dict)
    """Writer → the last epoch in which it went past its start-up."""

    def add(self, index: int, entry: Entry) -> None:
        """Check the next record, in the order of the log.

        Raises:
            ExportInvalidError: of step 8.

        """
        place, record = entry.position, entry.record
        if not isinstance(record, (Closed, WriterStarted)):
            self._served[place.writer] = place.epoch
        if isinstance(record, (Opened, Closed, Refused)):
            if record.exchange in self._ended:
                raise _unfinished(index, "the exchange had ended before")
            if isinstance(record, Opened):
                if record.exchange in self._open:
                    raise _unfinished(index, "the exchange is open already")
                self._open[record.exchange] = _Open(index, place.writer, place.epoch)
                return
            opened = self._open.pop(record.exchange, None)
            if isinstance(record, Closed) and opened is None and self.whole:
                raise _unfinished(index, "closes an exchange that was never opened")
            if isinstance(record, Refused) and opened is not None:
                raise _unfinished(index, "refuses an exchange that is open")
            if isinstance(record, Closed) and opened is not None:
                self._check_end(index, entry.position, record, opened)
            self._ended.add(record.exchange)

    def _check_end(self, index: int, place: Position, closed: Closed, opened: _Open) -> None:
        # Whoever did not serve the exchange cannot know more of it than that it broke off.
        own = (place.writer, place.epoch) == (opened.writer, opened.epoch)
        if not own and closed.outcome is not Outcome.INTERRUPTED:
            msg = f"{closed.outcome}, says another life than the one that opened it"
            raise _unfinished(index, msg)
        if self._forgotten(opened):
            self.late.append((closed.exchange, index))

    def _forgotten(self, opened: _Open) -> bool:
        """Tell whether its writer has started anew and served again."""
        return self.whole and self._served[opened.writer] > opened.epoch

    def still_open(self) -> tuple[tuple[ExchangeId, int, bool], ...]:
        """Return the exchanges without an end: id, index, and whether that is unexplained.

        An exchange may be under way when the log is exported. If its writer has since started
        anew and served again, it should have closed it as interrupted first.
        """
        return tuple(
            (exchange, opened.index, self._forgotten(opened))
            for exchange, opened in self._open.items()
        )


def _broken(index: int, message: str) -> ExportInvalidError:
    return ExportInvalidError(7, f"index {index}", message)


def _unfinished(index: int, message: str) -> ExportInvalidError:
    return ExportInvalidError(8, f"index {index}", message)
