"""Sentences with names filled in."""

import random
import re
from importlib.resources import files

import pytest

from euguard.adapters.ner.compact import LANGUAGES
from euguard.adapters.ner.training import inflection
from euguard.adapters.ner.training.templates import Templates

FIELD = re.compile(r"\{([a-z]+)((?::[a-z0-9]+)*)\}")
FORMS = {"f", "m", "initial", "listed", "reversed", "double", "middle"}


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates()


def test_there_are_templates_in_every_official_language(templates: Templates) -> None:
    assert set(templates.languages) == LANGUAGES


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_names_are_marked_where_they_stand(templates: Templates, language: str) -> None:
    chance = random.Random(7)
    named = 0
    for _ in range(300):
        sentence = templates.sentence(chance, language)
        assert "{" not in sentence.text
        assert list(sentence.spans) == sorted(sentence.spans)
        for start, end, label in sentence.spans:
            assert label in {"PER", "LOC", "ORG"}
            assert sentence.text[start:end].strip() == sentence.text[start:end] != ""
            named += label == "PER"
    assert 100 < named < 900


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_field_and_case_is_known(language: str) -> None:
    root = files("euguard.adapters.ner.training")
    text = (root / "templates" / f"{language}.txt").read_text("utf-8")
    rules = inflection.read(root / "inflection" / f"{language}.tsv")
    cases = {rule.case for rule in rules._rules}

    for field, flags in FIELD.findall(text):
        assert field in {
            *("person", "given", "surname", "place", "street", "organisation", "date", "number"),
            *("time", "amount", "email", "phone", "id"),
        }
        assert {flag for flag in flags.split(":") if flag} <= FORMS | cases


def test_the_same_chance_gives_the_same_sentences(templates: Templates) -> None:
    first, second = random.Random(5), random.Random(5)

    assert [templates.sentence(first, "pl") for _ in range(50)] == [
        templates.sentence(second, "pl") for _ in range(50)
    ]
