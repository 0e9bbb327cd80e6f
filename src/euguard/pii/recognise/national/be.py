"""Identifiers of Belgium."""

from typing import Final

from stdnum.be import bis, nn

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind


def _checks(number: str) -> bool:
    return bool(nn.is_valid(number) or bis.is_valid(number))


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="be-rijksregister",
        kind=PersonalDataKind.IDENTITY,
        title="rijksregisternummer, numéro de registre national, BIS number",
        pattern="[0-9]{2}[. ]?[0-9]{2}[. ]?[0-9]{2}[ -]?[0-9]{3}[. -]?[0-9]{2}",
        words=(
            "rijksregister*",
            "rrn",
            "nrn",
            "registre national",
            "numéro national",
            "insz*",
            "niss",
            "nationalregister*",
            "bis nummer",
            "bisnummer",
            "numéro bis",
        ),
        check=_checks,
        alone=True,
        basis="loi du 8 août 1983 organisant un Registre national, art. 2-3",
        form=(
            "YYMMDD, a serial of three digits, two check digits; BIS numbers add 20 or 40"
            " to the month"
        ),
        checksum=(
            "97 minus the rest of the first nine digits (with a 2 before them from 2000) by 97"
        ),
        source="arrêté royal du 3 avril 1984; python-stdnum be.nn, be.bis",
        examples=("00.03.10-302.30", "51.02.05-959.73"),
    ),
)
