"""Identifiers of Hungary."""

from typing import Final

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind


def _tax(number: str) -> bool:
    """Act CL of 2017, annex: places 1 to 9 as weights, the rest by 11 is the last digit."""
    total = sum(at * int(digit) for at, digit in enumerate(number[:9], 1))
    return total % 11 == int(number[9])


def _insurance(number: str) -> bool:
    """Act XX of 1996, annex 2: weights 3 and 7 in turn, the rest by 10 is the last digit."""
    total = sum((3, 7)[at % 2] * int(digit) for at, digit in enumerate(number[:8]))
    return total % 10 == int(number[8])


def _personal(number: str) -> bool:
    """Act XX of 1996, annex 1: places as weights, forwards before 1997 and backwards since."""
    digits = [int(digit) for digit in number]
    forwards = sum(at * digit for at, digit in enumerate(digits[:10], 1)) % 11
    backwards = sum((11 - at) * digit for at, digit in enumerate(digits[:10], 1)) % 11
    return digits[10] in {forwards, backwards}


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="hu-adoazonosito",
        kind=PersonalDataKind.TAX,
        title="adóazonosító jel (tax identification)",
        pattern="8[0-9]{9}",
        words=("adóazonosító*", "adóazonosítója", "adóazonosító jel*", "adószám*"),
        check=_tax,
        basis="2017. évi CL. törvény, 1. melléklet",
        form="8, days since 1 January 1867, three digits, check digit",
        checksum="places as weights, modulo 11",
        source="2017. évi CL. törvény; OECD, TINs of Hungary",
        examples=("8349232854", "8467401729"),
    ),
    Identifier(
        name="hu-taj",
        kind=PersonalDataKind.INSURANCE,
        title="TAJ-szám (social security number)",
        pattern="[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}",
        words=("taj", "taj szám*", "társadalombiztosítási azonosító*", "tajszám*"),
        check=_insurance,
        basis="1996. évi XX. törvény, 2. melléklet",
        form="nine digits, the last a check digit",
        checksum="weights 3 and 7, modulo 10",
        source="1996. évi XX. törvény, 2. melléklet",
        examples=("082 022 882", "673 237 967"),
    ),
    Identifier(
        name="hu-szemelyi-azonosito",
        kind=PersonalDataKind.IDENTITY,
        title="személyi azonosító, személyi szám (personal identifier)",
        pattern="[1-8][ -]?[0-9]{6}[ -]?[0-9]{4}",
        words=("személyi szám*", "személyi azonosító*", "személyazonosító jel*"),
        check=_personal,
        basis="1996. évi XX. törvény, 1. melléklet",
        form="sex and century, YYMMDD, serial, check digit",
        checksum="places as weights, modulo 11",
        source="1996. évi XX. törvény, 1. melléklet",
        examples=("2-720220-2079",),
    ),
)
