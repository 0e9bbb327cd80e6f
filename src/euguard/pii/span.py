"""What was found where."""

from dataclasses import dataclass
from enum import StrEnum


class PersonalDataKind(StrEnum):
    """The kind of a personal datum; the word that its pseudonym shows."""

    PERSON = "PERSON"
    LOCATION = "LOCATION"
    ORGANISATION = "ORGANISATION"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    IBAN = "IBAN"
    CARD = "CARD"


@dataclass(frozen=True, slots=True)
class Span:
    """One personal datum in one text.

    Offsets count Unicode code points of the original text, as Python's str does.
    """

    kind: PersonalDataKind
    start: int
    end: int
    """One past the last code point."""
    score: float
    """How sure the detector is, 0 to 1."""
    detector: str
    """Which recogniser or model found it."""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            msg = f"span: [{self.start}, {self.end}) is empty or negative"
            raise ValueError(msg)
