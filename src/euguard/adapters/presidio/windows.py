"""Where in a text names can be, so that the names model reads no more than that.

A name model looks at a token and the four on either side of it. In a long text whose
sentences begin with capitals, names do too: what is further than that from any capitalised
word need not be read, and on court decisions reading only the rest lost no name. A sentence
that begins with a small letter may hold "john smith" anywhere and is read whole, and so is
every short text: there, typing is casual and reading is cheap.
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

_SHORT = 400
"""Characters up to which a text is read whole."""
_LONGEST = 2000
"""Characters read in one piece: bounds the model's memory, and the time of patterns that are
quadratic in a word that never ends."""
_NEIGHBOURS = 5

_WORD = re.compile(r"\S+")
# A letter that is no small Latin one; scripts without capitals are read as capitals.
_CAPITAL = re.compile(r"(?<![^\W\d_])[^\W\d_a-zß-öø-ÿ]\w+")
# Every repetition is bounded: these run over text that somebody may have made for the purpose.
_SENTENCE = re.compile(
    r"(?:\A|[.!?…]\s|\n[ \t\r]{0,9}\n|\n[ \t]{0,9}[-*•])[\"'(«“\s]{0,9}([^\W\d_])"
)
_CUT = re.compile(r".*(?:[.!?]\s|\n)", re.DOTALL)
_SPACE = re.compile(r".*\s", re.DOTALL)


def windows(text: str, ordinary: AbstractSet[str]) -> Iterator[tuple[int, int]]:
    """Yield the parts of `text` to read, as [start, end), ascending.

    `ordinary` are words in small letters that name nobody though they begin a sentence.
    """
    parts = [(0, len(text))] if len(text) <= _SHORT else _parts(text, ordinary)
    for start, end in parts:
        yield from _bounded(text, start, end)


def _parts(text: str, ordinary: AbstractSet[str]) -> Iterator[tuple[int, int]]:
    words = [found.span() for found in _WORD.finditer(text)]
    first, last = 0, -1
    for at in _readable(text, words, ordinary):
        if at - _NEIGHBOURS > last + 1:
            if last >= first:
                yield words[first][0], words[last][1]
            first = max(0, at - _NEIGHBOURS)
        last = min(len(words) - 1, at + _NEIGHBOURS)
    if last >= first:
        yield words[first][0], words[last][1]


def _readable(
    text: str, words: Sequence[tuple[int, int]], ordinary: AbstractSet[str]
) -> Iterator[int]:
    """Yield the index of every word that may be part of a name."""
    sentences = _SENTENCE.finditer(text)
    following = next(sentences, None)
    casual = False
    for at, (start, end) in enumerate(words):
        while following is not None and following.start(1) < end:
            casual = following[1].islower()
            following = next(sentences, None)
        if casual or any(
            found[0].lower() not in ordinary for found in _CAPITAL.finditer(text, start, end)
        ):
            yield at


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        middle, limit = start + _LONGEST // 2, start + _LONGEST
        found = _CUT.match(text, middle, limit) or _SPACE.match(text, middle, limit)
        cut = found.end() if found else limit
        yield start, cut
        start = cut
    yield start, end
