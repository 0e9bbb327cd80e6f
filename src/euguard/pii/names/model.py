"""What finds names: the port that `adapters/ner` fills."""

from collections.abc import Sequence
from typing import Protocol

from euguard.pii.span import Span


class NameModel(Protocol):
    """Finds names of persons, places and organisations."""

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes of the languages that it was trained for."""
        ...

    def find(self, texts: Sequence[str]) -> Sequence[Sequence[Span]]:
        """Return the names in each text, in order.

        Texts are in plain spelling (`recognise/plain.py`); offsets are those of each text.
        Finds are PERSON, LOCATION or ORGANISATION, already cut by `rules.names`. The time is
        linear in the texts, and nothing of them is kept.
        """
        ...
