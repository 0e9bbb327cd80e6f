"""All recognisers of identifiers; they read the plain spelling of a text (`plain`)."""

from typing import Final

from euguard.pii.recognise.address import ADDRESSES
from euguard.pii.recognise.birth import BirthRecogniser
from euguard.pii.recognise.business import BUSINESS
from euguard.pii.recognise.card import CardRecogniser
from euguard.pii.recognise.case_number import CaseNumberRecogniser
from euguard.pii.recognise.countries import NATIONAL
from euguard.pii.recognise.dates import DateRecogniser
from euguard.pii.recognise.device import DEVICES
from euguard.pii.recognise.documents import DOCUMENTS
from euguard.pii.recognise.email import EmailRecogniser
from euguard.pii.recognise.european import EUROPEAN
from euguard.pii.recognise.iban import IbanRecogniser
from euguard.pii.recognise.identifier import Identifier
from euguard.pii.recognise.ip import IpRecogniser
from euguard.pii.recognise.mrz import MrzRecogniser
from euguard.pii.recognise.phone import PhoneRecogniser
from euguard.pii.recognise.plate import PLATES
from euguard.pii.recognise.recogniser import Recogniser
from euguard.pii.recognise.secret import SecretRecogniser
from euguard.pii.recognise.title import TitleRecogniser
from euguard.pii.recognise.url import UrlRecogniser

DECLARED: Final[tuple[Identifier, ...]] = (
    *NATIONAL,
    *EUROPEAN,
    *DOCUMENTS,
    *BUSINESS,
    *DEVICES,
    *PLATES,
)
"""All that a declaration describes whole."""

RECOGNISERS: Final[tuple[Recogniser, ...]] = (
    EmailRecogniser(),
    UrlRecogniser(),
    IbanRecogniser(),
    CardRecogniser(),
    PhoneRecogniser(),
    IpRecogniser(),
    TitleRecogniser(),
    *ADDRESSES,
    BirthRecogniser(),
    DateRecogniser(),
    CaseNumberRecogniser(),
    SecretRecogniser(),
    MrzRecogniser(),
    *DECLARED,
)
