"""Numbers of Italy: codes with letters for digits, and what only looks like one."""

import pytest

from euguard.pii.recognise.national.it import IDENTIFIERS


def found(text: str) -> list[tuple[str, str]]:
    return [
        (span.detector, text[span.start : span.end])
        for identifier in IDENTIFIERS
        for span in identifier.find(text)
    ]


@pytest.mark.parametrize(
    "code",
    [
        "RCCMNL83S18D969H",  # python-stdnum's
        "CNTCHR83T41D969D",  # of a woman
        "RSSMRA85T10A5S2E",  # RSSMRA85T10A562S, one digit replaced
        "BNCGNN7LE12H50MI",  # two digits replaced
        "rss mra 85t10 a562s",
    ],
)
def test_a_tax_code_needs_no_word_before_it(code: str) -> None:
    assert found(f"Il sottoscritto {code} chiede") == [("it-codice-fiscale", code)]


@pytest.mark.parametrize(
    "text",
    [
        "Fattura n. 2024/00123 del 10/12/2024, CIG 8461037B5A, CUP J51B21000680001",
        "art. 2, comma 1, lett. b), d.lgs. 30 giugno 2003, n. 196",
        "codice prodotto RSSMRA85T10A562T",
        "ordine 80390000900090510553",
        "P.IVA 34567890123",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_a_provisional_code_must_be_called_one() -> None:
    text = "Codice fiscale provvisorio: 34567890123"
    assert found(text) == [("it-codice-fiscale-provvisorio", "34567890123")]
