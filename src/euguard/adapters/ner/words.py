"""A text as the name model reads it: words, and what they look like.

A word is a run of letters, a run of digits, or one other sign; white space parts words and is
remembered as what stood before the next one. What a word looks like is three small numbers:

- shape: the case of its letters, how many digits, or which sign it is; read apart in texts
  that use capitals as usual, not at all, or everywhere, for there they say other things;
- gap: whether it touches the word before, or a space or a new line parts them;
- script: Latin, Greek, Cyrillic, or another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

_LONGEST = 40
"""Letters after which a word is cut in two; bounds the work on a text without spaces."""
_WORD = re.compile(rf"[^\W\d_]{{1,{_LONGEST}}}|\d{{1,{_LONGEST}}}|[^\w\s]|_")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SIGNS = (
    ".,;:!?'\u2019\"()[]<>|/-\u2013\u2014@#&%*+=_"
    "\u201e\u201c\u201d\u00ab\u00bb\u2026\u2022$\u20ac\u00a7\u2116"
)
_SIGN: Final = {sign: at for at, sign in enumerate(_SIGNS)}
_LOWER, _TITLE, _UPPER, _SINGLE, _MIXED, _UNCASED = range(6)
_FEW_DIGITS = 5
_DIGITS = _UNCASED + 1
_FIRST_SIGN = _DIGITS + _FEW_DIGITS
_SHAPES = _FIRST_SIGN + len(_SIGNS) + 1
_USUAL, _SMALL, _CAPITALS = range(3)
_MODES = 3
_GLUED, _SPACED, _NEW_LINE = range(3)
_GAPS = 3
_LATIN, _GREEK, _CYRILLIC, _OTHER = range(4)
_SCRIPTS = 4
LOOKS: Final = _SHAPES * _MODES + _GAPS + _SCRIPTS
"""How many different looks there are: rows of the table that the model has for them."""
_FIRST_GAP = _SHAPES * _MODES
_FIRST_SCRIPT = _FIRST_GAP + _GAPS
_SHARE_OF_CAPITALS = 0.7


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text, in order; n of them."""

    forms: Sequence[str] = field(repr=False)
    """Each in small letters."""
    looks: Ids = field(repr=False)
    """Shape (n by 3): rows of the table of looks."""
    starts: Sequence[int] = field(repr=False)
    ends: Sequence[int] = field(repr=False)
    """Offsets in the text, code points."""

    def begins_line(self, at: int) -> bool:
        """Tell whether a new line parts word `at` from the one before."""
        return bool(self.looks[at, 1] == _FIRST_GAP + _NEW_LINE)


def read(text: str) -> Words:
    """Return the words of `text`."""
    mode = _mode(text)
    forms: list[str] = []
    looks: list[tuple[int, int, int]] = []
    starts: list[int] = []
    ends: list[int] = []
    known: dict[str, tuple[str, int, int]] = {}
    end = 0
    for found in _WORD.finditer(text):
        word, start = found[0], found.start()
        seen = known.get(word)
        if seen is None:
            shape = _shape(word) * _MODES + mode
            seen = known[word] = (word.lower(), shape, _FIRST_SCRIPT + _script(word))
        gap = _GLUED if start == end and start else _gap(text[end:start])
        forms.append(seen[0])
        looks.append((seen[1], _FIRST_GAP + gap, seen[2]))
        starts.append(start)
        end = found.end()
        ends.append(end)
    return Words(forms, np.array(looks, dtype=np.int64).reshape(-1, 3), starts, ends)


def _mode(text: str) -> int:
    words = _LETTERS.findall(text)
    if all(map(str.islower, words)):
        return _SMALL
    capitals = sum(map(str.isupper, words))
    return _CAPITALS if capitals > _SHARE_OF_CAPITALS * len(words) else _USUAL


def _shape(word: str) -> int:
    first = word[0]
    if first.isalpha():
        return _case(word)
    if first.isdigit():
        return _DIGITS + min(len(word), _FEW_DIGITS) - 1
    return _FIRST_SIGN + _SIGN.get(first, len(_SIGNS))


def _case(word: str) -> int:
    if word.islower():
        return _LOWER
    if word.isupper():
        return _SINGLE if len(word) == 1 else _UPPER
    if word[0].isupper() and word[1:].islower():
        return _TITLE
    return _MIXED if word.lower() != word.upper() else _UNCASED


def _gap(between: str) -> int:
    return _NEW_LINE if "\n" in between or not between else _SPACED


def _script(word: str) -> int:
    first = word[0]
    if not first.isalpha() or first < "\u0250" or "\u1e00" <= first < "\u1f00":
        return _LATIN
    if "\u0370" <= first < "\u0400" or "\u1f00" <= first < "\u2000":
        return _GREEK
    return _CYRILLIC if "\u0400" <= first < "\u0530" else _OTHER
