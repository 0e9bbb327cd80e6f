"""Everything that looks for personal data in a text, together.

::

    text ─▶ plain spellings ─┬▶ identifiers, all at once (`recognise/together.py`)
                             ├▶ names, by the installation's models (`names/model.py`)
                             └▶ the organisation's own Presidio recognisers (`own.py`), if any
                                              └─▶ finds, at their place in the text ─▶ its lists

Presidio is the frame for recognisers: an organisation's run in its analyser, unchanged, and ours
can be registered in one (`recogniser.py`; a test holds that they find the same there). Where
there is nothing but ours, its analyser is bypassed: it compares every find with every other, and
takes longer than all recognisers together.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from euguard.adapters.presidio.language import Languages
from euguard.pii.detect import Detection
from euguard.pii.names.model import NameModel
from euguard.pii.recognise.identifiers import RECOGNISERS
from euguard.pii.recognise.plain import Plain, spellings
from euguard.pii.recognise.together import Together
from euguard.pii.span import Span
from euguard.pii.special.signals import signals
from euguard.pii.terms import TermLists

if TYPE_CHECKING:
    from euguard.adapters.presidio.own import OwnRecognisers  # Presidio, only where it is used


class Analyser:
    """Finds everything in texts; one per process."""

    def __init__(
        self,
        names: NameModel,
        *,
        own: "OwnRecognisers | None" = None,
        terms: TermLists | None = None,
    ) -> None:
        """`own` and `terms` are the organisation's; None where it has none."""
        self._names = names
        self._own = own
        self._terms = terms
        self._identifiers = Together(RECOGNISERS)
        self._languages = Languages()

    def analyse(self, texts: Sequence[str]) -> list[Detection]:
        """Return one Detection per text."""
        plain = [(at, spelling) for at, text in enumerate(texts) for spelling in spellings(text)]
        found: list[dict[Span, None]] = [{} for _ in texts]
        named = self._names.find([spelling.text for _, spelling in plain])
        for (at, spelling), names in zip(plain, named, strict=True):
            found[at] |= dict.fromkeys(self._located(spelling, names))
        special = {at: signals(spelling.text) for at, spelling in reversed(plain)}
        return [
            Detection(self._listed(text, found[at]), *self._languages.identify(text), special[at])
            for at, text in enumerate(texts)
        ]

    def _located(self, spelling: Plain, names: Iterable[Span]) -> Iterator[Span]:
        """Yield all finds in one spelling, at their place in the original."""
        for finds in (names, self._identifiers.find(spelling.text), self._others(spelling.text)):
            for span in finds:
                start, end = spelling.locate(span.start, span.end)
                yield Span(span.kind, start, end, span.score, span.detector)

    def _others(self, text: str) -> Iterator[Span]:
        return self._own.find(text) if self._own else iter(())

    def _listed(self, text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
        applied = self._terms.apply(text, spans) if self._terms else spans
        return tuple(sorted(applied, key=_position))


def _position(span: Span) -> tuple[int, int, str]:
    return span.start, -span.end, span.kind
