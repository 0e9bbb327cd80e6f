"""Endings that names take: "Kowalski", "Kowalskiego", "Kowalskiemu".

A table per language, tab-separated: part (given, surname, place or `*`), gender (f, m or `*`),
case, a pattern that the end of the nominative must match (`^` at its start: the whole word), and
what stands there instead. The first line that matches counts; a name that none matches stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from euguard.errors import ConfigurationError

_COLUMNS = 5
_ANY = "*"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table."""

    part: str
    gender: str
    case: str
    ending: re.Pattern[str]
    replacement: str
    whole: bool
    """Whether it is about a whole name, and not about its end."""


class Inflection:
    """The rules of one language."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._known: dict[tuple[str, str, str, str], str] = {}

    def inflect(self, name: str, part: str, gender: str, case: str) -> str:
        """Return `name` in `case`.

        Of several words the last one changes, unless a rule knows the whole.
        """
        key = (name, part, gender, case)
        known = self._known.get(key)
        if known is None:
            rules = [
                rule
                for rule in self._rules
                if rule.case == case and rule.part in {part, _ANY} and rule.gender in {gender, _ANY}
            ]
            known = self._known[key] = _inflected(name, rules)
        return known


def _inflected(name: str, rules: Sequence[Rule]) -> str:
    """Inflect by a rule for the whole name if there is one, else its last word."""
    many = " " in name or "-" in name
    for rule in rules if many else ():
        if rule.whole and (found := rule.ending.match(name)) is not None:
            return found.expand(rule.replacement)
    last = max(name.rfind(" "), name.rfind("-")) + 1
    return name[:last] + _word(name[last:], rules)


def _word(word: str, rules: Sequence[Rule]) -> str:
    for rule in rules:
        found = rule.ending.search(word)
        if found is not None:
            return word[: found.start()] + found.expand(rule.replacement)
    return word


def read(file: Traversable) -> Inflection:
    """Return the rules in `file`; none where there is no such file.

    Raises:
        ConfigurationError: a line that is no rule.

    """
    if not file.is_file():
        return Inflection(())
    lines = file.read_text("utf-8").splitlines()
    rules = [
        _rule(file, number, line)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#") and not line.startswith("part\t")
    ]
    return Inflection(rules)


def _rule(file: Traversable, number: int, line: str) -> Rule:
    columns = line.split("\t")
    columns += [""] * (_COLUMNS - len(columns))
    part, gender, case, ending, replacement = columns[:_COLUMNS]
    try:
        pattern = re.compile(f"(?:{ending})\\Z")
    except re.error as error:
        msg = f"{file.name}:{number}: the ending is no pattern: {error}"
        raise ConfigurationError(msg) from error
    return Rule(part, gender, case, pattern, replacement, whole=ending.startswith("^"))
