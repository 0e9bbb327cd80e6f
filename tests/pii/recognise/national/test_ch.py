"""Numbers of Switzerland: the present and the former old-age insurance number."""

import pytest

from euguard.pii.recognise.national.ch import IDENTIFIERS, _old_ahv


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


def test_eleven_divides_the_sum_of_the_former_number() -> None:
    assert [last for last in "0123456789" if _old_ahv(f"1234567811{last}")] == ["3"]


@pytest.mark.parametrize("number", ["756.9217.0769.85", "7569217076985", "756 9217 0769 85"])
def test_a_number_needs_no_word_before_it(number: str) -> None:
    assert found(f"Herr Muster ({number}) wohnt") == [("ch-ahv", number)]  # the BSV's specimen


@pytest.mark.parametrize(
    "text, detector, number",
    [
        ("N° AVS 123.45.678.113", "ch-ahv-alt", "123.45.678.113"),
        ("AHV-Nr. 756.9217.0769.85", "ch-ahv", "756.9217.0769.85"),
        ("VeKa-Nr. 80756015090002647590", "ch-versichertenkarte", "80756015090002647590"),
    ],
)
def test_a_number_is_found_behind_its_name(text: str, detector: str, number: str) -> None:
    assert found(text) == [(detector, number)]


@pytest.mark.parametrize(
    "text",
    [
        "Rechnung 123.45.678.113, UID CHE-116.281.710 MWST, EAN 7612345678900",
        "Art. 328 OR, BGE 144 II 147 E. 3.2, SR 831.10",
        "Referenz 21 00000 00003 13947 14300 09017",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
