"""Which model reads what, and what is kept of it."""

import pytest

from euguard.adapters.presidio.analyser import Analyser
from euguard.adapters.presidio.names import Names
from euguard.pii.span import PersonalDataKind

ENGLISH = "The committee adopted the report after a long debate about the budget. "


@pytest.fixture(scope="module")
def finder(analyser: Analyser) -> Names:
    return Names(analyser.models, analyser.identified)


def models(finder: Names, text: str, accepted: tuple[str, ...] = ("en", "fr")) -> set[str]:
    (spans,) = finder.find([text], accepted)
    return {span.detector for span in spans}


def test_a_long_text_is_read_by_the_model_of_its_language(finder: Names) -> None:
    text = ENGLISH * 3 + "Then Jean Dupont spoke about Paris."

    assert models(finder, text) == {"ner-en"}


def test_a_text_in_no_accepted_language_is_read_by_all_models(finder: Names) -> None:
    text = "Bitte schreiben Sie Herrn Jean Dupont in Paris einen Brief über die Sitzung am Montag."

    assert models(finder, text) == {"ner-en", "ner-fr"}


def test_only_accepted_languages_are_read(finder: Names) -> None:
    assert models(finder, "Jean Dupont", ("fr",)) == {"ner-fr"}


def test_the_verb_that_begins_an_english_sentence_names_nobody(finder: Names) -> None:
    (spans,) = finder.find(["Write a letter to Anna."], ("en", "fr"))

    assert [(span.kind, span.start, span.end) for span in spans] == [
        (PersonalDataKind.PERSON, 18, 22)
    ]


def test_many_long_texts_are_read_in_batches(finder: Names) -> None:
    texts = [f"{ENGLISH * 40} Anna Kowalska and Jan Kowalski number {at} met." for at in range(12)]

    found = finder.find(texts, ("en",))

    assert all(
        "Anna Kowalska" in {t[s.start : s.end] for s in f}
        for t, f in zip(texts, found, strict=True)
    )


def test_two_people_in_one_sentence_are_two_whatever_another_model_says(finder: Names) -> None:
    text = "Introduce Sarah Lindholm to Thomas Albrecht."

    (spans,) = finder.find([text], ("en", "fr"))

    assert {text[span.start : span.end] for span in spans} == {"Sarah Lindholm", "Thomas Albrecht"}
