"""E-mail addresses of RFC 5321, 5322 and 6531, in prose."""

import pytest

from euguard.pii.recognise.email import EmailRecogniser


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in EmailRecogniser().find(text)]


@pytest.mark.parametrize(
    "address",
    [
        "anna.kowalska@example.eu",
        "a@example.eu",
        "anna+orders@mail.example.ie",
        "m.o'brien@example.ie",
        "anna_kowalska-1@sub.dept.example.org",
        "jörg@bücher.example",
        "anna@xn--bcher-kva.example",
        "anna@example.xn--p1ai",
        "почта@пример.рф",
        '"jean dupont"@exemple.fr',
        "anna@[192.0.2.7]",
        "anna@[IPv6:2001:db8::7]",
        "anna (at) example (dot) eu",
        "anna[at]example[dot]eu",
        "anna {arobase} exemple {point} fr",
    ],
)
@pytest.mark.parametrize(
    "sentence", ["{}", "Write to {}.", "<{}>", "({}), or call", "mailto:{}?subject=x", "**{}**"]
)
def test_an_address_is_found_and_nothing_around_it(address: str, sentence: str) -> None:
    assert found(sentence.format(address)) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "meet @ noon. Bring it",
        "@anna said so",
        "anna@localhost",
        "lodash@4.17.21",
        "image@2x.png",
        "@@@",
        "a@.eu",
        "user@",
        "@pytest.fixture",
        "3 @ 4.50 EUR",
        'x = a @ b.T  # "@"',
    ],
)
def test_other_at_signs_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_two_addresses_without_a_space_are_two() -> None:
    assert found("anna@example.eu;jan@example.nl") == ["anna@example.eu", "jan@example.nl"]


def test_what_no_domain_ends_with_is_not_part_of_it() -> None:
    assert found("anna@example.eu.2026-01") == ["anna@example.eu"]


@pytest.mark.parametrize(
    "hostile", ["@", "a@", "a.", "a@a", ".@.", "-a@a-.", '"a', "a@a.", "@[", "é@é.é"]
)
def test_a_megabyte_made_for_the_purpose_is_read_in_linear_time(hostile: str) -> None:
    text = hostile * (1_000_000 // len(hostile))

    for span in EmailRecogniser().find(text):
        assert span.end - span.start < 400
