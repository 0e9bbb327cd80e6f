"""Sizes and versions, read and said."""

import re

from euguard.serving.memory import GIB

_TWO = re.compile(r"(\d{1,9})\.(\d{1,9})", re.ASCII)


def gib(size: int) -> str:
    """Return a size for people, in GiB of 2**30 bytes."""
    return f"{size / GIB:.1f} GiB"


def numbers(version: str) -> tuple[int, int]:
    """Return the first two numbers of a version, (0, 0) if it does not begin with two."""
    match = _TWO.match(version)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def dotted(version: tuple[int, int]) -> str:
    """Return two numbers of a version as text."""
    return f"{version[0]}.{version[1]}"
