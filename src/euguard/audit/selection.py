"""Which records an export holds: all of them, one exchange, a period, or one purpose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from euguard.audit.record import Closed, Entry, Opened, Refused, parse
from euguard.terms import ExchangeId, PurposeId


@dataclass(frozen=True, slots=True)
class All:
    """Every record up to the checkpoint."""


@dataclass(frozen=True, slots=True)
class OneExchange:
    """The records of one exchange."""

    exchange: ExchangeId


@dataclass(frozen=True, slots=True)
class Period:
    """The records whose time lies in [start, end); aware, UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start >= self.end:
            msg = "period: it ends before it begins"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class OnePurpose:
    """The exchanges of one purpose, and the refusals under it."""

    purpose: PurposeId


Selection: TypeAlias = All | OneExchange | Period | OnePurpose

NAMES: Mapping[type[Selection], str] = {
    All: "all",
    OneExchange: "exchange",
    Period: "period",
    OnePurpose: "purpose",
}
"""As manifest.json and the record `export.created` name them."""


class Selector(Protocol):
    """Walks the log once, from index 0."""

    def selects(self, entry: Entry) -> bool:
        """Tell whether the export holds this record."""
        ...


def selector(selection: Selection) -> Selector:
    """Return a fresh selector."""
    if isinstance(selection, All):
        return _Everything()
    if isinstance(selection, OneExchange):
        return _Exchange(selection.exchange)
    if isinstance(selection, Period):
        return _Within(selection.start, selection.end)
    return _Purpose(selection.purpose)


def occurs(selection: OneExchange | OnePurpose, leaves: Iterable[bytes]) -> bool:
    """Tell whether one of these leaves is of the exchange or purpose."""
    name = selection.exchange if isinstance(selection, OneExchange) else selection.purpose
    if not name.isascii():  # no name in a record is
        return False
    chosen, sought = selector(selection), name.encode()
    # Looking for the bytes first spares reading most records.
    return any(sought in leaf and chosen.selects(parse(leaf)) for leaf in leaves)


class _Everything:
    def selects(self, entry: Entry) -> bool:
        del entry
        return True


@dataclass(frozen=True, slots=True)
class _Exchange:
    exchange: ExchangeId

    def selects(self, entry: Entry) -> bool:
        return getattr(entry.record, "exchange", None) == self.exchange


@dataclass(frozen=True, slots=True)
class _Within:
    start: datetime
    end: datetime

    def selects(self, entry: Entry) -> bool:
        return self.start <= entry.at < self.end


class _Purpose:
    """A closing record does not name the purpose: it goes with its opening record."""

    def __init__(self, purpose: PurposeId) -> None:
        self._purpose = purpose
        self._opened: set[ExchangeId] = set()

    def selects(self, entry: Entry) -> bool:
        match entry.record:
            case Opened(exchange=exchange, purpose=self._purpose):
                self._opened.add(exchange)
                return True
            case Closed(exchange=exchange):
                return exchange in self._opened
            case Refused(purpose=self._purpose):
                return True
            case _:
                return False
