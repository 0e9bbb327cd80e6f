"""What was found where."""

from dataclasses import dataclass
from enum import StrEnum


class PersonalDataKind(StrEnum):
    """The kind of a personal datum; the word that its pseudonym shows.

    One word each, none the end of another: without brackets, nobody could tell where a
    pseudonym begins.
    """

    PERSON = "PERSON"
    LOCATION = "LOCATION"
    """A town, region or country."""
    ADDRESS = "ADDRESS"
    """Street and house number, with postal code and town where they follow; a post box."""
    ORGANISATION = "ORGANISATION"
    BIRTH = "BIRTH"
    """A date of birth."""
    DATE = "DATE"
    """Any other date."""
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    URL = "URL"
    """An address on the web that has a part naming a user."""
    IP = "IP"
    """An address of the Internet Protocol, version 4 or 6."""
    DEVICE = "DEVICE"
    """A device's number: MAC address, IMEI, IMSI."""
    IBAN = "IBAN"
    """A bank account, international or national."""
    BIC = "BIC"
    """The code of a bank."""
    CARD = "CARD"
    """A payment card."""
    IDENTITY = "IDENTITY"
    """A national identity or population register number."""
    TAX = "TAX"
    """A taxpayer's number, of a natural person."""
    INSURANCE = "INSURANCE"
    """A number in social security or health insurance, or of a patient."""
    PASSPORT = "PASSPORT"
    """A passport number or the machine-readable zone of a travel document."""
    DOCUMENT = "DOCUMENT"
    """The number of an identity card."""
    LICENCE = "LICENCE"
    """A driving licence's number."""
    PERMIT = "PERMIT"
    """A residence permit's or foreigner's number."""
    PLATE = "PLATE"
    """A vehicle's registration: number plate or chassis number (VIN)."""
    COMPANY = "COMPANY"
    """A business's number that can name a person: VAT, register, LEI."""
    CASE = "CASE"
    """A case, file, application or customer number."""
    SECRET = "SECRET"  # noqa: S105  # a kind, not a secret
    """A password, key or token."""
    OTHER = "OTHER"
    """What an organisation's own recogniser finds and none of the above names."""


OPTIONAL_KINDS = frozenset({PersonalDataKind.ORGANISATION, PersonalDataKind.DATE})
"""Found, and replaced only for purposes that ask for it: mostly not personal data, and much
of what a question is about."""


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
