"""Identifiers of Germany."""

from typing import Final

from stdnum.de import idnr, stnr

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_PENSION = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


def _pension(number: str) -> bool:
    """VKVV § 4: the letter counts as its place in the alphabet, digit sums of the products."""
    digits = f"{number[:8]}{ord(number[8]) - 64:02d}{number[9:11]}"
    total = sum(sum(divmod(int(one) * by, 10)) for one, by in zip(digits, _PENSION, strict=True))
    born = "01" <= number[2:4] <= "81" and "01" <= number[4:6] <= "12"  # 50 more if need be
    return born and total % 10 == int(number[11])


def _health(number: str) -> bool:
    """SGB V § 290: the letter as two digits, every second digit doubled, digit sums."""
    digits = f"{ord(number[0]) - 64:02d}{number[1:9]}"
    total = sum(sum(divmod(int(one) * (1 + at % 2), 10)) for at, one in enumerate(digits))
    return total % 10 == int(number[9])


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="de-steuer-id",
        kind=PersonalDataKind.TAX,
        title="Steuerliche Identifikationsnummer (tax identification number)",
        pattern="[0-9]{2}[ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}",
        words=(
            "steuer id*",
            "steueridentifikationsnummer*",
            "identifikationsnummer*",
            "idnr",
            "id nr",
            "steuerid*",
            "tin",
            "steuer identifikationsnummer*",
        ),
        check=idnr.is_valid,
        alone=True,
        basis="AO § 139b",
        form="eleven digits, of the first ten exactly one occurs twice or thrice",
        checksum="ISO/IEC 7064 MOD 11,10",
        source="BZSt, Steuerliche Identifikationsnummer; python-stdnum de.idnr",
        examples=("31 071 285 161", "61 857 402 598"),
    ),
    Identifier(
        name="de-steuernummer",
        kind=PersonalDataKind.TAX,
        title="Steuernummer (tax number of a tax office)",
        pattern="[0-9]{2,3}[ ]?/[ ]?[0-9]{3,4}[ ]?/[ ]?[0-9]{4,5}|[0-9]{13}",
        words=("steuernummer*", "steuernr", "st nr", "stnr", "st. nr."),
        check=stnr.is_valid,
        basis="AO § 87b; Länder",
        form="office, district and serial, grouped by Land",
        checksum="none that all Länder share; the format of a Land must fit",
        source="BMF, Aufbau der Steuernummern; python-stdnum de.stnr",
        examples=("181/815/08155", "21/815/08150"),
    ),
    Identifier(
        name="de-rentenversicherung",
        kind=PersonalDataKind.INSURANCE,
        title="Rentenversicherungsnummer, Sozialversicherungsnummer (pension insurance number)",
        pattern="[0-9]{2}[ ]?[0-9]{6}[ ]?[A-Z][ ]?[0-9]{2}[ ]?[0-9]",
        words=(
            "rentenversicherungsnummer*",
            "sozialversicherungsnummer*",
            "versicherungsnummer*",
            "rvnr",
            "rv nummer",
            "sv nummer",
            "svnr",
            "vsnr",
        ),
        check=_pension,
        alone=True,
        basis="SGB VI § 147",
        form="area, day of birth DDMMYY, initial of the name at birth, serial, check digit",
        checksum="digit sums of weighted digits, modulo 10",
        source="VKVV § 2, § 4",
        examples=("65 170839 J 00 3", "24011280N879"),
    ),
    Identifier(
        name="de-krankenversicherung",
        kind=PersonalDataKind.INSURANCE,
        title="Krankenversichertennummer, KVNR (health insurance number)",
        pattern="[A-Z][ ]?[0-9]{9}",
        words=(
            "krankenversichertennummer*",
            "krankenversicherungsnummer*",
            "versichertennummer*",
            "versicherten nr",
            "kvnr",
            "kv nummer",
            "krankenkassennummer*",
            "versichertenkarte*",
        ),
        check=_health,
        basis="SGB V § 290",
        form="a letter, eight digits, check digit",
        checksum="digit sums of weighted digits, modulo 10",
        source="GKV-Spitzenverband, Richtlinie zur KVNR",
        examples=("A123456780", "J794494133"),
    ),
)
