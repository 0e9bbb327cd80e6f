"""Identifiers of Denmark."""

from typing import Final

from stdnum.dk import cpr

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="dk-cpr",
        kind=PersonalDataKind.IDENTITY,
        title="CPR-nummer, personnummer (civil registration number)",
        pattern="[0-9]{6}-[0-9]{4}",
        words=("cpr*", "personnummer*", "cpr nummer", "cpr nr", "fødselsnummer"),
        check=cpr.is_valid,
        alone=True,
        basis="CPR-loven (lovbekendtgørelse nr. 1010 af 23. juni 2023), § 3",
        form="DDMMYY, four digits",
        checksum="none since 2007, modulo 11 before; the day must exist",
        source="CPR-kontoret, Personnummeret i CPR; python-stdnum dk.cpr",
        examples=("170485-1888", "271072-4184"),
    ),
    Identifier(
        name="dk-cpr-sammen",
        kind=PersonalDataKind.IDENTITY,
        title="CPR-nummer in one",
        pattern="[0-9]{6}[ ]?[0-9]{4}",
        words=("cpr*", "personnummer*", "cpr nummer", "cpr nr"),
        check=cpr.is_valid,
        basis="CPR-loven, § 3",
        form="as above, without the dash",
        checksum="none since 2007, modulo 11 before; the day must exist",
        source="python-stdnum dk.cpr",
        examples=("2605644555",),
    ),
)
