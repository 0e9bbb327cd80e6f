"""Identifiers that a pattern, a checksum and the words around them tell apart.

One declaration says all about one identifier, for the program and for people: its format,
its check digits, its legal basis and source, what announces it, and fictitious examples
(which the tests try). What counts as a find::

    check digits   word before it           found   score
    right          its own, anywhere before  yes     0.99
    right          of its kind, near         yes     0.97
    right          none                      if `alone`: hardly any other number looks like it
    none exist     its own or of its kind, near   yes     0.85
    none exist     none                      if `alone`
    wrong          its own, right before     yes     0.6   a mistyped number still names somebody
    wrong          otherwise                 no
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from euguard.pii.recognise.announcing import NEAR, announces, in_one_sentence, pattern_of
from euguard.pii.span import PersonalDataKind, Span

Check = Callable[[str], bool]
"""Tells whether a number in compact form (capitals, no separators) has right check digits,
and whatever else its format demands (a date, a range)."""

_SEPARATORS = re.compile(r"[\s./_\u2010-\u2015-]+")
_OWN_AND_CHECKED, _KIND_AND_CHECKED, _CHECKED, _ANNOUNCED, _SHAPED, _MISTYPED = (
    0.99, 0.97, 0.9, 0.85, 0.7, 0.6,
)  # fmt: skip
_BEHIND = 24
_NUMBER_BETWEEN = re.compile(r"[0-9]{3}")


def compact(number: str) -> str:
    """Return `number` in capitals and without the signs that group it."""
    return _SEPARATORS.sub("", number).upper()


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """One identifier; a `Recogniser`."""

    name: str
    """Country and short name, as "fi-hetu"; finds carry it as their detector."""
    kind: PersonalDataKind
    title: str
    """What people call it, in its language and in English."""
    pattern: str
    r"""Its format with the ways it is grouped, in the syntax that RE2 and `re` share: no
    look-around, no references, bounded repetitions, `[0-9]` for digits. Letters match in either
    case. No letter or digit (ASCII) may stand right before or behind."""
    words: tuple[str, ...]
    """Its own names in small letters; one that ends in `*` may go on ("henkilötunnu*")."""
    check: Check | None
    """None where the format has no checksum and nothing else to check."""
    fewest_digits: int = 2
    """Digits below which a find is a word."""
    own_words_only: bool = False
    """Words that announce any number of its kind do not announce this one: its format is loose."""
    alone: bool = False
    """Found without any word before it: at most one of a hundred other numbers in texts of
    the same length and grouping passes its pattern and check."""
    basis: str
    """The law that creates it, or that makes it personal data."""
    form: str
    """The format in words."""
    checksum: str
    """The algorithm, or "none"."""
    source: str
    """Where format and checksum are written down."""
    examples: tuple[str, ...]
    """Fictitious, with right check digits, as people write them."""
    ignore: tuple[str, ...] = field(default=())
    """Texts of the same shape that are none, for the tests."""

    @cached_property
    def trigger(self) -> str:
        """See `Recogniser.trigger`."""
        return f"(?:^|[^0-9A-Za-z])(?:{self.pattern})(?:$|[^0-9A-Za-z])"

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Without check digits the first part of a longer number would do: 736028/5164.
        part = "" if self.check else "|[/-][0-9]"
        guarded = f"(?<![0-9A-Za-z])(?:{self.pattern})(?![0-9A-Za-z]{part})"
        return re.compile(guarded, re.IGNORECASE)

    @cached_property
    def _own(self) -> re.Pattern[str]:
        return pattern_of(self.words)

    def find(self, text: str) -> Iterator[Span]:
        """Yield the numbers of this kind in `text`; see the table above."""
        at = 0
        named: int | None = None
        while (found := self._pattern.search(text, at)) is not None:
            if named is None:
                first = self._own.search(text)
                named = first.start() if first else len(text)
            score = None
            if sum(map(str.isdigit, found[0])) >= self.fewest_digits and _apart(text, found):
                score = self._score(text, found, named_before=named < found.start())
            if score is None:
                at = found.start() + 1  # another may begin inside what is none
                continue
            at = found.end()
            yield Span(self.kind, found.start(), found.end(), score, self.name)

    def _score(self, text: str, found: re.Match[str], *, named_before: bool) -> float | None:
        if self.check is None:
            if self._named_near(text, found) or self._of_its_kind(text, found):
                return _ANNOUNCED
            return _SHAPED if self.alone else None
        if not self.check(compact(found[0])):
            return _MISTYPED if self._named_right_before(text, found) else None
        if named_before or self._named_near(text, found):
            return _OWN_AND_CHECKED
        if self._of_its_kind(text, found):
            return _KIND_AND_CHECKED
        return _CHECKED if self.alone else None

    def _of_its_kind(self, text: str, found: re.Match[str]) -> bool:
        return not self.own_words_only and announces(self.kind, text, found.start())

    def _named_near(self, text: str, found: re.Match[str]) -> bool:
        behind = min(len(text), found.end() + _BEHIND)
        return (
            in_one_sentence(self._own, text, found.start())
            or self._own.search(text, found.end(), behind) is not None
        )

    def _named_right_before(self, text: str, found: re.Match[str]) -> bool:
        before = text[max(0, found.start() - NEAR) : found.start()]
        named = [*self._own.finditer(before)]
        return bool(named) and not _NUMBER_BETWEEN.search(before, named[-1].end())


def _apart(text: str, found: re.Match[str]) -> bool:
    """Tell whether no word of any script goes on into the find: "immatriculée" is no "e"."""
    start, end = found.span()
    glued_before = text[max(0, start - 1) : start].isalpha() and text[start].isalpha()
    glued_behind = text[end : end + 1].isalpha() and text[end - 1].isalpha()
    return not (glued_before or glued_behind)
