"""One training run: the same data, seed and number of threads give the same model."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from euguard.adapters.ner.training.augment import joined, varied
from euguard.adapters.ner.training.corpora import CORPORA, Sentence, sentences
from euguard.adapters.ner.training.network import Batch, Network
from euguard.adapters.ner.training.templates import Templates
from euguard.adapters.ner.weights import LABELS, Weights
from euguard.adapters.ner.words import Words, read

_SEED = 3
_CLIP = 2.0
_NOTHING = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train."""

    steps: int = 12_000
    """Batches; each has `words` words or a little more."""
    words: int = 4_000
    rows: int = 1 << 17
    """Of the table of parts."""
    width: int = 96
    neighbours: tuple[int, ...] = (1, 1, 2, 4, 1)
    """How far each layer looks."""
    templates: float = 0.5
    """Share of sentences from templates; the others are from corpora."""
    rate: float = 2e-3
    dropout: float = 0.15
    most: int = 9_000
    """Sentences of one corpus that count when it is drawn as often as its size says."""
    threads: int = 2


def train(data: Path, plan: Plan, tell: Callable[[str], None]) -> Weights:
    """Train on the corpora in `data` and the package's templates, and return the model.

    Raises:
        ConfigurationError: a corpus is missing, or a list cannot be read.

    """
    torch.manual_seed(_SEED)
    torch.use_deterministic_algorithms(mode=True)
    torch.set_num_threads(plan.threads)
    torch.set_flush_denormal(True)  # numbers this small cost a hundred times the time
    source = _Source(data, plan, tell)
    network = Network(plan.rows, plan.width, plan.neighbours, plan.dropout)
    table = [network.table.weight]
    others = [value for name, value in network.named_parameters() if not name.startswith("table")]
    sparse = torch.optim.SparseAdam(table, lr=plan.rate)
    dense = torch.optim.AdamW(others, lr=plan.rate, weight_decay=0.01)
    schedules = [
        torch.optim.lr_scheduler.OneCycleLR(one, plan.rate, total_steps=plan.steps, pct_start=0.05)
        if one is dense
        else torch.optim.lr_scheduler.CosineAnnealingLR(one, plan.steps)
        for one in (sparse, dense)
    ]
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.02)
    draw = np.random.default_rng(_SEED)
    network.train()
    total = 0.0
    for step in range(1, plan.steps + 1):
        batch = Batch(source.batch(), plan.rows, draw)
        loss = loss_of(network(batch), batch.labels)
        sparse.zero_grad()
        dense.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(others, _CLIP)
        sparse.step()
        dense.step()
        for schedule in schedules:
            schedule.step()
        total += float(loss.detach())
        if step % 200 == _NOTHING:
            tell(f"step {step:,} of {plan.steps:,}: loss {total / 200:.4f}")
            total = 0.0
    network.eval()
    return network.weights({"trained_on": source.named})


class _Source:
    """Sentences without end, drawn from corpora and templates."""

    def __init__(self, data: Path, plan: Plan, tell: Callable[[str], None]) -> None:
        self._chance = random.Random(_SEED)  # noqa: S311  # the same each time, on purpose
        self._plan = plan
        self._templates = Templates()
        self._corpora: list[list[Sentence]] = []
        self._weights: list[float] = []
        self.named: list[str] = []
        for corpus in CORPORA:
            own = sentences(corpus, "training", data)
            if own:
                self._corpora.append(own)
                self._weights.append(min(len(own), plan.most) ** 0.7)
                self.named.append(corpus.name)
                tell(f"{corpus.name}: {len(own):,} sentences")

    def batch(self) -> list[tuple[Words, Sequence[int]]]:
        """Return sentences with together about as many words as the plan says."""
        drawn: list[tuple[Words, Sequence[int]]] = []
        words = 0
        while words < self._plan.words:
            one = labelled(varied(self._draw(), self._chance))
            if one[0].forms:
                drawn.append(one)
                words += len(one[0].forms)
        return drawn

    def _draw(self) -> Sentence:
        chance = self._chance
        count = chance.choice((1, 1, 1, 2, 3))
        if chance.random() < self._plan.templates:
            language = chance.choice(self._templates.languages)
            own = [self._templates.sentence(chance, language) for _ in range(count)]
        else:
            corpus = chance.choices(self._corpora, self._weights)[0]
            first = chance.randrange(len(corpus))
            own = corpus[first : first + count]
        return joined(own, chance.choice((" ", " ", " ", "\n", "\n\n")))


def labelled(sentence: Sentence) -> tuple[Words, Sequence[int]]:
    """Return the words of `sentence` and the label of each."""
    words = read(sentence.text)
    labels = [0] * len(words.forms)
    spans = iter(sentence.spans)
    span = next(spans, None)
    begun = False
    for at, (start, end) in enumerate(zip(words.starts, words.ends, strict=True)):
        while span is not None and start >= span[1]:
            span, begun = next(spans, None), False
        if span is not None and end > span[0]:
            labels[at] = LABELS.index(f"{'I' if begun else 'B'}-{span[2]}")
            begun = True
    return words, labels
