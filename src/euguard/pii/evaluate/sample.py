"""Annotated texts, as an organisation writes them: JSON lines.

One object a line::

    {"text": "Anna Berg called.", "language": "en", "kind_of_text": "note",
     "entities": [{"start": 0, "end": 9, "kind": "PERSON"}]}

Offsets count code points. `kind_of_text` is free, "text" if it is missing. A text with an empty
list of entities is a clean one: what is found there is a false alarm.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from euguard.errors import PolicyFileError
from euguard.pii.span import PersonalDataKind

_KINDS = frozenset(PersonalDataKind)
_FIX = (
    'a line is {"text": …, "language": "de", '
    '"entities": [{"start": 0, "end": 4, "kind": "PERSON"}]}'
)


@dataclass(frozen=True, slots=True)
class Entity:
    """A personal datum that somebody marked, [start, end)."""

    start: int
    end: int
    kind: PersonalDataKind


@dataclass(frozen=True, slots=True)
class Sample:
    """One annotated text."""

    text: str = field(repr=False)
    language: str
    """ISO 639-1."""
    entities: tuple[Entity, ...] = field(repr=False)
    kind_of_text: str = "text"


def read(path: Path) -> Iterator[Sample]:
    """Yield the samples in a file.

    Raises:
        PolicyFileError: a line is wrong; it is named by its number, and its text is not quoted.

    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise PolicyFileError(path, 1, 1, reason, fix="name a file of JSON lines") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _sample(orjson.loads(line))
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                reason = f"no annotated text ({_reason(error)})"
                raise PolicyFileError(path, number, 1, reason, fix=_FIX) from None


def _sample(value: Any) -> Sample:
    text, language = value["text"], value["language"]
    kind_of_text = value.get("kind_of_text", "text")
    if not all(isinstance(part, str) for part in (text, language, kind_of_text)):
        msg = "text, language and kind_of_text are strings"
        raise TypeError(msg)
    entities = tuple(_entity(one, len(text)) for one in value["entities"])
    return Sample(text, language, entities, kind_of_text)


def _entity(value: Any, size: int) -> Entity:
    start, end, kind = value["start"], value["end"], value["kind"]
    if kind not in _KINDS:
        msg = "an unknown kind"
        raise ValueError(msg)
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= size):
        msg = "an entity outside the text"
        raise ValueError(msg)
    return Entity(start, end, PersonalDataKind(kind))


def _reason(error: Exception) -> str:
    """Say what is wrong without the line: it holds personal data."""
    match error:
        case orjson.JSONDecodeError():
            return f"not JSON at column {error.colno}"
        case KeyError():
            return f"the key {error.args[0]!r} is missing"
        case _:
            return str(error) if error.args and len(error.args) == 1 else type(error).__name__
