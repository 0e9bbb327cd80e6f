"""Only what cannot be a name is left unread."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.adapters.presidio.windows import windows

ORDINARY = frozenset({"the", "in", "it"})
DULL = "the committee adopted the report after a long debate about the budget of the year. "


def read(text: str) -> list[str]:
    return [text[start:end] for start, end in windows(text, ORDINARY)]


def test_a_short_text_is_read_whole() -> None:
    assert read("please write to john smith") == ["please write to john smith"]


def test_in_a_long_text_a_capital_and_its_neighbours_are_read() -> None:
    text = (
        "It " + DULL.replace(". ", " and ") * 10 + "Anna spoke " + DULL.replace(". ", " and ") * 10
    )

    assert read(text) == ["budget of the year and Anna spoke the committee adopted the"]


def test_a_sentence_that_begins_small_is_read_whole() -> None:
    text = "The " + DULL.replace(". ", ", ") * 10 + "end. please write to john smith, now. The end."

    assert any("please write to john smith, now." in part for part in read(text))
    assert len("".join(read(text))) < len(text)


def test_nothing_is_read_of_a_long_text_without_capitals_in_sentences_that_begin_with_one() -> None:
    assert read("The " + DULL.replace(". ", ", ") * 10) == []


@pytest.mark.parametrize(
    "text", ["A" * 9000, "Anna Smith\n" * 900, "Anna Smith. " * 900, "Aa " * 3000]
)
def test_no_piece_is_longer_than_the_bound_and_nothing_is_lost(text: str) -> None:
    pieces = read(text)

    assert max(map(len, pieces)) <= 2000
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize("hostile", ["a", "A ", ". ", "\n", "\n- ", " ", '"', "a.", "Aa!"])
def test_a_megabyte_made_for_the_purpose_is_cut_in_linear_time(hostile: str) -> None:
    text = hostile * (1_000_000 // len(hostile))

    assert all(end - start <= 2000 for start, end in windows(text, ORDINARY))


PARTS = st.lists(
    st.sampled_from(["Anna", "the", "It", "spoke.", "spoke", "\n\n", "\n- ", "é", "Ö", "!", "42"]),
    min_size=150,
    max_size=300,
)


@given(PARTS)
@settings(max_examples=60, deadline=None)
def test_every_capitalised_word_is_read_with_its_neighbours(parts: list[str]) -> None:
    text = " ".join(parts)
    covered = {at for start, end in windows(text, ORDINARY) for at in range(start, end)}
    words = [(at, word) for at, word in _words(text)]

    for number, (_, word) in enumerate(words):
        if word == "Anna":
            for at, neighbour in words[max(0, number - 4) : number + 5]:
                assert set(range(at, at + len(neighbour))) <= covered


def _words(text: str) -> list[tuple[int, str]]:
    at, words = 0, []
    for word in text.split():
        at = text.index(word, at)
        words.append((at, word))
        at += len(word)
    return words
