"""Numbers of Sweden: signs, centuries, coordination numbers, and moments in time."""

import pytest

from euguard.pii.recognise.national.se import IDENTIFIERS, _personnummer


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize(
    "number",
    [
        "811218-9876",  # Skatteverket's example
        "198112189876",
        "19811218-9876",
        "121212+1212",
        "19121212+1212",
        "701063-2391",  # Skatteverket's example of a samordningsnummer
        "20170102-5510",
    ],
)
def test_a_number_with_its_sign_or_century_needs_no_word_before_it(number: str) -> None:
    assert found(f"Svar till {number} senast") == [("se-personnummer", number)]


@pytest.mark.parametrize("number", ["8113189876", "8102309876", "8112009876", "8112609876"])
def test_a_date_that_does_not_exist_is_none(number: str) -> None:
    assert not _personnummer(number)


@pytest.mark.parametrize("number", ["8112189876", "811218 9876"])
def test_ten_digits_without_a_sign_must_be_called_by_their_name(number: str) -> None:
    assert found(f"ring {number}") == []
    assert found(f"Personnummer: {number}") == [("se-personnummer-utan-streck", number)]


@pytest.mark.parametrize(
    "text",
    [
        "Faktura 202411231535, organisationsnummer 556016-0680, bankgiro 123-4567",
        "6 § lagen (2018:218), prop. 2017/18:105 s. 177, dnr 2024-01234",
        "körningen 20241123-1535 tog 12 minuter",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
