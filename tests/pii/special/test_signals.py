"""Mentions of special categories: counted in 24 languages, and nothing else is."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.pii.recognise.plain import plainest
from euguard.pii.special.category import SpecialCategory
from euguard.pii.special.lists import FOLDER
from euguard.pii.special.signals import signals

HERE = Path(__file__).parent
RECOGNISE = HERE.parent / "recognise"
MAIN = tuple(
    SpecialCategory(name)
    for name in ("health", "criminal", "religion", "union", "orientation", "politics")
)


def mentions() -> Iterator[tuple[str, SpecialCategory, str]]:
    """Yield language, category and sentence of `mentions.txt`."""
    language = ""
    for line in (HERE / "mentions.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            language = line[2:]
        elif line:
            name, _, sentence = line.partition(": ")
            yield language, SpecialCategory(name), sentence


def clean() -> list[str]:
    """Return sentences in 24 languages that mention nothing of the kind."""
    lines: list[str] = []
    for name in ("clean.txt", "clean_addresses.txt", "clean_births.txt", "clean_titles.txt"):
        lines += (RECOGNISE / name).read_text("utf-8").splitlines()
    ordinary = (HERE / "ordinary.txt").read_text("utf-8").splitlines()
    return [*lines, *(line for line in ordinary if not line.startswith("#"))]


@pytest.mark.parametrize("language,category,sentence", [*mentions()])
def test_a_mention_is_counted(language: str, category: SpecialCategory, sentence: str) -> None:
    assert category in signals(sentence), language


def test_every_language_has_two_sentences_for_each_main_category() -> None:
    found = {
        key: len(list(group))
        for key, group in groupby(sorted((one, two) for one, two, _ in mentions()))
    }

    languages = {path.stem for path in FOLDER.glob("*.txt")}
    assert [
        (language, category)
        for language in sorted(languages)
        for category in MAIN
        if found.get((language, category), 0) < 2
    ] == []


@pytest.mark.parametrize("sentence", clean())
def test_an_ordinary_sentence_mentions_nothing(sentence: str) -> None:
    assert signals(sentence) == {}


def test_mentions_are_counted_per_category() -> None:
    text = "Krank wegen Diabetes und Depression; Mitglied der Gewerkschaft. Diabetes!"

    assert signals(text) == {SpecialCategory.HEALTH: 3, SpecialCategory.UNION: 1}


def test_mentions_in_a_row_are_all_counted() -> None:
    assert signals("diabetes diabetes diabetes")[SpecialCategory.HEALTH] == 3


def test_a_phrase_counts_once_over_dash_apostrophe_and_line() -> None:
    for text in ("trade union", "trade-union", "Trade\nUnion", "trade\u00a0union's"):
        assert signals(text) == {SpecialCategory.UNION: 1}
    assert signals("trade. A union") == {}


def test_the_spelling_of_one_word_varies() -> None:
    for text in ("DIABETES", "dia\u00adbetes", "diabe\u0301te", "diab\u200betes", "DIABÈTE"):
        assert signals(plainest(text.replace("\u0301", "\u0300"))) == {SpecialCategory.HEALTH: 1}, (
            text
        )


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert all(count > 0 for count in signals(text).values())


WORDS = st.sampled_from(
    ["trade", "union", "member", "diabetes", "sick", "leave", "note", "prison", "and", "-", ". "]
)
TEXTS = st.lists(WORDS | st.text(max_size=3), max_size=8).map(" ".join)


@given(TEXTS, TEXTS)
def test_two_texts_on_two_lines_mention_no_less_than_either(one: str, other: str) -> None:
    both = signals(f"{one}\n{other}")

    for part in (signals(one), signals(other)):
        assert all(both.get(category, 0) >= count for category, count in part.items())


@pytest.mark.parametrize(
    "piece,times",
    [("a", 10**6), ("a ", 500_000), ("\u20ac", 10**6), ("krankheit", 110_000), ("trade ", 160_000)],
)
def test_a_hostile_text_is_read_to_its_end(piece: str, times: int) -> None:
    assert sum(signals(piece * times).values()) <= 1


def test_no_text_and_half_a_letter_are_texts() -> None:
    assert signals("") == {}
    assert signals("\ud800 diabetes \udc00") == {SpecialCategory.HEALTH: 1}
