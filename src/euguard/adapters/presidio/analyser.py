"""Presidio's analyser with our recognisers and our name models, and nothing else in it.

Presidio is the frame: it runs recognisers over a text, drops what is contained in better
finds, and takes recognisers that others wrote. What it brings along is left out: its
predefined recognisers (two of them fetch a list of domain names from the internet, others
take European numbers for American ones), the tracing of decisions (it logs every token of
the text), and the lemmas for context words (our recognisers look at the words themselves).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from presidio_analyzer import (
    AnalyzerEngine,
    EntityRecognizer,
    LocalRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from euguard.adapters.presidio.language import Languages
from euguard.pii.detect import Detection
from euguard.pii.names.model import NameModel
from euguard.pii.recognise.identifiers import RECOGNISERS
from euguard.pii.recognise.plain import Plain, spellings
from euguard.pii.recognise.together import Together
from euguard.pii.span import PersonalDataKind, Span

_ANY: Final = "xx"
"""The one language Presidio is told of: everything is looked for in texts of any."""

_DETECTOR: Final = "detector"
_NAMED: Final = (
    PersonalDataKind.PERSON,
    PersonalDataKind.LOCATION,
    PersonalDataKind.ORGANISATION,
)


class Analyser:
    """Finds everything in texts; one per process."""

    def __init__(self, names: NameModel) -> None:
        self._languages = Languages()
        self._engine = _NamesEngine(names)
        registry = RecognizerRegistry(
            recognizers=[_Identifiers(Together(RECOGNISERS)), _NamesFound()],
            supported_languages=[_ANY],
        )
        self._presidio = AnalyzerEngine(
            registry=registry,
            nlp_engine=self._engine,
            supported_languages=[_ANY],
            log_decision_process=False,
            context_aware_enhancer=_NoEnhancer(),
        )

    def analyse(self, texts: Sequence[str]) -> list[Detection]:
        """Return one Detection per text."""
        plain = [(at, spelling) for at, text in enumerate(texts) for spelling in spellings(text)]
        found: list[dict[Span, None]] = [{} for _ in texts]
        artifacts = self._engine.read([spelling.text for _, spelling in plain])
        for (at, spelling), names in zip(plain, artifacts, strict=True):
            results = self._presidio.analyze(spelling.text, _ANY, nlp_artifacts=names)
            found[at] |= dict.fromkeys(_span(result, spelling) for result in results)
        return [
            Detection(tuple(sorted(spans, key=_position)), *self._languages.identify(text))
            for text, spans in zip(texts, found, strict=True)
        ]


def _span(result: RecognizerResult, spelling: Plain) -> Span:
    start, end = spelling.locate(result.start, result.end)
    detector = result.recognition_metadata[_DETECTOR]
    return Span(PersonalDataKind(result.entity_type), start, end, result.score, detector)


def _position(span: Span) -> tuple[int, int, str]:
    return span.start, -span.end, span.kind


class _NamesEngine(NlpEngine):
    """What Presidio calls an NLP engine: here, the names in a text and no tokens."""

    def __init__(self, names: NameModel) -> None:
        self._names = names

    def read(self, texts: Sequence[str]) -> Iterator[NlpArtifacts]:
        for spans in self._names.find(texts):
            # The fields are spaCy's in Presidio; only `_NamesFound` below reads them here.
            found: Any = spans
            tokens: Any = ()
            yield NlpArtifacts(found, tokens, [], [], None, _ANY)

    def load(self) -> None:
        """Do nothing: the models are loaded before the engine is made."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        del language
        return next(self.read([text]))

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = 1,
        n_process: int = 1,
        **_: Any,
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        del language, batch_size, n_process
        batch = list(texts)
        return zip(batch, self.read(batch), strict=True)

    def is_stopword(self, word: str, language: str) -> bool:
        del word, language
        return False

    def is_punct(self, word: str, language: str) -> bool:
        del word, language
        return False

    def get_supported_entities(self) -> list[str]:
        return [kind.value for kind in _NAMED]

    def get_supported_languages(self) -> list[str]:
        return [_ANY]


def _result(span: Span) -> RecognizerResult:
    return RecognizerResult(
        span.kind.value,
        span.start,
        span.end,
        span.score,
        recognition_metadata={_DETECTOR: span.detector},
    )


class _Identifiers(LocalRecognizer):
    """Our recognisers of identifiers, as Presidio wants one."""

    def __init__(self, together: Together) -> None:
        self._together = together
        super().__init__(
            supported_entities=[kind.value for kind in PersonalDataKind],
            name="identifiers",
            supported_language=_ANY,
        )

    def load(self) -> None:
        """Do nothing: there is nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        del entities, nlp_artifacts
        return [_result(span) for span in self._together.find(text)]


class _NamesFound(LocalRecognizer):
    """Hands on what the name models found."""

    def __init__(self) -> None:
        super().__init__(
            supported_entities=[kind.value for kind in _NAMED],
            name="names",
            supported_language=_ANY,
        )

    def load(self) -> None:
        """Do nothing, as above."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        del text, entities
        found: Any = nlp_artifacts.entities
        return [_result(span) for span in found]


class _NoEnhancer(ContextAwareEnhancer):
    """Leaves scores as they are."""

    def __init__(self) -> None:
        super().__init__(0.0, 0.0, 0, 0)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        del text, nlp_artifacts, recognizers, context
        return raw_results
