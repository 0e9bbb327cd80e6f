"""One request made pseudonymous: walk, detect, merge, replace everywhere, keep the way back.

::

    accept ─▶ segments ─▶ detect ─▶ values ─▶ every place of every value ─▶ merge ─▶ rewrite

Anything that goes wrong on the way raises, and nothing is sent.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from euguard.errors import DetectionUnavailableError, LanguageRefusedError, TextTooLongError
from euguard.pii.detect import Detection, Detector, merge
from euguard.pii.occurrence import Occurrences, Value
from euguard.pii.pseudonym import Pseudonyms
from euguard.pii.skeleton import Form, Segment, field_of
from euguard.pii.span import OPTIONAL_KINDS, PersonalDataKind, Span
from euguard.pii.walk import INSTRUCTIONS, accept, rewrite

LETTERS_TO_JUDGE = 60
"""Letters in a text before its language is believed; a name or an order number has none."""
SURE = 0.9
"""Probability from which a language is believed."""

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_JOINS = str.maketrans("_-", "  ")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a purpose accepts."""

    languages: Sequence[str]
    """ISO 639-1 codes."""
    characters: int
    """Code points over all strings of the client's that are forwarded."""
    optional: AbstractSet[PersonalDataKind] = frozenset()
    """Which of the kinds that are replaced only on request (`OPTIONAL_KINDS`) are replaced."""
    formats: AbstractSet[PersonalDataKind] = frozenset()
    """Which kinds' pseudonyms are in the format of the kind (`pseudonym.FORMATS`)."""


@dataclass(frozen=True, slots=True)
class Pseudonymisation:
    """A request that names nobody, and the way back."""

    body: Mapping[str, Any] = field(repr=False)
    """What a model may see."""
    originals: Mapping[str, str] = field(repr=False)
    """Issued form without brackets → value as it was written. Never leaves this process."""
    found: Mapping[str, int]
    """Kind of personal datum → occurrences replaced, kinds sorted."""
    special: Mapping[str, int]
    """Category of Art. 9(1) or Art. 10 GDPR → words that speak of it, categories sorted."""
    characters: int
    """Code points of the client's that were analysed."""
    languages: tuple[str, ...]
    """ISO 639-1 codes that were found with certainty, sorted."""
    ignored: int
    """Fields of the request that are not forwarded."""

    @property
    def json_content(self) -> bool:
        """Tell whether the answer's content was asked for as JSON."""
        wanted = self.body.get("response_format", {"type": "text"})
        return bool(wanted["type"] != "text")


async def pseudonymise(
    body: Mapping[str, Any],
    detector: Detector,
    *,
    scope: bytes,
    limits: Limits,
    instructions: str | None = None,
) -> Pseudonymisation:
    """Replace every personal datum found in `body`, wherever it stands.

    `scope` is the key of `scope_key`; `instructions` go before the client's messages (see
    `walk.accept`).

    Raises:
        MalformedRequestError: not a request of the API's shape.
        FieldRefusedError: a field that cannot be scanned.
        TextTooLongError: more characters than accepted.
        LanguageRefusedError: a text for certain in a language that is not accepted.
        DetectionUnavailableError: detection failed, or its answer does not fit the question.

    """
    accepted = accept(body, instructions)
    segments = accepted.segments
    characters = sum(len(segment.text) for segment in segments if segment.path != INSTRUCTIONS)
    if characters > limits.characters:
        msg = f"the request has {characters} characters of text; {limits.characters} are accepted"
        raise TextTooLongError(msg, fix="Send less text, or split the task.")
    found = _wanted(await _detect(segments, detector), OPTIONAL_KINDS - limits.optional)
    certain = _languages(segments, found, limits.languages)
    pseudonyms = Pseudonyms(scope, (one.text for one in segments), limits.formats)
    replaced = _replace(segments, found, pseudonyms)
    return Pseudonymisation(
        body=rewrite(accepted, replaced.texts),
        originals=replaced.originals,
        found=replaced.found,
        special=_special(segments, found),
        characters=characters,
        languages=certain,
        ignored=accepted.ignored,
    )


# ------------------------------------------------------------------ detection


def _to_detect(segment: Segment) -> str:
    """Return the text as a detector reads it: "Anna_Schmidt" is two words; offsets stay."""
    return segment.text.translate(_JOINS) if segment.form is Form.NAME else segment.text


async def _detect(segments: Sequence[Segment], detector: Detector) -> dict[str, Detection]:
    """Ask once for all texts, each distinct one once; a text without a letter holds nothing."""
    texts = list(
        dict.fromkeys(text for text in map(_to_detect, segments) if _LETTER_OR_DIGIT.search(text)),
    )
    if not texts:
        return {}
    detections = await detector.detect(texts)
    if len(detections) != len(texts):
        msg = f"detection answered {len(detections)} texts of {len(texts)}"
        raise DetectionUnavailableError(msg)
    for text, detection in zip(texts, detections, strict=True):
        if any(span.end > len(text) for span in detection.spans):
            msg = "detection found something beyond the end of a text"
            raise DetectionUnavailableError(msg)
    return dict(zip(texts, detections, strict=True))


