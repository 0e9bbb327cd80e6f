"""A request without its texts: constants, numbers, and holes where texts go back in.

The walk builds a skeleton from nothing and puts in only what a rule of the table names.
A string that arrived can therefore leave in one way only: through a hole, that is as a
segment that was scanned. Keys that a client chose (in JSON Schema, in tool-call
arguments) are holes as well.

JSON inside a string (tool-call arguments, tool results) is not parsed and written again,
which would respell numbers and lose duplicate keys: its string literals become holes and
everything between them stays byte for byte.

Source: RFC 8259 §7 (strings); JSON Schema 2020-12, Core §7-§12 and Validation §6-§9.
"""

import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, TypeAlias

import orjson

from euguard.errors import MalformedRequestError

MAX_STRINGS = 50_000
"""Strings in one request at most."""
MAX_DEPTH = 32
"""Nesting of JSON that a client chose, at most."""
MAX_NESTED = 4
"""JSON inside a string inside JSON …: levels that are opened; deeper ones are text."""


class Form(StrEnum):
    """How a text is written where it stands, and so what a pseudonym may look like there."""

    TEXT = "text"
    """Any characters."""
    NAME = "name"
    """`[A-Za-z0-9_-]`: no brackets."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One text of a request."""

    path: str
    """As `messages[0].content[1].text`: names of the API and positions only."""
    text: str = field(repr=False)
    form: Form


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a segment's text goes."""

    index: int


