"""The recall card as a page."""

from datetime import date

from markupsafe import escape

from euguard.evidence.recall_card import to_html
from euguard.pii.detect import Detection
from euguard.pii.evaluate.card import LIMITS, MeasuredSet, card
from euguard.pii.evaluate.measure import measure
from euguard.pii.evaluate.sample import Entity, Sample
from euguard.pii.span import PersonalDataKind, Span

SAMPLE = Sample("Anna rang.", "en", (Entity(0, 4, PersonalDataKind.PERSON),))
FOUND = Detection((Span(PersonalDataKind.PERSON, 0, 4, 0.9, "t"),), "en", 1)


def page(name: str, authors: str = "others") -> str:
    measures = measure([SAMPLE] * 20, [FOUND] * 20)
    one = MeasuredSet(name, authors, measures, 0.5)
    return to_html(
        card([one], bias=None, today=date(2026, 11, 27), software="euguard 0", model="ab" * 32)
    )


def test_the_page_shows_shares_with_their_intervals_and_limits() -> None:
    html = page("own")

    assert 'aria-label="100.0 %, between 83.9 % and 100.0 %"' in html
    assert all(escape(limit) in html for limit in LIMITS)
    assert "Annotated by others" in html


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs() -> None:
    html = page("own")

    assert not any(word in html for word in ("http", "<script", "src=", "@import", "url("))


def test_the_makers_own_sample_is_said_to_say_least() -> None:
    assert "Made by the maker of the program: says least." in page("built-in", "euguard")
    assert "Made by the maker" not in page("own")


def test_a_name_of_a_set_is_text() -> None:
    assert "<b>x</b>" not in page("<b>x</b>")
