"""The shape all recognisers of identifiers share."""

from collections.abc import Iterator
from typing import Protocol

from euguard.pii.span import PersonalDataKind, Span


class Recogniser(Protocol):
    """Finds one kind of identifier by its format, in a text of any language.

    Takes time linear in the text, whatever the text: it is what a stranger typed.
    """

    @property
    def kind(self) -> PersonalDataKind:
        """What it finds."""
        ...

    @property
    def trigger(self) -> str:
        """A pattern, in the syntax of RE2, without which a text holds nothing of the kind.

        All triggers are looked for at once (`together.py`); `find` runs only where its own
        stands. Letters match in either case. The empty pattern stands in every text.
        """
        ...

    def find(self, text: str) -> Iterator[Span]:
        """Yield what is found, from left to right.

        `text` is in plain spelling (`plain.py`): its digits are ASCII, its spaces are
        spaces and nothing in it is undrawn. Offsets are those of `text`.
        """
        ...
