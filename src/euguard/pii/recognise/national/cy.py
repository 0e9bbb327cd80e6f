"""Identifiers of Cyprus."""

from typing import Final

from stdnum.cy import vat

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="cy-identity-card",
        kind=PersonalDataKind.IDENTITY,
        title="αριθμός δελτίου ταυτότητας, ARC (identity card or alien registration number)",
        pattern="[0-9]{5,8}",
        words=(
            "ταυτότητ*",
            "ταυτοτητ*",
            "α.δ.τ.",
            "αδτ",
            "identity card*",
            "id card*",
            "arc",
            "kimlik*",
        ),
        check=None,
        basis="Civil Registry Law 141(I)/2002, s. 63",
        form="five to eight digits",
        checksum="none",
        source="gov.cy, Civil Registry and Migration Department",
        examples=("00812345", "1066496"),
    ),
    Identifier(
        name="cy-tic",
        kind=PersonalDataKind.TAX,
        title="ΑΦΤ, tax identification code (TIC)",
        pattern="[0-9]{8}[A-Z]",
        words=(
            "αφτ",
            "αριθμός φορολογικής ταυτότητας",
            "φορολογικ*",
            "tic",
            "tax identification code",
            "vergi kimlik*",
        ),
        check=vat.is_valid,
        basis="Assessment and Collection of Taxes Law 4/1978",
        form="eight digits and a letter",
        checksum="modulo 26",
        source="OECD, TINs of Cyprus; python-stdnum cy.vat",
        examples=("10259033P",),
    ),
)
