"""Classes of letters for patterns: `re` has no name for "a capital letter"."""

from typing import Final

_LAST = 0x2000
"""Latin, Greek, Cyrillic, Armenian, Georgian: every script of Europe with capitals is below."""

UPPER: Final = "".join(sign for sign in map(chr, range(_LAST)) if sign.isupper())
"""All capital letters, to stand within a character class."""
CAPITALISED: Final = rf"[{UPPER}][\w'\u2019.-]{{0,30}}"
"""A word that begins with a capital; an abbreviation keeps its full stop."""