def _wanted(
    found: Mapping[str, Detection], unwanted: AbstractSet[PersonalDataKind]
) -> dict[str, Detection]:
    """Drop finds of `unwanted` kinds, before any of them can hide part of another."""
    return {
        text: replace(
            detection,
            spans=tuple(span for span in detection.spans if span.kind not in unwanted),
        )
        for text, detection in found.items()
    }


def _languages(
    segments: Sequence[Segment], found: Mapping[str, Detection], accepted: Sequence[str]
) -> tuple[str, ...]:
    certain: set[str] = set()
    for segment in segments:
        if segment.path == INSTRUCTIONS:
            continue  # the operator's, in the language of the model's provider
        detection = found.get(_to_detect(segment))
        if detection is None or detection.language is None or detection.probability < SURE:
            continue
        if sum(map(str.isalpha, segment.text)) < LETTERS_TO_JUDGE:
            continue
        if detection.language not in accepted:
            msg = f"{segment.path} is in a language that this purpose does not accept"
            fix = f"Accepted are: {', '.join(accepted)}."
            raise LanguageRefusedError(msg, param=field_of(segment.path), fix=fix)
        certain.add(detection.language)
    return tuple(sorted(certain))


def _special(segments: Sequence[Segment], found: Mapping[str, Detection]) -> dict[str, int]:
    """Count mentions of special categories in all the texts of the client's."""
    counts: Counter[str] = Counter()
    for segment in segments:
        detection = found.get(_to_detect(segment))
        if detection is not None and segment.path != INSTRUCTIONS:
            counts.update({str(name): number for name, number in detection.special.items()})
    return dict(sorted(counts.items()))


# ------------------------------------------------------------------ replacement


@dataclass(frozen=True, slots=True)
class _Replaced:
    texts: tuple[str, ...] = field(repr=False)
    originals: Mapping[str, str] = field(repr=False)
    found: Mapping[str, int]


def _replace(
    segments: Sequence[Segment], found: Mapping[str, Detection], pseudonyms: Pseudonyms
) -> _Replaced:
    detected: dict[str, tuple[Span, ...]] = {}
    for segment in segments:
        if (detection := found.get(_to_detect(segment))) is not None:
            # The same text may stand as a name and as prose, and be read in two ways.
            known = detected.get(segment.text, ())
            new = _trimmed(segment.text, detection.spans)
            detected[segment.text] = known if set(new) <= set(known) else known + new
    occurrences = Occurrences(_values(detected))
    spans: dict[str, tuple[Span, ...]] = {}
    counts: Counter[PersonalDataKind] = Counter()
    texts: list[str] = []
    for segment in segments:
        text = segment.text
        if text not in spans:
            everywhere = merge([*detected.get(text, ()), *occurrences.find(text)])
            spans[text] = _trimmed(text, everywhere)
        counts.update(span.kind for span in spans[text])
        texts.append(_rewritten(segment, spans[text], pseudonyms))
    return _Replaced(
        tuple(texts),
        pseudonyms.originals(),
        {kind.value: counts[kind] for kind in sorted(counts)},
    )


def _trimmed(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans without white space at their ends; one of white space only is nothing."""
    trimmed: list[Span] = []
    for span in spans:
        surface = text[span.start : span.end]
        start = span.end - len(surface.lstrip())
        end = span.start + len(surface.rstrip())
        if start < end:
            trimmed.append(replace(span, start=start, end=end))
    return tuple(trimmed)


def _values(detected: Mapping[str, Iterable[Span]]) -> Iterable[Value]:
    """Return the distinct values, each with the score of its surest find."""
    values: dict[tuple[PersonalDataKind, str], Value] = {}
    for text, spans in detected.items():
        for span in spans:
            value = Value(span.kind, text[span.start : span.end], span.score)
            known = values.get((value.kind, value.surface))
            if known is None or known.score < value.score:
                values[value.kind, value.surface] = value
    return values.values()


def _rewritten(segment: Segment, spans: Iterable[Span], pseudonyms: Pseudonyms) -> str:
    pieces: list[str] = []
    at = 0
    for span in spans:
        pseudonym = pseudonyms.issue(span.kind, segment.text[span.start : span.end])
        pieces.append(segment.text[at : span.start])
        pieces.append(pseudonym.bare if segment.form is Form.NAME else pseudonym.written)
        at = span.end
    pieces.append(segment.text[at:])
    return "".join(pieces)
