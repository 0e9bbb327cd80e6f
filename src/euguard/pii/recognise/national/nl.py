"""Identifiers of the Netherlands."""

from itertools import pairwise
from typing import Final

from stdnum.nl import bsn, onderwijsnummer

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_NINE_DIGITS: Final = (
    "[0-9]{9}|[0-9]{4}[ .-][0-9]{2}[ .-][0-9]{3}|[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{3}"
    "|[0-9]{3}[ .-][0-9]{2}[ .-][0-9]{2}[ .-][0-9]{2}"
)


def _a_nummer(number: str) -> bool:
    """Tell whether both sums and the neighbours are right."""
    digits = [int(digit) for digit in number]
    return (
        all(left != right for left, right in pairwise(digits))
        and sum(digits) % 11 in {0, 5}
        and sum(digit << place for place, digit in enumerate(digits)) % 11 == 0
    )


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="nl-bsn",
        kind=PersonalDataKind.IDENTITY,
        title="burgerservicenummer (citizen service number; also of taxes and health insurance)",
        pattern=_NINE_DIGITS,
        words=(
            "bsn*",
            "burgerservicenummer*",
            "burger service nummer*",
            "burgerservicenr",
            "sofinummer*",
            "sofi nummer*",
            "sofinr",
            "sociaal fiscaal nummer*",
            "citizen service number",
        ),
        check=bsn.is_valid,
        basis="Wet algemene bepalingen burgerservicenummer; art. 46 UAVG",
        form="nine digits, the first of which may be 0",
        checksum="weights 9 to 2 and -1, modulo 11 (elfproef)",
        source="Logisch Ontwerp BSN; python-stdnum nl.bsn",
        examples=("123456782", "1112.22.333", "123 456 794", "026435111"),
    ),
    Identifier(
        name="nl-onderwijsnummer",
        kind=PersonalDataKind.IDENTITY,
        title="onderwijsnummer (education number, of pupils without a BSN)",
        pattern=_NINE_DIGITS,
        words=(
            "onderwijsnummer*",
            "onderwijsnr",
            "persoonsgebonden nummer*",
            "pgn",
            "dutch education number",
        ),
        check=onderwijsnummer.is_valid,
        basis="Wet register onderwijsdeelnemers, art. 6",
        form="10 and seven digits",
        checksum="weights 9 to 2 and -1, modulo 11, with the remainder 5",
        source="DUO, Programma van Eisen; python-stdnum nl.onderwijsnummer",
        examples=("101222331", "1045.67.801"),
    ),
    Identifier(
        name="nl-a-nummer",
        kind=PersonalDataKind.IDENTITY,
        title="A-nummer, administratienummer (number in the population register)",
        pattern="[1-9][0-9]{9}|[1-9][0-9]{3}[ .-][0-9]{3}[ .-][0-9]{3}",
        words=("a nummer", "a-nr", "administratienummer*"),
        check=_a_nummer,
        basis="Wet basisregistratie personen, art. 1.1 and 4.9",
        form="ten digits, no two neighbours alike",
        checksum="sum modulo 11 is 0 or 5; sum with weights 1, 2, 4 to 512 modulo 11 is 0",
        source="Logisch Ontwerp BRP, element 01.10",
        examples=("8940402024", "7153597828"),
    ),
)
