"""Numbers of Malta, found behind their names only."""

import pytest

from euguard.pii.recognise.national.mt import IDENTIFIERS


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize(
    "text, detector, number",
    [
        ("detentur tal-karta tal-identità 0123456M", "mt-karta-tal-identita", "0123456M"),
        ("holder of I.D. card no. 123456(M)", "mt-karta-tal-identita", "123456(M)"),
        ("Numru tat-Taxxa: 123456789", "mt-taxxa", "123456789"),
        ("Numru tas-Sigurtà Soċjali B12345678", "mt-sigurta-socjali", "B12345678"),
    ],
)
def test_a_number_is_found_behind_its_name(text: str, detector: str, number: str) -> None:
    assert found(text) == [(detector, number)]


@pytest.mark.parametrize(
    "text",
    [
        "Invoice 1234567, VAT MT11679112, 250 L of diesel at 1234567A",
        "Att dwar l-Età, Kapitolu 258, artikolu 12A tal-Liġijiet ta' Malta",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
