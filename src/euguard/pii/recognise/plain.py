"""Plain spelling: one text as its reader sees it, with the way back to its code points.

Recognisers and name models read the plain spelling, in which nothing is left that differs
in code only (`pii.characters`), and `locate` says which code points of the original a find
covers::

    "\uff10\uff16\u00a012\u200b 34"     the original, 9 code points
    "06 12 34"                          its plain spelling, 8

Characters are made plain one by one; what is not drawn is dropped; a letter with combining
marks takes its composed form; escapes are read (`pii.escapes`).

Source: Unicode Standard Annex 15 (normalisation).
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from euguard.pii import escapes
from euguard.pii.characters import PLAIN, UNDRAWN

_INVISIBLE = re.compile(f"[{UNDRAWN}]+")
_MARKED = re.compile("[^\u0300-\u036f][\u0300-\u036f]{1,8}")
_CHANGE = re.compile(f"(?P<invisible>{_INVISIBLE.pattern})|{_MARKED.pattern}")


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain spelling of one text."""

    text: str = field(repr=False)
    _starts: Sequence[int] | None = None
    """For each character of `text`, where it starts in the original; None where all match."""
    _ends: Sequence[int] | None = None
    """For each character of `text`, where it ends in the original."""
    _of: "Plain | None" = None
    """What `text` is another spelling of, if not of the original itself."""

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Return [start, end) of the plain spelling as offsets of the original."""
        if self._starts is not None and self._ends is not None:
            start, end = self._starts[start], self._ends[end - 1]
        return self._of.locate(start, end) if self._of is not None else (start, end)


def spellings(text: str) -> Iterator[Plain]:
    """Yield the plain spelling of `text`, and further ones where it can be read in other ways.

    An undrawn character may sit inside a value (a soft hyphen) or between two (a zero-width
    space): the first spelling leaves it out, the second puts a space in its place. An escape
    may stand for a character of a value (`%40`) or be no escape at all: the first spelling
    keeps it, the last has what it stands for.
    """
    characters = text if text.isascii() else text.translate(PLAIN)
    plain = _respelt(characters, _changes(characters))
    yield plain
    if _INVISIBLE.search(characters):
        yield Plain(_INVISIBLE.sub(lambda found: " " * len(found[0]), characters))
    read = _read(plain)
    if read is not plain:
        yield read


def plainest(text: str) -> str:
    """Return `text` with escapes read and nothing undrawn."""
    characters = text if text.isascii() else text.translate(PLAIN)
    return _read(_respelt(characters, _changes(characters))).text


def _read(plain: Plain) -> Plain:
    """Return the spelling in which the escapes of `plain` are read; itself if it has none."""
    read = _respelt(plain.text, escapes.changes(plain.text), plain)
    if read.text == plain.text:
        return plain
    characters = read.text.translate(PLAIN)
    return _respelt(characters, _changes(characters), read)


def _respelt(text: str, changes: Iterable[tuple[int, int, str]], of: Plain | None = None) -> Plain:
    """Return `text`, a spelling of `of`, with (start, end, what stands there instead)."""
    pieces: list[str] = []
    starts, ends = array("L"), array("L")
    taken = 0
    for start, end, instead in changes:
        pieces += (text[taken:start], instead)
        starts.extend(range(taken, start))
        ends.extend(range(taken + 1, start + 1))
        starts.extend([start] * len(instead))
        ends.extend([end] * len(instead))
        taken = end
    if not pieces:
        return Plain(text, _of=of)
    pieces.append(text[taken:])
    starts.extend(range(taken, len(text)))
    ends.extend(range(taken + 1, len(text) + 1))
    return Plain("".join(pieces), starts, ends, of)


def _changes(characters: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, what stands there instead): nothing, or one composed letter."""
    pattern = _INVISIBLE if characters.isascii() else _CHANGE
    for found in pattern.finditer(characters):
        if found.re is _INVISIBLE or found["invisible"]:
            yield found.start(), found.end(), ""
            continue
        composed = unicodedata.normalize("NFC", found[0])
        if len(composed) == 1:
            yield found.start(), found.end(), composed
