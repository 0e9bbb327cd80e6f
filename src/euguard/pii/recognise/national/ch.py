"""Identifiers of Switzerland; the insurance numbers are Liechtenstein's too."""

from typing import Final

from stdnum.ch import ssn

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_WORDS: Final = (
    "ahv*",
    "avs*",
    "navs*",
    "nr. avs",
    "oasi number",
    "sozialversicherungsnummer*",
    "versichertennummer*",
    "numéro d'assuré",
    "numéro de sécurité sociale",
    "numero d'assicurato",
    "swiss social security number",
)

_OLD_WEIGHTS: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def _old_ahv(number: str) -> bool:
    """Tell whether eleven divides the weighted sum, check digit included."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _OLD_WEIGHTS, strict=True))
    return total % 11 == 0


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="ch-ahv",
        kind=PersonalDataKind.INSURANCE,
        title="AHV-Nummer, numéro AVS, numero AVS (old-age insurance number)",
        pattern="756[ .-]?[0-9]{4}[ .-]?[0-9]{4}[ .-]?[0-9]{2}",
        words=_WORDS,
        check=ssn.is_valid,
        alone=True,
        basis="AHVG (SR 831.10), Art. 50c and 153b ff.; in Liechtenstein AHVG (LGBl. 1952 Nr. 29)",
        form="756, nine digits, check digit",
        checksum="EAN-13",
        source="AHVV (SR 831.101), Art. 133; python-stdnum ch.ssn",
        examples=("756.1234.5678.97", "7569217049019", "756 9217 0490 19"),
        ignore=("756.1234.5678.98", "7551234567897"),
    ),
    Identifier(
        name="ch-ahv-alt",
        kind=PersonalDataKind.INSURANCE,
        title="elfstellige AHV-Nummer, ancien numéro AVS (number until 2008)",
        pattern="[1-9][0-9]{2}[ .-]?[0-9]{2}[ .-]?[1-8][0-9]{2}[ .-]?[0-9]{3}",
        words=_WORDS,
        check=_old_ahv,
        basis="AHVG (SR 831.10), Art. 50c, in force until 2007",
        form="three digits of the surname, year, three digits of sex and day, three digits",
        checksum="weights 5 4 3 2 7 6 5 4 3 2, modulo 11",
        source="BSV, Wegleitung über Versicherungsausweis und individuelles Konto;"
        " Algorithm::CheckDigits M11_010",
        examples=("123.45.678.113", "12345678113"),
    ),
    Identifier(
        name="ch-versichertenkarte",
        kind=PersonalDataKind.INSURANCE,
        title="Nummer der Versichertenkarte, carte d'assuré (health insurance card)",
        pattern="80[ -]?756(?:[ -]?[0-9]{5}){3}|8075[ -]?6[0-9]{3}(?:[ -]?[0-9]{4}){3}",
        words=(
            "versichertenkarte",
            "krankenversicherungskarte",
            "versichertenkartennummer",
            "kartennummer der krankenversicherung",
            "carte d'assuré",
            "carte d'assurée",
            "tessera d'assicurato",
            "tessera d'assicurata",
            "veka",
            "swiss health insurance card",
        ),
        check=None,
        alone=True,
        basis="KVG (SR 832.10), Art. 42a; VVK (SR 832.105), Art. 3",
        form="80 (health), 756 (Switzerland), five digits of the insurer, ten digits",
        checksum="none published",
        source="VVK-EDI (SR 832.105.1), annex; eCH-0064",
        examples=("80756015090002647590", "80756 01509 00026 47591"),
        ignore=("80757015090002647590",),
    ),
)
