"""The recall card as data."""

from datetime import date

from euguard.pii.detect import Detection
from euguard.pii.evaluate.card import MeasuredSet, card, lower_bound
from euguard.pii.evaluate.measure import measure
from euguard.pii.evaluate.sample import Entity, Sample
from euguard.pii.span import PersonalDataKind, Span

SAMPLE = Sample("Anna rang.", "en", (Entity(0, 4, PersonalDataKind.PERSON),))
FOUND = Detection((Span(PersonalDataKind.PERSON, 0, 4, 0.9, "t"),), "en", 1)
CARD = card(
    [MeasuredSet("own", "the organisation", measure([SAMPLE] * 20, [FOUND] * 20), 0.5)],
    today=date(2026, 11, 27),
    software="euguard 0",
    model="ab" * 32,
)


def test_the_card_says_what_was_measured_with_what() -> None:
    (one,) = CARD["sets"]

    assert (CARD["date"], CARD["software"], CARD["model"]) == ("2026-11-27", "euguard 0", "ab" * 32)
    assert one["covered"] == {"part": 20, "whole": 20, "value": 1.0, "low": 0.8389, "high": 1.0}
    assert one["rows"][0]["language"] == "en"
    assert one["characters_per_cpu_second"] == 400
    assert one["false_alarms_per_1000_clean_words"] is None


def test_the_lower_bound_of_a_language_is_that_of_its_persons() -> None:
    assert lower_bound(CARD, "en") == 0.8389
    assert lower_bound(CARD, "de") is None
