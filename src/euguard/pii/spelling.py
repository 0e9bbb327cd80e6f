"""How values are spelt: folding a text, its words, and one normal form per value.

"Vogelsang", "VOGELSANG" and "Vogel-⏎sang" with a soft hyphen are one value, and so are
"DE89 3704 …" and "DE893704…". Folding undoes what writing varies (plain characters, NFKC,
case, what is not drawn) and remembers where each folded character came from.

Source: Unicode Standard Annex #15 (NFKC); Unicode §3.13 D144 (case folding).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from euguard.pii.characters import PLAIN, UNDRAWN
from euguard.pii.recognise.plain import plainest
from euguard.pii.span import PersonalDataKind

COMPACT_KINDS = frozenset(
    {
        PersonalDataKind.IBAN,
        PersonalDataKind.CARD,
        PersonalDataKind.PHONE,
        PersonalDataKind.DEVICE,
        PersonalDataKind.IDENTITY,
        PersonalDataKind.TAX,
        PersonalDataKind.INSURANCE,
        PersonalDataKind.PASSPORT,
        PersonalDataKind.DOCUMENT,
        PersonalDataKind.LICENCE,
        PersonalDataKind.PERMIT,
        PersonalDataKind.PLATE,
        PersonalDataKind.COMPANY,
    },
)
"""Identifiers that people group with spaces, dashes and dots as they like."""

_UNSEEN = re.compile(f"[{UNDRAWN}]")
# Combining marks, Hangul vowels and finals: they compose with the character before them.
_JOINING = (
    r"[\u0300-\u036f\u1160-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f"
    rf"{UNDRAWN}]"
)
_CLUSTER = re.compile(
    rf"(?P<ascii>[\x00-\x7f]+(?!{_JOINING}))|.{_JOINING}*",
    re.DOTALL,
)
_WORD = re.compile(r"[^\W_]+|[^\w\s.,'\u2019\u2010\u2011\u2013\-/&]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without what spelling varies, and the way back to the original's offsets."""

    text: str = field(repr=False)
    _starts: Sequence[int] | None = field(default=None, repr=False)
    """Original offset where each folded character begins; None where nothing moved."""
    _ends: Sequence[int] = field(default=(), repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's offsets of the folded text [start, end), not empty."""
        if self._starts is None:
            return start, end
        return self._starts[start], self._ends[end - 1]


def fold(text: str) -> Folded:
    """Fold `text`: plain characters, NFKC, case, what is not drawn dropped."""
    if text.isascii():
        return Folded(text.lower())
    text = text.translate(PLAIN)
    folded = text.casefold()
    # Case folding never shortens: equal length means that no character moved.
    if (
        len(folded) == len(text)
        and unicodedata.is_normalized("NFKC", text)
        and not _UNSEEN.search(text)
    ):
        return Folded(folded)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        if cluster.lastgroup:
            pieces.append(cluster[0].lower())
            starts.extend(range(*cluster.span()))
            ends.extend(range(cluster.start() + 1, cluster.end() + 1))
            continue
        piece = unicodedata.normalize("NFKC", _UNSEEN.sub("", cluster[0])).casefold()
        pieces.append(piece)
        starts.extend([cluster.start()] * len(piece))
        ends.extend([cluster.end()] * len(piece))
    return Folded("".join(pieces), starts, ends)


def words(folded: str) -> list[tuple[str, int, int]]:
    """Return the words of a folded text with their offsets.

    Spaces, underscores, hyphens, apostrophes, dots and commas only part words, so that
    "Anna-Lena O'Brien" and "anna_lena_o_brien" have the same words; any other sign is a
    word of its own.
    """
    return [(match[0], match.start(), match.end()) for match in _WORD.finditer(folded)]


def compact(folded: str) -> str:
    """Return only the letters and digits of a folded text."""
    return "".join(_LETTER_OR_DIGIT.findall(folded))


def normalise(kind: PersonalDataKind, surface: str) -> str:
    """Return the one spelling under which all spellings of a value share a pseudonym."""
    folded = fold(plainest(surface)).text
    if kind is PersonalDataKind.EMAIL:
        normal = "".join(folded.split())
    elif kind is PersonalDataKind.PHONE:
        plus = "+" if folded.lstrip(" (").startswith("+") else ""
        normal = plus + compact(folded)
    elif kind in COMPACT_KINDS:
        normal = compact(folded)
    else:
        normal = " ".join(word for word, _, _ in words(folded))
    # A find without a letter or digit ("—") still needs a name of its own.
    return normal or surface
