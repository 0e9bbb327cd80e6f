"""The detector port, and the resolution of overlapping finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from euguard.pii.span import Span


@dataclass(frozen=True, slots=True)
class Detection:
    """What a detector found in one text."""

    spans: tuple[Span, ...]
    """May overlap; offsets in code points of that text."""
    language: str | None
    """ISO 639-1 code of the language, or None where the text is too short to tell."""
    probability: float
    """How sure the language is, 0 to 1; 0 where `language` is None."""


class Detector(Protocol):
    """Finds personal data. The real one runs in its own processes, never on the event loop."""

    async def detect(
        self, texts: Sequence[str], languages: Sequence[str]
    ) -> Sequence[Detection]:
        """Return one Detection per text, in order.

        `languages` are the ISO 639-1 codes that the purpose accepts; they choose the
        models that look for names. Identifiers are looked for in any language.

        Raises:
            DetectionUnavailableError: down, too slow, or broken; never a partial answer.

        """
        ...

    async def ready(self) -> bool:
        """Tell whether `detect` would work now."""
        ...
