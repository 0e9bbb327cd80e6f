"""Words that announce a number of some kind: "tax number", "Steuernummer", "NIP".

An identifier's own names stand with its declaration. Here are the words that any country's
number of a kind goes by, in all official languages: a Polish letter about a German taxpayer
says "numer podatkowy" and not "Steueridentifikationsnummer".
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from euguard.pii.span import PersonalDataKind

NEAR: Final = 60
"""Characters before a number in which a word may announce it."""

WORDS: Final[Mapping[PersonalDataKind, Sequence[str]]] = {}
"""Per kind, in small letters; one that ends in `*` may go on."""


def pattern_of(words: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for any of `words`, as whole words in either case.

    A space in a word stands for any space, dash or nothing. A pattern of no words matches
    nothing.
    """
    alternatives = [_one(word) for word in sorted(words, key=len, reverse=True)]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(alternatives) or r'(?!)'})", re.IGNORECASE)


def announces(kind: PersonalDataKind, text: str, at: int) -> bool:
    """Tell whether a word of `kind` stands within `NEAR` characters before `at`."""
    return _of(kind).search(text, max(0, at - NEAR), at) is not None


@lru_cache
def _of(kind: PersonalDataKind) -> re.Pattern[str]:
    return pattern_of(WORDS.get(kind, ()))


def _one(word: str) -> str:
    parts = [re.escape(part) for part in word.removesuffix("*").split(" ")]
    # "PESELem" and "BSN-nummer" count, "PESELKA" of a word that may not go on does not.
    return r"[\s-]?".join(parts) + ("" if word.endswith("*") else r"(?![^\W_])")
