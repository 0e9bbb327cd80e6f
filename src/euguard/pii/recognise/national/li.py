"""Identifiers of Liechtenstein. Its old-age insurance numbers are Switzerland's (`ch.py`)."""

from typing import Final

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="li-peid",
        kind=PersonalDataKind.TAX,
        title="Personenidentifikationsnummer, PEID (person identification number)",
        pattern="[0-9]{6,12}|[0-9]{1,3}(?:[. ][0-9]{3}){2,3}",
        words=(
            "peid",
            "peid nr",
            "peid nummer",
            "personenidentifikationsnummer*",
            "personen identifikationsnummer*",
            "pid nummer",
            "liechtenstein tax number",
        ),
        check=None,
        basis="Gesetz über das Zentrale Personenregister (ZPRG, LGBl. 2011 Nr. 574)",
        form="up to twelve digits; fewer than six are looked over, years look like them",
        checksum="none",
        source="OECD, Liechtenstein: information on tax identification numbers;"
        " python-stdnum li.peid",
        examples=("1234567", "000001234567", "1.234.567"),
    ),
    Identifier(
        name="li-krankenversicherungskarte",
        kind=PersonalDataKind.INSURANCE,
        title="Nummer der Krankenversicherungskarte (health insurance card)",
        pattern="80[ -]?438(?:[ -]?[0-9]{5}){3}|8043[ -]?8[0-9]{3}(?:[ -]?[0-9]{4}){3}",
        words=(
            "versichertenkarte",
            "krankenversicherungskarte",
            "europäische krankenversicherungskarte",
            "liechtenstein health insurance card",
        ),
        check=None,
        alone=True,
        basis="KVG (LGBl. 1971 Nr. 50); Decision S2 of 12 June 2009",
        form="80 (health), 438 (Liechtenstein), fifteen digits",
        checksum="none published",
        source="Decision S2, annex, field 8",
        examples=("80438000010000123456", "80438 00001 00001 23457"),
        ignore=("80439000010000123456",),
    ),
)
