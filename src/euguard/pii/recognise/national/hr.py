"""Identifiers of Croatia."""

from typing import Final

from stdnum.hr import oib

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="hr-oib",
        kind=PersonalDataKind.IDENTITY,
        title="osobni identifikacijski broj, OIB",
        pattern="[0-9]{11}",
        words=("oib*", "osobni identifikacijski broj*", "osobnog identifikacijskog broja"),
        check=oib.is_valid,
        basis="Zakon o osobnom identifikacijskom broju (NN 60/08)",
        form="eleven digits, the last a check digit",
        checksum="ISO/IEC 7064 MOD 11,10",
        source="Porezna uprava, OIB; python-stdnum hr.oib",
        examples=("76471603235", "98759835172"),
    ),
    Identifier(
        name="hr-mbo",
        kind=PersonalDataKind.INSURANCE,
        title="matični broj osigurane osobe, MBO (health insurance)",
        pattern="[0-9]{9}",
        words=("mbo", "matični broj osigur*", "broj zdravstvene"),
        check=None,
        basis="Zakon o obveznom zdravstvenom osiguranju (NN 80/13)",
        form="nine digits",
        checksum="none published",
        source="HZZO",
        examples=("123456789",),
    ),
)
