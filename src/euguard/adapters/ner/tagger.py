"""The name model at work, in NumPy: what each word of a batch of texts is.

::

    words ─▶ parts of each distinct word ─▶ one row a word ─┐
          ─▶ looks ────────────────────────▶ one row a word ─┴▶ sum ─▶ layers ─▶ labels ─▶ names

Texts stand one behind the other in one matrix, parted by rows of zeros, so that a layer is
one matrix product for all of them. No framework: a fresh process is ready in milliseconds and
holds the model once. Training (`training/network.py`) computes the same numbers with torch,
and a test holds the two together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from euguard.adapters.ner.grams import grams
from euguard.adapters.ner.weights import LABELS, Floats, Weights
from euguard.adapters.ner.words import Ids, Words, read

APART: Final = 4
"""Rows of zeros between two texts: the furthest step of a layer."""
_EPSILON = np.float32(1e-5)
_WORDS_AT_ONCE = 4096
"""Distinct words whose parts are summed in one go; bounds the memory."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in one text, [start, end) in code points."""

    start: int
    end: int
    label: str
    """PER, LOC or ORG."""
    probability: float
    """Of its least sure word."""


class Tagger:
    """Finds names with one model; holds nothing of the texts."""

    def __init__(self, weights: Weights, *, eager: float = 0.0) -> None:
        """`eager` is added to the score of every name: above 0 finds more, and more wrongly."""
        self._weights = weights
        self._bias = weights.bias.copy()
        self._bias[0] -= np.float32(eager)

    def find(self, texts: Sequence[str]) -> list[list[Name]]:
        """Return the names in each text, in order."""
        batch = [read(text) for text in texts]
        if not any(words.forms for words in batch):
            return [[] for _ in batch]
        probabilities = self._probabilities(batch)
        found = []
        at = APART
        for words in batch:
            end = at + len(words.forms)
            found.append([*_names(words, probabilities[at:end])])
            at = end + APART
        return found

    def _probabilities(self, batch: Sequence[Words]) -> Floats:
        """Return one row per word and per row between texts: the probability of each label."""
        weights = self._weights
        distinct = dict.fromkeys(form for words in batch for form in words.forms)
        forms = {form: at for at, form in enumerate(distinct)}
        places, which, looks = _laid_out(batch, forms)
        vectors = self._vectors([*forms])
        total = int(places[-1]) + 1 + APART
        hidden = np.zeros((total, vectors.shape[1]), dtype=np.float32)
        hidden[places] = vectors[which] + weights.looks[looks].sum(axis=1)
        inside = np.zeros((total, 1), dtype=np.float32)
        inside[places] = 1
        for layer in weights.layers:
            normal = _normalised(hidden) * layer.gain
            normal += layer.shift
            normal *= inside
            wide = np.zeros((total, normal.shape[1] * 3), dtype=np.float32)
            width, step = normal.shape[1], layer.step
            wide[step:, :width] = normal[:-step]
            wide[:, width : 2 * width] = normal
            wide[:-step, 2 * width :] = normal[step:]
            mixed = wide @ layer.weight
            mixed += layer.bias
            np.maximum(mixed, 0, out=mixed)
            hidden += mixed
        scores = _normalised(hidden) @ weights.out + self._bias
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        probabilities: Floats = scores
        return probabilities

    def _vectors(self, forms: Sequence[str]) -> Floats:
        """Return one row per distinct word: the mean of its parts."""
        table, scale = self._weights.table, self._weights.scale
        pieces = []
        for at in range(0, len(forms), _WORDS_AT_ONCE):
            parts, counts = grams(forms[at : at + _WORDS_AT_ONCE], len(table))
            share = counts * scale[parts]
            share /= counts.sum(axis=1, keepdims=True)
            pieces.append(np.einsum("wp,wpd->wd", share, table[parts], optimize=False))
        return np.concatenate(pieces).astype(np.float32)


def _laid_out(batch: Sequence[Words], forms: dict[str, int]) -> tuple[Ids, Ids, Ids]:
    """Return, per word: its row in the matrix, the row of its form, and its looks."""
    places, which = [], []
    at = APART
    for words in batch:
        places.append(np.arange(at, at + len(words.forms)))
        which += [forms[form] for form in words.forms]
        at += len(words.forms) + APART
    looks = np.concatenate([words.looks for words in batch])
    return np.concatenate(places), np.array(which, dtype=np.int64), looks


def _normalised(rows: Floats) -> Floats:
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("rd,rd->r", centred, centred) / rows.shape[1] + _EPSILON)
    normal: Floats = centred / spread[:, None]
    return normal


def _names(words: Words, probabilities: Floats) -> Iterator[Name]:
    chosen = probabilities.argmax(axis=1)
    at = 0
    named = np.flatnonzero(chosen)
    for first in named.tolist():
        if first < at:
            continue
        label = LABELS[chosen[first]][2:]
        inside = LABELS.index(f"I-{label}")
        at = first + 1
        # "Rosario Iglesias Montero": what begins right behind a name of its kind goes on with it.
        while at < len(chosen) and (
            chosen[at] == inside or (chosen[at] == inside - 1 and _follows(words, at))
        ):
            at += 1
        surest = float(probabilities[first:at].max(axis=1).min())
        yield Name(words.starts[first], words.ends[at - 1], label, surest)


def _follows(words: Words, at: int) -> bool:
    """Tell whether one space, and no line, parts a word from the one before."""
    return words.starts[at] - words.ends[at - 1] == 1 and not words.begins_line(at)
