"""The words in which the table of wire fields is written, and what each makes of a value.

A rule says what a field may be and what happens to it. `build` checks a value against the
rule and returns its skeleton; what no rule names does not get into the skeleton. It raises
MalformedRequestError (the wrong type, out of range, missing) or FieldRefusedError
(well-formed, but not accepted), with the path of the field.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from euguard.errors import FieldRefusedError
from euguard.pii.skeleton import Builder, Hole, Node, Pairs, malformed

_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}", re.ASCII)
_EMPTY: tuple[Any, ...] = (False, "", [], {})


class Rule(Protocol):
    """What a field may be."""

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the skeleton of `value` at `path`; its segments go `into` the builder."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Prose: scanned. A text that is a JSON object or array is scanned value by value."""

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the hole, or the holes of the JSON that the text is."""
        return into.text(_string(value, path), path)


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier `[A-Za-z0-9_-]{1,64}`: scanned; its pseudonym has no brackets."""

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the hole."""
        return into.name(_string(value, path), path)


@dataclass(frozen=True, slots=True)
class Schema:
    """A JSON Schema: every string and key is scanned except the standard's own keywords."""

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the schema with its holes."""
        if not isinstance(value, dict):
            malformed(path, "is not an object")
        return into.schema(value, path)


@dataclass(frozen=True, slots=True)
class Id:
    """The client's identifier of a tool call: replaced by a number, the same one each time."""

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the number that stands for it."""
        return into.identifier(_string(value, path))


@dataclass(frozen=True, slots=True)
class ModelName:
    """A served model: policy has already compared it with its own list."""

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the name as it is."""
        del into
        if not _MODEL.fullmatch(_string(value, path)):
            malformed(path, "is not a model's name")
        return str(value)


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the flag."""
        del into
        if not isinstance(value, bool):
            malformed(path, "is not true or false")
        return value


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number, limits included."""

    least: int
    most: int
    refused_above: bool = False
    """Well-formed above `most`, but not accepted."""
    scanned: bool = False
    """The client may choose any digits: a number that is a personal datum is replaced."""

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the number."""
        finding = f"is not a whole number from {self.least} to {self.most}"
        if not isinstance(value, int) or isinstance(value, bool) or value < self.least:
            malformed(path, finding)
        if value > self.most and self.refused_above:
            msg = f"{path} {finding}"
            raise FieldRefusedError(msg, param=path, fix=f"Ask for {self.most} at most.")
        if value > self.most:
            malformed(path, finding)
        return into.number(value, path, drawn=True) if self.scanned else value


_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number, limits included; of its decimals four are kept, more could spell anything."""

    least: int
    most: int

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the number."""
        del into
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # NaN compares false with everything: ask for what is right, not for what is wrong.
        if not (number and self.least <= value <= self.most):
            malformed(path, f"is not a number from {self.least} to {self.most}")
        node: Node = round(value, _DECIMALS)
        return node


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the word."""
        del into
        if _string(value, path) not in self.words:
            malformed(path, f"is not one of {', '.join(self.words)}")
        return str(value)


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    rule: Rule
    most: int
    least: int = 0

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the items, each after the same rule."""
        if not isinstance(value, list):
            malformed(path, "is not a list")
        if not self.least <= len(value) <= self.most:
            malformed(path, f"has {len(value)} items, not {self.least} to {self.most}")
        return tuple(
            self.rule.build(one, f"{path}[{index}]", into) for index, one in enumerate(value)
        )


@dataclass(frozen=True, slots=True)
class Ignored:
    """Harmless and not forwarded: dropped and counted."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Cannot be scanned, or can show or alter the prompt. Empty values count as left out."""

    why: str
    """After the field's path, as in `… is not text, and cannot be scanned`."""
    fix: str
    unless: tuple[Any, ...] = ()
    """Other values that ask for nothing."""

    def check(self, value: Any, path: str) -> None:
        """Raise FieldRefusedError unless the value asks for nothing."""
        if value not in _EMPTY and value not in self.unless:
            msg = f"{path} {self.why}"
            raise FieldRefusedError(msg, param=path, fix=self.fix)


@dataclass(frozen=True, slots=True)
class Object:
    """An object. Fields that it does not name are dropped and counted; null is left out."""

    fields: Mapping[str, Rule | Ignored | Refused]
    required: tuple[str, ...] = ()

    def build(self, value: Any, path: str, into: Builder, *, but: str | None = None) -> Pairs:
        """Return the fields that the table names; `but` has been seen to already."""
        if not isinstance(value, Mapping):
            malformed(path, "is not an object")
        within = f"{path}." if path else ""
        for name in self.required:
            if value.get(name) is None:
                malformed(f"{within}{name}", "is missing")
        pairs: list[tuple[str | Hole, Node]] = []
        # In the table's order: what a conversation keeps (tools) comes before what it adds.
        for name, rule in self.fields.items():
            given = value.get(name)
            if given is None:
                continue
            if isinstance(rule, (Ignored, Refused)):
                if isinstance(rule, Refused):
                    rule.check(given, f"{within}{name}")
                into.ignored += 1
            else:
                pairs.append((name, rule.build(given, f"{within}{name}", into)))
        into.ignored += sum(name not in self.fields and name != but for name in value)
        return Pairs(tuple(pairs))


@dataclass(frozen=True, slots=True)
class Tagged:
    """An object whose field `tag` says which object it is; an unknown one is refused."""

    tag: str
    objects: Mapping[str, Object]
    default: str | None = None
    """What a missing tag means; None where it must be there."""

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return the object that its tag names."""
        if not isinstance(value, Mapping):
            malformed(path, "is not an object")
        where = f"{path}.{self.tag}"
        given = value.get(self.tag)
        tag = self.default if given is None else _string(given, where)
        if tag is None:
            malformed(where, "is missing")
        if tag not in self.objects:
            # An image, a file, audio, or something newer than this table.
            msg = f"{where} is not one that can be scanned for personal data"
            raise FieldRefusedError(msg, param=where, fix=f"Known are: {', '.join(self.objects)}.")
        inner = self.objects[tag].build(value, path, into, but=self.tag)
        return Pairs(((self.tag, tag), *inner.pairs))


@dataclass(frozen=True, slots=True)
class Either:
    """A string, or something else."""

    string: Rule
    other: Rule

    def build(self, value: Any, path: str, into: Builder) -> Node:
        """Return what the rule for its type returns."""
        return (self.string if isinstance(value, str) else self.other).build(value, path, into)


def _string(value: Any, path: str) -> str:
    if not isinstance(value, str):
        malformed(path, "is not a string")
    return value
