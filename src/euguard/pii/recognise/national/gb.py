"""Identifiers of the United Kingdom."""

from typing import Final

from stdnum.gb import nhs, upn, utr

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

# No prefix has D, F, I, Q, U or V, none an O second; BG, GB, KN, NK, NT, TN and ZZ are not
# given. QQ stands in every official example.
_PREFIX: Final = (
    "(?:[ACEHJLMOPRSWXY][A-CEGHJ-NPR-TW-Z]|B[A-CEHJ-NPR-TW-Z]|G[ACEGHJ-NPR-TW-Z]"
    "|K[A-CEGHJ-MPR-TW-Z]|N[A-CEGHJLMNPRSW-Z]|T[A-CEGHJ-MPR-TW-Z]|Z[A-CEGHJ-NPR-TW-Y]|QQ)"
)

_NINO_WORDS: Final = (
    "national insurance number",
    "national insurance no",
    "national insurance",
    "nat ins no",
    "nino",
    "ni number",
    "ni no",
    "n.i. number",
    "n.i. no",
)
_NINO_BASIS: Final = "Social Security Administration Act 1992, section 182C; SI 2001/769"
_NINO_FORM: Final = "two letters, six digits, A, B, C or D"
_NINO_SOURCE: Final = "HMRC, National Insurance Manual NIM39110"


def _utr(number: str) -> bool:
    """Tell whether the check digit, the first one, is right; HMRC may add a K."""
    return utr.is_valid(number.strip("K"))


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="gb-nino",
        kind=PersonalDataKind.INSURANCE,
        title="National Insurance number",
        pattern=f"{_PREFIX}[ -]?[0-9]{{2}}[ -]?[0-9]{{2}}[ -]?[0-9]{{2}}(?:[ -]?[A-D])?",
        words=_NINO_WORDS,
        check=None,
        basis=_NINO_BASIS,
        form=f"{_NINO_FORM}; the last letter is often left out",
        checksum="none",
        source=_NINO_SOURCE,
        examples=("AB123456C", "QQ 12 34 56 C", "JG103759"),
    ),
    Identifier(
        name="gb-nino-grouped",
        kind=PersonalDataKind.INSURANCE,
        title="National Insurance number, grouped as on the card",
        pattern=f"{_PREFIX} [0-9]{{2}} [0-9]{{2}} [0-9]{{2}} [A-D]",
        words=_NINO_WORDS,
        check=None,
        alone=True,
        basis=_NINO_BASIS,
        form=_NINO_FORM,
        checksum="none",
        source=_NINO_SOURCE,
        examples=("AB 12 34 56 C", "JG 10 37 59 A"),
        ignore=("GB 12 34 56 C", "AB 12 34 56 E", "AB 12 34 56"),
    ),
    Identifier(
        name="gb-nhs",
        kind=PersonalDataKind.INSURANCE,
        title="NHS number, CHI number (Scotland), H&C number (Northern Ireland)",
        pattern="[0-9]{10}|[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}|[0-9]{6}[ -][0-9]{4}",
        words=(
            "nhs number",
            "nhs no",
            "nhs num",
            "nhs nr",
            "nhs id",
            "chi number",
            "chi no",
            "community health index number",
            "h&c number",
            "h&c no",
            "hcn",
            "health and care number",
        ),
        check=nhs.is_valid,
        basis="Health and Social Care (Safety and Quality) Act 2015, section 1",
        form="ten digits; those of Scotland begin with DDMMYY",
        checksum="weights 10 to 2, modulo 11",
        source="NHS Data Dictionary, NHS number; python-stdnum gb.nhs",
        examples=("943 476 5919", "9434765870", "943-476-5919", "120385 1235"),
    ),
    Identifier(
        name="gb-utr",
        kind=PersonalDataKind.TAX,
        title="Unique Taxpayer Reference (UTR)",
        pattern="[0-9]{10}K?|[0-9]{5} [0-9]{5}K?",
        words=(
            "utr",
            "utr number",
            "unique taxpayer reference",
            "unique tax reference",
            "unique taxpayer's reference",
            "self assessment reference",
        ),
        check=_utr,
        basis="Taxes Management Act 1970; SI 2015/878",
        form="ten digits, the first of which is the check digit",
        checksum="weights 6 7 8 9 10 5 4 3 2, modulo 11",
        source="HMRC, Specification of the UTR; python-stdnum gb.utr",
        examples=("1955839661", "11234 56789"),
    ),
    Identifier(
        name="gb-upn",
        kind=PersonalDataKind.IDENTITY,
        title="Unique Pupil Number (UPN)",
        pattern="[A-HJ-NP-RT-Z][0-9]{12}",
        words=("upn", "unique pupil number", "pupil number"),
        check=upn.is_valid,
        alone=True,
        basis="Education Act 1996, section 537A",
        form="check letter, three digits of the authority, nine digits",
        checksum="weights 2 to 13, modulo 23",
        source="Department for Education, Unique pupil numbers: a guide; python-stdnum gb.upn",
        examples=("B801200005001",),
        ignore=("A801200005001", "E000200005001"),
    ),
)
