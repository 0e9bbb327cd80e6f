"""Plain spelling: one text as its reader sees it, with the way back to its code points.

Recognisers and name models read the plain spelling, in which nothing is left that differs
in code only (`pii.characters`), and `locate` says which code points of the original a find
covers::

    "\uff10\uff16\u00a012\u200b 34"     the original, 9 code points
    "06 12 34"                          its plain spelling, 8

Characters are made plain one by one; what is not drawn is dropped; a letter with combining
marks takes its composed form.

Source: Unicode Standard Annex 15 (normalisation).
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from euguard.pii.characters import PLAIN, UNDRAWN

_INVISIBLE = re.compile(f"[{UNDRAWN}]+")
_MARKED = re.compile("[^\u0300-\u036f][\u0300-\u036f]{1,8}")
_CHANGE = re.compile(f"(?P<invisible>{_INVISIBLE.pattern})|{_MARKED.pattern}")


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
    folded = text.translate(PLAIN)
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
