"""Words that announce a number."""

import pytest

from euguard.pii.recognise.announcing import WORDS, announces, pattern_of
from euguard.pii.span import PersonalDataKind


@pytest.mark.parametrize(
    "words,text,named",
    [
        (("pesel*",), "Numer PESELem", True),
        (("pesel",), "PESELKA", False),
        (("bsn nummer",), "BSN-nummer", True),
        (("bsn nummer",), "BSNnummer", True),
        (("numer podatkow*",), "numeru", False),
        (("tin",), "Martin", False),
        ((), "anything", False),
    ],
)
def test_words_are_found_whole(words: tuple[str, ...], text: str, named: bool) -> None:  # noqa: FBT001
    assert (pattern_of(words).search(text) is not None) == named


@pytest.mark.parametrize(
    "text,near",
    [
        ("Steuernummer ", True),
        ("Steuernummer: Nr. ", True),
        ("Steuernummer. Das Jahr ", False),
        ("Steuernummer\n\n", False),
        ("Steuernummer" + " x" * 40, False),
    ],
)
def test_a_word_announces_within_its_sentence(text: str, near: bool) -> None:  # noqa: FBT001
    assert announces(PersonalDataKind.TAX, text, len(text)) == near


def test_words_are_in_small_letters_and_never_empty() -> None:
    for kind, words in WORDS.items():
        assert words, kind
        assert all(word == word.lower() and word.strip("* ") for word in words)
