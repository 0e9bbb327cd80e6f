"""Identifiers of Ireland."""

from typing import Final

from stdnum.ie import pps

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="ie-pps",
        kind=PersonalDataKind.IDENTITY,
        title="PPS number, Uimhir Phearsanta Seirbhíse Poiblí",
        pattern="[0-9]{7}[ ]?[A-W][ABHWTX]?",
        words=(
            "pps*",
            "ppsn",
            "pps number",
            "pps no",
            "uimhir psp",
            "uphsp",
            "uimhir phearsanta*",
            "rsi number",
        ),
        check=pps.is_valid,
        alone=True,
        basis="Social Welfare Consolidation Act 2005, s. 262",
        form="seven digits, a check letter, and since 2013 mostly a second letter",
        checksum="weights 8 to 2 (and 9 for the second letter), modulo 23",
        source="Department of Social Protection; python-stdnum ie.pps",
        examples=("6347774DH", "7745726KB"),
    ),
)
