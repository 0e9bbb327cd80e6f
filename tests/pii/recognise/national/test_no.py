"""Numbers of Norway: two check digits, and days and months of other series."""

import pytest

from euguard.pii.recognise.national.no import IDENTIFIERS


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize(
    "number",
    [
        "15108695088",  # python-stdnum's
        "151086 95088",
        "151086-95088",
        "52038512420",  # D-nummer
        "12528512478",  # hjelpenummer of a hospital
    ],
)
def test_a_number_needs_no_word_before_it(number: str) -> None:
    assert found(f"Søker {number} bor") == [("no-fodselsnummer", number)]


def test_an_fh_number_must_be_called_by_its_name() -> None:
    assert found("ordre 81234567802") == []
    assert found("FH-nr. 81234567802") == [("no-felles-hjelpenummer", "81234567802")]


@pytest.mark.parametrize(
    "text",
    [
        "Faktura 15108695077, kontonr 1234.56.78903, org.nr. 974 760 673 MVA",
        "LOV-2018-06-15-38 § 12, HR-2020-1234-A, avsnitt 45",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
