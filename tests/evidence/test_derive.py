"""Facts that follow from other facts."""

import dataclasses
from datetime import date

import pytest

from euguard.audit.record import Closed, Opened, Refused
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


def test_high_risk_follows_the_dates_of_the_amending_regulation(facts: Facts) -> None:
    assert facts["purpose.hr-screening.dates"].value == (
        "Art. 50(1): applies since 2 August 2026",
        "Chapter III, Sections 1 to 3, for uses in Annex III: applies from 2 December 2027",
        "Chapter III, Sections 1 to 3, for products in Annex I: applies from 2 August 2028",
    )


@pytest.mark.parametrize(
    "today, verb",
    [(date(2026, 8, 1), "applies from"), (date(2026, 8, 2), "applies since")],
)
def test_a_date_is_past_on_the_day_itself(policies: PolicySet, today: date, verb: str) -> None:
    facts = follow(policies, today)

    assert facts["purpose.drafting-letters.dates"].value == (f"Art. 50(1): {verb} 2 August 2026",)


@pytest.mark.parametrize("risk", [RiskClass.MINIMAL, RiskClass.PROHIBITED])
def test_other_classes_have_no_date_of_their_own(policies: PolicySet, risk: RiskClass) -> None:
    facts = follow(with_risk(policies, risk))

    assert facts["purpose.drafting-letters.dates"].value == ("no date follows from this class",)


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


def test_what_this_version_does_not_do_is_open_and_has_an_owner(facts: Facts) -> None:
    for name in ("erasure.run", "marking.plan", "notice.shown", "security.restore"):
        gap = facts[name].gap
        assert gap is not None
        assert gap.owner
        assert gap.article
