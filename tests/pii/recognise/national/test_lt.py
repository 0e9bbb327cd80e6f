"""Numbers of Lithuania: the taxpayer's check digit, and declined names."""

import pytest

from euguard.pii.recognise.national.lt import IDENTIFIERS, _taxpayer


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


def test_the_check_digit_of_a_taxpayer_is_that_of_the_published_rule() -> None:
    # 6 times 9 and 1, 2, 3 times 3, 2, 1: 64; modulo 60: 4
    assert [last for last in "0123456789" if _taxpayer(f"600000123{last}")] == ["4"]
    # 9 times 9 and 1, 2, 3, 4, 5 times 5, 4, 3, 2, 1: 116; modulo 90: 26; 2 and 6: 8
    assert [last for last in "0123456789" if _taxpayer(f"900012345{last}")] == ["8"]


@pytest.mark.parametrize(
    "text", ["asmens kodas 33309240064", "asmens kodu: 33309240064", "(a.k. 33309240064)"]
)
def test_the_personal_code_is_found_behind_any_form_of_its_name(text: str) -> None:
    assert found(text) == [("lt-asmens-kodas", "33309240064")]


@pytest.mark.parametrize(
    "text",
    [
        "Sąskaita SS Nr. 1234567, įmonės kodas 302500147, PVM kodas LT100004801610",
        "2024 m. sausio 5 d. nutarimas Nr. 45, tel. 37061234567",
        "Užsakymas 33313240064",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
