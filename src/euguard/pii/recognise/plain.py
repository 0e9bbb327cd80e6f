"""Plain spelling: one text as its reader sees it, with the way back to its code points.

A number copied from a PDF carries no-break spaces, soft hyphens and zero-width joiners; a
number typed to slip through carries fullwidth or Arabic-Indic digits. Recognisers and name
models read the plain spelling, in which all of that is gone, and `locate` says which code
points of the original a find covers::

    "\uff10\uff16\u00a012\u200b 34"     the original, 9 code points
    "06 12 34"                          its plain spelling, 8

What is folded: decimal digits of every script to ASCII digits; compatibility letters, digits
and signs that stand for one character (fullwidth, mathematical, circled) to that character,
except superscripts and subscripts, which are footnotes more often than digits; space
separators to a space; dashes to a hyphen; a letter with combining marks to its composed
form. What is dropped: code points that are not drawn (Unicode `Cf`, variation selectors).

Source: Unicode Standard Annex 15 (normalisation), Annex 44 (general categories).
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SPECIALS = {
    "\u2212": "-",  # minus sign
    "\u2044": "/",  # fraction slash
    "\u2215": "/",  # division slash
    "\u2024": ".",  # one dot leader
    "\u3002": ".",  # ideographic full stop: IDNA treats it as a dot
    "\uff61": ".",  # as above, halfwidth
    "\u2028": "\n",  # line separator
    "\u2029": "\n",  # paragraph separator
}
_NOT_FOLDED = ("<super>", "<sub>")
_INVISIBLE = re.compile(
    "["
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]+"
)
_MARKED = re.compile("[^\u0300-\u036f][\u0300-\u036f]{1,8}")
_CHANGE = re.compile(f"(?P<invisible>{_INVISIBLE.pattern})|{_MARKED.pattern}")


class _Fold(dict[int, str]):
    """A table for str.translate that is filled as characters turn up; every entry is 1 to 1."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        # The table is bounded by Unicode itself; texts come and go, characters repeat.
        self[code] = folded
        return folded


def _fold(character: str) -> str:
    special = _SPECIALS.get(character)
    if special is not None:
        return special
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Zs":
        return " "
    if category == "Pd":
        return "-"
    if unicodedata.decomposition(character).startswith(_NOT_FOLDED):
        return character
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


_FOLD = _Fold()


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain spelling of one text."""

    text: str
    _starts: Sequence[int] | None = None
    """For each character of `text`, where it starts in the original; None where all match."""
    _ends: Sequence[int] | None = None
    """For each character of `text`, where it ends in the original."""

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Return [start, end) of the plain spelling as offsets of the original."""
        if self._starts is None or self._ends is None:
            return start, end
        return self._starts[start], self._ends[end - 1]


def spellings(text: str) -> Iterator[Plain]:
    """Yield the plain spelling of `text`; two where it holds undrawn characters.

    An undrawn character may sit inside a value (a soft hyphen) or between two (a zero-width
    space): the first spelling leaves it out, the second puts a space in its place.
    """
    if text.isascii():
        yield Plain(text)
        return
    folded = text.translate(_FOLD)
    invisible = _INVISIBLE.search(folded) is not None
    yield _shortened(folded) if invisible or _MARKED.search(folded) else Plain(folded)
    if invisible:
        yield Plain(_INVISIBLE.sub(lambda found: " " * len(found[0]), folded))


def _shortened(folded: str) -> Plain:
    pieces: list[str] = []
    starts, ends = array("L"), array("L")
    taken = 0
    for start, end, instead in _changes(folded):
        pieces += (folded[taken:start], instead)
        starts.extend(range(taken, start))
        ends.extend(range(taken + 1, start + 1))
        if instead:
            starts.append(start)
            ends.append(end)
        taken = end
    pieces.append(folded[taken:])
    starts.extend(range(taken, len(folded)))
    ends.extend(range(taken + 1, len(folded) + 1))
    return Plain("".join(pieces), starts, ends)


def _changes(folded: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, what stands there instead): nothing, or one composed letter."""
    for found in _CHANGE.finditer(folded):
        if found["invisible"]:
            yield found.start(), found.end(), ""
            continue
        composed = unicodedata.normalize("NFC", found[0])
        if len(composed) == 1:
            yield found.start(), found.end(), composed
