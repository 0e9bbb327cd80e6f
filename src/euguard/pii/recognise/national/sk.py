"""Identifiers of Slovakia."""

from typing import Final

from stdnum.sk import rc

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_DATE: Final = "[0-9]{2}(?:[05][1-9]|[16][0-2])(?:0[1-9]|[12][0-9]|3[01])"
"""YYMMDD, the month plus 50 for women."""

_WORDS: Final = (
    "rodné číslo",
    "rodného čísla",
    "rodnému číslu",
    "rodným číslom",
    "rodnom čísle",
    "rodné čísla",
    "rodne cislo",
    "r.č.",
    "r. č.",
    "rč",
    "slovak birth number",
)
_BASIS: Final = "zákon č. 301/1995 Z. z. o rodnom čísle, § 2"
_SOURCE: Final = "zákon č. 301/1995 Z. z., § 2; python-stdnum sk.rc"


def _dic(number: str) -> bool:
    """Tell whether eleven divides the number."""
    return int(number) % 11 == 0


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="sk-rodne-cislo",
        kind=PersonalDataKind.IDENTITY,
        title="rodné číslo (birth number)",
        pattern=f"{_DATE} ?/ ?[0-9]{{4}}",
        words=_WORDS,
        check=rc.is_valid,
        alone=True,
        basis=_BASIS,
        form="YYMMDD, the month plus 50 for women, slash, three digits, check digit",
        checksum="the whole number modulo 11",
        source=_SOURCE,
        examples=("855312/1236", "010704/4564", "010704 / 4564"),
        ignore=("855312/1237", "851312/1236"),
    ),
    Identifier(
        name="sk-rodne-cislo-bez-lomky",
        kind=PersonalDataKind.IDENTITY,
        title="rodné číslo without its slash (telephone numbers look like it)",
        pattern=f"{_DATE}[ -]?[0-9]{{4}}",
        words=_WORDS,
        check=rc.is_valid,
        basis=_BASIS,
        form="YYMMDD, the month plus 50 for women, three digits, check digit",
        checksum="the whole number modulo 11",
        source=_SOURCE,
        examples=("8553121236", "010704 4564"),
    ),
    Identifier(
        name="sk-rodne-cislo-do-1953",
        kind=PersonalDataKind.IDENTITY,
        title="rodné číslo of people born before 1954 (birth number)",
        pattern=f"{_DATE}[ /-]?[0-9]{{3}}",
        words=_WORDS,
        check=None,
        basis=_BASIS,
        form="YYMMDD, the month plus 50 for women, slash, three digits",
        checksum="none",
        source=_SOURCE,
        examples=("535312/123", "481105123"),
    ),
    Identifier(
        name="sk-dic",
        kind=PersonalDataKind.TAX,
        title="daňové identifikačné číslo, DIČ (tax number, of people in business)",
        pattern="[13][0-9]{9}",
        words=(
            "dič",
            "dic",
            "daňové identifikačné číslo",
            "daňového identifikačného čísla",
            "daňovým identifikačným číslom",
            "slovak tax number",
        ),
        check=_dic,
        basis="zákon č. 563/2009 Z. z. (daňový poriadok), § 67",
        form="ten digits that begin with 1 or 3; companies have others",
        checksum="eleven divides the whole number",
        source="OECD, Slovak Republic: information on tax identification numbers;"
        " python-stdnum sk.dph",
        examples=("1020304054", "1073456780"),
        ignore=("DIČ 2020317068",),
    ),
    Identifier(
        name="sk-cislo-poistenca",
        kind=PersonalDataKind.INSURANCE,
        title="identifikačné číslo poistenca (insured person's number)",
        pattern="[0-9]{10}|[0-9]{6}[ /-][0-9]{3,4}",
        words=(
            "číslo poistenca",
            "čísla poistenca",
            "číslom poistenca",
            "číslo poistenky",
            "bič poistenca",
            "cislo poistenca",
            "slovak health insurance number",
        ),
        check=None,
        basis="zákon č. 580/2004 Z. z. o zdravotnom poistení, § 10",
        form="the birth number, or ten digits that the health care authority (ÚDZS) gives",
        checksum="none that all have",
        source="zákon č. 580/2004 Z. z., § 10; ÚDZS, bezvýznamové identifikačné číslo",
        examples=("9912345678", "855312/1236"),
    ),
)
