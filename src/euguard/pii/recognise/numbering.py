"""Numbering plans: which digits are a telephone number, where, and how they are grouped.

Lengths and prefixes come from libphonenumber's metadata, which follows the national
regulators and the ITU's operational bulletin. The groupings are those in everyday use; they
are what tells "06 12 34 56 78" from any other ten digits.
"""

from typing import Final

import phonenumbers

_MOST_PARSED = 2000

GROUPINGS: Final[dict[str, frozenset[tuple[int, ...]]]] = {
    "FR": frozenset({(10,), (2, 2, 2, 2, 2), (4, 2, 2, 2), (4, 3, 3), (4, 6)}),
    "GB": frozenset({(11,), (3, 4, 4), (4, 3, 4), (5, 6), (5, 3, 3), (4, 7), (3, 8), (5, 5)}),
    "BE": frozenset({(9,), (10,), (2, 3, 2, 2), (3, 2, 2, 2), (2, 7), (4, 2, 2, 2), (4, 3, 3)}),
    "CH": frozenset({(10,), (3, 3, 2, 2)}),
    "IE": frozenset({(10,), (2, 3, 4), (3, 3, 4), (2, 7), (3, 7), (3, 3, 3), (3, 2, 5)}),
    "DE": frozenset(
        {(11,), (12,), (3, 6), (3, 7), (3, 8), (4, 5), (4, 6), (4, 7), (4, 8), (5, 5), (5, 6)}
        | {(3, 3, 4), (3, 4, 4), (4, 3, 4), (3, 3, 2, 2), (4, 2, 2, 3), (3, 2, 2, 2, 2)}
    ),
}
"""Per region, the groups of digits in which a national number stands out by itself. The first
group begins with the trunk prefix 0."""

NORTH_AMERICAN: Final = (3, 3, 4)
"""As in "(202) 555-0143": the one grouping without a trunk prefix that stands out."""

REGIONS: Final = (
    *("FR", "GB", "DE", "BE", "LU", "CH", "IE", "MT"),
    *("NL", "IT", "ES", "PT", "AT", "PL", "RO", "CZ"),
    *("SE", "DK", "FI", "GR", "HU", "BG", "HR", "SK"),
    *("SI", "LT", "LV", "EE", "CY", "NO", "US"),
)
"""Where a number is looked up that a word such as "phone" announces, the likeliest first."""


class NumberingPlan:
    """Answers for the length of one text.

    Parsing costs some 50 microseconds. On a page of nothing but numbers that adds up to
    minutes, so that from the 2,001st question on the answer is yes: a number too many is
    replaced, none is let through.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None, bool], bool] = {}

    def holds(self, digits: str, region: str | None = None, *, possible: bool = False) -> bool:
        """Tell whether `digits` are a number in use; with `possible`, one of a length in use.

        `digits` begin with "+" where `region` is None.
        """
        question = digits, region, possible
        answer = self._known.get(question)
        if answer is None:
            if len(self._known) >= _MOST_PARSED:
                return True
            answer = self._known[question] = _holds(digits, region, possible=possible)
        return answer


def _holds(digits: str, region: str | None, *, possible: bool) -> bool:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return False
    check = phonenumbers.is_possible_number if possible else phonenumbers.is_valid_number
    return check(number)
