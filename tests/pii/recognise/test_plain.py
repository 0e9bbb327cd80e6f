"""The plain spelling shows what the reader sees, and finds the way back."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.recognise.plain import spellings


def plain(text: str) -> str:
    return next(spellings(text)).text


def test_ascii_is_its_own_plain_spelling() -> None:
    assert [spelling.text for spelling in spellings("06 12\n34")] == ["06 12\n34"]


@pytest.mark.parametrize(
    "written,read",
    [
        ("\uff10\uff16 \uff21\uff42", "06 Ab"),  # fullwidth
        ("\u0660\u0666", "06"),  # Arabic-Indic
        ("\u06f0\u06f6", "06"),  # Persian
        ("\u0966\u096c", "06"),  # Devanagari
        ("\U0001d7ce\U0001d7d4", "06"),  # mathematical bold
        ("\u2460\u2461", "12"),  # circled
        ("06\u00a012\u202f34\u200934", "06 12 34 34"),  # no-break and thin spaces
        ("06\u201112\u201334\u221234", "06-12-34-34"),  # dashes and the minus sign
        ("a\uff20b\u3002eu", "a@b.eu"),  # fullwidth at sign, ideographic full stop
        ("m\u00b2 06\u00b3", "m\u00b2 06\u00b3"),  # footnotes stay apart from digits
        ("Lefe\u0300vre", "Lefèvre"),  # a letter and its accent
        ("\u0301x", "\u0301x"),  # an accent on nothing
        ("x\u0334", "x\u0334"),  # a mark that composes with nothing
    ],
)
def test_what_looks_the_same_is_spelt_the_same(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    "undrawn", ["\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "\u202e", "\ufe0f", "\U000e0041"]
)
def test_what_is_not_drawn_is_left_out_once_and_a_space_once(undrawn: str) -> None:
    assert [spelling.text for spelling in spellings(f"06{undrawn}12")] == ["0612", "06 12"]


def test_a_find_is_located_in_the_original() -> None:
    text = "\u200bx\uff10\u00a0e\u0301\u00ad7\u200b!"
    spelling = next(spellings(text))
    at = spelling.text.index("0 é7")

    start, end = spelling.locate(at, at + 4)

    assert text[start:end] == "\uff10\u00a0e\u0301\u00ad7"


CHARACTERS = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from("a0 \u200b\u00ad\u0301\u0300\uff10\u0660\u00a0e"),
)


@given(st.text(CHARACTERS, max_size=40))
@settings(max_examples=200, deadline=None)
def test_every_character_of_a_plain_spelling_comes_from_somewhere(text: str) -> None:
    for spelling in spellings(text):
        places = [spelling.locate(at, at + 1) for at in range(len(spelling.text))]

        assert all(0 <= start < end <= len(text) for start, end in places)
        assert places == sorted(places)
        for (start, end), character in zip(places, spelling.text, strict=True):
            if character.isalnum() and character.isascii():
                assert character in unicodedata.normalize("NFKC", text[start:end]) or (
                    character == str(unicodedata.digit(text[start], ""))
                )
