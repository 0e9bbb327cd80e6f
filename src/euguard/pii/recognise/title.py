"""Persons announced by a title or a greeting: "Ms Murphy", "pan Nowak", "Kedves Anna!".

A person's name is personal data (Art. 4(1) GDPR). Name models miss it most where a letter
has it: behind "Dear" and before a comma, far from any sentence. A title before a capitalised
word is as sure a sign as there is, in every language of the Union (`title_words.py`); Hungarian
and Latvian have it behind ("Kovács úr", "Bērziņa kungs").

No checksum. The title itself is not part of the find, so that "Mme Lefèvre" and "Lefèvre"
are one value. Not found: a title before an office ("Madame la Présidente", "Mr Speaker"),
a greeting to many ("Dear all"), a name without a capital.

Fictitious examples: "Ms Murphy", "M. Jean-Luc Dupont", "Dr. van der Berg", "Bonjour Claire,",
"Szanowny Panie Nowak", "г-жа Илиева", "Αγαπητέ κύριε Παππά", "Tisztelt Kovács Úr!".
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.names.rules import names
from euguard.pii.recognise.letters import UPPER
from euguard.pii.recognise.title_words import (
    BEHIND,
    CAPITAL,
    EITHER,
    FURTHER,
    GREETINGS,
    NOBODY,
)
from euguard.pii.span import PersonalDataKind, Span

_PARTICLE = (
    r"(?:de|du|d'|d\u2019|van|von|vom|ter|ten|la|le|el|al|af|av|bin|ibn|di|da|do|dos|del|della|Uí|Mhic"
    r"|(?:van|von|de)[ ](?:de[nr]?|der|dem|la|las|los))"
)
# Bounded: three names with at most two particles before each.
_CAPITALISED = rf"[{UPPER}][\w'\u2019-]{{0,30}}\.?"
_WORD = rf"(?:{_PARTICLE}[ ]?){{0,2}}{_CAPITALISED}"
_NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,2}}"
_TITLE = rf"(?:{CAPITAL}|{EITHER})"
# Of one letter, behind another, it is none: "a. M.", "o. g.", "J. M. Smith".
_BEGIN = r"(?<![\w.])(?:(?!\w\.)|(?<!\b\w\.[ ]))"
_TITLED = re.compile(
    rf"{_BEGIN}{_TITLE}[ ]{{1,2}}(?:(?:{_TITLE}|{FURTHER})[ ]?){{0,4}}(?P<name>{_NAME})"
)
_GREETED = re.compile(
    rf"(?<!\w)(?:{GREETINGS})[ ](?:{_TITLE}[ ]){{0,3}}(?P<name>{_NAME})(?=[ ]?(?:[,!:\n]|\Z))"
)
_FOLLOWED = re.compile(
    rf"(?<![\w-])(?P<name>{_CAPITALISED}(?:[ ]{_CAPITALISED})?)[ ](?:{BEHIND})(?!\w)"
)
_OPENERS = frozenset(
    """a az és de ha ma tegnap holnap hogy mert tisztelt kedves ezért szerintem én ön igen nem köszönöm
    šodien vakar rīt un bet ja kad tad cienījamais cienījamā godātais godātā dārgais dārgā jā nē labdien
    täna eile homme ja aga kui lugupeetud austatud""".split()  # noqa: SIM905  # reads as a word list
)
"""Words that begin a sentence before a name with its title behind."""


class TitleRecogniser:
    """Finds the names behind titles and greetings, and before the titles that follow."""

    kind: Final = PersonalDataKind.PERSON
    trigger: Final = rf"(?:{CAPITAL}|{EITHER}|{GREETINGS})[ ]|[ ](?:{BEHIND})"

    def find(self, text: str) -> Iterator[Span]:
        """Yield names without their titles, from left to right."""
        last = 0
        patterns = (_TITLED, _GREETED, _FOLLOWED)
        matches = [found for pattern in patterns for found in pattern.finditer(text)]
        for found in sorted(matches, key=lambda match: match.start("name")):
            for start, end in _names(text, found):
                if start >= last and not _is_nobody(text[start:end], found):
                    last = end
                    yield Span(self.kind, start, end, 0.8, "title")


def _names(text: str, found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the names; behind a title even a word that is none elsewhere, as in "Mr Best"."""
    start, end = found.span("name")
    if found.re is _FOLLOWED:
        first, _, second = found["name"].partition(" ")
        start += len(first) + 1 if second and first.lower() in _OPENERS else 0
    kept = [*names(text, start, end)]
    if not kept and found.re is _TITLED:
        kept = [(start, start + len(found["name"].rstrip(".")))]
    yield from kept


def _is_nobody(name: str, found: re.Match[str]) -> bool:
    words = {word.strip(".,").lower() for word in name.split()}
    return not words.isdisjoint(NOBODY) or (found.re is _FOLLOWED and words <= _OPENERS)
