"""The name model in torch, for training: the same sums as `tagger.py`, with gradients."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from euguard.adapters.ner.grams import WHOLE, grams
from euguard.adapters.ner.tagger import APART
from euguard.adapters.ner.weights import FORMAT, LABELS, Layer, Weights
from euguard.adapters.ner.words import LOOKS, Words

_PAD = -100
"""What stands as the label of a place that holds no word; torch's losses leave it out."""


class Network(nn.Module):
    """Parts of words and looks, a few layers that mix neighbours, one score a label."""

    def __init__(self, rows: int, width: int, steps: Sequence[int], dropout: float) -> None:
        super().__init__()
        self.rows = rows
        self.steps = tuple(steps)
        self.table = nn.EmbeddingBag(rows, width, mode="mean", sparse=True)
        nn.init.normal_(self.table.weight, std=0.5)
        self.looks = nn.Embedding(LOOKS, width)
        nn.init.normal_(self.looks.weight, std=0.3)
        self.normal = nn.ModuleList(nn.LayerNorm(width) for _ in steps)
        self.mix = nn.ModuleList(nn.Linear(3 * width, width) for _ in steps)
        self.last = nn.LayerNorm(width, elementwise_affine=False)
        self.out = nn.Linear(width, len(LABELS))
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch: "Batch") -> torch.Tensor:
        """Return scores, one row a place."""
        vectors = self.table(batch.parts, batch.offsets)
        hidden = vectors[batch.which] + self.looks(batch.looks).sum(dim=1)
        hidden = self.dropout(hidden) * batch.inside
        for step, normal, mix in zip(self.steps, self.normal, self.mix, strict=True):
            rows = normal(hidden) * batch.inside
            before = nn.functional.pad(rows, (0, 0, step, 0))[:-step]
            behind = nn.functional.pad(rows, (0, 0, 0, step))[step:]
            mixed = torch.relu(mix(torch.cat((before, rows, behind), dim=1)))
            hidden = hidden + self.dropout(mixed)
        scores: torch.Tensor = self.out(self.last(hidden))
        return scores

    def weights(self, about: dict[str, Any]) -> Weights:
        """Return the numbers as `weights.save` takes them."""
        state = self.state_dict()
        table = _numbers(self.table.weight)
        scale = np.abs(table).max(axis=1) / 127 + 1e-12
        scale = scale.astype(np.float16).astype(np.float32)
        scale[scale == 0] = np.finfo(np.float16).tiny
        layers = tuple(
            Layer(
                step,
                _numbers(state[f"normal.{at}.weight"]),
                _numbers(state[f"normal.{at}.bias"]),
                _numbers(state[f"mix.{at}.weight"]).T.copy(),
                _numbers(state[f"mix.{at}.bias"]),
            )
            for at, step in enumerate(self.steps)
        )
        return Weights(
            table=np.clip(np.rint(table / scale[:, None]), -127, 127).astype(np.int8),
            scale=scale,
            looks=_numbers(self.looks.weight),
            layers=layers,
            out=_numbers(self.out.weight).T.copy(),
            bias=_numbers(self.out.bias),
            about={"format": FORMAT, "labels": LABELS, "steps": self.steps, **about},
        )


class Batch:
    """Sentences one behind the other, parted by empty places as in the tagger, as tensors."""

    def __init__(
        self,
        sentences: Sequence[tuple[Words, Sequence[int]]],
        rows: int,
        dropped: np.random.Generator | None = None,
    ) -> None:
        """`dropped` draws which words the model must know by their parts alone."""
        forms: dict[str, int] = {}
        for words, _ in sentences:
            for form in words.forms:
                forms.setdefault(form, len(forms))
        parts, counts = grams([*forms], rows)
        if dropped is not None:
            _drop(counts, dropped)
        lengths = counts.sum(axis=1)
        self.parts = torch.from_numpy(parts[counts])
        self.offsets = torch.from_numpy(np.concatenate(([0], np.cumsum(lengths)[:-1])))
        total = sum(len(words.forms) + APART for words, _ in sentences) + APART
        which = np.zeros(total, dtype=np.int64)
        looks = np.zeros((total, 3), dtype=np.int64)
        labels = np.full(total, _PAD, dtype=np.int64)
        at = APART
        for words, own in sentences:
            end = at + len(words.forms)
            which[at:end] = [forms[form] for form in words.forms]
            looks[at:end] = words.looks
            labels[at:end] = own
            at = end + APART
        self.which = torch.from_numpy(which)
        self.looks = torch.from_numpy(looks)
        self.labels = torch.from_numpy(labels)
        self.inside = torch.from_numpy((labels != _PAD).astype(np.float32))[:, None]


def _drop(counts: np.ndarray[Any, Any], draw: np.random.Generator) -> None:
    alone = draw.random(len(counts))
    counts[alone < 0.2, WHOLE] = False  # the word itself; its parts remain  # noqa: PLR2004
    some = draw.random(counts.shape) < 0.1  # noqa: PLR2004
    counts &= ~some
    counts[~counts.any(axis=1), WHOLE] = True


def _numbers(values: torch.Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    numbers: np.ndarray[Any, np.dtype[np.float32]] = values.detach().numpy().copy()
    return numbers
