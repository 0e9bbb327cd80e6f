"""Identifiers of Austria."""

from typing import Final

from stdnum.at import tin, vnr

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="at-svnr",
        kind=PersonalDataKind.INSURANCE,
        title="Sozialversicherungsnummer (social insurance number)",
        pattern="[0-9]{4}[ -][0-9]{6}",
        words=(
            "sozialversicherungsnummer*",
            "versicherungsnummer*",
            "sv nummer",
            "svnr",
            "sv nr",
            "vsnr",
        ),
        check=vnr.is_valid,
        alone=True,
        basis="ASVG § 31(4) no. 1; § 30c",
        form="three digits and a check digit, then the day of birth DDMMYY",
        checksum="weights 3 7 9 5 8 4 2 1 6, modulo 11",
        source=(
            "Dachverband der Sozialversicherungsträger, Aufbau der Versicherungsnummer; "
            "python-stdnum at.vnr"
        ),
        examples=("6673 140398", "7649 211170"),
    ),
    Identifier(
        name="at-svnr-zusammen",
        kind=PersonalDataKind.INSURANCE,
        title="Sozialversicherungsnummer (social insurance number)",
        pattern="[0-9]{10}",
        words=(
            "sozialversicherungsnummer*",
            "versicherungsnummer*",
            "sv nummer",
            "svnr",
            "sv nr",
            "vsnr",
        ),
        check=vnr.is_valid,
        basis="ASVG § 31(4) no. 1; § 30c",
        form="three digits and a check digit, then the day of birth DDMMYY",
        checksum="weights 3 7 9 5 8 4 2 1 6, modulo 11",
        source=(
            "Dachverband der Sozialversicherungsträger, Aufbau der Versicherungsnummer; "
            "python-stdnum at.vnr"
        ),
        examples=("6673140398", "7649211170"),
    ),
    Identifier(
        name="at-steuernummer",
        kind=PersonalDataKind.TAX,
        title="Abgabenkontonummer, Steuernummer (tax account number)",
        pattern="[0-9]{2}[ -]?[0-9]{3}[ /-]?[0-9]{4}",
        words=("abgabenkontonummer*", "steuernummer*", "st nr", "abgabenkonto*"),
        check=tin.is_valid,
        basis="BAO § 114; FinanzOnline",
        form="office, five digits, one check digit and",
        checksum="weighted sum, modulo 10",
        source="OECD, TINs of Austria; python-stdnum at.tin",
        examples=("04-675/1301",),
    ),
)
