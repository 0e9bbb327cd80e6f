"""Facts from the rules and the settings."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from euguard.evidence.collect import SETTINGS, _special, from_policies, from_settings
from euguard.evidence.facts import Fact, Facts, Provenance
from euguard.policy.schema import Organisation, PolicySet, SpecialCategories, load
from euguard.terms import PurposeId

TODAY = date(2026, 11, 25)


def stated(policies: PolicySet) -> dict[str, Fact]:
    return {fact.id: fact for fact in from_policies(policies, TODAY)}


def test_no_two_facts_have_the_same_id(policies: PolicySet) -> None:
    ids = [fact.id for fact in from_policies(policies, TODAY)]

    assert len(ids) == len(set(ids))


def test_every_field_of_the_organisation_is_a_gap_as_delivered(policies: PolicySet) -> None:
    facts = stated(policies)

    names = {field.name for field in dataclasses.fields(Organisation)} - {"statements"}
    for name in names:
        fact = facts[f"organisation.{name}"]
        assert fact.provenance is Provenance.GAP
        assert fact.source == "policies/organisation.yaml"


def test_what_the_organisation_fills_in_is_declared_with_the_files_digest(rules: Path) -> None:
    file = rules / "organisation.yaml"
    file.write_text(file.read_text().replace("name: null  ", "name: Ville de Vierzon  ", 1))

    policies = load(rules)
    fact = stated(policies)["organisation.name"]

    assert fact.value == ("Ville de Vierzon",)
    assert fact.provenance is Provenance.DECLARED
    assert fact.proof == f"SHA-256 {policies.files['organisation.yaml']}"


def test_the_wording_of_a_notice_is_a_draft_until_the_names_are_declared(
    policies: PolicySet,
) -> None:
    fact = stated(policies)["notice.en.banner"]

    assert fact.gap is not None
    assert fact.gap.action == "Declare the name of the system and organisation."
    assert fact.value[0].startswith("[system: not declared] is an artificial intelligence (AI)")


def test_with_both_names_the_banner_is_declared_and_complete(policies: PolicySet) -> None:
    named = dataclasses.replace(
        policies.organisation, system_name="Schreibhilfe", name="Stadt Musterstadt"
    )

    facts = stated(dataclasses.replace(policies, organisation=named))

    assert facts["notice.fr.banner"].provenance is Provenance.DECLARED
    for language in ("en", "fr"):
        banner = facts[f"notice.{language}.banner"].value[0]
        assert "Schreibhilfe" in banner
        assert "Stadt Musterstadt" in banner
        assert "{" not in banner


def test_what_the_gateway_obeys_is_configured_and_what_it_cannot_check_is_declared(
    facts: Facts,
) -> None:
    of = "purpose.drafting-letters"

    assert facts[f"{of}.status"].provenance is Provenance.CONFIG
    assert facts[f"{of}.languages"].provenance is Provenance.CONFIG
    assert facts[f"{of}.models"].provenance is Provenance.CONFIG
    assert facts[f"{of}.lawful_basis"].provenance is Provenance.DECLARED
    assert facts[f"{of}.oversight"].provenance is Provenance.DECLARED


def test_a_statement_on_a_model_is_upstream_as_of_the_day_it_was_checked(
    facts: Facts, policies: PolicySet
) -> None:
    for model in policies.models.values():
        for number, said in enumerate(model.facts):
            fact = facts[f"model.{model.id}.fact.{number:02}"]
            assert fact.provenance is Provenance.UPSTREAM
            assert fact.source == said.source.title
            assert fact.as_of == said.source.checked


def test_a_provision_carries_its_date_and_every_reading(facts: Facts) -> None:
    settled = facts["law.ai-act.high-risk-annex-iii"].value[0]
    assert settled.endswith("Applies from 2 December 2027.")
    unsettled = facts["law.ai-act.incidents-and-explanations"].value[0]
    assert unsettled.endswith("The date is unsettled.")
    assert "law.ai-act.incidents-and-explanations.reading.literal" in facts
    assert "law.ai-act.incidents-and-explanations.reading.with-classification" in facts


@pytest.mark.parametrize("subject", ["purpose.", "model.", "notice."])
def test_what_came_with_euguard_waits_for_approval(policies: PolicySet, subject: str) -> None:
    facts = [fact for fact in stated(policies).values() if fact.id.startswith(subject)]
    declared = [fact for fact in facts if fact.provenance is Provenance.DECLARED]

    assert declared
    assert not any(fact.approved for fact in declared)


def approved(rules: Path, file: str) -> dict[str, Fact]:
    """Return the facts after somebody approved that file."""
    path = rules / file
    key = "reviewed_by" if file.startswith("notices") else "approved_by"
    path.write_text(path.read_text().replace(f"{key}: null", f"{key}: DPO, 2026-11-26"))
    return stated(load(rules))


@pytest.mark.parametrize(
    "file, own, other",
    [
        ("purposes/hr-screening.yaml", "purpose.hr-screening.", "purpose.drafting-letters."),
        ("models/mistral-small-3.2.yaml", "model.mistral-small-3.2.", "purpose."),
        ("notices/fr.yaml", "notice.fr.", "notice.en."),
    ],
)
def test_an_approved_file_is_the_organisations_word(
    rules: Path, file: str, own: str, other: str
) -> None:
    facts = approved(rules, file).values()

    declared = [fact for fact in facts if fact.provenance is Provenance.DECLARED]
    assert all(fact.approved for fact in declared if fact.id.startswith(own))
    assert not any(fact.approved for fact in declared if fact.id.startswith(other))


def test_every_gap_of_a_file_names_the_file_and_the_key(policies: PolicySet) -> None:
    gaps = {fact.id: fact.gap for fact in stated(policies).values() if fact.gap is not None}

    assert all(gap.place.startswith("policies/") and ": " in gap.place for gap in gaps.values())
    of = "policies/organisation.yaml"
    assert gaps["organisation.dpo_email"].place == f"{of}: data_protection_officer.email"
    assert gaps["notice.en.banner"].place == f"{of}: system.name, controller.name"
    assert gaps["notice.en.reviewed_by"].place == "policies/notices/en.yaml: reviewed_by"
    letters = gaps["purpose.drafting-letters.approved_by"]
    assert letters.place == "policies/purposes/drafting-letters.yaml: approved_by"


def test_a_notice_says_in_its_language_when_it_was_compared(facts: Facts) -> None:
    compared = facts["notice.fr.source"].value[0]

    assert compared.endswith("art. 13 et 15 à 21 (25 novembre 2026)")
    assert "copie antérieure à la publication" in compared


def test_a_notice_that_somebody_approved_is_no_gap_any_more(policies: PolicySet) -> None:
    notices = {
        language: dataclasses.replace(notice, reviewed_by="data protection officer")
        for language, notice in policies.notices.items()
    }

    facts = stated(dataclasses.replace(policies, notices=notices))

    assert facts["notice.en.reviewed_by"].value == ("data protection officer",)


def test_a_setting_is_configured_and_one_that_is_not_given_is_the_engineers_gap() -> None:
    facts = {fact.id: fact for fact in from_settings({"database": "sqlite", "network": ""}, TODAY)}

    assert facts["settings.database"].value == ("sqlite",)
    assert facts["settings.database"].provenance is Provenance.CONFIG
    assert len(facts) == len(SETTINGS)
    gap = facts["settings.network"].gap
    assert gap is not None
    assert gap.owner == "platform engineer"


@pytest.mark.parametrize("name", ["password", "database_url", "SECRET"])
def test_other_settings_are_not_printed(name: str) -> None:
    facts = list(from_settings({name: "hunter2"}, TODAY))

    assert "hunter2" not in repr(facts)


def test_a_purpose_as_delivered_waits_for_somebody_to_approve_it(policies: PolicySet) -> None:
    fact = stated(policies)["purpose.drafting-letters.approved_by"]

    assert fact.gap is not None
    assert fact.gap.owner == "data protection officer"


def test_what_a_purpose_expects_of_special_categories_is_said(policies: PolicySet) -> None:
    letters = policies.purposes[PurposeId("drafting-letters")]
    special = SpecialCategories(("health", "union"), "9(2)(b)", "Sick leave.", 90)

    assert _special(letters) == "none are expected"
    assert _special(dataclasses.replace(letters, special=special)) == (
        "health, union. Art. 9(2)(b) GDPR: Sick leave. Languages in which detection is not known "
        "to find 90 % of names are refused."
    )
