"""Persons announced by a title or a greeting: "Ms Murphy", "Maître Lefèvre", "Dear Sarah,".

A person's name is personal data (Art. 4(1) GDPR). Name models miss it most where a letter
has it: behind "Dear" and before a comma, far from any sentence. A title before a capitalised
word is as sure a sign as there is in English and French (German "Herr", "Frau" included,
for letters quote each other).

No checksum. The title itself is not part of the find, so that "Mme Lefèvre" and "Lefèvre"
are one value. Not found: a title before an office ("Madame la Présidente", "Mr Speaker"),
a greeting to many ("Dear all").

Fictitious examples: "Ms Murphy", "M. Jean-Luc Dupont", "Dr. van der Berg", "Bonjour Claire,".
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.recognise.person import names
from euguard.pii.span import PersonalDataKind, Span

_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Mme|Mlle|Mgr|Me|Pr|MR|MRS|MS|DR|MME|MLLE)\.?"
    r"|M\.|MM\.|Messrs\.?|Sir|Lord|Lady|Doctor|Professor|Madam|Monsieur|Madame|Mademoiselle"
    r"|MONSIEUR|MADAME|Messieurs|Mesdames|Maître|Docteur|Professeur|Herrn?|Frau"
)
_PARTICLE = r"(?:de|du|des|d'|d\u2019|van|von|der|den|ter|la|le|el|al|bin|ibn|di|da|dos)"
# Bounded: three names with at most two particles before each.
_CAPITALISED = r"[^\W\d_a-zß-öø-ÿ][\w'\u2019-]{0,30}\.?"
_WORD = rf"(?:{_PARTICLE}[ ]?){{0,2}}{_CAPITALISED}"
_NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,2}}"
_TITLED = re.compile(rf"(?<!\w)(?:{_TITLE})[ ]{{1,2}}(?P<name>{_NAME})")
_GREETING = (
    "Dear|Hi|Hello|Hey|Bonjour|Bonsoir|Salut|Coucou|Cher|Chère|Chers|Chères|Lieber?|Sehr geehrte"
)
_GREETED = re.compile(rf"(?<!\w)(?:{_GREETING})[ ](?P<name>{_NAME})(?=[ ]?(?:[,!:\n]|\Z))")
_MANY = """
    all everyone everybody team colleague colleagues friends folks sirs sir madam customer clients
    tous toutes collègue collègues équipe amis messieurs mesdames madame monsieur
    speaker president prime minister chairman secretary ambassador judge commissioner
    ministre présidente président maire préfet préfète juge commissaire ambassadeur procureur
    directeur directrice bâtonnier recteur greffier secrétaire chancelier
"""
_NO_NAMES = frozenset(_MANY.split())


class TitleRecogniser:
    """Finds the names behind titles and greetings."""

    kind: Final = PersonalDataKind.PERSON
    trigger: Final = ""

    def find(self, text: str) -> Iterator[Span]:
        """Yield names without their titles, from left to right."""
        last = 0
        matches = [*_TITLED.finditer(text), *_GREETED.finditer(text)]
        for found in sorted(matches, key=lambda match: match.start("name")):
            for start, end in _names(text, found):
                words = {word.strip(".,").lower() for word in text[start:end].split()}
                if start >= last and not words & _NO_NAMES:
                    last = end
                    yield Span(self.kind, start, end, 0.8, "title")


def _names(text: str, found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the names; behind a title even a word that is none elsewhere, as in "Mr Best"."""
    start, end = found.span("name")
    kept = [*names(text, start, end)]
    if not kept and found.re is _TITLED:
        kept = [(start, start + len(found["name"].rstrip(".")))]
    yield from kept
