"""The sample that comes with the program."""

from collections import Counter

import pytest

from euguard.pii.evaluate.built_in import FILLED, samples
from euguard.pii.recognise.identifiers import DECLARED
from euguard.pii.span import PersonalDataKind

SAMPLES = tuple(samples())
LANGUAGES = (
    *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr"),
    *("hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
)
IN_PLACE = {PersonalDataKind.PERSON, PersonalDataKind.ADDRESS, PersonalDataKind.EMAIL}


def marked(language: str) -> list[tuple[PersonalDataKind, str]]:
    return [
        (entity.kind, one.text[entity.start : entity.end])
        for one in SAMPLES
        if one.language == language
        for entity in one.entities
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_texts_with_data_and_without(language: str) -> None:
    own = [one for one in SAMPLES if one.language == language]

    assert FILLED == sum(bool(one.entities) for one in own) >= 20
    assert sum(not one.entities for one in own) == 2
    assert not any("{" in one.text or "|" in one.text for one in own)


def test_there_are_no_other_languages() -> None:
    assert {one.language for one in SAMPLES} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_marks_are_where_names_addresses_and_numbers_are(language: str) -> None:
    data = marked(language)
    kinds = Counter(kind for kind, _ in data)
    examples = {example for one in DECLARED for example in one.examples}

    assert set(kinds) > IN_PLACE
    assert kinds[PersonalDataKind.PERSON] == FILLED
    assert all(value in examples for kind, value in data if kind not in IN_PLACE)
    assert all(
        value.endswith("@example.org") and value.isascii()
        for kind, value in data
        if kind is PersonalDataKind.EMAIL
    )


def test_a_number_stands_behind_what_people_call_it() -> None:
    texts = [one.text for one in SAMPLES if one.language == "de"]

    assert any("Sozialversicherungsnummer: 6673 140398" in text for text in texts)
    assert any("Kennzeichen: K-AV 3814" in text for text in texts)


def test_names_are_in_the_letters_of_the_language() -> None:
    assert (PersonalDataKind.PERSON, "Мария Иванова") in marked("bg")
    assert (PersonalDataKind.PERSON, "Μαρία Παπαδοπούλου") in marked("el")


def test_the_sample_is_the_same_every_time() -> None:
    assert tuple(samples()) == SAMPLES
