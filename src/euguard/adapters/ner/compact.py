"""The kit's own model of names: one for the 24 official languages of the Union.

Trained by `euguard pii train` on openly licensed texts (`docs/reference/training-data.md`);
its weights come with the kit under CC BY-SA 4.0 (`model/LICENSE`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from euguard.adapters.ner.pieces import Piece, batches
from euguard.adapters.ner.tagger import Name, Tagger
from euguard.adapters.ner.weights import load
from euguard.pii.names.parts import joined
from euguard.pii.names.rules import names
from euguard.pii.span import PersonalDataKind, Span

LANGUAGES: Final = frozenset(
    """bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv""".split()  # noqa: SIM905  # reads as a list
)
"""ISO 639-1 codes: the official languages of the Union."""
DETECTOR: Final = "names"
_EAGER = 0.8
"""What is added to the score of names: rather one too many than one too few (natural logarithm
of odds). On the sets of other authors this finds more persons at little loss of precision."""
_SURE_IN_SMALL_LETTERS, _SURE_AT_A_BEGIN = 0.8, 0.6
"""How sure the model must be of a single word that nothing else marks as a name: one in small
letters, and one whose capital a sentence begins with. Below, most such finds are wrong."""
_BEGIN = re.compile(r"(?:\A|[.!?:\n\"„“«-])\s*\Z")
_KINDS: Final[Mapping[str, PersonalDataKind]] = {
    "PER": PersonalDataKind.PERSON,
    "LOC": PersonalDataKind.LOCATION,
    "ORG": PersonalDataKind.ORGANISATION,
}


class CompactNames:
    """Keeps the promises of `euguard.pii.names.model.NameModel`."""

    languages = LANGUAGES

    def __init__(self, weights: Path | None = None, *, eager: float = _EAGER) -> None:
        """Load the model that comes with the kit, or another that it trained.

        Raises:
            ConfigurationError: not a model.

        """
        packaged = Path(str(files("euguard.adapters.ner") / "model" / "names.npz"))
        self._tagger = Tagger(load(weights or packaged), eager=eager)

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the names in each text; see the port."""
        found: list[list[Span]] = [[] for _ in texts]
        for batch in batches(texts):
            tagged = self._tagger.find([texts[one.text][one.start : one.end] for one in batch])
            for piece, own in zip(batch, tagged, strict=True):
                for name in own:
                    found[piece.text] += _kept(texts[piece.text], piece, name)
        return [joined(text, own) for text, own in zip(texts, found, strict=True)]


def _kept(text: str, piece: Piece, name: Name) -> Iterator[Span]:
    kind = _KINDS[name.label]
    start, end = piece.start + name.start, piece.start + name.end
    if name.probability < _needed(text, start, end):
        return
    numbered = kind is not PersonalDataKind.PERSON
    for first, last in names(text, start, end, numbered=numbered):
        yield Span(kind, first, last, round(name.probability, 3), DETECTOR)


def _needed(text: str, start: int, end: int) -> float:
    """Return the probability from which text[start:end] is believed to be a name."""
    name = text[start:end]
    if not name.isalpha():
        return 0.0
    if name.islower():
        return _SURE_IN_SMALL_LETTERS
    return _SURE_AT_A_BEGIN if _BEGIN.search(text[max(0, start - 4) : start]) else 0.0
