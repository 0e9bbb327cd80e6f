"""Payment card numbers.

The number of one person's card is personal data (Art. 4(1) GDPR); PCI DSS 3.5 forbids to
keep it readable.

Format: ISO/IEC 7812-1: issuer range, account, check digit; the ranges and lengths below are
those that the schemes publish. Checksum: Luhn (ISO/IEC 7812-1 annex B). Written in one run,
in the groups that are printed on cards, or digit by digit.

Behind a word such as "card" or "Visa", any 12 to 19 digits whose check digit is right are
one. Elsewhere not found: 13-digit Visa numbers, which are issued no more and look like
article numbers (EAN), and Maestro numbers of other lengths than 16, 18 and 19, which look
like a French SIRET.

Fictitious examples, from the schemes' test sets: 4111 1111 1111 1111, 5555-5555-5555-4444,
3782 822463 10005.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from euguard.pii.recognise.digits import Group, chains
from euguard.pii.span import PersonalDataKind, Span

# (first, last) of the leading digits, and the lengths issued.
_ISSUERS: Final[Sequence[tuple[str, str, frozenset[int]]]] = (
    ("4", "4", frozenset({16, 19})),  # Visa
    ("51", "55", frozenset({16})),  # Mastercard
    ("2221", "2720", frozenset({16})),  # Mastercard
    ("34", "34", frozenset({15})),  # American Express
    ("37", "37", frozenset({15})),  # American Express
    ("300", "305", frozenset({14, 16, 19})),  # Diners Club
    ("36", "36", frozenset({14, 16, 19})),  # Diners Club
    ("38", "39", frozenset({14, 16, 19})),  # Diners Club
    ("6011", "6011", frozenset({16, 19})),  # Discover
    ("644", "659", frozenset({16, 19})),  # Discover
    ("3528", "3589", frozenset({16, 19})),  # JCB
    ("62", "62", frozenset({16, 17, 18, 19})),  # UnionPay
    ("81", "81", frozenset({16})),  # UnionPay
    ("50", "50", frozenset({16, 18, 19})),  # Maestro
    ("56", "69", frozenset({16, 18, 19})),  # Maestro
    ("2200", "2204", frozenset({16})),  # Mir
    ("9792", "9792", frozenset({16})),  # Troy
)
_LENGTHS = frozenset().union(*(lengths for _, _, lengths in _ISSUERS))
_LONGEST = max(_LENGTHS)
_FIRST_DIGITS = frozenset(first[0] for first, _, _ in _ISSUERS)
_FEWEST_ANNOUNCED = 12  # ISO/IEC 7812-1 allows 10; the shortest ever issued had 12
_ANNOUNCING = re.compile(
    r"\b(?:(?:credit|debit)?cards?|cartes?(?: bancaire)?|cb|visa|mastercard|maestro|amex"
    r"|karte\w*)\b"
    r"[^0-9\n]{0,30}\Z",
    re.IGNORECASE,
)
_BEFORE = 64
_GROUPINGS = frozenset(
    {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 4, 4, 4, 2), (4, 6, 5), (4, 6, 4), (8, 8), (6, 13)}
    | {(4, 4, 4, 4, 1), (6, 10), (6, 6, 4), (4, 4, 8), (8, 4, 4), (5, 5, 5), (4, 12), (12, 4)}
    | {(length,) for length in _LENGTHS}
    | {(1,) * length for length in _LENGTHS}
)


class CardRecogniser:
    """Finds numbers of an issuer's range and length whose check digit is right."""

    kind: Final = PersonalDataKind.CARD
    trigger: Final = r"[0-9](?:[^0-9]{0,12}[0-9]){11}"

    def find(self, text: str) -> Iterator[Span]:
        """Yield card numbers; other numbers may stand before and behind."""
        for chain in chains(text):
            start = chain[0].start
            announced = _ANNOUNCING.search(text[max(0, start - _BEFORE) : start]) is not None
            first = 0
            while first < len(chain):
                count = _card_at(chain, first, announced=announced and first == 0)
                if count:
                    end = chain[first + count - 1].end
                    yield Span(self.kind, chain[first].start, end, 1.0, "card")
                first += max(count, 1)


def _card_at(chain: Sequence[Group], first: int, *, announced: bool) -> int:
    """Return how many groups from `first` on make a card number; 0 if none do."""
    if chain[first].digits[0] not in _FIRST_DIGITS and not announced:
        return 0
    digits, sizes, longest = "", [], 0
    for group in chain[first : first + _LONGEST]:
        digits += group.digits
        sizes.append(len(group.digits))
        if len(digits) > _LONGEST:
            break
        if (
            len(digits) in _LENGTHS
            and tuple(sizes) in _GROUPINGS
            and _issued(digits)
            and _checks(digits)
        ):
            return len(sizes)
        if announced and len(digits) >= _FEWEST_ANNOUNCED and _checks(digits):
            longest = len(sizes)
    return longest


def _issued(digits: str) -> bool:
    return any(
        first <= digits[: len(first)] <= last and len(digits) in lengths
        for first, last, lengths in _ISSUERS
    )


def _checks(digits: str) -> bool:
    """Luhn: from the right, every second digit counts double, and 10 divides the digit sum."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
