"""Texts cut into pieces and pieces put into batches: bounds on memory and time."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LONGEST = 4_000
"""Characters read in one piece."""
_BATCH = 32_000
"""Characters read in one go."""
_CUT = re.compile(r".*(?:[.!?]\s|\n)", re.DOTALL)
_SPACE = re.compile(r".*\s", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of one text, [start, end)."""

    text: int
    """Index of the text in its batch."""
    start: int
    end: int


def batches(texts: Sequence[str]) -> Iterator[list[Piece]]:
    """Yield all of all texts, in order, cut between sentences where that is possible."""
    batch: list[Piece] = []
    size = 0
    for at, text in enumerate(texts):
        for start, end in _cut(text):
            if batch and size + end - start > _BATCH:
                yield batch
                batch, size = [], 0
            batch.append(Piece(at, start, end))
            size += end - start
    if batch:
        yield batch


def _cut(text: str) -> Iterator[tuple[int, int]]:
    start, end = 0, len(text)
    while end - start > _LONGEST:
        middle, limit = start + _LONGEST // 2, start + _LONGEST
        found = _CUT.match(text, middle, limit) or _SPACE.match(text, middle, limit)
        cut = found.end() if found else limit
        yield start, cut
        start = cut
    if start < end:
        yield start, end
