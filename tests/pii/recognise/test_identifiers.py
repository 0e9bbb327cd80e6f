"""All identifiers of a text, however its characters are disguised."""

import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from euguard.pii.recognise.identifiers import RECOGNISERS
from euguard.pii.recognise.plain import spellings
from euguard.pii.span import PersonalDataKind


def found(text: str) -> set[tuple[PersonalDataKind, str]]:
    """Return what all recognisers find in the plain spellings, as it stands in `text`."""
    finds = set()
    for plain in spellings(text):
        for recogniser in RECOGNISERS:
            for span in recogniser.find(plain.text):
                start, end = plain.locate(span.start, span.end)
                finds.add((span.kind, text[start:end]))
    return finds


VALUES = [
    ("anna.kowalska@example.eu", PersonalDataKind.EMAIL),
    ("06 12 34 56 78", PersonalDataKind.PHONE),
    ("DE89 3704 0044 0532 0130 00", PersonalDataKind.IBAN),
    ("4111 1111 1111 1111", PersonalDataKind.CARD),
]
DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "fullwidth": lambda value: "".join(
        chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character
        for character in value
    ),
    "no-break spaces": lambda value: value.replace(" ", "\u00a0"),
    "narrow no-break spaces": lambda value: value.replace(" ", "\u202f"),
    "zero-width spaces between all characters": "\u200b".join,
    "zero-width spaces for spaces": lambda value: value.replace(" ", "\u200b"),
    "soft hyphens": lambda value: value[:7] + "\u00ad" + value[7:],
    "a byte order mark inside": lambda value: value[:9] + "\ufeff" + value[9:],
    "Arabic-Indic digits": lambda value: value.translate(
        {ord("0") + digit: 0x660 + digit for digit in range(10)}
    ),
    "the line ends of mail": lambda value: value.replace(" ", "\r\n"),
    "indented lines": lambda value: value.replace(" ", "\n      "),
    "a quoted mail": lambda value: value.replace(" ", "\n> "),
    "wide gaps": lambda value: value.replace(" ", "   "),
    "underscores": lambda value: value.replace(" ", "_"),
    "controls": lambda value: value[:9] + "\x00" + value[9:],
    "caps around digits": lambda value: re.sub("([0-9])(?!$)", "\\1\ufe0f\u20e3", value),
    "blank braille patterns": lambda value: value.replace(" ", "\u2800"),
    "percent-encoding": lambda value: quote(value, safe=""),
    "a form's encoding": quote_plus,
    "HTML entities": lambda value: "".join(
        character if character.isalnum() else f"&#{ord(character)};" for character in value
    ),
    "named HTML entities": lambda value: value.replace(" ", "&nbsp;").replace("@", "&commat;"),
    "HTML tags": lambda value: value[:6] + "<b>" + value[6:],
    "JSON escapes": lambda value: "".join(f"\\u{ord(character):04x}" for character in value),
    "JSON in JSON in JSON": lambda value: value.replace("@", "\\\\\\\\u0040").replace(" ", "\\\\n"),
    "a pattern": lambda value: re.escape(value).replace("\\ ", "\\s+"),
    "mathematical digits": lambda value: value.translate(
        {ord("0") + digit: 0x1D7CE + digit for digit in range(10)}
    ),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("value,kind", VALUES)
def test_no_disguise_hides_an_identifier(value: str, kind: PersonalDataKind, disguise: str) -> None:
    written = DISGUISES[disguise](value)
    text = f"Réf. \u2013 tél. ou écrire: {written} merci"

    assert (kind, written) in found(text)


def test_a_pseudonym_is_no_identifier() -> None:
    text = "Dear <PERSON_7Q3K>, PHONE_4F7C2 and <IBAN_9999>, write to <EMAIL_3BCD_D4F>."

    assert found(text) == set()


def test_a_number_dressed_as_a_pseudonym_is_found() -> None:
    text = "<PHONE_0612345678> <EMAIL_anna@example.eu>"

    values = [value for _, value in found(text)]

    assert any("0612345678" in value for value in values)
    assert any("anna@example.eu" in value for value in values)
