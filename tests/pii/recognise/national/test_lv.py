"""Numbers of Latvia: codes with and without a date."""

import pytest

from euguard.pii.recognise.national.lv import IDENTIFIERS


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize("code", ["161175-19997", "16117519997", "328673-00679"])
def test_a_code_needs_no_word_before_it(code: str) -> None:
    assert found(f"Jānis Bērziņš, {code}, Rīga") == [("lv-personas-kods", code)]


def test_a_code_without_date_and_dash_must_be_called_by_its_name() -> None:
    assert found("zvaniet 32867300679") == []
    text = "Personas koda 32867300679 īpašnieks"
    assert found(text) == [("lv-personas-kods-bez-datuma", "32867300679")]


@pytest.mark.parametrize(
    "text",
    [
        "Rēķins 151124-20013, reģ. nr. 40003521600",  # the date would be right, the digit is not
        "līgums 161375-19997",
        "Ministru kabineta 2010. gada 5. oktobra noteikumi Nr. 940",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
