"""The recall card as data."""

from datetime import date
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from euguard.pii.detect import Detection
from euguard.pii.evaluate.card import LIMITS, MAKER, OWN_LIMIT, MeasuredSet, card
from euguard.pii.evaluate.measure import measure
from euguard.pii.evaluate.sample import Entity, Sample
from euguard.pii.span import PersonalDataKind, Span
from euguard.policy import shipped

SAMPLE = Sample("Anna rang.", "en", (Entity(0, 4, PersonalDataKind.PERSON),))
FOUND = Detection((Span(PersonalDataKind.PERSON, 0, 4, 0.9, "t"),), "en", 1)


def card_by(authors: str) -> dict[str, Any]:
    measures = measure([SAMPLE] * 20, [FOUND] * 20)
    return card(
        [MeasuredSet("own", authors, measures, 0.5)],
        bias=None,
        today=date(2026, 11, 27),
        software="euguard 0",
        model="ab" * 32,
    )


CARD = card_by("the organisation")
SCHEMA = orjson.loads((shipped.folder() / "schema" / "recall-card.schema.json").read_bytes())


def is_valid(value: Any) -> bool:
    return Draft202012Validator(SCHEMA).is_valid(value)


def test_the_card_says_what_was_measured_with_what() -> None:
    (one,) = CARD["sets"]

    assert (CARD["date"], CARD["software"], CARD["model"]) == ("2026-11-27", "euguard 0", "ab" * 32)
    assert one["covered"] == {"part": 20, "whole": 20, "value": 1.0, "low": 0.8389, "high": 1.0}
    assert one["rows"][0]["language"] == "en"
    assert one["characters_per_cpu_second"] == 400
    assert one["false_alarms_per_1000_clean_words"] is None


def test_what_the_maker_made_is_said_to_say_least() -> None:
    made = card_by(MAKER)

    assert made["limits"] == [OWN_LIMIT, *LIMITS]
    assert CARD["limits"] == list(LIMITS)


def test_the_card_follows_its_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert is_valid(CARD)
    assert SCHEMA["$defs"]["kind"]["enum"] == list(PersonalDataKind)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "euguard-recall-card-2"},
        {"date": "27.11.2026"},
        {"model": "AB" * 32},
        {"limits": []},
        {"sets": []},
        {"sets": [{**CARD["sets"][0], "authors": "nobody"}]},
        {"sets": [{**CARD["sets"][0], "covered": {"part": 1, "whole": 1}}]},
        {"sets": [{**CARD["sets"][0], "covered": {**CARD["sets"][0]["covered"], "value": 98.5}}]},
        {"sets": [{**CARD["sets"][0], "kinds": {"HUMAN": CARD["sets"][0]["kinds"]["PERSON"]}}]},
        {"more": 1},
    ],
)
def test_the_schema_refuses_what_is_no_card(change: dict[str, Any]) -> None:
    assert not is_valid({**CARD, **change})


@pytest.mark.parametrize("key", CARD)
def test_a_card_that_lacks_a_part_is_none(key: str) -> None:
    assert not is_valid({name: part for name, part in CARD.items() if name != key})
