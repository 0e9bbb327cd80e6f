"""Dates of birth.

With name or town a date of birth singles out a person (Art. 4(1) GDPR; recital 26).

Format: any date of `calendar.py` close behind a word for being born, in the official languages, or
right before one ("1974. október 3-án született", "12.3.1982 (born)"); a year alone behind "Jahrgang",
"born in" and the like. The find is the date without the word. No checksum; only days that exist.

Source: Unicode CLDR 46 for the dates; the words are those of the registries' forms.

Not found: a date of birth that nothing calls so, as in a table whose heading is far away; an age.

Fictitious examples: "born 14 March 1982", "geb. 14.03.1982", "urodzonego 12 maja 1971 r.",
"(*14.03.1982)".
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.detect import merge
from euguard.pii.recognise import calendar
from euguard.pii.span import PersonalDataKind, Span

_SCORE = 0.9
_BEFORE, _BEHIND = 48, 24
_ITALIAN = r"(?=[ ](?:il|a|in|nel|lo)\b)"
"""Behind "nato"; NATO goes on otherwise."""
_WORDS = (
    r"born|birth\w*|d\.?o\.?b\b|geboren\w*|gebor\w*|geburts\w*|geb\b|gebürtig\w*|jahrgang|jg\b"
    r"|née?s?|naissance|anniversaire|nacid\w+|nacimiento|nació|cumpleaños|nascid\w+|nascimento|nasceu"
    rf"|nat[oaie]{_ITALIAN}|nascit\w+|compleanno|geboorte\w*|verjaardag|urodz\w*|ur\b|naroz\w*|narod(?:en|il)\w*|nar\b"
    r"|rojen\w*|rojst\w*|roj\b|rođen\w*|rođ\b|роден\w*|рожд\w*|родил\w*|род\b|născut\w*|naşter\w*"
    r"|nașter\w*|născ\b|nastere\w*|szület\w*|szül\b|sünd\w*|sünn\w*|snd\b|dzim\w*|dz\b|gim\w*|synt\w*"
    r"|född\w*|födelse\w*|född|födda|født\w*|fødsels\w*|fødd\w*|fædd\w*|fæðing\w*|γεννη\w*|γενν\w*"
    r"|γέννησ\w*|γεν\b|rugadh|breith\w*|twiel\w*|twelid\w*|imwiel\w*|mwiel\w*"
)
_ANNOUNCING = re.compile(rf"(?<!\w)(?:{_WORDS})", re.IGNORECASE)
_CLOSE = re.compile(r"(?:\*|(?<!\w)(?:f|s|sz|n|р|r)\.)[ ]?\Z", re.IGNORECASE)
"""Abbreviations so short that they must stand right before: "f. 1.4.1990" (född, født)."""
_OTHER = re.compile(r"[0-9]{3}|\n\s*\n")
"""What parts a word from a date that is not its own."""
_YEAR = re.compile(
    r"(?<!\w)(?:jahrgang|jg\.?|born in|née? en|nacid[oa] en|nascid[oa] em|nat[oa] nel|geboren in|im jahre?"
    r" geboren|född|født|syntynyt|urodzon[ya] w|narozen[ýa]? (?:v|roku)|sündinud)[ ]((?:19|20)[0-9]{2})"
    r"(?![0-9./-])",
    re.IGNORECASE,
)


class BirthRecogniser:
    """Finds dates that the words around them call somebody's birth."""

    kind: Final = PersonalDataKind.BIRTH
    trigger: Final = (
        rf"(?:{_WORDS.replace(_ITALIAN, '')})|[*][ ]?[0-9]|(?:^|\W)(?:f|s|sz|n|р|r)\.[ ]?[0-9]"
        r"|(?:född|født|syntynyt|sündinud|jahrgang|jg|geboren)"
    )

    def find(self, text: str) -> Iterator[Span]:
        """Yield dates of birth."""
        yield from merge(self._finds(text))

    def _finds(self, text: str) -> Iterator[Span]:
        for found in calendar.dates(text):
            if _announced(text, found.start, found.end):
                yield Span(self.kind, found.start, found.end, _SCORE, "birth")
        for year in _YEAR.finditer(text):
            yield Span(self.kind, year.start(1), year.end(1), _SCORE, "birth")


def _announced(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _BEFORE) : start]
    words = [*_ANNOUNCING.finditer(before)]
    if words and not _OTHER.search(before, words[-1].end()):
        return True
    if _CLOSE.search(before):
        return True
    behind = text[end : end + _BEHIND]
    word = _ANNOUNCING.search(behind)
    return word is not None and not re.search(r"[.;\n0-9]", behind[: word.start()].lstrip(". "))
