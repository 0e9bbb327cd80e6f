"""The names in a batch of texts: which models read which parts, and what is kept of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from euguard.adapters.presidio.greedy import Entity
from euguard.adapters.presidio.language import Languages
from euguard.adapters.presidio.models import KINDS, NameModel
from euguard.adapters.presidio.windows import windows
from euguard.pii.recognise.person import names
from euguard.pii.span import PersonalDataKind, Span

_SURE = 0.9
"""Probability from which a language decides alone which model reads."""
_BATCH = 16_000
"""Characters read in one go; bounds the memory of a detector process."""
_BLOCK = 400
"""Characters after which a new line begins a block with a language of its own."""
_LINES = re.compile(rf".{{{_BLOCK},}}?\n|.+\Z", re.DOTALL)
_PERSON_SCORE, _LOCATION_SCORE = 0.85, 0.7
_SENTENCE_END = re.compile(r"(?:\A|[.!?:\n])[\W_]*\Z")


@dataclass(frozen=True, slots=True)
class _Part:
    """What one model reads of one text."""

    text: int
    """Index of the text in its batch."""
    start: int
    end: int
    model: str
    likely: bool
    """Whether the part is in the model's language, as far as one can tell."""


@dataclass(frozen=True, slots=True)
class _Find:
    span: Span
    likely: bool


class Names:
    """Finds persons and places with the models of several languages."""

    def __init__(self, models: Sequence[NameModel], languages: Languages) -> None:
        self._models: Mapping[str, NameModel] = {model.language: model for model in models}
        self._languages = languages

    def find(self, texts: Sequence[str], accepted: Sequence[str]) -> list[tuple[Span, ...]]:
        """Return the names in each text, reading with the models of `accepted` languages."""
        found: list[list[_Find]] = [[] for _ in texts]
        parts = [part for at, text in enumerate(texts) for part in self._parts(at, text, accepted)]
        parts.sort(key=lambda part: part.model)
        for model, own in groupby(parts, key=lambda part: part.model):
            for part, entity in self._read(self._models[model], texts, list(own)):
                kept = _kept(texts[part.text], part, entity)
                found[part.text] += (_Find(span, part.likely) for span in kept)
        return [tuple(_settled(text, own)) for text, own in zip(texts, found, strict=True)]

    def _parts(self, at: int, text: str, accepted: Sequence[str]) -> Iterator[_Part]:
        for block in _LINES.finditer(text):
            likeliest, chosen = self._choice(block[0], accepted)
            for language in chosen:
                ordinary = self._models[language].ordinary
                for start, end in windows(block[0], ordinary):
                    yield _Part(
                        at,
                        block.start() + start,
                        block.start() + end,
                        language,
                        language == likeliest,
                    )

    def _choice(self, block: str, accepted: Sequence[str]) -> tuple[str, Sequence[str]]:
        """Return the likeliest accepted language, and those whose models must read `block`."""
        identified, probability = self._languages.identify(block)
        if identified is not None and identified in accepted and probability >= _SURE:
            return identified, (identified,)
        return self._languages.likeliest(block, accepted)[0], accepted

    @staticmethod
    def _read(
        model: NameModel, texts: Sequence[str], parts: Sequence[_Part]
    ) -> Iterator[tuple[_Part, Entity]]:
        with model.memory_zone():
            for batch in _batches(parts):
                pieces = [texts[part.text][part.start : part.end] for part in batch]
                for part, entities in zip(batch, model.entities.find(pieces), strict=True):
                    for entity in entities:
                        yield part, entity


def _batches(parts: Sequence[_Part]) -> Iterator[list[_Part]]:
    batch: list[_Part] = []
    size = 0
    for part in parts:
        if batch and size + part.end - part.start > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(part)
        size += part.end - part.start
    if batch:
        yield batch


def _kept(text: str, part: _Part, entity: Entity) -> Iterator[Span]:
    kind = KINDS.get(entity.label)
    if kind is None:
        return
    person = kind is PersonalDataKind.PERSON
    score = _PERSON_SCORE if person else _LOCATION_SCORE
    for start, end in names(
        text, part.start + entity.start, part.start + entity.end, numbered=not person
    ):
        if part.likely or _stands_out(text, start, end):
            yield Span(kind, start, end, score, f"ner-{part.model}")


def _settled(text: str, finds: Sequence[_Find]) -> Iterator[Span]:
    """Yield the spans; where a model for another language says more, believe the likely one.

    To a French model "Introduce Sarah Lindholm" is one name; the English model knows better
    where it begins. A word is given up only at the beginning of a sentence, where any word has
    a capital: elsewhere it may be a first name that the likely model has missed.
    """
    likely = [find.span for find in finds if find.likely]
    yield from likely
    for find in finds:
        if not find.likely:
            start = _begin(text, find.span, likely)
            if start < find.span.end and not any(_covers(own, start, find.span) for own in likely):
                yield replace(find.span, start=start)


def _begin(text: str, span: Span, likely: Sequence[Span]) -> int:
    for own in likely:
        one_word = text[span.start : own.start].strip().isalpha()
        if span.start < own.start < span.end and one_word and _begins(text, span.start):
            return own.start
    return span.start


def _begins(text: str, at: int) -> bool:
    """Tell whether a sentence begins at `at`."""
    return _SENTENCE_END.search(text[max(0, at - 16) : at]) is not None


def _covers(own: Span, start: int, span: Span) -> bool:
    return own.start <= start and span.end <= own.end


def _stands_out(text: str, start: int, end: int) -> bool:
    """Tell whether a find of a model for another language is worth keeping.

    To a French model, the verb that begins an English sentence is a name.
    """
    name = text[start:end]
    return name != name.lower() and (" " in name or not _begins(text, start))
