"""Identifiers of Malta. None has a check digit, so a word must announce each."""

from typing import Final

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_CARD: Final = r"[0-9]{5,7}[ -]?[MGAPLHBZ]|[0-9]{3,4}[MGAPLHBZ]|[0-9]{3,7} ?\([MGAPLHBZ]\)"
"""Leading zeros may be left out."""

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="mt-karta-tal-identita",
        kind=PersonalDataKind.IDENTITY,
        title="numru tal-karta tal-identità (identity card number, which serves for everything)",
        pattern=_CARD,
        words=(
            "karta tal identità",
            "karta tal identita",
            "karta tal identita'",
            "karti tal identità",
            "numru tal id",
            "id card number",
            "id card no",
            "id card",
            "i.d. card",
            "identity card number",
            "identity card no",
            "maltese identity card",
        ),
        check=None,
        basis="Identity Card and other Identity Documents Act (Cap. 258)",
        form="up to seven digits and M, G, A, P, L, H, B or Z",
        checksum="none",
        source="OECD, Malta: information on tax identification numbers, section II",
        examples=("1234567M", "0012345 A", "987G", "54321(M)"),
    ),
    Identifier(
        name="mt-taxxa",
        kind=PersonalDataKind.TAX,
        title="numru tat-taxxa (taxpayer's reference number)",
        pattern=f"[0-9]{{9}}|[0-9]{{3}}[ -][0-9]{{3}}[ -][0-9]{{3}}|{_CARD}",
        words=(
            "numru tat taxxa",
            "numru tat taxxa tad dħul",
            "numru ta' reġistrazzjoni tat taxxa",
            "income tax number",
            "taxpayer reference number",
            "maltese tin",
            "malta tin",
        ),
        check=None,
        basis="Income Tax Management Act (Cap. 372)",
        form="nine digits; the identity card's number for those who have one",
        checksum="none",
        source="OECD, Malta: information on tax identification numbers, section II",
        examples=("123456789", "987 654 321", "1234567M"),
    ),
    Identifier(
        name="mt-sigurta-socjali",
        kind=PersonalDataKind.INSURANCE,
        title="numru tas-sigurtà soċjali (social security number, formerly N.I. number)",
        pattern=f"[A-Z][ -]?[0-9]{{6,8}}|[0-9]{{6,9}}|{_CARD}",
        words=(
            "numru tas sigurtà soċjali",
            "numru tas sigurta socjali",
            "maltese social security number",
            "malta social security number",
            "ss number",
            "s.s. no",
        ),
        check=None,
        basis="Social Security Act (Cap. 318)",
        form="a letter and digits, or digits; since 2016 the identity card's number",
        checksum="none",
        source="socialsecurity.gov.mt, Social Security Number; the digits are not published",
        examples=("B12345678", "12345678", "1234567M"),
    ),
)
