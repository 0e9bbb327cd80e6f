"""The entry in the inventory of AI systems."""

import pytest

from euguard.evidence.document import Document
from euguard.evidence.facts import Provenance
from euguard.policy.schema import PolicySet


@pytest.fixture
def entry(made: dict[str, Document]) -> Document:
    return made["system-inventory"]


def said(document: Document, id_: str) -> str:
    return " ".join(next(field for field in document.fields() if field.id == id_).fact.value)


def test_both_readings_of_the_role_are_printed_and_the_choice_is_open(entry: Document) -> None:
    readings = [field for field in entry.fields() if field.id.startswith("ai-act.roles.reading")]
    chosen = next(field for field in entry.fields() if field.id == "role.chosen")

    assert len(readings) == 2
    assert "it is provider and deployer" in readings[0].fact.value[0]
    assert "it is deployer" in readings[1].fact.value[0]
    assert chosen.fact.gap is not None


def test_every_purpose_and_every_model_that_one_permits_has_its_section(
    entry: Document, policies: PolicySet
) -> None:
    sections = {section.id for section in entry.sections}

    assert sections >= set(policies.purposes)
    assert sections & set(policies.models) == {"mistral-small-3.2"}


def test_screening_applicants_is_high_risk_refused_and_dated(entry: Document) -> None:
    of = "purpose.hr-screening"

    assert said(entry, f"{of}.risk").startswith("high-risk: Annex III, point 4(a)")
    assert said(entry, f"{of}.status").startswith("refused:")
    assert "Annex III, point 4(a)" in said(entry, f"{of}.status")
    assert "applies from 2 December 2027" in said(entry, f"{of}.dates")


def test_what_the_provider_says_of_the_model_is_never_observed(entry: Document) -> None:
    for field in entry.fields():
        if ".fact." in field.id:
            assert field.fact.provenance is Provenance.UPSTREAM


def test_the_unsettled_dates_are_printed_in_both_readings(entry: Document) -> None:
    section = next(one for one in entry.sections if one.id == "dates")

    assert [field.label for field in section.fields][-2:] == ["Reading 1", "Reading 2"]
