"""A model of names small enough to be computed by hand."""

from collections.abc import Sequence

import numpy as np

from euguard.adapters.ner.grams import WHOLE, grams
from euguard.adapters.ner.weights import FORMAT, LABELS, Layer, Weights
from euguard.adapters.ner.words import LOOKS

ROWS, WIDTH = 1 << 15, 8
TITLE = WIDTH - 1
"""What no label reads, and a layer may."""
MEANINGS = {"anna": 1, "zorg": 2, "lyon": 3, "acme": 5, "ms": TITLE}
"""Which of the eight numbers of a word is one; all numbers of all other words are zero."""


def row_of(form: str) -> int:
    return int(grams([form], ROWS)[0][0, WHOLE])


def by_hand(steps: Sequence[int] = ()) -> Weights:
    """Return a model that knows `MEANINGS`; a word `step` behind "ms" begins a person's name."""
    table = np.zeros((ROWS, WIDTH), dtype=np.int8)
    for form, meaning in MEANINGS.items():
        table[row_of(form), meaning] = 100
    mix = np.zeros((3 * WIDTH, WIDTH), dtype=np.float32)
    mix[TITLE, LABELS.index("B-PER")] = 2
    ones, zeros = np.ones(WIDTH, dtype=np.float32), np.zeros(WIDTH, dtype=np.float32)
    bias = np.zeros(len(LABELS), dtype=np.float32)
    bias[0] = 1
    return Weights(
        table=table,
        scale=np.ones(ROWS, dtype=np.float32),
        looks=np.zeros((LOOKS, WIDTH), dtype=np.float32),
        layers=tuple(Layer(step, ones, zeros, mix, zeros) for step in steps),
        out=np.eye(WIDTH, len(LABELS), dtype=np.float32),
        bias=bias,
        about={"format": FORMAT, "labels": LABELS, "steps": tuple(steps), "trained_on": []},
    )
