r"""Sentences with names filled in, in all languages: what no corpus of newspapers holds.

A template is a line with places to fill: `{person:f:gen}` is a woman's given name and surname
in the genitive. `\n` begins a new line. Everything outside braces names nobody.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from euguard.adapters.ner.training import inflection, names
from euguard.adapters.ner.training.corpora import Sentence
from euguard.errors import ConfigurationError

_FIELD = re.compile(r"\{([a-z]+)((?::[a-z0-9]+)*)\}")
_PEOPLE = frozenset({"person", "given", "surname"})
_FORMS = frozenset({"initial", "listed", "reversed", "double", "middle"})
_LABELS = {"place": "LOC", "street": "LOC", "organisation": "ORG"}
_GENDERS = (names.FEMALE, names.MALE)
_LATIN_NAMES_ONLY = frozenset({"bg", "el"})
"""Written in another script: a name from elsewhere is mostly transliterated, sometimes not."""
_FOREIGN, _FOREIGN_IN_LATIN = 0.22, 0.06
_NEIGHBOURS = 0.08
"""How often a name comes from a list of people who moved here, or from another language."""
_DOUBLE, _MIDDLE, _INITIAL = 0.05, 0.07, 0.04
_FAMILY_FIRST = frozenset({"hu"})


@dataclass(frozen=True, slots=True)
class _Language:
    code: str
    templates: Sequence[str]
    names: names.Names
    inflection: inflection.Inflection


class Templates:
    """All templates, ready to be filled."""

    def __init__(self) -> None:
        """Read the package's own lists.

        Raises:
            ConfigurationError: a list that cannot be read.

        """
        root = files("euguard.adapters.ner.training")
        lists = sorted(file.name for file in (root / "templates").iterdir())
        codes = [name.removesuffix(".txt") for name in lists if name.endswith(".txt")]
        self._languages = {
            code: _Language(
                code,
                _lines((root / "templates" / f"{code}.txt").read_text("utf-8")),
                names.read(root / "names" / f"{code}.txt")[""],
                inflection.read(root / "inflection" / f"{code}.tsv"),
            )
            for code in codes
        }
        self._migrants = [*names.read(root / "names" / "migrant.txt").values()]
        self.languages: Final = tuple(codes)

    def sentence(self, chance: random.Random, language: str) -> Sentence:
        """Return a template of `language`, filled."""
        own = self._languages[language]
        return _Filling(self, own, chance).fill(chance.choice(own.templates))

    def person(self, chance: random.Random, language: str) -> str:
        """Return a person's name, as it occurs among speakers of `language`."""
        own = self._languages[language]
        return _Filling(self, own, chance).fill("{person}").text

    def from_elsewhere(self, chance: random.Random, language: str) -> names.Names | None:
        """Return names that are not of `language`, as often as they occur; else None."""
        latin = language not in _LATIN_NAMES_ONLY
        drawn = chance.random()
        if drawn < (_FOREIGN if latin else _FOREIGN_IN_LATIN):
            return chance.choice(self._migrants)
        if latin and drawn < _FOREIGN + _NEIGHBOURS:
            other = chance.choice(self.languages)
            return None if other in _LATIN_NAMES_ONLY else self._languages[other].names
        return None


