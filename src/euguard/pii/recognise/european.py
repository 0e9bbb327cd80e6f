"""Numbers that the Union itself defines: the European health insurance card.

Decision S1 and S2 of the Administrative Commission (Regulation (EC) 883/2004): the card's number has
20 digits, "80" and the state's three digits of ISO 3166 first.
"""

from typing import Final

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

EUROPEAN: Final = (
    Identifier(
        name="eu-ehic",
        kind=PersonalDataKind.INSURANCE,
        title="European health insurance card",
        pattern=(
            "80(?:040|056|100|191|196|203|208|233|246|250|276|300|348|352|372|380|428|438|440|442|470"
            "|528|578|616|620|642|703|705|724|752|756|826)(?:[ -]?[0-9]{5}){3}"
        ),
        words=("ehic", "ceam", "ekuz", "tarjeta sanitaria europea", "team"),
        check=None,
        alone=True,
        basis="Regulation (EC) 883/2004; Regulation (EC) 987/2009, Art. 25",
        form="80, the state in three digits, a serial of fifteen",
        checksum="none",
        source="Decision S2 of 12 June 2009, annex; EN 1867",
        examples=("80276123456789012345",),
    ),
)
