"""Numbers of Portugal: the NISS has a check digit of its own."""

import pytest

from euguard.pii.recognise.national.pt import IDENTIFIERS, _niss


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


def test_the_check_digit_of_a_niss_is_what_its_sum_lacks_to_nine() -> None:
    # 29 + 23 + 38 + 51 + 52 + 55 + 42 + 35 + 24 + 18 = 367: 9 - 7
    assert [last for last in "0123456789" if _niss(f"1123456789{last}")] == ["2"]


@pytest.mark.parametrize(
    "text, detector, number",
    [
        ("contribuinte n.º 123 456 789", "pt-nif", "123 456 789"),
        ("NIF: 287654320", "pt-nif", "287654320"),
        ("NISS 11234567892", "pt-niss", "11234567892"),
        ("número de utente 312345678", "pt-utente", "312345678"),
        ("n.º de identificação civil 12345678", "pt-nic", "12345678"),
    ],
)
def test_a_number_is_found_behind_its_name(text: str, detector: str, number: str) -> None:
    assert found(text) == [(detector, number)]


@pytest.mark.parametrize(
    "text",
    [
        "Fatura FT 2024/123456789, NIPC 501964843, telefone 213456789",
        "artigo 6.º, n.º 1, do Decreto-Lei n.º 14/2013, de 28 de janeiro",
        "encomenda 11234567892 de 15-03-2024",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
