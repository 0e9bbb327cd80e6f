"""Identifiers of Estonia."""

from typing import Final

from stdnum.ee import ik

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="ee-isikukood",
        kind=PersonalDataKind.IDENTITY,
        title="isikukood (personal identification code)",
        pattern="[1-8][0-9]{10}",
        words=("isikukood*", "isikukoodi*", "ik", "личный код", "personal code"),
        check=ik.is_valid,
        alone=True,
        basis="rahvastikuregistri seadus § 39",
        form="sex and century, YYMMDD, serial, check digit",
        checksum="two stages of weights, modulo 11",
        source="EVS 585:2007; python-stdnum ee.ik",
        examples=("48508014288", "48511011996"),
    ),
)
