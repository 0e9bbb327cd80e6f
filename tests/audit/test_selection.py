from datetime import timedelta

import pytest

from euguard.audit.record import ExportCreated, WriterStarted, parse
from euguard.audit.selection import (
    NAMES,
    All,
    OneExchange,
    OnePurpose,
    Period,
    Selection,
    occurs,
    selector,
)
from euguard.terms import ExchangeId, PurposeId
from logbook import (
    INFORMATION,
    LETTERS,
    POLICY,
    START,
    Logbook,
    closed,
    exchange_id,
    opened,
    refused,
)


def log() -> Logbook:
    book = Logbook()
    book.write(WriterStarted(software="0.1.0", policy=POLICY))  # 0
    book.write(opened(1, LETTERS))  # 1
    book.write(opened(2, INFORMATION))  # 2
    book.write(refused(3, INFORMATION))  # 3
    book.write(refused(4, None))  # 4
    book.write(closed(2))  # 5
    book.write(closed(1))  # 6
    book.write(ExportCreated(size=7, records=7, selection="all"))  # 7
    return book


@pytest.mark.parametrize(
    "selection, indices",
    [
        (All(), [0, 1, 2, 3, 4, 5, 6, 7]),
        (OneExchange(exchange_id(2)), [2, 5]),
        (OneExchange(exchange_id(3)), [3]),
        (OneExchange(exchange_id(9)), []),
        (OnePurpose(LETTERS), [1, 6]),
        (OnePurpose(INFORMATION), [2, 3, 5]),
        (Period(START, START + timedelta(seconds=1)), [0, 1, 2, 3]),
        (Period(START + timedelta(seconds=1), START + timedelta(seconds=1.5)), [4, 5]),
        (Period(START - timedelta(days=1), START), []),
    ],
)
def test_a_selection_holds_these_records(selection: Selection, indices: list[int]) -> None:
    chosen = selector(selection)

    assert [i for i, line in enumerate(log().lines) if chosen.selects(parse(line))] == indices


@pytest.mark.parametrize(
    "selection, found",
    [
        (OneExchange(exchange_id(2)), True),
        (OneExchange(exchange_id(9)), False),
        (OneExchange(ExchangeId("é")), False),
        (OneExchange(ExchangeId("drafting")), False),
        (OnePurpose(INFORMATION), True),
        (OnePurpose(PurposeId("drafting")), False),
        (OnePurpose(PurposeId("\udcff")), False),
    ],
)
def test_what_nobody_has_recorded_does_not_occur(
    selection: OneExchange | OnePurpose, *, found: bool
) -> None:
    assert occurs(selection, log().lines) is found


def test_a_period_begins_before_it_ends() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Period(START, START)
    with pytest.raises(ValueError, match="ends before it begins"):
        Period(START + timedelta(seconds=1), START)


def test_every_selection_has_a_name() -> None:
    assert sorted(NAMES.values()) == ["all", "exchange", "period", "purpose"]
