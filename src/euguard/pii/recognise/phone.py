"""Telephone numbers.

A number that one person answers is personal data (Art. 4(1) GDPR).

Format: ITU-T E.164, written internationally ("+33 6 ...", "0033 6 ...", "+44 (0)20 ...") in a
text of any language, or nationally. A national number is found where its grouping is one its
country uses, or where a word such as "tel." or "portable" stands before it. There is no
checksum; length and prefix are checked against the plans in `numbering.py`.

Not found: a national number without trunk prefix or a word before it, which cannot be told
from any other number; national numbers behind "invoice", "n°" and the like; dates.

Fictitious examples, from ranges that regulators keep for fiction: +44 20 7946 0958,
01 99 00 12 34, (020) 7946 0958.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from euguard.pii.recognise.digits import Group, chains
from euguard.pii.recognise.numbering import GROUPINGS, NORTH_AMERICAN, REGIONS, NumberingPlan
from euguard.pii.span import PersonalDataKind, Span

_FEWEST, _MOST = 7, 15  # E.164 §6.1 allows 15; the shortest national numbers of the Union have 7
_FEWEST_INTERNATIONAL = 8
_FEWEST_LEADING = 2  # digits in a first group, trunk prefix included
_SURE, _ANNOUNCED, _SHAPED, _POSSIBLE = 0.95, 0.9, 0.8, 0.6

_BEFORE = 48
_ANNOUNCING = re.compile(
    r"(?:\b(?:t[eé]l(?:[eé](?:ph|f|c)\w{0,8})?|(?:tele)?ph(?:one)?|tlf|tfn|(?:tele)?fax|mob(?:ile?)?s?|portables?"
    r"|gsm|handy|cell(?:ulaire|ular|phone)?|call(?:ed|ing)?|dial|ring|sms|texted|whatsapp|hotline"
    r"|ligne (?:directe|fixe)|poste fixe|joign\w+|joindre|r?appel\w*"
    r"|reach(?:ed)?|durchwahl|rufnummer|telefo\w*"
    r"|komórk\w*|puh\w*|telem[óo]v\w*|t[āa]lru\w*|mobit\w*|mobil\w*|m[óo]vil\w*|cellular\w*|guthán"
    r"|fón|mowbajl|telefown\w*|chiam\w*|skambin\w*|volaj\w*|zavola\w*|ring\w*|sun[aă]\w*|zvan\w*"
    r"|ruf\w{0,3} \w+|dzwo\w*|pokli\w*|hív\w*|helista\w*|zvan\w*|soit\w*|llam\w*|lig\w{1,4}|bel\w{0,3}|zadzwo\w*)\b"
    r"|κινητ\w*|τηλ\w*|мобил\w*|☎|📞|📱|τηλ|тел)"
    r"[^0-9\n]{0,24}\Z",
    re.IGNORECASE,
)
_EXCLUDING = re.compile(
    r"(?:\b(?:n[o°º]s?|nr|num[eé]ros?|numbers?|r[eé]f(?:[eé]rence)?s?|dossiers?|facture|commande|contrat"
    r"|invoice|order|case|ticket|contract|file|account|compte|siren|siret|isbn|issn|ean|gtin"
    r"|tva|vat|nir|serial|s[eé]rie|version|id|art(?:icle)?|iso|doi|iban|bic|rcs|rg|matricule"
    r"|client|customer|passeport|passport|colis|parcel|tracking|code)\b"
    r"|№|#|§|\$|€|£)[ .:#°]{0,4}\Z",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:0?[1-9]|[12][0-9]|3[01])([-./ ])(?:0?[1-9]|1[0-2])\1(?:19|20)[0-9]{2}(?![0-9])"
    r"|(?:19|20)[0-9]{2}([-./ ])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
)
_AMOUNT = re.compile(
    r"(?:[.,][0-9]{1,2})?[ ]?(?:€|\$|£|%|(?:euros?|eur|chf|gbp|usd)\b)", re.IGNORECASE
)
_PLUS = re.compile(r"\+[ (]{0,2}\Z")
_BRACKETS = re.compile(r"\([ ]?\Z")
_GLUED = re.compile(r"[0-9][.,/\\:-]\Z|[^\W_]\Z|[%#$€£&\\]\Z")


@dataclass(frozen=True, slots=True)
class _Reading:
    """The first `count` groups, read as one number."""

    count: int
    sizes: tuple[int, ...]
    digits: str = field(repr=False)
    end: int


class PhoneRecogniser:
    """Finds telephone numbers, group by group; the longest reading that is a number wins."""

    kind: Final = PersonalDataKind.PHONE
    trigger: Final = r"[0-9](?:[^0-9]{0,12}[0-9]){5}"

    def find(self, text: str) -> Iterator[Span]:
        """Yield telephone numbers; other numbers may stand before and behind."""
        plan = NumberingPlan()
        for chain in chains(text):
            first = 0
            while first < len(chain):
                found = _phone_at(text, chain[first : first + _MOST], plan)
                if found is None:
                    first += 1
                    continue
                start, reading, score = found
                yield Span(self.kind, start, reading.end, score, "phone")
                first += reading.count


def _phone_at(
    text: str, groups: Sequence[Group], plan: NumberingPlan
) -> tuple[int, _Reading, float] | None:
    start = groups[0].start
    before = text[max(0, start - _BEFORE) : start]
    plus = _PLUS.search(before)
    if plus is not None:
        found = _international(_readings(groups), plan, sure=True)
        return found and (start - len(before) + plus.start(), *found)
    if _GLUED.search(before) and not _ANNOUNCING.search(before):
        return None
    found = None
    if groups[0].digits.startswith("00"):
        without = [Group(groups[0].digits[2:], start, groups[0].end), *groups[1:]]
        found = _international(_readings(without), plan, sure=False)
    found = found or _national(text, before, groups, plan)
    if found is None:
        return None
    bracket = _BRACKETS.search(before) if ")" in text[start : found[0].end] else None
    return (start - len(bracket[0]) if bracket else start, *found)


def _readings(groups: Sequence[Group]) -> list[_Reading]:
    """Return every reading of a possible length, the longest first."""
    digits, sizes = "", tuple[int, ...]()
    readings: list[_Reading] = []
    for count, group in enumerate(groups, 1):
        digits += group.digits
        sizes = (*sizes, len(group.digits))
        if len(digits) > _MOST:
            break
        if len(digits) >= _FEWEST:
            readings.append(_Reading(count, sizes, digits, group.end))
    return readings[::-1]


def _international(
    readings: Sequence[_Reading], plan: NumberingPlan, *, sure: bool
) -> tuple[_Reading, float] | None:
    """Read behind "+" (`sure`) or "00". Behind "+", a number not in use is one all the same."""
    for reading in readings:
        if plan.holds("+" + reading.digits):
            return reading, _SURE
    for reading in readings if sure else ():
        if len(reading.digits) >= _FEWEST_INTERNATIONAL and plan.holds(
            "+" + reading.digits, possible=True
        ):
            return reading, _POSSIBLE
    return None


def _national(
    text: str, before: str, groups: Sequence[Group], plan: NumberingPlan
) -> tuple[_Reading, float] | None:
    announced = _ANNOUNCING.search(before) is not None
    leading = groups[0].digits
    shaped = len(leading) >= _FEWEST_LEADING and (
        leading[0] == "0" or len(leading) == NORTH_AMERICAN[0]
    )
    if not (announced or shaped) or _DATE.match(text, groups[0].start):
        return None
    # Announced, a number may go on behind the end of a line; elsewhere that is another row.
    together = groups if announced else _on_one_line(text, groups)
    readings = [reading for reading in _readings(together) if not _AMOUNT.match(text, reading.end)]
    if announced:
        for reading in readings:
            if any(plan.holds(reading.digits, region) for region in REGIONS):
                return reading, _ANNOUNCED
        return None
    if _EXCLUDING.search(before):
        return None
    for reading in readings:
        if _stands_out(text, groups, reading, plan):
            return reading, _SHAPED
    return None


def _on_one_line(text: str, groups: Sequence[Group]) -> Sequence[Group]:
    for at in range(1, len(groups)):
        if "\n" in text[groups[at - 1].end : groups[at].start]:
            return groups[:at]
    return groups


def _stands_out(text: str, groups: Sequence[Group], reading: _Reading, plan: NumberingPlan) -> bool:
    if text[reading.end : reading.end + 1].isalpha():  # a digest or a serial number goes on
        return False
    separators = [
        text[groups[at].end : groups[at + 1].start].strip(" ()") for at in range(reading.count - 1)
    ]
    if len(set(separators[1:])) > 1:  # "01.02.2024 10" is a date and an hour
        return False
    if reading.sizes == NORTH_AMERICAN and (separators[1] or text[groups[0].end] == ")"):
        return plan.holds(reading.digits, "US")
    return reading.digits.startswith("0") and any(
        reading.sizes in groupings and plan.holds(reading.digits, region)
        for region, groupings in GROUPINGS.items()
    )
