"""International bank account numbers (IBAN).

The account of one person is personal data (Art. 4(1) GDPR), and the key to direct debits.

Format: ISO 13616-1: country code, two check digits, and a national part of fixed length and
structure, as the SWIFT registry lists them (105 countries and territories). Checksum:
ISO/IEC 7064 MOD 97-10 over the whole. Written with or without groups, in either case, broken
over a line end as a PDF does, or glued to the word before.

Not found: an IBAN with a wrong check digit; it reaches no account.

Fictitious examples, from the registry: DE89 3704 0044 0532 0130 00,
FR14 2004 1010 0505 0001 3M02 606, NL91ABNA0417164300.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from euguard.pii.span import PersonalDataKind, Span

# Per country, the national part: n digits, a letters, c either.
_REGISTRY = """
    AD:8n12c AE:19n AL:8n16c AT:16n AX:14n AZ:4a20c BA:16n BE:12n BG:4a6n8c BH:4a14c BI:23n
    BL:10n11c2n BR:8c15n2c BY:4c4n16c CH:5n12c CR:18n CY:8n16c CZ:20n DE:18n DJ:23n DK:14n
    DO:4c20n EE:16n EG:25n ES:20n FI:14n FK:2a12n FO:14n FR:10n11c2n GB:4a14n GE:2a16n
    GF:10n11c2n GG:4a14n GI:4a15c GL:14n GP:10n11c2n GR:7n16c GT:24c HN:4a20n HR:17n HU:24n
    IE:4a14n IL:19n IM:4a14n IQ:4a15n IS:22n IT:1a10n12c JE:4a14n JO:4a4n18c KW:4a22c KZ:3n13c
    LB:4n20c LC:4a24c LI:5n12c LT:16n LU:3n13c LV:4a13c LY:21n MC:10n11c2n MD:20c ME:18n
    MF:10n11c2n MK:3n10c2n MN:16n MQ:10n11c2n MR:23n MT:4a5n18c MU:4a19n3a NC:10n11c2n NI:4a20n
    NL:4a10n NO:11n OM:3n16c PF:10n11c2n PK:4a16c PL:24n PM:10n11c2n PS:4a21c PT:21n QA:4a21c
    RE:10n11c2n RO:4a16c RS:18n RU:14n15c SA:2n18c SC:4a20n3a SD:14n SE:20n SI:15n SK:20n
    SM:1a10n12c SO:19n ST:21n SV:4a20n TF:10n11c2n TL:19n TN:20n TR:6n16c UA:6n19c VA:18n
    VG:4a16n WF:10n11c2n XK:16n YE:4a4n18c YT:10n11c2n
"""

_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[0-9A-Z]"}
_ANCHOR = re.compile(r"([A-Za-z]{2})[ -]?([0-9]{2})")
_PIECE = re.compile(r"(?:[ \t./_-]{0,4}|[ \t]{0,3}\r?\n[ \t>]{0,8})([0-9A-Za-z])")
_NAMED = re.compile(r"\biban\b[^0-9A-Za-z]{0,12}\Z", re.IGNORECASE)
_WRONG: Final = 0.6
"""How sure a number is that is called an account and was mistyped: it still names somebody."""
# "de 12 personnes" has the shape of an account of a country whose accounts may be all letters.
_FEWEST_DIGITS = 8


def _structures() -> Mapping[str, tuple[int, re.Pattern[str]]]:
    table = {}
    for entry in _REGISTRY.split():
        country, _, structure = entry.partition(":")
        parts = re.findall(r"([0-9]+)([nac])", structure)
        pattern = "".join(f"{_CLASSES[kind]}{{{count}}}" for count, kind in parts)
        table[country] = (sum(int(count) for count, _ in parts), re.compile(pattern))
    return table


STRUCTURES: Final = _structures()
"""Per country code: length of the national part, and its pattern in capitals."""


class IbanRecogniser:
    """Finds account numbers whose country, length, structure and check digits are right.

    Behind the word IBAN the check digits may be wrong: a mistyped account still names somebody.
    """

    kind: Final = PersonalDataKind.IBAN
    trigger: Final = r"[A-Z]{2}[ -]?[0-9]{2}"

    def find(self, text: str) -> Iterator[Span]:
        """Yield account numbers in any of the usual groupings."""
        taken = 0
        for anchor in _ANCHOR.finditer(text):
            if anchor.start() < taken:
                continue
            end, right = _end_of_account(text, anchor)
            if right or (end and _NAMED.search(text, max(0, anchor.start() - 24), anchor.start())):
                taken = end
                yield Span(self.kind, anchor.start(), end, 1.0 if right else _WRONG, "iban")


def _end_of_account(text: str, anchor: re.Match[str]) -> tuple[int, bool]:
    """Return where an account ends that begins there, 0 if none does; are its digits right?"""
    country = anchor[1].upper()
    if country not in STRUCTURES:
        return 0, False
    length, pattern = STRUCTURES[country]
    account, end = "", anchor.end()
    while len(account) < length:
        piece = _PIECE.match(text, end)
        if piece is None:
            return 0, False
        account += piece[1].upper()
        end = piece.end()
    if pattern.fullmatch(account) is None or sum(map(str.isdigit, account)) < _FEWEST_DIGITS:
        return 0, False
    return end, _checks(account + country + anchor[2])


def _checks(rearranged: str) -> bool:
    """ISO/IEC 7064 MOD 97-10: letters count as 10 to 35, and the remainder is 1."""
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1
