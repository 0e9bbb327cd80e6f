"""The record of processing activities."""

import dataclasses

import pytest

from euguard.errors import ConfigurationError
from euguard.evidence.build import Inputs, documents, gathered
from euguard.evidence.document import Document
from euguard.policy.schema import PolicySet


@pytest.fixture
def record(made: dict[str, Document]) -> Document:
    return made["record-of-processing"]


@pytest.mark.parametrize("letter", list("abcdefg"))
def test_every_letter_of_the_article_is_answered(record: Document, letter: str) -> None:
    articles = [field.article for field in record.fields()]

    assert any(
        article.startswith("Art. 30(1)") and f"({letter})" in article for article in articles
    )


def test_letters_b_to_f_are_answered_for_every_purpose(
    record: Document, policies: PolicySet
) -> None:
    for purpose in policies.purposes:
        section = next(one for one in record.sections if one.id == purpose)
        letters = {field.id.removeprefix(f"purpose.{purpose}.")[0] for field in section.fields}
        assert letters == {"b", "c", "d", "f"}


def test_letter_e_is_answered_from_the_network_and_from_who_has_access(record: Document) -> None:
    answers = {field.id: field for field in record.fields() if "(e)" in field.article}

    assert answers["e.network"].fact.value == ("none: all that is dialled is on this machine",)
    assert answers["d.support"].fact.gap is not None


def test_no_two_fields_have_the_same_id(made: dict[str, Document]) -> None:
    for document in made.values():
        ids = [field.id for field in document.fields()]
        assert len(ids) == len(set(ids))


def test_a_record_without_its_law_is_not_made(inputs: Inputs) -> None:
    lawless = dataclasses.replace(inputs.policies, law={})

    with pytest.raises(ConfigurationError, match="no policy file states"):
        documents(gathered(dataclasses.replace(inputs, policies=lawless)))