class _Filling:
    """One template being filled."""

    def __init__(self, templates: Templates, language: _Language, chance: random.Random) -> None:
        self._templates = templates
        self._language = language
        self._chance = chance
        self._text = ""
        self._spans: list[tuple[int, int, str]] = []

    def fill(self, template: str) -> Sentence:
        at = 0
        for found in _FIELD.finditer(template):
            self._text += template[at : found.start()]
            at = found.end()
            flags = frozenset(found[2].split(":")[1:])
            self._put(found[1], flags)
        self._text += template[at:]
        return Sentence(self._text, tuple(self._spans), self._language.code)

    def _put(self, what: str, flags: frozenset[str]) -> None:
        if what in _PEOPLE:
            value, label = self._person(what, flags), "PER"
        elif what in _LABELS:
            value, label = self._thing(what, flags), _LABELS[what]
        else:
            value, label = _number(what, self._chance), ""
        if label:
            self._spans.append((len(self._text), len(self._text) + len(value), label))
        self._text += value

    def _thing(self, what: str, flags: frozenset[str]) -> str:
        own = self._language.names
        if what == "place":
            return self._cased(self._chance.choice(own.places), "place", "", flags)
        if what == "street":
            number = _house_number(self._chance)
            street = self._chance.choice(own.streets)
            return street.replace("#", number) if "#" in street else f"{street} {number}"
        surname = self._chance.choice(own.surnames[self._chance.choice(_GENDERS)])
        return self._chance.choice(own.organisations).replace("{surname}", surname)

    def _person(self, what: str, flags: frozenset[str]) -> str:
        chance = self._chance
        gender = next((flag for flag in _GENDERS if flag in flags), chance.choice(_GENDERS))
        elsewhere = self._templates.from_elsewhere(chance, self._language.code)
        given, surname = (elsewhere or self._language.names).person(chance, gender)
        if "middle" in flags or (what == "person" and chance.random() < _MIDDLE):
            given += " " + (elsewhere or self._language.names).person(chance, gender)[0]
        if "double" in flags or (what != "given" and chance.random() < _DOUBLE):
            surname += "-" + self._language.names.person(chance, gender)[1]
        given = self._cased(given, "given", gender, flags)
        surname = self._cased(surname, "surname", gender, flags)
        if what != "person":
            return given if what == "given" else surname
        return self._together(given, surname, flags)

    def _together(self, given: str, surname: str, flags: frozenset[str]) -> str:
        if "initial" in flags or self._chance.random() < _INITIAL:
            return f"{given[0]}. {surname}"
        if "listed" in flags:
            return f"{surname}, {given}"
        if "reversed" in flags or self._language.code in _FAMILY_FIRST:
            return f"{surname} {given}"
        return f"{given} {surname}"

    def _cased(self, name: str, part: str, gender: str, flags: frozenset[str]) -> str:
        for case in flags - _FORMS - frozenset(_GENDERS):
            name = self._language.inflection.inflect(name, part, gender, case)
        return name


def _lines(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in lines:
        if "{" in _FIELD.sub("", line):
            msg = f"a template with a brace that fills nothing: {line}"
            raise ConfigurationError(msg)
    return [line.replace("\\n", "\n") for line in lines]


def _house_number(chance: random.Random) -> str:
    number = str(chance.randrange(1, 180))
    drawn = chance.random()
    if drawn < 0.1:  # noqa: PLR2004
        return number + chance.choice("abcABC")
    return f"{number}{chance.choice('/-')}{chance.randrange(1, 60)}" if drawn < 0.2 else number  # noqa: PLR2004


def _number(what: str, chance: random.Random) -> str:
    """Return something for a place that names nobody."""
    made = _MADE.get(what)
    return made(chance) if made else str(chance.randrange(1, 2000))


def _date(chance: random.Random) -> str:
    day, month = chance.randrange(1, 29), chance.randrange(1, 13)
    year = chance.randrange(1940, 2027)
    return chance.choice(
        (f"{day}.{month}.{year}", f"{day:02}/{month:02}/{year}", f"{year}-{month:02}-{day:02}")
    )


def _amount(chance: random.Random) -> str:
    whole, cents = chance.randrange(1, 9000), chance.randrange(100)
    return f"{whole},{cents:02} {chance.choice(('€', 'EUR'))}"


_MADE: Mapping[str, Callable[[random.Random], str]] = {
    "date": _date,
    "amount": _amount,
    "time": lambda chance: f"{chance.randrange(24)}:{chance.randrange(60):02}",
    "phone": lambda chance: f"+{chance.randrange(30, 49)} {chance.randrange(10**8, 10**9)}",
    "email": lambda chance: f"{chance.choice('abcdejkmpst')}{chance.randrange(100)}@example.eu",
    "id": lambda chance: f"{chance.choice(('', 'A', 'X', 'KL'))}{chance.randrange(10**5, 10**10)}",
}
