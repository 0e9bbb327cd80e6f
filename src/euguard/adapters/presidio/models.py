"""The name models, loaded.

Only the named entities are loaded: in these models that component has vectors of its own,
and tagger, parser and lemmatiser would triple the time for nothing that is read here.
"""

import importlib
import logging
from collections.abc import Mapping
from typing import Any, Final

from spacy.language import Language
from thinc.api import NumpyOps

from euguard.adapters.presidio.greedy import GreedyEntities
from euguard.adapters.presidio.packages import PACKAGES, require
from euguard.pii.span import PersonalDataKind

_NOT_LOADED: Final = (
    "tok2vec", "tagger", "morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer",
)  # fmt: skip
KINDS: Final[Mapping[str, PersonalDataKind]] = {
    "PERSON": PersonalDataKind.PERSON,  # OntoNotes labels (en)
    "GPE": PersonalDataKind.LOCATION,
    "FAC": PersonalDataKind.LOCATION,
    "PER": PersonalDataKind.PERSON,  # WikiNER labels (fr)
    "LOC": PersonalDataKind.LOCATION,
}
"""What a model's label means here. Organisations are no personal data (recital 14 GDPR)."""


class NameModel:
    """One language's model."""

    def __init__(self, language: str, nlp: Language) -> None:
        self.language = language
        self.ordinary = frozenset(nlp.Defaults.stop_words)
        """Words in small letters that name nobody."""
        self.entities = GreedyEntities(nlp)
        self.memory_zone = nlp.memory_zone
        """spaCy's vocabulary keeps every word it meets; within a zone, until its end."""


def load(language: str) -> NameModel:
    """Load the model of `language` (ISO 639-1).

    Raises:
        ConfigurationError: there is none, or its package is not installed.

    """
    require([language])
    package: Any = importlib.import_module(PACKAGES[language])
    logging.getLogger("spacy").setLevel(logging.ERROR)
    nlp: Language = package.load(exclude=list(_NOT_LOADED))
    # numpy's OpenBLAS multiplies these small matrices a third faster than thinc's BLIS.
    multiply = NumpyOps(use_blis=False)
    ner: Any = nlp.get_pipe("ner")
    for layer in ner.model.walk():
        layer.ops = multiply
    # Outside a memory zone: these words make up half of any text, and stay known.
    nlp.make_doc(" ".join(sorted(nlp.Defaults.stop_words)))
    return NameModel(language, nlp)
