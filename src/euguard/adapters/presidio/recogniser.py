"""Our recognisers of identifiers as one of Presidio's: for a registry of somebody else's.

registry.add_recognizer(Identifiers("de"))
"""

from typing import Any, Final

from presidio_analyzer import LocalRecognizer, RecognizerResult

from euguard.pii.recognise.identifiers import RECOGNISERS
from euguard.pii.recognise.together import Together
from euguard.pii.span import PersonalDataKind, Span

DETECTOR: Final = "detector"


class Identifiers(LocalRecognizer):
    """All our recognisers; they look in texts of any language."""

    def __init__(self, language: str) -> None:
        """`language` is the one it is registered under, ISO 639-1."""
        self._together = Together(RECOGNISERS)
        super().__init__(
            supported_entities=[kind.value for kind in PersonalDataKind],
            name="euguard",
            supported_language=language,
        )

    def load(self) -> None:
        """Do nothing: there is nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any) -> list[RecognizerResult]:
        """Return what is found of `entities` in `text`."""
        del nlp_artifacts
        return [result(span) for span in self._together.find(text) if span.kind.value in entities]


def result(span: Span) -> RecognizerResult:
    """Return a find as Presidio has it."""
    return RecognizerResult(
        span.kind.value,
        span.start,
        span.end,
        span.score,
        recognition_metadata={DETECTOR: span.detector},
    )
