"""Numbers of Liechtenstein, found behind their names only."""

import pytest

from euguard.pii.recognise.national.li import IDENTIFIERS


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize("text", ["PEID: 1234567", "PEID-Nr. 1234567", "(PEID 1234567)"])
def test_a_peid_is_found_behind_its_name(text: str) -> None:
    assert found(text) == [("li-peid", "1234567")]


@pytest.mark.parametrize(
    "text",
    [
        "Rechnung 1234567 vom 12.3.2024, Register-Nr. FL-0002.123.456-7",
        "LGBl. 2018 Nr. 272, Art. 6 Abs. 1 Bst. f DSG",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
