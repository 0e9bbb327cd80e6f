"""Names by origin: the project's own lists, in Latin letters, one file per origin.

A file has sections, a name a line::

    [given female]  [given male]
    [surname], or [surname female] and [surname male] where the ending tells them apart,
    or [surname before given] where people write it first

An origin is that of the name. It says nothing about anybody who bears it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

GENDERS: Final = ("female", "male")
"""Those that the lists tell apart; names are all that they say."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The names of one origin."""

    name: str
    """Of a language or of people, as "polish" or "roma"."""
    given: Mapping[str, tuple[str, ...]]
    """Given names by gender."""
    surnames: Mapping[str, tuple[str, ...]]
    """Surnames by gender; most origins have the same for both."""
    surname_first: bool

    def parts(self, gender: str, given: int, surname: int) -> tuple[str, str]:
        """Return a name's two parts as they are written; places in the lists count around."""
        first = self.given[gender][given % len(self.given[gender])]
        last = self.surnames[gender][surname % len(self.surnames[gender])]
        return (last, first) if self.surname_first else (first, last)


@cache
def origins() -> tuple[Origin, ...]:
    """Return all origins, sorted by name."""
    folder = files("euguard.pii.evaluate") / "names"
    found = (path for path in folder.iterdir() if path.name.endswith(".txt"))
    return tuple(
        _origin(path.name.removesuffix(".txt"), path.read_text("utf-8"))
        for path in sorted(found, key=lambda path: path.name)
    )


def _origin(name: str, text: str) -> Origin:
    sections: dict[str, tuple[str, ...]] = {}
    for section in text.split("[")[1:]:
        heading, names = section.split("]", 1)
        sections[heading] = tuple(filter(None, map(str.strip, names.splitlines())))
    before = sections.get("surname before given")
    both = before or sections.get("surname")
    return Origin(
        name,
        {gender: sections[f"given {gender}"] for gender in GENDERS},
        {gender: both or sections[f"surname {gender}"] for gender in GENDERS},
        surname_first=before is not None,
    )
