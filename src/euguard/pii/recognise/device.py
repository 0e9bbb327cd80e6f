"""Numbers of devices: MAC addresses, IMEI, IMSI.

A device that one person carries stands for that person (Art. 4(1), recital 30 GDPR).

Formats: IEEE 802 (MAC: six groups of two hexadecimal digits); 3GPP TS 23.003 §6 (IMEI: 15 digits,
Luhn) and §2 (IMSI: 14 or 15 digits behind a word). Not found: a MAC address without separators.

Fictitious examples: 00:1B:44:11:3A:B7, 49-015420-323751-8.
"""

from typing import Final

from stdnum import imei

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind


def _is_imei(number: str) -> bool:
    return bool(imei.is_valid(number) and imei.imei_type(number) == "IMEI")


DEVICES: Final = (
    Identifier(
        name="eu-mac",
        kind=PersonalDataKind.DEVICE,
        title="MAC address",
        pattern="[0-9A-F]{2}(?::[0-9A-F]{2}){5}|[0-9A-F]{2}(?:-[0-9A-F]{2}){5}|[0-9A-F]{4}(?:\\.[0-9A-F]{4}){2}",
        words=("mac", "mac address*"),
        check=None,
        alone=True,
        basis="recital 30 GDPR",
        form="48 bits in hexadecimal, grouped",
        checksum="none",
        source="IEEE 802-2014 §8.2",
        examples=("00:1B:44:11:3A:B7", "00-1B-44-11-3A-B7"),
    ),
    Identifier(
        name="eu-imei",
        kind=PersonalDataKind.DEVICE,
        title="international mobile equipment identity (IMEI)",
        pattern="[0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{6}[ -]?[0-9]",
        words=("imei*",),
        check=_is_imei,
        basis="recital 30 GDPR",
        form="type of eight digits, serial of six, check digit",
        checksum="Luhn",
        source="3GPP TS 23.003 §6.2",
        examples=("49-015420-323751-8", "490154203237518"),
    ),
    Identifier(
        name="eu-imsi",
        kind=PersonalDataKind.DEVICE,
        title="international mobile subscriber identity (IMSI)",
        pattern="[2-7][0-9]{13,14}",
        words=("imsi*",),
        check=None,
        basis="recital 30 GDPR",
        form="country of three digits, network of two or three, subscriber",
        checksum="none",
        source="3GPP TS 23.003 §2.2",
        examples=("262011234567890",),
    ),
)
