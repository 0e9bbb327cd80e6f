r"""Characters that differ in code and not to a reader.

A number copied from a PDF carries no-break spaces, soft hyphens and zero-width joiners; one
typed to slip through carries fullwidth or Arabic-Indic digits. What recognisers read
(`recognise.plain`) and how values are compared (`spelling`) start from the same two tables,
so that what is found in one writing is found again in every other.

`PLAIN` maps one character to one, so that offsets stay: decimal digits of every script to
ASCII digits; compatibility letters, digits and signs that stand for one character
(fullwidth, mathematical, circled) to that character, except superscripts and subscripts,
which are footnotes more often than digits; space separators to a space; dashes to a hyphen.

Source: Unicode Standard Annex 15 (normalisation), Annex 44 (general categories); Unicode
§23 (default-ignorable code points).
"""

import unicodedata
from typing import Final

UNDRAWN: Final = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, except tab and the ends of lines
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\u20e3"  # the cap around a digit
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Code points that are not drawn, as the inside of a character class of a pattern."""

_SPECIALS = {
    "\u2212": "-",  # minus sign
    "\u2044": "/",  # fraction slash
    "\u2215": "/",  # division slash
    "\u2024": ".",  # one dot leader
    "\u3002": ".",  # ideographic full stop: IDNA treats it as a dot
    "\uff61": ".",  # as above, halfwidth
    "\u2800": " ",  # braille pattern blank
    "\u2028": "\n",  # line separator
    "\u2029": "\n",  # paragraph separator
}
_CATEGORIES = {"Zs": " ", "Pd": "-"}
_NOT_FOLDED = ("<super>", "<sub>")


class _Table(dict[int, str]):
    """A table for str.translate that is filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        plain = _plain(chr(code))
        # The table is bounded by Unicode itself; texts come and go, characters repeat.
        self[code] = plain
        return plain


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    known = _SPECIALS.get(character) or _CATEGORIES.get(category)
    if known is not None:
        return known
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if unicodedata.decomposition(character).startswith(_NOT_FOLDED):
        return character
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1 or folded == character:
        return character
    return _plain(folded)  # the vertical form of the ideographic full stop is a dot, too


PLAIN: Final = _Table()
"""For str.translate: each character as a reader takes it, one to one."""
