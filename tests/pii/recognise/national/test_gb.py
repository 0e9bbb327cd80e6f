"""Numbers of the United Kingdom: letters that none has, and check digits in front."""

import pytest

from euguard.pii.recognise.national.gb import IDENTIFIERS


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize(
    "prefix",
    ["DA", "FA", "IA", "QA", "UA", "VA", "AO", "AD", "BG", "GB", "KN", "NK", "NT", "TN", "ZZ"],
)
def test_a_prefix_that_is_not_given_makes_none(prefix: str) -> None:
    assert found(f"National Insurance number: {prefix}123456C") == []


@pytest.mark.parametrize("prefix", ["AB", "BB", "GC", "KE", "NP", "TP", "ZA", "PW", "QQ"])
def test_other_prefixes_make_one(prefix: str) -> None:
    text = f"My NI number is {prefix}123456C"
    assert found(text) == [("gb-nino", f"{prefix}123456C")]


@pytest.mark.parametrize(
    "text, detector, number",
    [
        ("NHS No: 943 476 5919", "gb-nhs", "943 476 5919"),
        ("CHI number 1203851235", "gb-nhs", "1203851235"),
        ("UTR 1955839661", "gb-utr", "1955839661"),
        ("UTR: 19558 39661K", "gb-utr", "19558 39661K"),
        ("pupil B801200005001", "gb-upn", "B801200005001"),
    ],
)
def test_a_number_is_found_behind_its_name(text: str, detector: str, number: str) -> None:
    assert found(text) == [(detector, number)]


@pytest.mark.parametrize(
    "text",
    [
        "Invoice AB123456C, order 9434765919, account 12345678, sort code 12-34-56",
        "[2019] UKSC 12, section 182C(2), SI 2001/769, reg 6(1)(f)",
        "call 020 7946 0018 or 07700 900123",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []
