"""A text as the name model reads it. The numbers of the looks are frozen: weights know them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.adapters.ner.words import LOOKS, read

USUAL, SMALL, CAPITALS = range(3)
GLUED, SPACED, NEW_LINE = 153, 154, 155
LATIN, GREEK, CYRILLIC, OTHER = 156, 157, 158, 159


def shapes(text: str) -> list[int]:
    return [int(shape) // 3 for shape, _, _ in read(text).looks]


def gaps(text: str) -> list[int]:
    return [int(gap) for _, gap, _ in read(text).looks]


def scripts(text: str) -> list[int]:
    return [int(script) for _, _, script in read(text).looks]


def test_a_word_is_letters_or_digits_or_one_sign() -> None:
    text = "Ms O'Connor-Łęcka_2 x² paid €30.50!"

    assert [*read(text).forms] == [
        *("ms", "o", "'", "connor", "-", "łęcka", "_", "2", "x²"),
        *("paid", "€", "30", ".", "50", "!"),
    ]


@given(st.text())
def test_words_lose_nothing_but_white_space(text: str) -> None:
    words = read(text)
    parts = [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]

    assert "".join(parts) == "".join(text.split())
    assert [part.lower() for part in parts] == list(words.forms)
    assert list(words.starts) == sorted(words.starts)
    assert words.looks.shape == (len(parts), 3)
    assert ((words.looks >= 0) & (words.looks < LOOKS)).all()


@pytest.mark.parametrize("sign", ["a", "7"])
def test_a_word_without_end_is_cut(sign: str) -> None:
    words = read(sign * 90)

    assert [len(form) for form in words.forms] == [40, 40, 10]
    assert gaps(sign * 90) == [NEW_LINE, GLUED, GLUED]


@pytest.mark.parametrize(
    "word,shape",
    [
        ("anna", 0),
        ("Anna", 1),
        ("ANNA", 2),
        ("A", 3),
        ("McDonald", 4),
        ("名前", 5),
        ("1", 6),
        ("12", 7),
        ("12345", 10),
        ("1234567", 10),
        (".", 11),
        (",", 12),
        ("№", 49),
        ("~", 50),
    ],
)
def test_a_shape_is_the_case_the_digits_or_the_sign(word: str, shape: int) -> None:
    assert shapes(f"Dear {word}")[1:] == [shape]


@pytest.mark.parametrize(
    "text,mode",
    [
        ("write to anna in lyon", SMALL),
        ("", SMALL),
        ("12 - 34", SMALL),
        ("Write to Anna in Lyon", USUAL),
        ("WRITE TO ANNA IN LYON", CAPITALS),
        ("WRITE TO ANNA IN Lyon", CAPITALS),
        ("WRITE TO Anna in Lyon", USUAL),
    ],
)
def test_a_text_uses_capitals_as_usual_or_not_at_all_or_everywhere(text: str, mode: int) -> None:
    assert {int(shape) % 3 for shape, _, _ in read(text).looks} <= {mode}
    assert len(read(text).looks) == len(read(text).forms)


def test_a_gap_says_what_parts_a_word_from_the_one_before() -> None:
    assert gaps("Dear Anna,\n\nplease  read\tthis.") == [
        NEW_LINE,
        SPACED,
        GLUED,
        NEW_LINE,
        SPACED,
        SPACED,
        GLUED,
    ]
    assert gaps(" Anna") == [SPACED]


def test_a_script_is_that_of_the_first_letter() -> None:
    assert scripts("Łęcka ắn Ελένη ἄνθρωπος Иван 名前 12 !") == [
        *(LATIN, LATIN, GREEK, GREEK, CYRILLIC, OTHER, LATIN, LATIN)
    ]


def test_offsets_are_code_points() -> None:
    words = read("😀 e\u0301 Anna")

    assert [*zip(words.forms, words.starts, words.ends, strict=True)] == [
        ("😀", 0, 1),
        ("e", 2, 3),
        ("\u0301", 3, 4),
        ("anna", 5, 9),
    ]


def test_a_word_that_grows_in_small_letters_keeps_its_offsets() -> None:
    words = read("İstanbul x")

    assert (words.forms[0], words.ends[0], words.starts[1]) == ("i̇stanbul", 8, 9)


def test_nothing_of_a_text_is_shown() -> None:
    assert "nna" not in repr(read("Anna"))
