"""Numbers of Romania: date, county and check digit."""

import pytest

from euguard.pii.recognise.national.ro import IDENTIFIERS


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize("number", ["1630615123457", "1850312123457", "7900101420026"])
def test_a_cnp_needs_its_date_county_and_check_digit(number: str) -> None:
    assert found(f"subsemnatul, {number}, domiciliat") == [("ro-cnp", number)]
    other = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert found(f"subsemnatul, {other}, domiciliat") == []


@pytest.mark.parametrize(
    "text, detector, number",
    [
        ("având CNP-ul 1850312123457", "ro-cnp", "1850312123457"),
        ("Numărul de identificare fiscală 9000000123458", "ro-nif", "9000000123458"),
        ("cod de asigurat 12345678901234567890", "ro-card-de-sanatate", "12345678901234567890"),
    ],
)
def test_a_number_is_found_behind_its_name(text: str, detector: str, number: str) -> None:
    assert found(text) == [(detector, number)]


@pytest.mark.parametrize(
    "text",
    [
        "Factura seria AB nr. 0012345, CUI RO18547290, J40/372/2002",
        "EAN 5941234567890, ora 1731405600123",
        "art. 6 alin. (1) lit. f), Legea nr. 190/2018, M.Of. nr. 651/2018",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
