"""Whose names are found less often."""

import orjson
import pytest
from jsonschema import Draft202012Validator

from euguard.pii.detect import Detection
from euguard.pii.evaluate.bias import LANGUAGES, NAMES_PER_SENTENCE, Named, bias, named, sentences
from euguard.pii.evaluate.origins import GENDERS, origins
from euguard.pii.span import PersonalDataKind, Span
from euguard.policy import shipped

TEXTS = named({"Agnieszka", "Nowak", "Piotr"})


def found(one: Named) -> Detection:
    """Find the whole name, except women's Finnish ones and the ends of Czech ones."""
    (person,) = one.sample.entities
    if (one.origin, one.gender) == ("finnish", "female"):
        return Detection((), one.sample.language, 1)
    end = person.end - (one.origin == "czech" and one.sample.language == "pl")
    span = Span(PersonalDataKind.PERSON, person.start, end, 0.9, "t")
    return Detection((span,), one.sample.language, 1)


SECTION = bias(TEXTS, map(found, TEXTS))


def test_every_group_has_the_same_sentences_and_as_many_names() -> None:
    def frames(origin: str, gender: str) -> list[tuple[str, str]]:
        return sorted(
            (one.sample.language, one.sample.text.replace(_name(one), "{name}"))
            for one in TEXTS
            if (one.origin, one.gender) == (origin, gender)
        )

    expected = frames("german", "female")

    assert len(expected) == len(LANGUAGES) * 12 * NAMES_PER_SENTENCE
    assert all(frames(one.name, gender) == expected for one in origins() for gender in GENDERS)


def test_a_group_is_mostly_of_different_names() -> None:
    names = {_name(one) for one in TEXTS if (one.origin, one.gender) == ("greek", "male")}

    assert len(names) > 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_twelve_sentences_with_one_name_each(language: str) -> None:
    assert len(set(sentences(language))) == 12
    assert all(sentence.count("{name}") == 1 for sentence in sentences(language))


def test_the_groups_found_least_and_most_are_named() -> None:
    assert (SECTION["lowest"]["origin"], SECTION["lowest"]["gender"]) == ("finnish", "female")
    assert SECTION["highest"]["covered"]["value"] == SECTION["difference"] == 1


def test_a_row_is_of_one_language_and_a_group_of_all() -> None:
    rows = {(row["origin"], row["gender"], row["language"]): row for row in SECTION["rows"]}
    (group,) = [
        one for one in SECTION["groups"] if (one["origin"], one["gender"]) == ("czech", "male")
    ]

    assert len(rows) == len(SECTION["groups"]) * len(LANGUAGES)
    assert rows["czech", "male", "pl"]["covered"]["value"] == 0
    assert rows["czech", "male", "de"]["covered"]["value"] == 1
    assert group["covered"]["value"] == pytest.approx(5 / 6, abs=1e-4)


def test_what_was_learnt_is_counted_apart() -> None:
    learnt = SECTION["learnt"]
    both = [one for one in TEXTS if one.learnt == "both"]

    assert {_name(one) for one in both} <= {"Agnieszka Nowak", "Piotr Nowak"}
    assert learnt["both"]["whole"] == len(both) > 0
    assert sum(share["whole"] for share in learnt.values()) == SECTION["texts"] == len(TEXTS)


def test_the_same_comes_out_every_time_and_follows_the_schema() -> None:
    schema = orjson.loads((shipped.folder() / "schema" / "recall-card.schema.json").read_bytes())
    section = {**schema, "$ref": "#/$defs/bias"}
    for key in ("type", "properties", "required", "additionalProperties"):
        del section[key]

    assert bias(TEXTS, map(found, named({"Agnieszka", "Nowak", "Piotr"}))) == SECTION
    Draft202012Validator(section).validate(SECTION)
    assert not Draft202012Validator(section).is_valid({**SECTION, "lowest": None})


def _name(one: Named) -> str:
    (person,) = one.sample.entities
    return one.sample.text[person.start : person.end]
