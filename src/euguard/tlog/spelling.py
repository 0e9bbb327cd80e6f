"""One spelling per value: how the C2SP formats write bytes and numbers.

A second spelling of the same value is a bit that can be flipped without anybody noticing.
Readers here return what was meant, or None for every spelling that the writer does not use.
"""

import base64
import binascii
import re

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)

MAX_INTEGER = 2**63 - 1
"""Largest tree size or index: what every implementation of the formats can hold."""


def to_base64(data: bytes) -> str:
    """Write `data` in standard base64 with padding (RFC 4648 §4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Read what `to_base64` writes; None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    # The last character may carry bits that decoding throws away (RFC 4648 §3.5).
    return data if to_base64(data) == text else None


def from_decimal(text: str) -> int | None:
    """Read a decimal from 0 to 2**63-1 as str(int) writes it; None for anything else."""
    # int() alone also takes "+1", " 1", "1_0", "01" and the digits of other scripts.
    if _DECIMAL.fullmatch(text) is None:
        return None
    value = int(text)
    return value if value <= MAX_INTEGER else None
