"""Numbers of Slovakia: the slash, and what goes without."""

import pytest

from euguard.pii.recognise.national.sk import IDENTIFIERS, _dic


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


def test_eleven_divides_a_tax_number() -> None:
    assert [last for last in "0123456789" if _dic(f"102030405{last}")] == ["4"]


@pytest.mark.parametrize("number", ["855312/1236", "010704 / 4564"])
def test_a_birth_number_with_its_slash_needs_no_word_before_it(number: str) -> None:
    assert found(f"narodená, {number}, bytom") == [("sk-rodne-cislo", number)]


@pytest.mark.parametrize(
    "text, detector, number",
    [
        ("rodným číslom 8553121236", "sk-rodne-cislo-bez-lomky", "8553121236"),
        ("rod. č., r. č. 535312/123", "sk-rodne-cislo-do-1953", "535312/123"),
        ("DIČ: 1020304054", "sk-dic", "1020304054"),
        ("číslo poistenca 9912345678", "sk-cislo-poistenca", "9912345678"),
    ],
)
def test_a_number_is_found_behind_any_form_of_its_name(
    text: str, detector: str, number: str
) -> None:
    assert found(text) == [(detector, number)]


@pytest.mark.parametrize(
    "text",
    [
        "Faktúra 8553121236, IČO 31320155, DIČ 2020317068, IČ DPH SK2020317068",
        "§ 13 ods. 1 zákona č. 18/2018 Z. z., sp. zn. 5 C 123/2019",
        "spis 851312/1236, mobil 0905 123 456",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
