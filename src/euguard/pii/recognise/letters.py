"""Classes of letters for patterns: `re` has no name for "a capital letter"."""

from typing import Final

_LAST = 0x2000
"""Latin, Greek, Cyrillic, Armenian, Georgian: every script of Europe with capitals is below."""

UPPER: Final = "".join(sign for sign in map(chr, range(_LAST)) if sign.isupper())
"""All capital letters, to stand within a character class."""
WORD: Final = rf"[{UPPER}][\w'\u2019-]{{0,30}}"
"""A word that begins with a capital."""
CAPITALISED: Final = rf"(?:[{UPPER}][\w\u2019'-]{{0,3}}\.[ ]?){{0,2}}{WORD}"
"""The same, with an abbreviation before it: "St. Pölten", "G. Verdi"."""
