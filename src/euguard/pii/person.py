"""One person under several forms: "Katharina Vogelsang", then "Vogelsang" or "VOGELSANG, K.".

A form is linked to a person when all its words are in that person's name, in order, and
nobody else's who was named before::

    Katharina Vogelsang     a person
    Vogelsang, K.           the same: what follows a comma stands first
    Jan Nowak               a person
    Janowi Nowakowi         the same, in another case
    Thomas Vogelsang        another person: "Thomas" is not in the first one's name
    Vogelsang               whose? Two are possible, so it is linked to nobody

Links go back only, from a form to a fuller one that stood before it: what a later turn of a
conversation adds changes nothing that an earlier turn was told. A name that grows ("Vogelsang",
then "Katharina Vogelsang") stays two, for a letter may name a father first and then his daughter.
Each form keeps its own tag, so a link decides what a model takes for one person, and never what
is put back.

Limits: where only one of two people was named in full, their shared surname is taken for that
one's. Endings are read without knowing the language; those that another name can have ("Ivan",
"Ivana"; "Βογιατζής", "Βογιατζή") count only where every word of the name has one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from euguard.pii.recognise.plain import plainest
from euguard.pii.spelling import fold, words

SHORTEST_WORD: Final = 3
"""Letters in a word that can link; "Li" and "K." alone cannot."""
SHORTEST_STEM: Final = 3
"""Letters that a bent word shares with its other form."""
MOST_WORDS: Final = 8
"""Words of a name that is compared."""
MOST_ALIKE: Final = 50
"""People whose names begin alike, beyond whom nobody is linked: it would take too long."""


class _Match(IntEnum):
    """How a word of a form stands for a word of a name."""

    EQUAL = 3
    BENT = 2
    """In another case, with an ending that no other name has."""
    PERHAPS = 1
    """In another case, or another name."""
    INITIAL = 0


_BENT: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        # Finnish; Hungarian; Polish, Czech, Slovak, Slovene, Croatian; Estonian
        "": """lla llä lle lta ltä ssa ssä sta stä nak nek nál nél tól től ról ről hoz hez
               owi ovi em om iem ega ele elt""".split(),  # noqa: SIM905  # reads as a word list
        "nen": "sen sella sellä selle selta seltä sessa sessä sesta sestä sta stä".split(),  # noqa: SIM905  # as above
        "ki": ["kiego", "kiemu", "kim"],
        "ka": ["kiej", "ką"],
        "ý": ["ého", "ému", "ým"],
        "á": ["é", "ou"],
        "a": ["y", "ę", "ą", "ou", "ei"],
        "as": ["o", "ui", "ą"],
        "is": ["io", "iui", "į", "im"],
        "ys": ["io", "iui", "į"],
        "us": ["aus"],
        "ė": ["ės", "ei", "ę"],
        "s": ["am"],
        "š": ["am", "im"],
    }
)
"""Ending of a name as it is listed → endings in other cases."""
_PERHAPS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "": ["a", "u", "t", "n", "i", "s", "et", "ot", "at"],
        "o": ["u"],
        "οσ": ["ου", "ο"],
        "όσ": ["ού", "ό"],
        "ησ": ["η"],
        "ήσ": ["ή"],
        "ασ": ["α"],
        "άσ": ["ά"],
    }
)
_OF_MEN: Final = ("ov", "ev", "in", "yn", "ёв", "ов", "ев", "ин")
"""Endings of surnames that women have with an "a" more: Ivanov, Ivanova."""
_LONGEST_ENDING: Final = 6


@dataclass(frozen=True, slots=True)
class _Name:
    """The words of a name, folded, given names first where a comma says so."""

    words: tuple[str, ...]

    @property
    def links(self) -> bool:
        long = any(len(word) >= SHORTEST_WORD for word in self.words)
        return long and len(self.words) <= MOST_WORDS


class People:
    """Everybody named so far in one request, in order of appearance."""

    def __init__(self) -> None:
        self._known: dict[str, _Name] = {}
        self._linked: dict[str, str] = {}
        """Form of a name → the person to whom it was linked."""
        self._alike: dict[str, list[str]] = {}
        """First letters of a word of a name → the people who have such a word."""

    def whose(self, surface: str, normal: str) -> str:
        """Return the normal form of whoever `surface` names; `normal`, its own, if a new one."""
        if normal in self._known:
            return normal
        if normal in self._linked:
            return self._linked[normal]
        name = _read(surface)
        if name.links:
            person = self._only(name)
            if person is not None:
                self._linked[normal] = person
                return person
        self._add(normal, name)
        return normal

    def _add(self, normal: str, name: _Name) -> None:
        self._known[normal] = name
        if len(name.words) > MOST_WORDS:
            return
        for beginning in {word[:SHORTEST_STEM] for word in name.words}:
            self._alike.setdefault(beginning, []).append(normal)

    def _only(self, name: _Name) -> str | None:
        """Return the one person whose name this can be: of equally many words, else of more."""
        equal: set[str] = set()
        fuller: set[str] = set()
        for word in name.words:
            alike = self._alike.get(word[:SHORTEST_STEM], [])
            if len(alike) > MOST_ALIKE:
                return None
            for person in alike:
                known = self._known[person]
                if _fits(name, known):
                    (equal if len(name.words) == len(known.words) else fuller).add(person)
        found = equal or fuller
        return found.pop() if len(found) == 1 else None


def _read(surface: str) -> _Name:
    plain = plainest(surface)
    family, comma, given = plain.partition(",")
    ordered = f"{given} {family}" if comma and "," not in given else plain
    return _Name(tuple(word for word, _, _ in words(fold(ordered).text)))


def _fits(form: _Name, name: _Name) -> bool:
    """Tell whether every word of `form` stands for a word of `name`, in order.

    Of several words, the first stands for the first and the last for the last: "Anna Berg" may
    be "Anna Maria Berg", and "Maria Berg" is her daughter.
    """
    if len(form.words) > 1 and None in (
        _match(form.words[0], name.words[0]),
        _match(form.words[-1], name.words[-1]),
    ):
        return False
    matches: list[tuple[_Match, str]] = []
    rest = iter(name.words)
    for word in form.words:
        match = next((match for full in rest if (match := _match(word, full)) is not None), None)
        if match is None:
            return False
        matches.append((match, word))
    kinds = [match for match, word in matches if len(word) >= SHORTEST_WORD]
    if _Match.PERHAPS in kinds:
        return len(kinds) > 1 and _Match.EQUAL not in kinds
    return bool(kinds)


def _match(word: str, full: str) -> _Match | None:
    if word == full:
        return _Match.EQUAL
    if len(word) == 1:
        return _Match.INITIAL if full.startswith(word) else None
    if _bent(word, full, _BENT) or _bent(full, word, _BENT):
        return _Match.BENT
    if _bent(word, full, _PERHAPS) or _bent(full, word, _PERHAPS):
        return _Match.PERHAPS
    return None


def _bent(word: str, listed: str, endings: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether `word` is `listed` with the ending of another case."""
    if listed.endswith(_OF_MEN) and word == f"{listed}a":
        return False
    shared = 0
    for one, other in zip(word, listed, strict=False):
        if one != other:
            break
        shared += 1
    if max(len(word), len(listed)) - shared > _LONGEST_ENDING:
        return False
    # The stem may end before the first difference: Virta|nen, Virta|sta; Kowals|ki, Kowals|kiego.
    return any(
        word[stem:] in endings.get(listed[stem:], ()) for stem in range(SHORTEST_STEM, shared + 1)
    )
