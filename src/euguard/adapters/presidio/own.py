"""An organisation's own Presidio recognisers, unchanged: YAML and Python.

`*.yaml` are lists of pattern and deny-list recognisers in the format of Presidio's registry;
`*.py` are modules with classes of recognisers that need no arguments. Both are run by Presidio's
own analyser, with its context words, on every text whatever its language. What they find keeps
its name as the detector; its kind is the one of that name, or OTHER.

Python files are programs: they are loaded only from a folder that nobody but the operator can
write, into a process without a network.

Source: Presidio 2.2, "Adding recognizers", `RecognizerRegistry` and `PatternRecognizer.from_dict`.
"""

import importlib.util
import inspect
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import spacy
from presidio_analyzer import (
    AnalyzerEngine,
    EntityRecognizer,
    PatternRecognizer,
    RecognizerRegistry,
)
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from euguard.errors import ConfigurationError, PolicyFileError
from euguard.pii.span import PersonalDataKind, Span
from euguard.policy import places

_ANY: Final = "xx"
_KINDS: Final = {kind.value: kind for kind in PersonalDataKind} | {
    "EMAIL_ADDRESS": PersonalDataKind.EMAIL,
    "PHONE_NUMBER": PersonalDataKind.PHONE,
    "IBAN_CODE": PersonalDataKind.IBAN,
    "CREDIT_CARD": PersonalDataKind.CARD,
    "IP_ADDRESS": PersonalDataKind.IP,
    "DATE_TIME": PersonalDataKind.DATE,
    "MEDICAL_LICENSE": PersonalDataKind.LICENCE,
}
"""Names of entities in Presidio → kinds here."""
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_LONGEST_NAME = 40


class OwnRecognisers:
    """What an organisation's recognisers find."""

    def __init__(self, recognisers: Sequence[EntityRecognizer]) -> None:
        """Take recognisers of any language and use them for all."""
        for recogniser in recognisers:
            recogniser.supported_language = _ANY
        self._engine = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=list(recognisers), supported_languages=[_ANY]),
            nlp_engine=_Words(),
            supported_languages=[_ANY],
            log_decision_process=False,
        )

    def find(self, text: str) -> Iterator[Span]:
        """Yield the finds in `text`."""
        for result in self._engine.analyze(text, _ANY):
            if result.start < result.end:
                kind = _KINDS.get(result.entity_type, PersonalDataKind.OTHER)
                detector = f"own-{result.entity_type}"[:_LONGEST_NAME]
                score = min(max(float(result.score), 0.0), 1.0)
                yield Span(kind, result.start, result.end, score, detector)


def load(folder: Path) -> OwnRecognisers | None:
    """Load the recognisers in `folder`; None where it holds none.

    Raises:
        PolicyFileError: a file is wrong at a line and column.
        ConfigurationError: a Python file that others can write, or that cannot be loaded.

    """
    found: list[EntityRecognizer] = []
    for path in sorted(folder.glob("*.yaml")):
        found += _from_yaml(path, folder)
    for path in sorted(folder.glob("*.py")):
        found += _from_python(path)
    return OwnRecognisers(found) if found else None


def _from_yaml(path: Path, folder: Path) -> Iterator[EntityRecognizer]:
    placed = places.parse(path, places.read(path, folder))
    value = placed.value
    rows = value.get("recognizers") if isinstance(value, dict) else None
    if not isinstance(rows, list):
        fix = "write a list under the key `recognizers`, as Presidio's registry does"
        raise placed.error(placed.at(()), "no list of recognisers", fix=fix)
    for at, row in enumerate(rows):
        if isinstance(row, dict) and row.get("enabled", True):
            yield from _declared(placed, at, row)


def _declared(placed: places.Placed, at: int, row: dict[str, Any]) -> Iterator[EntityRecognizer]:
    if row.get("type", "custom") != "custom":
        return  # one of Presidio's own: ours find those
    for language in row.get("supported_languages") or [row.get("supported_language", _ANY)]:
        own = {key: value for key, value in row.items() if key not in _NOT_FOR_THE_RECOGNISER}
        if isinstance(language, dict):
            own["context"] = language.get("context", own.get("context"))
        own["supported_language"] = _ANY
        try:
            yield PatternRecognizer.from_dict(own)
        except Exception as error:
            way = ("recognizers", at)
            reason = f"no recogniser that Presidio takes ({type(error).__name__})"
            fix = "see Presidio's documentation on pattern recognisers in YAML"
            raise placed.error(placed.at(way), reason, fix=fix) from error


_NOT_FOR_THE_RECOGNISER: Final = frozenset({"enabled", "type", "supported_languages"})


def _from_python(path: Path) -> Iterator[EntityRecognizer]:
    for part in (path, path.parent):
        if part.stat().st_mode & _WRITABLE_BY_OTHERS:
            msg = f"{part} is a program, and others than its owner can write it"
            raise ConfigurationError(msg, fix=f"chmod go-w {part}")
    for _, class_ in inspect.getmembers(_module(path), inspect.isclass):
        own = issubclass(class_, EntityRecognizer) and class_.__module__ == path.stem
        if own and not inspect.isabstract(class_):
            try:
                made: Any = class_()
            except Exception as error:
                line = class_.__init__.__code__.co_firstlineno
                reason = f"this recogniser cannot be made ({type(error).__name__})"
                fix = "give its arguments defaults"
                raise PolicyFileError(path, line, 1, reason, fix=fix) from error
            made.load()
            yield made


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        msg = f"{path} is no Python file"
        raise ConfigurationError(msg)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        line = _line_of(error, path)
        reason = f"it cannot be loaded ({type(error).__name__})"
        raise PolicyFileError(path, line, 1, reason, fix="mend the program") from error
    return module


def _line_of(error: Exception, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


class _Words(NlpEngine):
    """Words for Presidio's context: a tokeniser and small letters, no model of a language."""

    def __init__(self) -> None:
        self._tokenise = spacy.blank(_ANY)

    def load(self) -> None:
        """Do nothing: there is nothing to load."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        with self._tokenise.memory_zone():
            doc = self._tokenise.make_doc(text)
            words = [_Word(token.text) for token in doc]
            places_ = [token.idx for token in doc]
        lemmas = [word.text.lower() for word in words]
        tokens: Any = words
        return NlpArtifacts([], tokens, places_, lemmas, self, language)

    def process_batch(
        self, texts: Any, language: str, batch_size: int = 1, n_process: int = 1, **_: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        del batch_size, n_process
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        del word, language
        return False

    def is_punct(self, word: str, language: str) -> bool:
        del language
        return not any(map(str.isalnum, word))

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return [_ANY]


class _Word(str):
    """A token that outlives the zone of memory it was read in."""

    __slots__ = ()

    @property
    def text(self) -> str:
        return str(self)
