"""The detector port, and the resolution of overlapping finds."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Protocol

from euguard.pii.span import PersonalDataKind, Span
from euguard.pii.special.category import SpecialCategory


@dataclass(frozen=True, slots=True)
class Detection:
    """What a detector found in one text."""

    spans: tuple[Span, ...]
    """May overlap; offsets in code points of that text."""
    language: str | None
    """ISO 639-1 code of the language, or None where the text is too short to tell."""
    probability: float
    """How sure the language is, 0 to 1; 0 where `language` is None."""
    special: Mapping[SpecialCategory, int] = field(default_factory=dict)
    """Mentions of special categories (`pii/special`), where there are any."""


class Detector(Protocol):
    """Finds personal data. The real one runs in its own processes, never on the event loop."""

    async def detect(self, texts: Sequence[str]) -> Sequence[Detection]:
        """Return one Detection per text, in order, whatever the language of each.

        Raises:
            DetectionUnavailableError: down, too slow, or broken; never a partial answer.
            TextTooLongError: more text than one request may bring.

        """
        ...

    async def ready(self) -> bool:
        """Tell whether `detect` would work now."""
        ...


_ORDER = (
    PersonalDataKind.IBAN,
    PersonalDataKind.CARD,
    PersonalDataKind.EMAIL,
    PersonalDataKind.URL,
    PersonalDataKind.IP,
    PersonalDataKind.DEVICE,
    PersonalDataKind.IDENTITY,
    PersonalDataKind.INSURANCE,
    PersonalDataKind.TAX,
    PersonalDataKind.PASSPORT,
    PersonalDataKind.DOCUMENT,
    PersonalDataKind.LICENCE,
    PersonalDataKind.PERMIT,
    PersonalDataKind.COMPANY,
    PersonalDataKind.BIC,
    PersonalDataKind.PLATE,
    PersonalDataKind.PHONE,
    PersonalDataKind.CASE,
    PersonalDataKind.ADDRESS,
    PersonalDataKind.BIRTH,
    PersonalDataKind.PERSON,
    PersonalDataKind.ORGANISATION,
    PersonalDataKind.LOCATION,
    PersonalDataKind.DATE,
    PersonalDataKind.OTHER,
    PersonalDataKind.SECRET,
)
"""Whose word counts if length and score are equal: checksums before syntax before names."""
_RANK = {kind: rank for rank, kind in enumerate(_ORDER)}


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Resolve overlaps: every character belongs to the strongest span that covers it.

    Stronger is longer, then surer, then earlier in a fixed order of kinds. The strongest
    keep their exact extent, so that an IBAN that a name half covers still is the IBAN of
    the other sentence. What remains of a weaker span stays a span of its own kind: to drop
    it would leave the tail of a datum in clear, to widen the stronger one would make
    another value of it. The result is sorted, disjoint, and covers exactly what the
    input covered.
    """
    waiting = sorted(spans, key=lambda span: span.start)
    cuts = sorted({edge for span in waiting for edge in (span.start, span.end)})
    active: list[tuple[tuple[float, float, int, int, str], Span]] = []
    owned: list[tuple[int, int, Span]] = []
    entered = 0
    for start, end in pairwise(cuts):
        while entered < len(waiting) and waiting[entered].start == start:
            heapq.heappush(active, (_strength(waiting[entered]), waiting[entered]))
            entered += 1
        while active and active[0][1].end <= start:
            heapq.heappop(active)
        if not active:
            continue
        owner = active[0][1]
        if owned and owned[-1][1] == start and owned[-1][2] is owner:
            owned[-1] = (owned[-1][0], end, owner)
        else:
            owned.append((start, end, owner))
    return tuple(replace(owner, start=start, end=end) for start, end, owner in owned)


def _strength(span: Span) -> tuple[float, float, int, int, str]:
    return (span.start - span.end, -span.score, _RANK[span.kind], span.start, span.detector)
