"""Identifiers of Iceland."""

from typing import Final

from stdnum.is_ import kennitala

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="is-kennitala",
        kind=PersonalDataKind.IDENTITY,
        title="kennitala (identity number)",
        pattern="[0-9]{6}[ -]?[0-9]{4}",
        words=("kennital*", "kt", "kt."),
        check=kennitala.is_valid,
        alone=True,
        basis="lög nr. 140/2019 um skráningu einstaklinga",
        form="DDMMYY, two digits, check digit, century",
        checksum="weights 3 2 7 6 5 4 3 2, modulo 11",
        source="Þjóðskrá, Um kennitölur; python-stdnum is_.kennitala",
        examples=("120174-3399",),
    ),
)
