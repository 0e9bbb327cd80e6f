"""Runs of digits as people group them: "06 12 34 56 78", "4111-1111-1111-1111".

Numbers are found group by group instead of by one pattern over all digits: a pattern that
may start anywhere and stop anywhere takes quadratic time on a page of digits, and one that
demands a clean edge misses "2 4111 1111 1111 1111".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# One sign or a few spaces, or the end of a line and how a mail quotes the next one.
_BETWEEN = r"[ \t]?[-./()\u00b7_][-./() \t_]{0,2}|[ \t]{1,4}|[ \t]{0,3}\r?\n[ \t>]{0,8}"
_CHAIN = re.compile(rf"[0-9]+(?:(?:{_BETWEEN})[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Group:
    """Digits with nothing between them."""

    digits: str = field(repr=False)
    start: int
    end: int


def chains(text: str) -> Iterator[tuple[Group, ...]]:
    """Yield the groups that few separators or one line break part, in order."""
    for chain in _CHAIN.finditer(text):
        yield tuple(
            Group(found[0], found.start(), found.end())
            for found in _GROUP.finditer(text, chain.start(), chain.end())
        )
