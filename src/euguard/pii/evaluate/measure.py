"""What was found of what somebody marked, counted.

A datum is covered if every letter and digit of it lies in a find; what is covered does not reach
the model. It is typed if the find over its middle has the right kind besides. A document leaks
if one datum of it is not covered. A false alarm is a find that touches nothing marked.

Source of the intervals: Wilson, "Probable inference", JASA 22 (1927); of the split of recall by
document: Pilán et al., "The Text Anonymization Benchmark", Computational Linguistics 48 (2022).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from euguard.pii.detect import Detection, merge
from euguard.pii.evaluate.sample import Entity, Sample
from euguard.pii.span import OPTIONAL_KINDS, PersonalDataKind, Span

_Z = 1.959964
"""The standard normal's 97.5 % quantile: intervals hold with 95 %."""
_WORD = re.compile(r"\w+|[^\w\s]")
_K = PersonalDataKind
_ALIKE: tuple[frozenset[PersonalDataKind], ...] = (
    # Many states have one number for several of these.
    frozenset({_K.IDENTITY, _K.TAX, _K.INSURANCE, _K.PERMIT, _K.DOCUMENT, _K.COMPANY}),
    frozenset({_K.LOCATION, _K.ADDRESS}),
    frozenset({_K.BIRTH, _K.DATE}),
    frozenset({_K.PASSPORT, _K.DOCUMENT}),
)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing is 0."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies with 95 %; of nothing, anywhere."""
        if not self.whole:
            return 0.0, 1.0
        n, p, z2 = self.whole, self.value, _Z * _Z
        centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        reach = _Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, centre - reach), min(1.0, centre + reach)

    def described(self) -> dict[str, int | float]:
        """Return the share as the card's JSON has it, with four decimals."""
        low, high = self.interval
        return {
            "part": self.part,
            "whole": self.whole,
            "value": round(self.value, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }


Key = tuple[str, str, str]
"""Language, kind, kind of text."""


@dataclass(slots=True)
class Measures:
    """Counts over one set of samples."""

    gold: Counter[Key] = field(default_factory=Counter)
    covered: Counter[Key] = field(default_factory=Counter)
    typed: Counter[Key] = field(default_factory=Counter)
    finds: Counter[str] = field(default_factory=Counter)
    """By language."""
    false_alarms: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    leaking: Counter[str] = field(default_factory=Counter)
    clean_words: int = 0
    clean_alarms: int = 0
    """In texts without a mark."""
    characters: int = 0

    def recall(
        self, counted: Counter[Key], *, language: str | None = None, kind: str | None = None
    ) -> Share:
        """Return the share of the gold that `counted` holds, of a language, a kind, or all."""
        keys = [key for key in self.gold if language in {None, key[0]} and kind in {None, key[1]}]
        return Share(sum(counted[key] for key in keys), sum(self.gold[key] for key in keys))

    @property
    def languages(self) -> list[str]:
        """Those of the samples, sorted."""
        return sorted({key[0] for key in self.gold} | set(self.finds))


def measure(samples: Sequence[Sample], detections: Iterable[Detection]) -> Measures:
    """Count what `detections`, one per sample, found."""
    measures = Measures()
    for sample, detection in zip(samples, detections, strict=True):
        wanted = {entity.kind for entity in sample.entities}
        spans = merge(
            span
            for span in detection.spans
            if span.kind not in OPTIONAL_KINDS or span.kind in wanted
        )
        _count(measures, sample, spans)
    return measures


def _count(measures: Measures, sample: Sample, spans: Sequence[Span]) -> None:
    inside = bytearray(len(sample.text))
    for span in spans:
        inside[span.start : span.end] = b"\1" * (span.end - span.start)
    leaks = False
    for entity in sample.entities:
        key = (sample.language, entity.kind.value, sample.kind_of_text)
        covered = all(
            inside[at] or not sample.text[at].isalnum() for at in range(entity.start, entity.end)
        )
        measures.gold[key] += 1
        measures.covered[key] += covered
        measures.typed[key] += covered and _has_right_kind(entity, spans)
        leaks |= not covered
    alarms = sum(not _touches(span, sample.entities) for span in spans)
    measures.finds[sample.language] += len(spans)
    measures.false_alarms[sample.language] += alarms
    measures.documents[sample.language] += bool(sample.entities)
    measures.leaking[sample.language] += leaks
    measures.characters += len(sample.text)
    if not sample.entities:
        measures.clean_words += len(_WORD.findall(sample.text))
        measures.clean_alarms += alarms


def _has_right_kind(entity: Entity, spans: Sequence[Span]) -> bool:
    middle = (entity.start + entity.end - 1) // 2
    return any(
        span.start <= middle < span.end
        and (span.kind is entity.kind or any({span.kind, entity.kind} <= alike for alike in _ALIKE))
        for span in spans
    )


def _touches(span: Span, entities: Sequence[Entity]) -> bool:
    return any(span.start < entity.end and entity.start < span.end for entity in entities)


def by_kind(measures: Measures) -> dict[str, tuple[Share, Share]]:
    """Return (covered, typed) per kind, kinds sorted."""
    kinds: dict[str, tuple[Share, Share]] = defaultdict()
    for kind in sorted({key[1] for key in measures.gold}):
        kinds[kind] = (
            measures.recall(measures.covered, kind=kind),
            measures.recall(measures.typed, kind=kind),
        )
    return dict(kinds)
