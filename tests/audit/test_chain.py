import dataclasses

import pytest

from euguard.audit.chain import Chains, Exchanges
from euguard.audit.record import ExportCreated, Outcome, WriterStarted, parse
from euguard.errors import ExportInvalidError
from euguard.tlog.merkle import leaf_hash
from logbook import POLICY, Logbook, closed, exchange_id, opened, refused


def walk(lines: list[bytes], *, whole: bool = True) -> Exchanges:
    """Take the lines through the steps 7 and 8."""
    chains, exchanges = Chains(whole=whole), Exchanges(whole=whole)
    for index, line in enumerate(lines):
        entry = parse(line)
        chains.add(index, leaf_hash(line), entry)
        exchanges.add(index, entry)
    return exchanges


def book(*exchanges: int) -> Logbook:
    log = Logbook()
    log.start()
    for number in exchanges:
        log.exchange(number)
    return log


def fails(lines: list[bytes], step: int, where: str, reason: str, *, whole: bool = True) -> None:
    with pytest.raises(ExportInvalidError) as caught:
        walk(lines, whole=whole)

    assert (caught.value.step, caught.value.where) == (step, where)
    assert reason in caught.value.reason


def test_records_that_follow_one_another_are_in_order() -> None:
    log = book(1, 2)
    log.start("cli")
    log.write(ExportCreated(size=6, records=6, selection="all"), "cli")
    log.start()
    log.exchange(3)
    log.start("cli")

    assert walk(log.lines).still_open() == ()


@pytest.mark.parametrize("missing", range(1, 4))
def test_a_missing_record_shows_in_the_writers_next(missing: int) -> None:
    lines = book(1, 2).lines
    del lines[missing]

    fails(lines, 7, f"index {missing}", f"is index {missing - 1}: missing or out of order")


def test_a_log_begins_with_its_writers_first_record() -> None:
    log = book(1)

    fails(log.lines[1:], 7, "index 0", "the writer's first record is not its first")
    log = Logbook()
    log.start()
    log.start()
    fails(log.lines[1:], 7, "index 0", "the writer's first record is not its first")


def test_records_that_change_places_show() -> None:
    lines = book(1, 2).lines
    lines[2], lines[3] = lines[3], lines[2]

    fails(lines, 7, "index 2", "is index 1: missing or out of order")


def test_a_record_that_was_rewritten_shows_in_the_writers_next() -> None:
    lines = book(1, 2).lines
    lines[2] = lines[2].replace(b'"restored":3', b'"restored":4')

    fails(lines, 7, "index 3", "names another hash than that of index 2")


def test_an_epoch_begins_with_its_start_and_nothing_else_does() -> None:
    log = Logbook()
    log.write(opened(1))
    fails(log.lines, 7, "index 0", "begins with writer.started")

    log = book()
    middle = log.write(opened(1))
    started = dataclasses.replace(
        parse(middle), record=WriterStarted(software="0.1.0", policy=POLICY)
    )
    chains = Chains(whole=True)
    chains.add(0, leaf_hash(log.lines[0]), parse(log.lines[0]))
    with pytest.raises(ExportInvalidError, match=r"begins with writer\.started"):
        chains.add(1, leaf_hash(middle), started)


def test_a_missing_epoch_shows_and_an_unused_number_does_not() -> None:
    log = book(1)
    log.start()
    log.start()
    lines = log.lines
    fails([*lines[:3], lines[4]], 7, "index 3", "names another hash than that of index 2")

    entry = parse(lines[3])
    chains = Chains(whole=True)
    for index, line in enumerate(lines[:3]):
        chains.add(index, leaf_hash(line), parse(line))
    later = dataclasses.replace(entry.position, epoch=7)
    chains.add(3, bytes(32), dataclasses.replace(entry, position=later))


