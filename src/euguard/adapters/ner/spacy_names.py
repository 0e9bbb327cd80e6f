"""An installed spaCy pipeline as the model of names: a package or a folder.

For organisations that have a larger model for their language (`en_core_web_trf`,
`de_core_news_lg`, one they trained themselves). It runs beside the kit's own, or instead of it.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import spacy

from euguard.adapters.ner.pieces import batches
from euguard.errors import ConfigurationError
from euguard.pii.names.rules import names
from euguard.pii.span import PersonalDataKind, Span

KINDS: Final[Mapping[str, PersonalDataKind]] = {
    "PERSON": PersonalDataKind.PERSON,  # OntoNotes
    "GPE": PersonalDataKind.LOCATION,
    "FAC": PersonalDataKind.LOCATION,
    "PER": PersonalDataKind.PERSON,  # WikiNER, CoNLL
    "LOC": PersonalDataKind.LOCATION,
    "ORG": PersonalDataKind.ORGANISATION,
}
"""What a model's label means here; others name nobody."""
_UNUSED: Final = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer")
_SCORE = 0.85


class SpacyNames:
    """Keeps the promises of `euguard.pii.names.model.NameModel`."""

    def __init__(self, model: str) -> None:
        """Load `model`: the name of an installed package, or a folder.

        Raises:
            ConfigurationError: there is no such model here, or it finds no names.

        """
        logging.getLogger("spacy").setLevel(logging.ERROR)
        try:
            # Never spaCy's own search by name: where it finds none it may ask the network.
            nlp: Any = spacy.load(Path(model) if "/" in model else model, exclude=list(_UNUSED))
        except (OSError, ValueError) as error:
            msg = f"spacy:{model} is no model that can be loaded here ({type(error).__name__})"
            raise ConfigurationError(msg, fix="install its package, or give its folder") from error
        if not {"ner", "entity_ruler"} & set(nlp.pipe_names):
            msg = f"spacy:{model} has no component that finds names"
            raise ConfigurationError(msg, fix="choose a model with `ner`")
        self._nlp = nlp
        self.languages = frozenset({str(nlp.lang)})
        self._detector = f"spacy-{nlp.meta.get('lang', nlp.lang)}"

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the names in each text; see the port."""
        found: list[list[Span]] = [[] for _ in texts]
        for batch in batches(texts):
            # spaCy's vocabulary keeps every word it meets; within a zone, until its end.
            with self._nlp.memory_zone():
                pieces = [texts[one.text][one.start : one.end] for one in batch]
                for piece, doc in zip(batch, self._nlp.pipe(pieces), strict=True):
                    text = texts[piece.text]
                    for entity in doc.ents:
                        start = piece.start + entity.start_char
                        end = piece.start + entity.end_char
                        found[piece.text] += self._kept(text, start, end, str(entity.label_))
        return found

    def _kept(self, text: str, start: int, end: int, label: str) -> list[Span]:
        kind = KINDS.get(label)
        if kind is None:
            return []
        numbered = kind is not PersonalDataKind.PERSON
        return [
            Span(kind, first, last, _SCORE, self._detector)
            for first, last in names(text, start, end, numbered=numbered)
        ]
