"""Payment card numbers of ISO/IEC 7812, with their check digit."""

import pytest

from euguard.pii.recognise.card import CardRecogniser

TEST_NUMBERS = [
    "4111111111111111",
    "4012888888881881",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "30569309025904",
    "38520000023237",
    "6011111111111117",
    "3530111333300000",
    "6200000000000005",
    "6759649826438453",
]


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in CardRecogniser().find(text)]


@pytest.mark.parametrize("number", TEST_NUMBERS)
def test_the_schemes_test_numbers_are_found_among_other_numbers(number: str) -> None:
    for text in (number, f"no. 12 {number} 04/27", f"carte{number},", f"1\n{number}\n2"):
        assert found(text) == [number]


@pytest.mark.parametrize(
    "written",
    [
        "4111 1111 1111 1111",
        "5555-5555-5555-4444",
        "4111.1111.1111.1111",
        "4111 1111\n1111 1111",
        "3782 822463 10005",
        "3056 930902 5904",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    ],
)
def test_groups_are_those_printed_on_cards(written: str) -> None:
    assert found(f"12 {written}, 3") == [written]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # check digit
        "41111111111111110",  # one digit more
        "9111111111111111",  # no issuer
        "4006381333931",  # article number (EAN)
        "73282932000074",  # SIRET: 14 digits with a Luhn check digit
        "552 120 222 00013",  # SIRET, grouped
        "41 111 111 111 111 11",  # a row of a table
        "490154203237518",  # IMEI
        "2024-05-12 10:30 16 20 4000",
    ],
)
def test_other_long_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "number", ["630427373398", "4047737215142", "180016070420458", "6761 2345 6789 00"]
)
def test_behind_a_word_for_it_any_number_that_checks_is_a_card(number: str) -> None:
    assert found(f"Paid by Visa card no. {number}.") == [number]
    assert found(f"Colis {number}.") == []


def test_a_known_grouping_comes_before_a_longer_reading() -> None:
    assert found("card 4111 1111 1111 1111 12 27 0") == ["4111 1111 1111 1111"]


@pytest.mark.parametrize("hostile", ["4", "4 ", "4111 ", "5-", "36.", "4\n"])
def test_a_megabyte_made_for_the_purpose_is_read_in_linear_time(hostile: str) -> None:
    text = hostile * (1_000_000 // len(hostile))

    for span in CardRecogniser().find(text):
        assert span.end - span.start < 60