@dataclass(frozen=True, slots=True)
class Number:
    """A long number: goes back as the number it was, or as a string if its text changed."""

    index: int
    value: float = field(repr=False)
    drawn: bool = False
    """Where only a number may stand: one that is drawn from the pseudonym, not a string."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """An object, in order."""

    pairs: "tuple[tuple[str | Hole, Node], ...]" = field(repr=False)


@dataclass(frozen=True, slots=True)
class Literal:
    """A string or number in JSON text, as it was spelt."""

    raw: str = field(repr=False)
    text: str = field(repr=False)
    """What it says."""
    node: "Node"


@dataclass(frozen=True, slots=True)
class JsonText:
    """A string that holds JSON: what stands between its literals, and the literals."""

    parts: tuple[str | Literal, ...] = field(repr=False)


Node: TypeAlias = (
    "bool | int | float | str | Hole | Number | JsonText | Pairs | tuple[Node, ...] | None"
)

_SURROGATE = re.compile("[\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_FIELD = re.compile(r"[A-Za-z0-9_$][A-Za-z0-9_$.\[\]-]{0,255}", re.ASCII)
_LITERAL = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?0*[0-9]{1,4})?',
    re.DOTALL,
)
# A card or phone number may stand as a number: shorter ones are counts, longer ones nothing.
_LONG = range(7, 35)  # digits before the decimal point
_INTEGERS = range(-(2**63), 2**64)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Keywords of JSON Schema, by what stands under them.
_SCHEMAS = _words(
    "additionalItems additionalProperties allOf anyOf contains contentSchema else if items not "
    "oneOf prefixItems propertyNames then unevaluatedItems unevaluatedProperties",
)
_NAMED_SCHEMAS = _words("$defs definitions dependentSchemas patternProperties properties")
_NUMBERS = _words(
    "exclusiveMaximum exclusiveMinimum maxContains maxItems maxLength maxProperties maximum "
    "minContains minItems minLength minProperties minimum multipleOf",
)
_FREE = _words(
    "$anchor $comment $dynamicAnchor $dynamicRef $id $ref $schema const contentEncoding "
    "contentMediaType default dependentRequired deprecated description enum examples format "
    "nullable pattern readOnly required title type uniqueItems writeOnly",
)
KEYWORDS = _SCHEMAS | _NAMED_SCHEMAS | _NUMBERS | _FREE
"""Keys that stay in clear where a schema may have a keyword."""
WORDS: Mapping[str, frozenset[str]] = {
    "type": _words("array boolean integer null number object string"),
    "format": _words(
        "date date-time duration email hostname idn-email idn-hostname ipv4 ipv6 iri "
        "iri-reference json-pointer regex relative-json-pointer time uri uri-reference "
        "uri-template uuid",
    ),
}
"""Values of a keyword that are words of the standard and stay in clear."""


class Builder:
    """Collects the segments of one request while its skeleton is built."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.ignored = 0
        """Fields dropped because euguard does not forward them."""
        self._identifiers: dict[str, str] = {}

    def hole(self, text: str, path: str, form: Form = Form.TEXT) -> Hole:
        """Return the hole for `text`."""
        if not text.isascii() and _SURROGATE.search(text):
            malformed(path, "is not valid Unicode: it holds half a surrogate pair")
        if len(self.segments) >= MAX_STRINGS:
            malformed(path, f"is string {MAX_STRINGS + 1} of the request, and that is one too many")
        self.segments.append(Segment(path, text, form))
        return Hole(len(self.segments) - 1)

    def name(self, text: str, path: str) -> Hole:
        """Return the hole for an identifier."""
        if not _NAME.fullmatch(text):
            malformed(path, "is not 1 to 64 letters of a to z, digits, underscores and hyphens")
        return self.hole(text, path, Form.NAME)

    def identifier(self, text: str) -> str:
        """Return a number for the client's identifier, the same one each time.

        Nine letters and digits: what Mistral's chat template accepts as a tool-call id.
        """
        return self._identifiers.setdefault(text, f"c{len(self._identifiers) + 1:08d}")

    def text(self, text: str, path: str, level: int = 0) -> Node:
        """Return the hole for a text, or the holes of the JSON object or array that it is."""
        if level >= MAX_NESTED or text.lstrip()[:1] not in ("{", "["):
            return self.hole(text, path)
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError:
            return self.hole(text, path)
        parts: list[str | Literal] = []
        at = 0
        number = 0
        for match in _LITERAL.finditer(text):
            digits = match[0] if match[0].startswith('"') else written_out(match[0])
            if digits is None:
                continue
            number += 1
            where = f"{path}, the {ordinal(number)} value"
            parts.append(text[at : match.start()])
            parts.append(self._literal(match[0], digits, where, level))
            at = match.end()
        parts.append(text[at:])
        return JsonText(tuple(parts))

    def _literal(self, raw: str, digits: str, path: str, level: int) -> Literal:
        if not raw.startswith('"'):
            return Literal(raw, digits, self.hole(digits, path))
        text = orjson.loads(raw) if "\\" in raw else raw[1:-1]
        return Literal(raw, text, self.text(text, path, level + 1))

    def free(self, value: Any, path: str, depth: int = 0) -> Node:
        """Return the skeleton of any JSON value: every key and string is a hole."""
        _check_depth(path, depth)
        match value:
            case str():
                return self.text(value, path)
            case None | bool():
                return value
            case int() | float():
                return self.number(value, path)
            case list() | tuple():
                return tuple(
                    self.free(one, f"{path}[{index}]", depth + 1) for index, one in enumerate(value)
                )
            case dict():
                return self._object(value, path, depth, self.free)
            case _:
                return malformed(path, "is not a JSON value")

    def number(self, value: float, path: str, *, drawn: bool = False) -> Node:
        """Return the number, or its hole if it is long enough to be an identifier."""
        if not math.isfinite(value):
            malformed(path, "is not a number of JSON")
        # For a float `in range` would count through the range.
        if isinstance(value, int) and value not in _INTEGERS:
            malformed(path, "is a whole number beyond 64 bits")
        digits = written_out(repr(value))
        return value if digits is None else Number(self.hole(digits, path).index, value, drawn)

    def schema(self, value: Any, path: str, depth: int = 0) -> Node:
        """Return the skeleton of a JSON Schema: its keywords stay, all other strings are holes."""
        _check_depth(path, depth)
        if isinstance(value, (list, tuple)):
            return tuple(
                self.schema(one, f"{path}[{index}]", depth + 1) for index, one in enumerate(value)
            )
        if not isinstance(value, dict):
            return self.free(value, path, depth)
        pairs: list[tuple[str | Hole, Node]] = []
        for number, (key, inner) in enumerate(value.items(), start=1):
            if key in KEYWORDS:
                pairs.append((key, self._keyword(key, inner, f"{path}.{key}", depth + 1)))
            else:
                where = f"{path}, the {ordinal(number)} key"
                pairs.append((self._key(key, where), self.free(inner, where, depth + 1)))
        return Pairs(tuple(pairs))

    def _keyword(self, keyword: str, value: Any, path: str, depth: int) -> Node:
        if keyword in _SCHEMAS:
            return self.schema(value, path, depth)
        if keyword in _NAMED_SCHEMAS and isinstance(value, dict):
            return self._object(value, path, depth, self.schema)
        words = WORDS.get(keyword, frozenset())
        if isinstance(value, str) and value in words:
            return value
        if isinstance(value, list) and words and all(isinstance(one, str) for one in value):
            return tuple(
                one if one in words else self.hole(one, f"{path}[{index}]")
                for index, one in enumerate(value)
            )
        return self.free(value, path, depth)

    def _object(self, value: Mapping[Any, Any], path: str, depth: int, inner: Any) -> Pairs:
        pairs: list[tuple[str | Hole, Node]] = []
        for number, (key, one) in enumerate(value.items(), start=1):
            where = f"{path}, the {ordinal(number)} key"
            pairs.append((self._key(key, where), inner(one, where, depth + 1)))
        return Pairs(tuple(pairs))

    def _key(self, key: Any, path: str) -> Hole:
        if not isinstance(key, str):
            malformed(path, "is not a string")
        return self.hole(key, path)


