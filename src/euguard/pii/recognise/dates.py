"""All other dates: of contracts, hearings, stays in hospital.

A date is seldom personal data by itself; with others it can single out a person (recital 26
GDPR), and texts that go to strangers are anonymised without them. An optional kind: replaced only
where the purpose asks for it, because an answer that computes with dates needs them.

Formats and source: `calendar.py`. No checksum; only days that exist.

Fictitious examples: "14 March 2022", "2022-03-14".
"""

from collections.abc import Iterator
from typing import Final

from euguard.pii.detect import merge
from euguard.pii.recognise import calendar
from euguard.pii.span import PersonalDataKind, Span


class DateRecogniser:
    """Finds dates."""

    kind: Final = PersonalDataKind.DATE
    trigger: Final = calendar.TRIGGER

    def find(self, text: str) -> Iterator[Span]:
        """Yield dates."""
        yield from merge(self._finds(text))

    def _finds(self, text: str) -> Iterator[Span]:
        for found in calendar.dates(text):
            yield Span(self.kind, found.start, found.end, 0.6, "date")
