"""Identifiers of Latvia."""

from typing import Final

from stdnum.lv import pvn

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_FIRST_WITHOUT_DATE: Final = "32"

_WORDS: Final = (
    "personas kod*",
    "pers. kod*",
    "pers.k.",
    "p.k.",
    "latvian personal code",
    "personal code",
)


def _personas_kods(number: str) -> bool:
    """Tell whether the check digit is right, and the date of birth in codes that have one."""
    if number >= _FIRST_WITHOUT_DATE:
        return number[10] == pvn.calc_check_digit_pers(number[:10])
    return pvn.is_valid(number)


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="lv-personas-kods",
        kind=PersonalDataKind.IDENTITY,
        title="personas kods (personal code)",
        pattern=("(?:[0-2][0-9]|3[01])[01][0-9]{3}[ -]?[0-2][0-9]{4}|3[2-9][0-9]{4}-[0-9]{5}"),
        words=_WORDS,
        check=_personas_kods,
        alone=True,
        basis="Fizisko personu reģistra likums, 6. pants",
        form="DDMMYY, dash, digit for the century, three digits, check digit; since 2017 32 to 39,"
        " nine digits that say nothing",
        checksum="weights 10 5 8 4 2 1 6 3 7 9, modulo 11 modulo 10",
        source="Fizisko personu reģistra likums; python-stdnum lv.pvn",
        examples=("161175-19997", "15038512346", "328673-00679"),
        ignore=("161375-19997", "161175-19998", "328673-00677"),
    ),
    Identifier(
        name="lv-personas-kods-bez-datuma",
        kind=PersonalDataKind.IDENTITY,
        title="personas kods bez dzimšanas datuma (personal code without a date, without its dash)",
        pattern="3[2-9][0-9]{4} ?[0-9]{5}",
        words=_WORDS,
        check=_personas_kods,
        basis="Fizisko personu reģistra likums, 6. pants",
        form="32 to 39, nine digits; alone, it looks like a telephone number of Belgium",
        checksum="weights 10 5 8 4 2 1 6 3 7 9, modulo 11 modulo 10",
        source="Fizisko personu reģistra likums; python-stdnum lv.pvn",
        examples=("32867300679", "326751 23452"),
    ),
)
