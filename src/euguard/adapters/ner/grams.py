"""What a word is made of: itself and its parts of three to five letters, as rows of one table.

"Kowalskiemu" was in no training text, but "<kow", "owals" and "kiemu" were: a name is known
by its parts, and an ending by itself. Each part is hashed to a row (collisions are rare
enough, and training works around them); the word as a whole is one part more.

Source: Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 5 (2017).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_SHORTEST, _LONGEST = 3, 5
_LETTERS = 22
"""Letters of a word that are read, the marks of its two ends included."""
_BEGIN, _END = ord("<"), ord(">")
_PRIME = np.uint32(16_777_619)
"""FNV's prime for 32 bits."""
WHOLE: Final = 0
"""Column of a row of `grams` in which the whole word stands."""


def grams(forms: Sequence[str], rows: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return, per word, the rows of its parts in a table of `rows`, and which of them count.

    Both have shape (words by parts); the first column is the word as a whole.
    """
    letters, lengths = _letters(forms)
    columns = [_mixed(_whole(letters), 0)[:, None]]
    counts = [np.ones((len(forms), 1), dtype=bool)]
    rolling = np.zeros_like(letters)
    for size in range(1, _LONGEST + 1):
        width = letters.shape[1] - size + 1
        if width < 1:
            break
        rolling = rolling[:, :width] * _PRIME ^ letters[:, size - 1 :]
        if size >= _SHORTEST:
            columns.append(_mixed(rolling, size))
            counts.append(np.arange(width)[None, :] + size <= lengths[:, None])
    parts = np.concatenate(columns, axis=1) % np.uint32(rows)
    return parts.astype(np.int64), np.concatenate(counts, axis=1)


def _letters(forms: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return code points, one row a word between its marks, zero behind; and their number."""
    cut = [form[: _LETTERS - 2] for form in forms]
    lengths = np.fromiter(map(len, cut), dtype=np.int64, count=len(cut)) + 2
    width = int(lengths.max(initial=2))
    table = np.zeros((len(cut), width), dtype=np.uint32)
    table[:, 0] = _BEGIN
    inner = np.arange(width)[None, :]
    points = np.frombuffer("".join(cut).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    table[(inner >= 1) & (inner < lengths[:, None] - 1)] = points
    table[np.arange(len(cut)), lengths - 1] = _END
    return table, lengths


def _whole(letters: NDArray[np.uint32]) -> NDArray[np.uint32]:
    total = np.zeros(len(letters), dtype=np.uint32)
    for column in letters.T:
        total = np.where(column, total * _PRIME ^ column, total)
    return total


def _mixed(values: NDArray[np.uint32], seed: int) -> NDArray[np.uint32]:
    """Spread the bits, as MurmurHash3 ends: rows that differ little must not be neighbours."""
    mixed = values ^ np.uint32(seed * 0x9E3779B1 & 0xFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return mixed ^ (mixed >> np.uint32(16))
