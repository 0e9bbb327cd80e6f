"""Parts of words as rows of a table. The rows are frozen: weights know them by number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.adapters.ner.grams import WHOLE, grams

ROWS = 1 << 17


def rows_of(word: str, *others: str, rows: int = ROWS) -> list[int]:
    parts, counts = grams([word, *others], rows)
    return [int(part) for part in parts[0][counts[0]]]


@pytest.mark.parametrize(
    "word,rows",
    [
        (
            "anna",
            [51568, 107735, 86328, 41592, 74454, 72753, 102850, 95118, 93447, 81414],
        ),
        ("ł", [74325, 29341]),
        ("", [70458]),
        (
            "αθήνα",
            [
                *(19730, 26276, 36090, 37591, 107156, 77996, 11688, 109225, 5171, 87665),
                *(130841, 30422, 78133),
            ],
        ),
    ],
)
def test_a_word_has_the_rows_it_always_had(word: str, rows: list[int]) -> None:
    assert rows_of(word) == rows


def test_the_parts_are_all_of_three_to_five_letters_with_the_ends_marked() -> None:
    # "<anna>" has 4 + 3 + 2 of them, and itself.
    assert len(rows_of("anna")) == 10


def test_words_share_the_parts_they_share() -> None:
    # <ko, kow, owa, wal, als, lsk; <kow, kowa, owal, wals, alsk; <kowa, kowal, owals, walsk
    assert len({*rows_of("kowalska")} & {*rows_of("kowalski")}) == 15


def test_a_part_is_another_one_at_the_begin_or_the_end() -> None:
    inside, begin, end = rows_of("xannax"), rows_of("annaxx"), rows_of("xxanna")
    first, last = begin[1], end[6]  # "<an", "na>"

    assert first in rows_of("anne")
    assert last in rows_of("ivanna")
    assert not {first, last} & {*inside}
    assert first not in end
    assert last not in begin


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=5))
def test_a_word_has_the_same_rows_in_any_company(word: str, others: list[str]) -> None:
    alone = rows_of(word)

    assert rows_of(word, *others) == alone
    assert all(0 <= row < ROWS for row in alone)


@given(st.text(min_size=20, max_size=20), st.text(max_size=20))
def test_of_a_long_word_twenty_letters_are_read(word: str, more: str) -> None:
    assert rows_of(word + more) == rows_of(word)


def test_the_whole_word_always_counts() -> None:
    _, counts = grams(["a", "anna", "annanna"], ROWS)

    assert counts[:, WHOLE].all()


def test_rows_are_spread_evenly() -> None:
    parts, counts = grams([f"{at:x}" for at in range(5_000, 15_000)], 64)
    whole = parts[:, WHOLE][counts[:, WHOLE]]
    used = [int((whole == row).sum()) for row in range(64)]

    # 10,000 words on 64 rows: 156 each, and by chance nine in ten within 20 of it.
    assert min(used) > 100
    assert max(used) < 220


def test_no_words_have_no_rows() -> None:
    parts, counts = grams([], ROWS)

    assert parts.shape[0] == counts.shape[0] == 0


def test_a_word_has_no_more_parts_however_long_it_is() -> None:
    def parts(letters: int) -> int:
        return int(grams([f"{at:06d}" + "x" * letters for at in range(50)], ROWS)[0].shape[1])

    assert parts(4) < parts(14) == parts(40_000)
