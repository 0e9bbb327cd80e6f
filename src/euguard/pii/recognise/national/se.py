"""Identifiers of Sweden."""

from typing import Final

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.se import personnummer

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_COORDINATION: Final = 60
"""What a samordningsnummer adds to the day."""

_DAY: Final = "[01][0-9][0-36-9][0-9]"
"""Month and day, of a samordningsnummer too."""

_WORDS: Final = (
    "personnummer*",
    "personnumret",
    "personnr",
    "pers.nr",
    "pnr",
    "samordningsnummer*",
    "samordningsnumret",
    "samordningsnr",
    "swedish personal identity number",
    "swedish coordination number",
)

_BASIS: Final = "folkbokföringslagen (1991:481), 18 §; lagen (2022:1697) om samordningsnummer"
_FORM: Final = (
    "YYMMDD or YYYYMMDD (the day plus 60: samordningsnummer), a hyphen, or a plus from the"
    " hundredth year on, three digits, check digit"
)
_CHECKSUM: Final = "Luhn, over the last ten digits"
_SOURCE: Final = "Skatteverket, SKV 704 and SKV 707; python-stdnum se.personnummer"


def _personnummer(number: str) -> bool:
    """Tell whether the date exists and the check digit is right."""
    digits = number.replace("+", "")
    day = int(digits[-6:-4]) % _COORDINATION
    sign = "+" if "+" in number else "-"
    dated = f"{digits[:-6]}{day:02}{sign}{digits[-4:]}"
    try:
        personnummer.get_birth_date(dated)
    except ValidationError:
        return False
    return luhn.is_valid(digits[-10:])


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="se-personnummer",
        kind=PersonalDataKind.IDENTITY,
        title="personnummer, samordningsnummer (personal identity or coordination number)",
        # From 2010 on, "202411231530" is rather a moment or an order: what may be read as
        # hours needs a word.
        pattern=(
            f"[0-9]{{2}}{_DAY}[+-][0-9]{{4}}"
            f"|(?:1[89][0-9]{{2}}|200[0-9]){_DAY}[+-]?[0-9]{{4}}"
            f"|20[1-9][0-9]{_DAY}-?(?:2[4-9]|[3-9][0-9])[0-9]{{2}}"
        ),
        words=_WORDS,
        check=_personnummer,
        alone=True,
        basis=_BASIS,
        form=_FORM,
        checksum=_CHECKSUM,
        source=_SOURCE,
        examples=("850312-1231", "198503121231", "121212+1212", "20170102-5510", "850372-1238"),
        ignore=("850312-1232", "851312-1231", "198503121232", "202411231535", "556016-0680"),
    ),
    Identifier(
        name="se-personnummer-utan-streck",
        kind=PersonalDataKind.IDENTITY,
        title="personnummer without its hyphen or with a space (telephone numbers look like it)",
        pattern=f"(?:1[89]|20)[0-9]{{2}}{_DAY}[ -]?[0-9]{{4}}|[0-9]{{2}}{_DAY} ?[0-9]{{4}}",
        words=_WORDS,
        check=_personnummer,
        basis=_BASIS,
        form=_FORM,
        checksum=_CHECKSUM,
        source=_SOURCE,
        examples=("8503121231", "640823 3234", "19640823 3234"),
    ),
)
