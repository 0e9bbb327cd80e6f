"""Numbers of the Netherlands: three tests by eleven."""

import pytest

from euguard.pii.recognise.national.nl import IDENTIFIERS, _a_nummer


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


def test_an_a_nummer_passes_three_tests() -> None:
    # Both from the test data of the population register.
    assert _a_nummer("8940402024")
    assert _a_nummer("7153597828")
    assert not _a_nummer("8940402025")  # the sum is 34, its remainder 1
    assert not _a_nummer("9840402024")  # the same digits, another weighted sum
    assert not _a_nummer("1199999999")  # neighbours alike


@pytest.mark.parametrize(
    "text, number",
    [
        ("BSN 123456782", "123456782"),
        ("uw BSN: 1112.22.333", "1112.22.333"),
        ("BSN-nummer 111 222 333", "111 222 333"),
        ("burgerservicenummer is 026435111", "026435111"),
    ],
)
def test_a_bsn_is_found_behind_its_name(text: str, number: str) -> None:
    assert found(text) == [("nl-bsn", number)]


@pytest.mark.parametrize(
    "text",
    [
        "Factuur 123456782, KvK 12345678, btw NL123456782B01",
        "artikel 8:42, eerste lid, Awb; ECLI:NL:RVS:2019:1234",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
