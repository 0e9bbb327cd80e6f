"""YAML as plain values, together with the place of every key and value.

The language is a small part of YAML 1.2: mappings, lists, strings, whole and decimal numbers,
`true`, `false`, `null`. What makes YAML dangerous or surprising in a file that a lawyer signs
is refused: tags, tabs, duplicate keys, several documents in a file, and aliases that multiply (a
"billion laughs" file is one screen long). `no`, `on`, `<<` and `2026-11-25` are strings.

Source: YAML 1.2.2 §10.3 (core schema).
"""

import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from yaml.composer import Composer
from yaml.error import MarkedYAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from euguard.errors import PolicyFileError

MAX_BYTES = 256 * 1024
"""A policy file is a page or two; more is a mistake or an attack."""

MAX_DEPTH = 24
"""Nesting allowed; ours need six. Deeper files would exhaust the parser's stack."""

MAX_VALUES = 10_000
"""Values in a file, aliases written out; ours have a few hundred."""

Way: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys and list indices from the top."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, both counted from 1; columns count code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Placed:
    """One parsed file."""

    path: Path
    value: Any
    """None, bool, int, float, str, list or dict of these."""
    keys: dict[Way, Place] = field(default_factory=dict)
    values: dict[Way, Place] = field(default_factory=dict)

    def at(self, way: Way) -> Place:
        """Return where the value stands, or the nearest value around it."""
        while way not in self.values and way:
            way = way[:-1]
        return self.values.get(way, Place(1, 1))

    def key(self, way: Way) -> Place:
        """Return where the key of a value stands, or else the value."""
        return self.keys.get(way) or self.at(way)

    def error(self, place: Place, message: str, *, fix: str = "") -> PolicyFileError:
        """Return the error at that place of this file."""
        return PolicyFileError(self.path, place.line, place.column, message, fix=fix)


def read(path: Path, inside: Path, most: int = MAX_BYTES) -> bytes:
    """Return the bytes of a policy file that lies under the folder `inside`.

    `most` is how many bytes it may have.

    Raises:
        PolicyFileError: missing, unreadable, not a plain file, too big, or a link that leads out.

    """
    # A link out of the reviewed folder would let something else decide what the rules are;
    # a pipe named x.yaml would hang the start.
    try:
        kind = path.stat().st_mode  # first: 3.11's resolve() raises RuntimeError on a circle
        if not path.resolve(strict=True).is_relative_to(inside.resolve(strict=True)):
            raise _whole(path, "the link leads out of the policies folder", "copy the file here")
        if not stat.S_ISREG(kind):
            raise _whole(path, "not a plain file", "put the file itself here")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise _whole(path, f"cannot be read: {error.strerror}", "") from None
    if len(data) > most:
        raise _whole(path, f"the file has more than {most} bytes", "shorten it")
    return data


def parse(path: Path, data: bytes) -> Placed:
    """Return the value in `data`, the bytes of the file `path`, with its places.

    Raises:
        PolicyFileError: not UTF-8, not YAML, or a part of YAML that is refused here.

    """
    text = _decode(path, data)
    tab = text.find("\t")
    if tab >= 0:
        place = _place_of(text, tab)
        raise PolicyFileError(path, place.line, place.column, "a tab", fix="indent with spaces")
    try:
        node = _Loader(text).get_single_node()
        placed = Placed(path, None)
        value = None if node is None else _construct(node, (), placed)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise PolicyFileError(path, line, column, error.problem or "not YAML") from None
    except ReaderError as error:
        place = _place_of(text, error.position)
        message = f"a character that YAML does not allow (U+{error.character:04X})"
        raise PolicyFileError(path, place.line, place.column, message) from None
    if value is None:
        raise PolicyFileError(path, 1, 1, "the file is empty", fix="fill it in or delete it")
    return Placed(path, value, placed.keys, placed.values)


def _whole(path: Path, message: str, fix: str) -> PolicyFileError:
    return PolicyFileError(path, 1, 1, message, fix=fix)


def _decode(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place_of(data[: error.start].decode("utf-8", "replace"), error.start)
        message = f"byte {error.start} is not UTF-8"
        fix = "save the file as UTF-8"
        raise PolicyFileError(path, place.line, place.column, message, fix=fix) from None
    if text.startswith("\ufeff"):
        fix = "save the file as UTF-8 without a byte order mark"
        raise PolicyFileError(path, 1, 1, "the file begins with a byte order mark", fix=fix)
    return text


def _place_of(text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"))


_TOO_DEEP = f"nested deeper than {MAX_DEPTH}"


class _Resolver(BaseResolver):
    """Only null, true, false and numbers are not strings."""


for _tag, _pattern, _first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?(?:0|[1-9][0-9]{0,15})", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]{0,15})\.[0-9]{1,15}", list("-0123456789")),
):
    _Resolver.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$", re.ASCII), _first
    )


class _Loader(Reader, Scanner, Parser, Composer, _Resolver):
    """PyYAML without its constructor, so that no tag can make an object."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        _Resolver.__init__(self)
        self._depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's stubs lack it
        if getattr(event, "tag", None) is not None:
            problem = "tags are not used here"
            raise MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        if self._depth == MAX_DEPTH:
            raise MarkedYAMLError(problem=_TOO_DEEP, problem_mark=event.start_mark)
        self._depth += 1
        node: Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _construct(node: Node, way: Way, placed: Placed) -> Any:
    # An alias is the same node again: one that holds itself, or ten of ten of ten, ends here.
    if len(way) > MAX_DEPTH:
        raise MarkedYAMLError(problem=_TOO_DEEP, problem_mark=node.start_mark)
    if len(placed.values) == MAX_VALUES:
        problem = f"more than {MAX_VALUES} values"
        raise MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
    placed.values[way] = _start(node)
    if isinstance(node, MappingNode):
        return _mapping(node, way, placed)
    if isinstance(node, SequenceNode):
        return [_construct(item, (*way, i), placed) for i, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)  # PyYAML composes no fourth kind
    return _scalar(node)


def _start(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _mapping(node: MappingNode, way: Way, placed: Placed) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            problem = "a key is a list or a mapping"
            raise MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
        key = str(key_node.value)
        if key in result:
            first = placed.keys[(*way, key)]
            problem = f"duplicate key {key!r}; it stands already in line {first.line}"
            raise MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
        placed.keys[(*way, key)] = _start(key_node)
        result[key] = _construct(value_node, (*way, key), placed)
    return result


def _scalar(node: ScalarNode) -> Any:
    text = str(node.value)
    match node.tag.rsplit(":", 1)[-1]:
        case "null":
            return None
        case "bool":
            return text == "true"
        case "int":
            return int(text)
        case "float":
            return float(text)
        case _:
            return text
