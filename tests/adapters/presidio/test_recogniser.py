"""Our recognisers in a Presidio of somebody else's find the same."""

import pytest
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

from euguard.adapters.presidio.own import _Words
from euguard.adapters.presidio.recogniser import DETECTOR, Identifiers
from euguard.pii.detect import merge
from euguard.pii.recognise.identifiers import DECLARED, RECOGNISERS
from euguard.pii.recognise.together import Together
from euguard.pii.span import PersonalDataKind, Span

TOGETHER = Together(RECOGNISERS)
TEXTS = [
    f"Re {one.words[0].removesuffix('*')} {example}, thank you."
    for one in DECLARED
    for example in one.examples[:1]
]


@pytest.fixture(scope="module")
def engine() -> AnalyzerEngine:
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=[Identifiers("xx")], supported_languages=["xx"]),
        nlp_engine=_Words(),
        supported_languages=["xx"],
    )


def test_in_presidios_analyser_they_find_what_they_find_alone(engine: AnalyzerEngine) -> None:
    assert len(TEXTS) > 130
    for text in TEXTS:
        theirs = [
            Span(
                PersonalDataKind(one.entity_type),
                one.start,
                one.end,
                one.score,
                one.recognition_metadata[DETECTOR],
            )
            for one in engine.analyze(text, "xx")
        ]
        # Presidio drops what another of the same kind contains; merging both leaves the same.
        assert _covered(theirs) == _covered([*TOGETHER.find(text)]), text


def test_only_what_is_asked_for_is_returned(engine: AnalyzerEngine) -> None:
    text = "PESEL 44051401359, anna@example.eu"

    found = engine.analyze(text, "xx", entities=["EMAIL"])

    assert [(one.entity_type, one.start) for one in found] == [("EMAIL", 19)]


def _covered(spans: list[Span]) -> set[tuple[PersonalDataKind, int, int]]:
    return {(span.kind, span.start, span.end) for span in merge(spans)}
