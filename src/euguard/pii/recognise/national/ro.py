"""Identifiers of Romania."""

from typing import Final

from stdnum.ro import cnp

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind


def _nif(number: str) -> bool:
    """Tell whether the check digit is right; it is computed as that of a CNP."""
    return number[12] == cnp.calc_check_digit(number[:12])


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="ro-cnp",
        kind=PersonalDataKind.IDENTITY,
        title="cod numeric personal, CNP (personal numeric code)",
        pattern="[1-9][ -]?[0-9]{2}[01][0-9][0-3][0-9][ -]?[0-9]{6}"
        "|[1-9][ -][0-9]{2}[ -][01][0-9][ -][0-3][0-9][ -][0-9]{2}[ -][0-9]{3}[ -][0-9]",
        words=(
            "cnp*",
            "c.n.p.",
            "cod numeric personal",
            "codul numeric personal",
            "codului numeric personal",
            "coduri numerice personale",
            "personal numeric code",
            "personal numerical code",
        ),
        check=cnp.is_valid,
        alone=True,
        basis="O.U.G. nr. 97/2005, art. 6; Legea nr. 190/2018, art. 4",
        form="digit for sex and century, YYMMDD, two digits of the county, three digits, check"
        " digit",
        checksum="weights 2 7 9 1 4 6 3 5 8 2 7 9, modulo 11",
        source="H.G. nr. 295/2021, annex; python-stdnum ro.cnp",
        examples=("1850312123457", "6020701400012", "7 900101 420026"),
        ignore=("1850312123458", "1851312123457", "1850312993457"),
    ),
    Identifier(
        name="ro-nif",
        kind=PersonalDataKind.TAX,
        title="număr de identificare fiscală, NIF (tax number of people without a CNP)",
        pattern="9[0-9]{12}",
        words=(
            "nif",
            "n.i.f.",
            "număr de identificare fiscală",
            "numărul de identificare fiscală",
            "numărului de identificare fiscală",
            "numar de identificare fiscala",
            "numarul de identificare fiscala",
            "romanian tax number",
        ),
        check=_nif,
        basis="Legea nr. 207/2015 (Codul de procedură fiscală), art. 82",
        form="9, eleven digits, check digit",
        checksum="weights 2 7 9 1 4 6 3 5 8 2 7 9, modulo 11",
        source="OECD, Romania: information on tax identification numbers, section II",
        examples=("9000000123458", "9123456789015"),
    ),
    Identifier(
        name="ro-card-de-sanatate",
        kind=PersonalDataKind.INSURANCE,
        title="cod unic de identificare al asiguratului, CID, și numărul cardului de sănătate"
        " (insured person's code and health card number)",
        pattern="[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}(?:[ -]?[0-9]{4})?",
        words=(
            "card național de sănătate",
            "cardul național de sănătate",
            "cardului național de sănătate",
            "cardul national de sanatate",
            "card de sănătate",
            "cardul de sănătate",
            "cardului de sănătate",
            "cod unic de identificare al asiguratului",
            "cod de asigurat",
            "codul de asigurat",
            "cod cid",
            "romanian health card",
        ),
        check=None,
        basis="Legea nr. 95/2006, art. 331-338",
        form="16 or 20 digits",
        checksum="not published",
        source="H.G. nr. 900/2012, normele metodologice",
        examples=("1234 5678 9012 3456", "12345678901234567890"),
    ),
)