def fill(node: Node, segments: Sequence[Segment], texts: Sequence[str]) -> Any:
    """Return what `node` stands for with `texts` in its holes, one per segment."""
    match node:
        case Hole(index):
            return texts[index]
        case Number():
            return _number(node, segments, texts)
        case JsonText(parts):
            return "".join(
                part if isinstance(part, str) else _spell(part, segments, texts) for part in parts
            )
        case Pairs(pairs):
            return {
                key if isinstance(key, str) else texts[key.index]: fill(inner, segments, texts)
                for key, inner in pairs
            }
        case tuple():
            return [fill(inner, segments, texts) for inner in node]
        case _:
            return node


def _number(number: Number, segments: Sequence[Segment], texts: Sequence[str]) -> float | str:
    text = texts[number.index]
    if text == segments[number.index].text:
        return number.value
    return zlib.crc32(text.encode()) if number.drawn else text


def _spell(literal: Literal, segments: Sequence[Segment], texts: Sequence[str]) -> str:
    text = fill(literal.node, segments, texts)
    return literal.raw if text == literal.text else orjson.dumps(text).decode()


def written_out(number: str) -> str | None:
    """Return a JSON number without exponent and empty decimals; None if it is a short one.

    "4.111111111111111e15" and "4111111111111111.0" are the digits of one card.
    """
    exact = Decimal(number)
    if not exact or exact.adjusted() + 1 not in _LONG:
        return None
    digits = f"{exact:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th and so on."""
    teen = number // 10 % 10 == 1
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def malformed(path: str, finding: str, fix: str = "") -> NoReturn:
    """Raise MalformedRequestError for the field at `path`."""
    msg = f"{path or 'the request'} {finding}"
    raise MalformedRequestError(msg, param=field_of(path), fix=fix)


def field_of(path: str) -> str | None:
    """Return the field at or around `path`, as an error's `param` and a record have it.

    Without ", the 2nd value" and the like, and 256 characters at most; None at the top.
    """
    field = _FIELD.match(path)
    return field and field[0]


def _check_depth(path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        malformed(path, f"is nested deeper than {MAX_DEPTH}")
