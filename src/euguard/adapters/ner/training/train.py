"""One training run: the same data, seed and number of threads give the same model."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from euguard.adapters.ner.training.augment import joined, renamed, varied
from euguard.adapters.ner.training.corpora import CORPORA, Sentence, sentences
from euguard.adapters.ner.training.network import Batch, Network
from euguard.adapters.ner.training.templates import Templates
from euguard.adapters.ner.weights import LABELS, Weights
from euguard.adapters.ner.words import Words, read

_SEED = 3
_CLIP = 2.0
_REPORT = 200
"""Steps from one line about the loss to the next."""
_RENAMED = 0.2
"""Share of the persons in corpora that get another name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train."""

    steps: int = 14_000
    """Batches; each has `words` words or a little more."""
    words: int = 4_000
    rows: int = 1 << 17
    """Of the table of parts."""
    width: int = 128
    neighbours: tuple[int, ...] = (1, 1, 2, 4, 1)
    """How far each layer looks."""
    templates: float = 0.45
    """Share of sentences from templates; the others are from corpora."""
    rate: float = 3e-3
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
    learning = _Learning(network, plan)
    draw = np.random.default_rng(_SEED)
    network.train()
    losses: list[float] = []
    for step in range(1, plan.steps + 1):
        losses.append(learning.step(Batch(source.batch(), plan.rows, draw)))
        if step % _REPORT == 0:
            tell(f"step {step:,} of {plan.steps:,}: loss {sum(losses) / len(losses):.4f}")
            losses.clear()
    network.eval()
    return network.weights({"trained_on": source.named, "steps_trained": plan.steps})


class _Learning:
    """What changes the network, batch by batch."""

    def __init__(self, network: Network, plan: Plan) -> None:
        table: list[torch.nn.Parameter] = []
        others: list[torch.nn.Parameter] = []
        for name, value in network.named_parameters():
            (table if name.startswith("table") else others).append(value)
        self._network = network
        self._others = others
        sparse = torch.optim.SparseAdam(table, lr=plan.rate)
        dense = torch.optim.AdamW(others, lr=plan.rate, weight_decay=0.01)
        self._optimisers: tuple[torch.optim.Optimizer, ...] = (sparse, dense)
        self._schedules: tuple[torch.optim.lr_scheduler.LRScheduler, ...] = (
            torch.optim.lr_scheduler.CosineAnnealingLR(sparse, plan.steps),
            torch.optim.lr_scheduler.OneCycleLR(
                dense, plan.rate, total_steps=plan.steps + 1, pct_start=0.05
            ),
        )
        self._loss = torch.nn.CrossEntropyLoss(label_smoothing=0.02)

    def step(self, batch: Batch) -> float:
        """Learn from one batch; return its loss."""
        loss = self._loss(self._network(batch), batch.labels)
        for optimiser in self._optimisers:
            optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._others, _CLIP)
        for optimiser in self._optimisers:
            optimiser.step()
        for schedule in self._schedules:
            schedule.step()
        return float(loss.detach())


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
            own = [self._renamed(one) for one in corpus[first : first + count]]
        return joined(own, chance.choice((" ", " ", " ", "\n", "\n\n")))

    def _renamed(self, sentence: Sentence) -> Sentence:
        """Return a sentence of a corpus with other people in it, sometimes."""
        if self._chance.random() < _RENAMED:
            return renamed(
                sentence, lambda: self._templates.person(self._chance, sentence.language)
            )
        return sentence


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
