"""Names to fill into sentences: lists per language, and lists of people who moved there.

A list is text: sections in square brackets, one name a line in the nominative, `#` comments.
`[given f]`, `[given m]`, `[surname]` or `[surname f]` and `[surname m]`, `[place]`,
`[street]` (where `#` stands for a house number), `[organisation]` (which may hold
`{surname}`). In `migrant.txt` the headers name an origin: `[given f turkish]`.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Final

from euguard.errors import ConfigurationError

FEMALE: Final = "f"
MALE: Final = "m"
_HEADER = re.compile(r"\[([a-z]+)(?: ([fm]))?(?: ([a-z-]{3,}))?\]")
_PARTS = frozenset({"given", "surname", "place", "street", "organisation"})


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one language or origin."""

    given: Mapping[str, Sequence[str]] = field(repr=False)
    """Gender → given names."""
    surnames: Mapping[str, Sequence[str]] = field(repr=False)
    places: Sequence[str] = field(default=(), repr=False)
    streets: Sequence[str] = field(default=(), repr=False)
    organisations: Sequence[str] = field(default=(), repr=False)

    def person(self, chance: random.Random, gender: str) -> tuple[str, str]:
        """Return a given name and a surname."""
        return chance.choice(self.given[gender]), chance.choice(self.surnames[gender])


def read(file: Traversable) -> dict[str, Names]:
    """Return the names in `file` by origin; "" where headers name none.

    Raises:
        ConfigurationError: a line that is in no section, or a header of another form.

    """
    sections: dict[tuple[str, str, str], list[str]] = {}
    current: list[str] | None = None
    streets: list[str] | None = []  # a house number may begin a line there, and is no comment
    for number, raw in enumerate(file.read_text("utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or (line.startswith("#") and current is not streets):
            continue
        if line.startswith("["):
            header = _header(file, number, line)
            current = sections.setdefault(header, [])
            streets = current if header[0] == "street" else None
        elif current is None:
            raise _error(file, number, "a name before the first section")
        else:
            current.append(line)
    origins = sorted({origin for _, _, origin in sections})
    return {origin: _names(sections, origin) for origin in origins}


def _header(file: Traversable, number: int, line: str) -> tuple[str, str, str]:
    found = _HEADER.fullmatch(line)
    if found is None or found[1] not in _PARTS:
        raise _error(file, number, f"no section of a list of names: {line}")
    return found[1], found[2] or "", found[3] or ""


def _names(sections: Mapping[tuple[str, str, str], list[str]], origin: str) -> Names:
    def both(part: str) -> dict[str, Sequence[str]]:
        shared = sections.get((part, "", origin), [])
        return {
            gender: sections.get((part, gender, origin), []) + shared for gender in (FEMALE, MALE)
        }

    return Names(
        given=both("given"),
        surnames=both("surname"),
        places=sections.get(("place", "", origin), []),
        streets=sections.get(("street", "", origin), []),
        organisations=sections.get(("organisation", "", origin), []),
    )


def _error(file: Traversable, number: int, what: str) -> ConfigurationError:
    return ConfigurationError(f"{file.name}:{number}: {what}")
