"""Identifiers of Norway."""

from typing import Final

from stdnum.no import fodselsnummer

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind


def _hjelpenummer(number: str) -> bool:
    """Tell whether both check digits are right; they are computed as those of other numbers."""
    return number[9] == fodselsnummer.calc_check_digit1(number) and number[
        10
    ] == fodselsnummer.calc_check_digit2(number)


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="no-fodselsnummer",
        kind=PersonalDataKind.IDENTITY,
        title="fødselsnummer, D-nummer (national identity number; also of taxes and health)",
        pattern="[0-7][0-9][ .-]?[0145][0-9][ .-]?[0-9]{2}[ .-]?[0-9]{5}"
        "|[0-7][0-9][0145][0-9]{3} [0-9]{3} [0-9]{2}",
        words=(
            "fødselsnummer*",
            "fødselsnumre*",
            "fødselsnr",
            "fodselsnummer*",
            "føds. nr",
            "fnr",
            "f.nr",
            "personnummer*",
            "personnr",
            "d nummer*",
            "d-nr",
            "norwegian national identity number",
        ),
        check=fodselsnummer.is_valid,
        alone=True,
        basis="folkeregisterloven (LOV-2016-12-09-88) § 2-2; personopplysningsloven § 12",
        form="DDMMYY (the day plus 40: D-nummer; the month plus 40: hjelpenummer of a hospital),"
        " three digits, two check digits",
        checksum="weights 3 7 6 1 8 9 4 5 2, then 5 4 3 2 7 6 5 4 3 2, modulo 11",
        source="folkeregisterforskriften § 2-2-1; Skatteetaten; python-stdnum no.fodselsnummer",
        examples=("15108695088", "151086 95088", "52038512420", "120385 123 56"),
        ignore=("15108695077", "15138695088"),
    ),
    Identifier(
        name="no-felles-hjelpenummer",
        kind=PersonalDataKind.INSURANCE,
        title="felles hjelpenummer, FH-nummer (of patients without another number)",
        pattern="[89][0-9]{10}|[89][0-9]{5} [0-9]{5}",
        words=(
            "felles hjelpenummer*",
            "hjelpenummer*",
            "fh nummer*",
            "fh nr",
            "norwegian temporary patient number",
        ),
        check=_hjelpenummer,
        basis="pasientjournalloven (LOV-2014-06-20-42) § 13",
        form="8 or 9, eight digits, two check digits",
        checksum="weights 3 7 6 1 8 9 4 5 2, then 5 4 3 2 7 6 5 4 3 2, modulo 11",
        source="Direktoratet for e-helse, HIS 1001 Felles hjelpenummer",
        examples=("81234567802", "912345 67883"),
    ),
)
