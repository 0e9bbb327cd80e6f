"""Dates of birth.

With name or town a date of birth singles out a person (Art. 4(1) GDPR; recital 26).

Format: any date of `calendar.py` close behind a word for being born or birth, in the official
languages (`birth_words.py`), or right before one ("12. Juli 1942 geborene", "1974. október 3-án
született"), in one sentence and with no other number between; a year alone where nothing but "in"
parts it from the word ("born in 1932 and 1934"). The find is the date without the word. No
checksum; only days that exist, from 1900 on: who was born before is dead (recital 27).

Source: Unicode CLDR 46 for the dates; the forms of the registries for the words.

Not found: a date of birth that nothing calls so, as in a table whose heading is far away; an age.

Fictitious examples: "born 14 March 1982", "geb. 14.03.1982", "urodzonego 12 maja 1971 r.",
"(*14.03.1982)".
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.detect import merge
from euguard.pii.recognise import calendar
from euguard.pii.recognise.birth_words import BORN, CLOSE, IN, NOUNS, SHORT
from euguard.pii.span import PersonalDataKind, Span

_SCORE = 0.9
_BEFORE, _BEHIND = 48, 24
_EARLIEST = 1900
_WORD = re.compile(
    rf"(?<!\w)(?:(?!geborene)(?:{BORN})(?!\w)|(?:{NOUNS})(?!\w)|{SHORT})", re.IGNORECASE
)
""""Der geborene Kläger war seit 1990": of a participle like this, the date stands before."""
_BORN = re.compile(rf"(?<!\w)(?:{BORN})(?!\w)", re.IGNORECASE)
_CLOSE = re.compile(rf"(?:\*|★|(?<!\w){CLOSE})[ ]{{0,2}}\Z")
_APART = re.compile(r"[0-9]{3}|[!?;]|\n[ \t]*\n|(?<![^\W\d_])[.]|[.][ \n]+[^\W\d_a-zß-öø-ÿ]")
"""What parts a word from a date that is not its own: a number, the end of a sentence."""
_OWN = re.compile(r"[^\n]{0,12}[0-9]")
"""Behind the word: it has a date of its own there."""
_AGAIN = (
    r"(?:(?:,| and| und| et| y| e| en| i| och| og| és| a| και)[ ](?P<second>(?:19|20)[0-9]{2}))?"
)
_YEAR = re.compile(
    rf"(?<!\w)(?:(?:{BORN})(?!\w)|(?:{NOUNS})(?!\w)|{SHORT}|jahrgang|jg\.)[ ]?:?[ ](?:(?:{IN})[ ]){{0,3}}"
    rf"(?P<first>(?:19|20)[0-9]{{2}})(?![0-9]|[./-][0-9]|[.]?[ ][0-9]){_AGAIN}(?![0-9])",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(
    rf"(?<![\w.,/-])(?P<first>(?:19|20)[0-9]{{2}})(?:-b[ea]n)?[ ](?:{BORN})(?!\w)", re.IGNORECASE
)


class BirthRecogniser:
    """Finds dates that the words around them call somebody's birth."""

    kind: Final = PersonalDataKind.BIRTH
    trigger: Final = (
        rf"(?:{BORN}|{NOUNS}|jahrgang|jg\.)|(?:{SHORT}|{CLOSE})[^\n]{{0,48}}[0-9]|[*★][ ]{{0,2}}[0-9]"
    ).replace(r"\w", r"\S")  # RE2's \w knows ASCII only

    def find(self, text: str) -> Iterator[Span]:
        """Yield dates of birth."""
        yield from merge(self._finds(text))

    def _finds(self, text: str) -> Iterator[Span]:
        for found in calendar.dates(text):
            if found.day.year >= _EARLIEST and _called(text, found):
                yield Span(self.kind, found.start, found.end, _SCORE, "birth")
        for pattern in (_YEAR, _YEAR_BEFORE):
            for year in pattern.finditer(text):
                for start, end in map(year.span, year.groupdict()):
                    if start >= 0:
                        yield Span(self.kind, start, end, _SCORE, "birth")


def _called(text: str, found: calendar.Found) -> bool:
    start, end = found.start, found.end
    words = [*_WORD.finditer(text, max(0, start - _BEFORE), start)]
    if words and not _APART.search(text, words[-1].end(), start):
        return True
    if _CLOSE.search(text, max(0, start - 4), start):
        return True
    word = _BORN.search(text, end, end + _BEHIND + 12)
    return (
        word is not None
        and found.exact
        and word.start() <= end + _BEHIND
        and not _OWN.match(text, word.end())
        and not re.search(r"[.;\n0-9]", text[end : word.start()].lstrip(". "))
    )
