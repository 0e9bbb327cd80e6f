"""Facts from what was counted in the log."""

from dataclasses import replace
from datetime import date

import papers
from euguard.audit.record import Record
from euguard.evidence.counted import KINDS, from_log
from euguard.evidence.facts import Fact, Facts, Provenance
from euguard.evidence.observe import observe
from euguard.policy.schema import PolicySet, SpecialCategories
from euguard.terms import PurposeId

TODAY = date(2026, 11, 25)


def counted(policies: PolicySet, *records: Record) -> dict[str, Fact]:
    observation = observe(papers.log_of(*records))
    return {fact.id: fact for fact in from_log(observation, policies, TODAY)}


def test_what_can_be_found_has_a_plain_name_and_nothing_else_has() -> None:
    assert set(KINDS) == papers.FINDABLE


def test_use_is_told_in_numbers(facts: Facts) -> None:
    assert facts["log.use"].value == (
        "3 exchanges: 1 completed, 1 failed, 1 still open",
        "2 requests refused: 1 purpose_not_permitted, 1 purpose_refused",
    )
    assert facts["log.purpose.hr-screening.use"].value == (
        "0 exchanges",
        "1 request refused: 1 purpose_refused",
    )
    assert facts["log.purpose.drafting-letters.found"].value == (
        "e-mail addresses: 1",
        "names of persons: 3",
    )
    assert facts["log.purpose.public-information.found"].value == ("none was found and replaced",)
    assert facts["log.period"].value == ("from 2026-11-24 09:30 UTC to 2026-11-24 09:36 UTC",)


def test_every_count_is_proved_by_its_records_and_their_root(facts: Facts) -> None:
    observed = [fact for fact in facts.values() if fact.provenance is Provenance.OBSERVED]
    root = facts["log.checkpoint"].value[2].removeprefix("root ")

    assert observed
    for fact in observed:
        assert fact.proof == f"records 0 to 6 of checkpoint size 7, root {root}"


def test_a_log_without_records_is_observed_and_says_so(policies: PolicySet) -> None:
    facts = counted(policies)

    assert facts["log.period"].value == ("no record yet",)
    assert facts["log.period"].provenance is Provenance.OBSERVED
    assert facts["log.use"].proof.startswith("no record of checkpoint size 0")


def test_without_a_checkpoint_every_count_is_a_gap(policies: PolicySet) -> None:
    nothing = {fact.id: fact for fact in from_log(None, policies, TODAY)}
    something = counted(policies, *papers.RECORDS)

    assert set(nothing) == set(something)
    assert {fact.provenance for fact in nothing.values()} == {Provenance.GAP}


def test_a_purpose_in_the_log_that_has_no_file_any_more_is_a_gap(policies: PolicySet) -> None:
    facts = counted(policies, papers.opening(1, "deleted-purpose", {"IBAN": 1}, "en"))

    gap = facts["log.strangers"].gap
    assert gap is not None
    assert gap.action == "Bring back purposes/deleted-purpose.yaml, or describe that past use."
    assert facts["log.strangers"].value == ("deleted-purpose: 1 exchange: 1 still open",)


def test_special_categories_that_nobody_expected_are_a_gap(policies: PolicySet) -> None:
    opening = replace(papers.opening(1, "drafting-letters", {}, "en"), special={"health": 3})
    name, letters = "log.purpose.drafting-letters.special", PurposeId("drafting-letters")
    gap = counted(policies, opening)[name]

    assert gap.provenance is Provenance.GAP
    assert gap.value == ("health: 3",)
    assert gap.gap is not None
    assert "health" in gap.gap.action
    special = SpecialCategories(("health",), "9(2)(h)", "", 90)
    expecting = replace(policies.purposes[letters], special=special)
    fact = counted(replace(policies, purposes={letters: expecting}), opening)[name]
    assert fact.provenance is Provenance.OBSERVED
    assert fact.value == ("health: 3",)


def test_without_mentions_there_is_no_gap(facts: Facts) -> None:
    fact = facts["log.purpose.drafting-letters.special"]

    assert fact.value == ("no word on the lists was noticed",)


def test_a_kind_of_a_later_version_keeps_its_own_word(policies: PolicySet) -> None:
    facts = counted(policies, papers.opening(1, "drafting-letters", {"BADGE": 2}, "en"))

    assert facts["log.found"].value == ("BADGE: 2",)
