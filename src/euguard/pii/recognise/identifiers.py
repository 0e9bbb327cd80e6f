"""All recognisers of identifiers, on the plain spelling of a text."""

from typing import Final

from euguard.pii.recognise.card import CardRecogniser
from euguard.pii.recognise.email import EmailRecogniser
from euguard.pii.recognise.iban import IbanRecogniser
from euguard.pii.recognise.phone import PhoneRecogniser
from euguard.pii.recognise.plain import Plain, spellings
from euguard.pii.recognise.recogniser import Recogniser
from euguard.pii.recognise.title import TitleRecogniser
from euguard.pii.span import Span

RECOGNISERS: Final[tuple[Recogniser, ...]] = (
    EmailRecogniser(),
    IbanRecogniser(),
    CardRecogniser(),
    PhoneRecogniser(),
    TitleRecogniser(),
)


def located(span: Span, plain: Plain) -> Span:
    """Return `span` of the plain spelling as the span of the original."""
    start, end = plain.locate(span.start, span.end)
    return Span(span.kind, start, end, span.score, span.detector)


def find_identifiers(text: str) -> tuple[Span, ...]:
    """Return every identifier in `text`, from left to right; they may overlap."""
    found = {
        located(span, plain)
        for plain in spellings(text)
        for recogniser in RECOGNISERS
        for span in recogniser.find(plain.text)
    }
    return tuple(sorted(found, key=lambda span: (span.start, -span.end, span.kind)))
