"""Numbers of Slovenia, and declined names."""

import pytest

from euguard.pii.recognise.national.si import IDENTIFIERS


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize("number", ["0101006500006", "1203985500128"])
def test_an_emso_needs_no_word_before_it(number: str) -> None:
    assert found(f"vlagatelj {number}, Ljubljana") == [("si-emso", number)]


@pytest.mark.parametrize(
    "text, detector, number",
    [
        ("z davčno številko 12345679", "si-davcna-stevilka", "12345679"),
        ("davčna št.: 87654326", "si-davcna-stevilka", "87654326"),
        ("ZZZS številko 032822733", "si-zzzs", "032822733"),
    ],
)
def test_a_number_is_found_behind_any_form_of_its_name(
    text: str, detector: str, number: str
) -> None:
    assert found(text) == [(detector, number)]


@pytest.mark.parametrize(
    "text",
    [
        "Račun 12345679 z dne 12. 3. 2024, sklic SI00 123-456789",
        "Uradni list RS, št. 163/22, 6. člen",
        "naročilo 0113006500006",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
