"""Numbers of Poland: months say the century."""

import pytest

from euguard.pii.recognise.national.pl import IDENTIFIERS


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize("number", ["44051401359", "02211307589", "440514 01359"])
def test_a_pesel_needs_no_word_before_it(number: str) -> None:
    assert found(f"legitymujący się {number} w dniu") == [("pl-pesel", number)]


@pytest.mark.parametrize(
    "text",
    [
        "NIP: 526-104-08-28",
        "posługujący się NIP-em 526-104-08-28",
        "numerem identyfikacji podatkowej 526-104-08-28",
    ],
)
def test_a_nip_is_found_behind_any_form_of_its_name(text: str) -> None:
    assert found(text) == [("pl-nip", "526-104-08-28")]


@pytest.mark.parametrize(
    "text",
    [
        "Faktura FV/2024/11/0123, zamówienie 5261040828, REGON 000331501",
        "art. 6 ust. 1 lit. f, Dz.U. 2024 poz. 1061",
        "przesyłka 44051401358",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
