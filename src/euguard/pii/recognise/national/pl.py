"""Identifiers of Poland."""

from typing import Final

from stdnum.pl import pesel

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="pl-pesel",
        kind=PersonalDataKind.IDENTITY,
        title="numer PESEL (population register number)",
        pattern="[0-9]{11}|[0-9]{6}[ -][0-9]{5}",
        words=("pesel*",),
        check=pesel.is_valid,
        alone=True,
        basis="ustawa z dnia 24 września 2010 r. o ewidencji ludności, art. 15-16",
        form="YYMMDD, the month plus 20, 40, 60 or 80 by century; four digits; check digit",
        checksum="weights 1 3 7 9, modulo 10",
        source="the act's art. 15; gov.pl, Czym jest numer PESEL; python-stdnum pl.pesel",
        examples=("44051401359", "02070803628"),
        ignore=("44051401358", "12345678901"),
    ),
)
