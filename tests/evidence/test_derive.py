"""Facts that follow from other facts."""

import dataclasses
from datetime import date

import pytest

from euguard.audit.record import Closed, Opened, Refused
from euguard.errors import ConfigurationError
from euguard.evidence.derive import derived
from euguard.evidence.facts import Fact, Facts, Provenance
from euguard.policy.schema import PolicySet
from euguard.terms import PurposeId, RiskClass

TODAY = date(2026, 11, 25)
LETTERS = PurposeId("drafting-letters")


def follow(policies: PolicySet, today: date = TODAY) -> dict[str, Fact]:
    return {fact.id: fact for fact in derived(policies, None, today)}


def with_risk(policies: PolicySet, risk: RiskClass) -> PolicySet:
    purpose = dataclasses.replace(policies.purposes[LETTERS], risk=risk)
    return dataclasses.replace(policies, purposes={**policies.purposes, LETTERS: purpose})


def bound_by(policies: PolicySet, *provisions: str) -> PolicySet:
    purpose = dataclasses.replace(policies.purposes[LETTERS], provisions=provisions)
    return dataclasses.replace(policies, purposes={**policies.purposes, LETTERS: purpose})


def test_a_system_that_completed_an_exchange_is_in_use(facts: Facts) -> None:
    assert facts["system.status"].value == ("in use: at least one exchange was completed",)


def test_a_system_without_a_log_is_not_yet_in_use(policies: PolicySet) -> None:
    assert follow(policies)["system.status"].value == ("not yet in use",)


def test_the_class_of_the_system_is_the_highest_that_is_allowed(policies: PolicySet) -> None:
    assert follow(policies)["system.risk"].value == (
        "transparency",
        "refused, and not counted: hr-screening (high-risk)",
    )
    assert follow(with_risk(policies, RiskClass.HIGH_RISK))["system.risk"].value[0] == "high-risk"


def test_a_system_with_every_purpose_refused_has_no_class(policies: PolicySet) -> None:
    refused = {
        id_: dataclasses.replace(purpose, refused=True)
        for id_, purpose in policies.purposes.items()
    }

    facts = follow(dataclasses.replace(policies, purposes=refused))

    assert facts["system.risk"].value[0] == "no purpose is allowed"


ACT = "Regulation (EU) 2024/1689"
COMMON = (
    f"Art. 4, {ACT}: applies since 2 February 2025",
    f"Art. 50(1), {ACT}: applies since 2 August 2026",
    f"Art. 50(5), {ACT}: applies since 2 August 2026",
    (
        f"Art. 50(2), {ACT}: applies since 2 August 2026; providers of systems placed on the "
        "market before 2 August 2026 have until 2 December 2026 (Art. 111(4))"
    ),
)
"""What binds every use of a system that talks with people and writes text."""


def test_screening_applicants_follows_the_date_of_annex_iii_alone(facts: Facts) -> None:
    assert facts["purpose.hr-screening.dates"].value == (
        *COMMON,
        f"Chapter III, Sections 1 to 3 (for Annex III), {ACT}: applies from 2 December 2027",
        f"Art. 73 and 86, {ACT}: the date is unsettled; the readings are printed below",
    )


def test_letters_follow_all_that_article_50_asks_of_a_system_that_writes(facts: Facts) -> None:
    assert facts["purpose.drafting-letters.dates"].value == COMMON


def test_texts_for_the_public_are_disclosed_besides(facts: Facts) -> None:
    assert facts["purpose.public-information.dates"].value == (
        *COMMON,
        f"Art. 50(4), second subparagraph, {ACT}: applies since 2 August 2026",
    )


def test_prohibited_practices_have_the_dates_of_article_5(policies: PolicySet) -> None:
    ids = ("ai-act.prohibited-practices", "ai-act.prohibited-sexual-material")

    facts = follow(bound_by(policies, *ids))

    assert facts["purpose.drafting-letters.dates"].value == (
        f"Art. 5(1)(a) to (h), {ACT}: applies since 2 February 2025",
        f"Art. 5(1)(ba) and (bb), 5(1a) and 5(1b), {ACT}: applies from 2 December 2026",
    )


def test_a_provision_that_no_law_file_has_stops_the_papers(policies: PolicySet) -> None:
    with pytest.raises(ConfigurationError, match=r"no policy file states the provision x\.y"):
        follow(bound_by(policies, "x.y"))


@pytest.mark.parametrize(
    "today, verb",
    [(date(2026, 8, 1), "applies from"), (date(2026, 8, 2), "applies since")],
)
def test_a_date_is_past_on_the_day_itself(policies: PolicySet, today: date, verb: str) -> None:
    facts = follow(bound_by(policies, "ai-act.disclosure"), today)

    expected = (f"Art. 50(1), {ACT}: {verb} 2 August 2026",)
    assert facts["purpose.drafting-letters.dates"].value == expected


def test_every_field_of_the_records_is_worded_in_every_language(
    facts: Facts, policies: PolicySet
) -> None:
    fields = {
        field.name for kind in (Opened, Closed, Refused) for field in dataclasses.fields(kind)
    } | {"at"}

    for language, notice in policies.notices.items():
        assert set(notice.recorded) == fields
        assert facts[f"notice.{language}.recorded"].provenance is Provenance.DERIVED
        assert len(facts[f"notice.{language}.recorded"].value) == len(fields)


def test_a_field_of_the_records_that_nobody_worded_is_a_gap(policies: PolicySet) -> None:
    notice = policies.notices["fr"]
    less = {name: text for name, text in notice.recorded.items() if name not in ("key", "found")}
    notices = {**policies.notices, "fr": dataclasses.replace(notice, recorded=less)}

    gap = follow(dataclasses.replace(policies, notices=notices))["notice.fr.recorded"].gap

    assert gap is not None
    assert gap.action == "Say in plain words what these fields are: found, key."
