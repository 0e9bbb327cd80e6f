"""Identifiers of Finland."""

from typing import Final

from stdnum.fi import hetu

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_WITHOUT_SIGN = 10


def _checks(number: str) -> bool:
    """The hyphen of those born in the last century is the only sign that grouping drops."""
    signed = f"{number[:6]}-{number[6:]}" if len(number) == _WITHOUT_SIGN else number
    return bool(hetu.is_valid(signed))


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="fi-hetu",
        kind=PersonalDataKind.IDENTITY,
        title="henkilötunnus, personbeteckning (personal identity code)",
        pattern="[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]",
        words=(
            "henkilötunnu*",
            "hetu",
            "hetun",
            "sotu",
            "personbeteckning*",
            "sosiaaliturvatunnu*",
        ),
        check=_checks,
        alone=True,
        basis="laki väestötietojärjestelmästä 661/2009, 11 §",
        form="DDMMYY, a sign for the century, three digits, check character",
        checksum="rest by 31 chooses the character",
        source=(
            "valtioneuvoston asetus 128/2010, 2 §; decree 690/2022 (new signs); python-"
            "stdnum fi.hetu"
        ),
        examples=("040862-576L", "300491-616X", "131052-308T"),
    ),
)
