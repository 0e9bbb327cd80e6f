"""Numbers of Luxembourg: two check digits now, one in three variants before."""

import pytest

from euguard.pii.recognise.national.lu import IDENTIFIERS, _matricule, _old_matricule


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


def test_both_check_digits_must_be_right() -> None:
    assert _matricule("1893120105732")  # the example of the OECD's country sheet
    assert not _matricule("1893120105742")  # Luhn's digit wrong
    assert not _matricule("1893120105733")  # Verhoeff's digit wrong


def test_the_former_number_has_one_of_three_check_digits() -> None:
    # 5 + 36 + 24 + 10 + 0 + 18 + 5 + 8 + 0 + 8 = 114, and 114 modulo 11 is 4: 11 - 4 and above
    right = [last for last in "0123456789" if _old_matricule(f"1985031204{last}")]
    assert right == ["7", "8", "9"]


@pytest.mark.parametrize(
    "text",
    [
        "Facture 20240315001 du 15.03.2024, TVA LU26375245",
        "Rechnung 2024031500123 vom 15. März 2024",
        "loi modifiée du 10 août 1915, Mémorial A n° 925 de 2018",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_the_former_number_must_be_called_by_its_name() -> None:
    assert found("reçu n° 19641012010") == []
    assert found("matricule 1964 10 12 010") == [("lu-matricule-ancien", "1964 10 12 010")]
