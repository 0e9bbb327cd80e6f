"""What the log says about use."""

from dataclasses import replace
from typing import Any, cast

import pytest

import chains
import papers
from euguard.audit.record import ExportCreated, Outcome, WriterStarted
from euguard.errors import (
    IntegrityError,
    MalformedCheckpointError,
    ProofInvalidError,
    SignatureInvalidError,
)
from euguard.evidence.observe import Log, Observation, observe
from euguard.tlog import merkle
from euguard.tlog.checkpoint import Checkpoint, sign


def seen(log: Log) -> Observation:
    observation = observe(log)
    assert observation is not None
    return observation


def broken(log: Log, **changes: Any) -> Log:
    reader = cast("papers.Leaves", log.reader)
    return replace(log, reader=replace(reader, **changes))


def test_everything_is_counted_once_in_total_and_once_for_its_purpose() -> None:
    observation = seen(papers.log_of(*papers.RECORDS))

    letters = observation.purposes[chains.opened(1).purpose]
    assert observation.total.opened == 3
    assert letters.opened == 2
    assert letters.outcomes == {"completed": 1, "failed": 1}
    assert letters.found == {"PERSON": 3, "EMAIL": 1}
    assert letters.languages == {"en": 2, "fr": 1}
    assert letters.models == {"demo": 2}
    assert observation.total.refused == {"purpose_refused": 1, "purpose_not_permitted": 1}
    assert {str(purpose) for purpose in observation.purposes} == {
        "drafting-letters",
        "hr-screening",
        "public-information",
    }


def test_the_period_runs_from_the_first_time_to_the_last() -> None:
    observation = seen(papers.log_of(*papers.RECORDS))

    assert observation.first == papers.START
    assert observation.last == papers.START.replace(minute=36)


def test_what_writers_and_exports_leave_is_no_use() -> None:
    started = WriterStarted(software="0.1.0", policy=chains.POLICY)
    taken = ExportCreated(size=1, records=1, selection="all")

    observation = seen(papers.log_of(started, taken))

    assert observation.total.opened == 0
    assert not observation.total.refused
    assert observation.checkpoint.size == 2


def test_before_the_first_checkpoint_nothing_is_known() -> None:
    log = broken(papers.log_of(*papers.RECORDS), note=None)

    assert observe(log) is None


def test_a_log_without_records_is_observed_to_be_empty() -> None:
    observation = seen(papers.log_of())

    assert (observation.first, observation.last) == (None, None)
    assert observation.total.opened == 0


def test_records_after_the_checkpoint_do_not_count_yet() -> None:
    log = papers.log_of(*papers.RECORDS[:3])
    more = broken(log, entries=papers.leaves_of(papers.RECORDS))

    assert seen(more) == seen(log)


def test_one_changed_record_makes_every_count_void() -> None:
    log = papers.log_of(*papers.RECORDS)
    entries = papers.leaves_of(papers.RECORDS)
    changed = papers.opening(1, "drafting-letters", {"PERSON": 1, "EMAIL": 1}, "en")
    entries[0] = papers.leaves_of([changed])[0]

    with pytest.raises(ProofInvalidError, match="7 records were read that do not hash"):
        observe(broken(log, entries=entries))


@pytest.mark.parametrize("index", [0, 3, 6])
def test_one_flipped_bit_makes_every_count_void(index: int) -> None:
    log = papers.log_of(*papers.RECORDS)
    entries = papers.leaves_of(papers.RECORDS)
    entries[index] = entries[index][:-9] + bytes([entries[index][-9] ^ 1]) + entries[index][-8:]

    with pytest.raises(IntegrityError):
        observe(broken(log, entries=entries))


def test_a_missing_record_makes_every_count_void() -> None:
    log = papers.log_of(*papers.RECORDS)

    with pytest.raises(ProofInvalidError, match="6 records"):
        observe(broken(log, entries=papers.leaves_of(papers.RECORDS)[:-1]))


def test_a_checkpoint_of_a_strangers_key_is_not_believed() -> None:
    log = papers.log_of(*papers.RECORDS)

    with pytest.raises(SignatureInvalidError):
        observe(replace(log, trusted=[papers.signer(seed=8).verifier]))


def test_a_checkpoint_of_another_log_is_not_believed() -> None:
    log = papers.log_of(*papers.RECORDS)
    root = merkle.root([merkle.leaf_hash(entry) for entry in papers.leaves_of(papers.RECORDS)])
    note = sign(Checkpoint("example.org/other", 7, root), papers.signer())

    with pytest.raises(MalformedCheckpointError):
        observe(broken(log, note=note))


def test_an_interrupted_exchange_is_not_open_any_more() -> None:
    interrupted = papers.ending(1, Outcome.INTERRUPTED)

    observation = seen(papers.log_of(papers.RECORDS[0], interrupted))

    assert observation.total.outcomes == {"interrupted": 1}
