"""Identifiers of Lithuania."""

from typing import Final

from stdnum.lt import asmens

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind


def _taxpayer(number: str) -> bool:
    """Tell whether the last digit is the digital root of the weighted sum's remainder.

    Weights 9 to 1; the divisor is the number's first two digits.
    """
    total = sum(int(digit) * weight for digit, weight in zip(number, range(9, 0, -1), strict=False))
    rest = total % int(number[:2])
    while rest > 9:  # noqa: PLR2004  # more than one digit
        rest = sum(map(int, str(rest)))
    return rest == int(number[9])


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="lt-asmens-kodas",
        kind=PersonalDataKind.IDENTITY,
        title="asmens kodas (personal code)",
        pattern="[1-6][ -]?[0-9]{6}[ -]?[0-9]{4}",
        words=(
            "asmens kod*",
            "asm. kod*",
            "a.k.",
            "lithuanian personal code",
            "personal code",
        ),
        check=asmens.is_valid,
        alone=True,
        basis="Gyventojų registro įstatymas (law I-2237), art. 8",
        form="digit for sex and century, YYMMDD, three digits, check digit",
        checksum="weights 1 to 9 and 1, then 3 to 9 and 1 to 3, modulo 11",
        source="law I-2237, art. 8; python-stdnum lt.asmens",
        examples=("33309240064", "49211151238"),
        ignore=("33309240164", "33313240064"),
    ),
    Identifier(
        name="lt-mokesciu-moketojas",
        kind=PersonalDataKind.TAX,
        title="mokesčių mokėtojo identifikacinis numeris (taxpayer without a personal code)",
        pattern="[69][0-9]{9}",
        words=(
            "mokesčių mokėtojo identifikacinis numer*",
            "mokesčių mokėtojo identifikacinio numer*",
            "mokesčių mokėtojo identifikacinį numer*",
            "mokesčių mokėtojo kod*",
            "mokesčių mokėtojo numer*",
            "lithuanian tin",
        ),
        check=_taxpayer,
        basis="Mokesčių administravimo įstatymas (law IX-2112), art. 45",
        form="6 or 9, eight digits, check digit",
        checksum="weights 9 to 1, modulo the first two digits, then the sum of digits",
        source="OECD, Lithuania: information on tax identification numbers, section II",
        examples=("6000001234", "9000123458"),
    ),
    Identifier(
        name="lt-sodra",
        kind=PersonalDataKind.INSURANCE,
        title="asmens socialinio draudimo numeris (social insurance number)",
        pattern="(?:SD[ -]?)?[0-9]{7}",
        words=(
            "socialinio draudimo numer*",
            "socialinio draudimo nr",
            "socialinio draudimo pažymėjim*",
            "sodros numer*",
            "sd numer*",
            "lithuanian social insurance number",
        ),
        check=None,
        basis="Valstybinio socialinio draudimo įstatymas (law I-1336)",
        form="SD and seven digits; no longer issued, still on certificates",
        checksum="none",
        source="Sodra order V-65 of 31 January 2008",
        examples=("SD1234567", "SD 7654321", "1234567"),
    ),
)
