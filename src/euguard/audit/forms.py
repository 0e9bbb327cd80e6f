"""The forms that values have in records and manifests, as JSON spells them.

A form returns the domain's value for a JSON value, or raises ValueError: without a text, which
would quote the value.

Source: audit/SPEC.md §3 (leaf), §6.2 (manifest).
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from euguard import canonical

Form: TypeAlias = Callable[[Any], Any]


def text(pattern: str) -> Form:
    """Return the form of texts that match the pattern."""
    compiled = re.compile(pattern, re.ASCII)

    def form(value: object) -> str:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            raise ValueError
        return str(value)

    return form


def whole(value: object) -> int:
    """Take a number from 0 to 2**53 - 1."""
    # bool is an int in Python, and not in JSON.
    if type(value) is not int or not 0 <= value <= canonical.MAX_INTEGER:
        raise ValueError
    return value


def positive(value: object) -> int:
    """Take a number from 1: what is not there is not counted."""
    if value == 0:
        raise ValueError
    return whole(value)


def digest(value: object) -> bytes:
    """Take 32 bytes in hex."""
    return bytes.fromhex(HEX(value))


def time(value: object) -> datetime:
    """Take a time in UTC, to the microsecond."""
    return datetime.fromisoformat(_TIME(value))  # also refuses the 30th of February


def written(at: datetime) -> str:
    """Return a time in the spelling that `time` takes.

    Raises:
        ValueError: not in UTC.

    """
    if at.utcoffset() != timedelta(0):
        msg = "a time is not in UTC"
        raise ValueError(msg)
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


HEX = text("[0-9a-f]{64}")

_DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = text(rf"{_DAY}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{{6}}Z")
