"""All recognisers of identifiers; they read the plain spelling of a text (`plain`)."""

from typing import Final

from euguard.pii.recognise.address import ADDRESSES
from euguard.pii.recognise.birth import BirthRecogniser
from euguard.pii.recognise.card import CardRecogniser
from euguard.pii.recognise.countries import NATIONAL
from euguard.pii.recognise.dates import DateRecogniser
from euguard.pii.recognise.email import EmailRecogniser
from euguard.pii.recognise.iban import IbanRecogniser
from euguard.pii.recognise.phone import PhoneRecogniser
from euguard.pii.recognise.recogniser import Recogniser
from euguard.pii.recognise.title import TitleRecogniser

RECOGNISERS: Final[tuple[Recogniser, ...]] = (
    EmailRecogniser(),
    IbanRecogniser(),
    CardRecogniser(),
    PhoneRecogniser(),
    TitleRecogniser(),
    *ADDRESSES,
    BirthRecogniser(),
    DateRecogniser(),
    *NATIONAL,
)