@pytest.mark.parametrize("epoch", [0, 1])
def test_an_epoch_does_not_begin_twice(epoch: int) -> None:
    log = book(1)
    log.start()
    entry = parse(log.lines[3])
    chains = Chains(whole=True)
    for index, line in enumerate(log.lines[:3]):
        chains.add(index, leaf_hash(line), parse(line))
    again = dataclasses.replace(entry, position=dataclasses.replace(entry.position, epoch=epoch))

    with pytest.raises(ExportInvalidError, match="out of order"):
        chains.add(3, bytes(32), again)


def test_the_chain_of_a_part_has_gaps_and_still_an_order() -> None:
    lines = book(1, 2, 3).lines

    walk([lines[1], lines[2], lines[5]], whole=False)
    fails([lines[3], lines[1]], 7, "index 1", "out of order", whole=False)
    fails([lines[3], lines[3]], 7, "index 1", "out of order", whole=False)
    rewritten = lines[1].replace(b'"ignored":0', b'"ignored":1')
    fails([rewritten, lines[2]], 7, "index 1", "names another hash", whole=False)


def test_an_exchange_that_has_not_ended_is_listed() -> None:
    log = book(1)
    log.write(opened(2))

    assert walk(log.lines).still_open() == ((exchange_id(2), 3, False),)


@pytest.mark.parametrize("whole", [True, False])
def test_what_a_writer_left_open_and_forgot_is_unexplained(*, whole: bool) -> None:
    log = book()
    log.write(opened(1))
    log.start()
    assert walk(log.lines, whole=whole).still_open() == ((exchange_id(1), 1, False),)

    log.write(opened(2))

    still_open = walk(log.lines, whole=whole).still_open()
    assert still_open[0] == (exchange_id(1), 1, whole)
    assert still_open[1][2] is False


@pytest.mark.parametrize("whole", [True, False])
def test_an_exchange_happens_once(*, whole: bool) -> None:
    log = book(1)
    index = f"index {len(log.lines)}"
    for record, reason in (
        (opened(1), "had ended before"),
        (closed(1), "had ended before"),
        (refused(1), "had ended before"),
    ):
        lines = log.lines.copy()
        again = book(1)
        again.write(record)
        fails([*lines, again.lines[-1]], 8, index, reason, whole=whole)


@pytest.mark.parametrize("whole", [True, False])
def test_an_open_exchange_is_neither_opened_nor_refused(*, whole: bool) -> None:
    for record, reason in ((opened(1), "open already"), (refused(1), "refuses an exchange")):
        log = book()
        log.write(opened(1))
        log.write(record)
        fails(log.lines, 8, "index 2", reason, whole=whole)


def test_only_what_was_opened_is_closed_where_the_whole_log_is_there() -> None:
    log = book()
    log.write(closed(1))

    fails(log.lines, 8, "index 1", "was never opened")
    walk(log.lines, whole=False)


@pytest.mark.parametrize("outcome", [Outcome.COMPLETED, Outcome.FAILED])
@pytest.mark.parametrize("writer", ["gateway-0", "gateway-1"])
def test_only_who_served_an_exchange_says_how_it_ended(writer: str, outcome: Outcome) -> None:
    log = book()
    log.write(opened(1))
    log.start(writer)
    log.write(closed(1, outcome), writer)

    fails(log.lines, 8, "index 3", f"{outcome}, says another life")


def test_what_is_closed_after_its_writer_has_served_again_is_late() -> None:
    log = book()
    log.write(opened(1))
    log.start()
    log.write(refused(2))
    log.write(closed(1, Outcome.INTERRUPTED))

    assert walk(log.lines).late == [(exchange_id(1), 4)]
    assert walk(log.lines, whole=False).late == []


def test_the_first_gap_of_a_part_is_remembered() -> None:
    chains = Chains(whole=False)
    lines = book(1, 2, 3).lines
    for index in (0, 1, 3, 6):
        chains.add(index, leaf_hash(lines[index]), parse(lines[index]))

    assert chains.gap == (1, 3)


def test_another_writer_may_close_what_a_dead_one_left_open() -> None:
    log = book()
    log.write(opened(1))
    log.start("gateway-1")
    log.write(closed(1, Outcome.INTERRUPTED), "gateway-1")

    assert walk(log.lines).still_open() == ()
