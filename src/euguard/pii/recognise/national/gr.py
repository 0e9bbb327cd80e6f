"""Identifiers of Greece."""

from typing import Final

from stdnum.gr import amka, vat

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="gr-amka",
        kind=PersonalDataKind.INSURANCE,
        title="Α.Μ.Κ.Α. (social security number)",
        pattern="[0-9]{11}|[0-9]{6}[ -][0-9]{5}",
        words=("αμκα", "α.μ.κ.α.", "amka", "αριθμός μητρώου κοινωνικής ασφάλισης"),
        check=amka.is_valid,
        alone=True,
        basis="ν. 3655/2008, άρθρο 153",
        form="DDMMYY, four digits, check digit",
        checksum="Luhn",
        source="ΗΔΙΚΑ, ΑΜΚΑ; python-stdnum gr.amka",
        examples=("22128119686", "21066590528"),
    ),
    Identifier(
        name="gr-afm",
        kind=PersonalDataKind.TAX,
        title="Α.Φ.Μ. (tax register number)",
        pattern="(?:EL)?[0-9]{9}",
        words=("αφμ", "α.φ.μ.", "afm", "αριθμός φορολογικού μητρώου", "φορολογικ*"),
        check=vat.is_valid,
        basis="ν. 5104/2024 (Κώδικας Φορολογικής Διαδικασίας)",
        form="nine digits, the last a check digit",
        checksum="powers of two, modulo 11, modulo 10",
        source="ΑΑΔΕ; python-stdnum gr.vat",
        examples=("953818658", "319866038"),
    ),
)
