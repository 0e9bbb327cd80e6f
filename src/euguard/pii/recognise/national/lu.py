"""Identifiers of Luxembourg."""

from typing import Final

from stdnum import luhn, verhoeff

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_GAP: Final = "[ .-]?"
_DATE: Final = f"(?:18|19|20)[0-9]{{2}}{_GAP}(?:0[0-9]|1[0-2]){_GAP}(?:[0-2][0-9]|3[01])"
"""Year, month and day; 00 where they are unknown."""

_WEIGHTS: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def _matricule(number: str) -> bool:
    """Tell whether both check digits, each over the first eleven, are right."""
    return luhn.is_valid(number[:12]) and verhoeff.is_valid(number[:11] + number[12])


def _old_matricule(number: str) -> bool:
    """Tell whether the check digit is one of the three that were used.

    When the serial numbers of a day ran out, a second and a third way to compute it began,
    whose digits are one and two higher.
    """
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=True))
    return total % 11 in {0, 1, 2}


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="lu-matricule",
        kind=PersonalDataKind.IDENTITY,
        title="numéro d'identification national, matricule (national identification number)",
        pattern=f"{_DATE}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{2}}",
        words=(
            "matricule*",
            "matrikel*",
            "numéro d'identification national",
            "numéro d'identification nationale",
            "nationale identifikationsnummer",
            "national identification number",
        ),
        check=_matricule,
        alone=True,
        basis="loi du 19 juin 2013 relative à l'identification des personnes physiques, art. 2",
        form="YYYYMMDD, three digits, two check digits",
        checksum="Luhn and Verhoeff, each over the first eleven digits",
        source="règlement grand-ducal du 28 novembre 2013, art. 1er",
        examples=("1893120105732", "1985 0312 045 51", "20010704 12343"),
        ignore=("1893120105733", "1893120105742", "1893130105732"),
    ),
    Identifier(
        name="lu-matricule-ancien",
        kind=PersonalDataKind.IDENTITY,
        title="numéro d'identité, matricule until 2014 (former identity number)",
        pattern=f"{_DATE}{_GAP}[0-9]{{3}}",
        words=("matricule*", "matrikel*", "numéro d'identité", "luxembourg identity number"),
        check=_old_matricule,
        basis="loi du 30 mars 1979 organisant l'identification numérique, art. 2",
        form="YYYYMMDD, two digits, check digit",
        checksum="weights 5 4 3 2 7 6 5 4 3 2, modulo 11, in three variants",
        source="règlement grand-ducal du 21 décembre 1987, art. 1er",
        examples=("19641012010", "1985 03 12 047"),
    ),
)
