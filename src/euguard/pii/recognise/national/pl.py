"""Identifiers of Poland."""

from typing import Final

from stdnum.pl import nip, pesel

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="pl-pesel",
        kind=PersonalDataKind.IDENTITY,
        title="numer PESEL (population register number)",
        # Months from 40 on are those of people to be born after 2099 or dead since long.
        pattern="[0-9]{2}[0-3][0-9][ -]?[0-3][0-9][ -]?[0-9]{5}",
        words=("pesel*", "numer ewidencyjny", "numeru ewidencyjnego", "nr ewidencyjny"),
        check=pesel.is_valid,
        alone=True,
        basis="ustawa z dnia 24 września 2010 r. o ewidencji ludności, art. 15-16",
        form="YYMMDD, the month plus 20 from the year 2000 on; four digits; check digit",
        checksum="weights 1 3 7 9, modulo 10",
        source="the act's art. 15; gov.pl, Czym jest numer PESEL; python-stdnum pl.pesel",
        examples=("44051401359", "02070803628", "440514-01359"),
        ignore=("44051401358", "12345678901"),
    ),
    Identifier(
        name="pl-nip",
        kind=PersonalDataKind.TAX,
        title="numer identyfikacji podatkowej, NIP (tax number, of people in business)",
        pattern=(
            "[0-9]{10}|[0-9]{3}[ -][0-9]{3}[ -][0-9]{2}[ -][0-9]{2}"
            "|[0-9]{3}[ -][0-9]{2}[ -][0-9]{2}[ -][0-9]{3}"
        ),
        words=(
            "nip",
            "nipu",
            "nipem",
            "n.i.p.",
            "numer identyfikacji podatkowej",
            "numeru identyfikacji podatkowej",
            "numerem identyfikacji podatkowej",
            "polish tax number",
        ),
        check=nip.is_valid,
        basis="ustawa z dnia 13 października 1995 r. o zasadach ewidencji i identyfikacji"
        " podatników i płatników, art. 2",
        form="ten digits",
        checksum="weights 6 5 7 2 3 4 5 6 7, modulo 11",
        source="the act's art. 2; python-stdnum pl.nip",
        examples=("5261040828", "526-104-08-34", "123-45-63-218", "123 456 32 24"),
    ),
)
