"""JSON Schema on a placed file: every violation at its line and column, with what to do.

No value is quoted: an organisation's file names its data protection officer.

Source: JSON Schema draft 2020-12.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from euguard.errors import PolicyFileError
from euguard.policy.places import Placed, Way


def check(placed: Placed, schema: Mapping[str, Any]) -> list[PolicyFileError]:
    """Return every violation of `schema` in the file, in reading order, none twice."""
    found: dict[tuple[int, int, str], PolicyFileError] = {}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for violation in validator.iter_errors(placed.value):
        for error in _explain(placed, violation):
            found.setdefault((error.line, error.column, error.message), error)
    return [found[place] for place in sorted(found)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a sentence that proposes the nearest of `known`, or else names them all."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"use one of: {', '.join(names)}" if names else ""


def _explain(placed: Placed, violation: ValidationError) -> Iterator[PolicyFileError]:
    way: Way = tuple(violation.absolute_path)
    schema = violation.schema
    meaning = str(schema.get("description", "")) if isinstance(schema, Mapping) else ""
    rule: Any = violation.validator
    match rule:
        case "additionalProperties":
            yield from _unknown_keys(placed, way, violation)
        case "required":
            yield from _missing_keys(placed, way, violation)
        case "not" | None:  # `{"not": {}}`, or `false`, which jsonschema reports one level up
            place = placed.key(way)
            yield placed.error(place, f"{_name(way)} is not allowed here", fix="remove it")
        case _:
            message, fix = _wrong_value(str(rule), violation)
            hint = "; ".join(part for part in (fix, meaning) if part)
            yield placed.error(placed.at(way), f"{_name(way)} {message}", fix=hint)


def _unknown_keys(
    placed: Placed, way: Way, violation: ValidationError
) -> Iterator[PolicyFileError]:
    known = _properties(violation)
    present: Any = violation.instance
    schema: Any = violation.schema
    patterns = schema.get("patternProperties", {})
    for key in present:
        if key not in known and not any(re.search(pattern, key) for pattern in patterns):
            place = placed.key((*way, key))
            yield placed.error(place, f"unknown key {key!r}", fix=did_you_mean(key, known))


def _missing_keys(
    placed: Placed, way: Way, violation: ValidationError
) -> Iterator[PolicyFileError]:
    known = _properties(violation)
    present: Any = violation.instance
    required: Any = violation.validator_value
    for key in required:
        if key not in present:
            meaning = str(known.get(key, {}).get("description", ""))
            fix = f"add `{key}:`" + (f" ({meaning})" if meaning else "")
            yield placed.error(placed.key(way), f"{_name(way)} lacks the key {key!r}", fix=fix)


def _properties(violation: ValidationError) -> Mapping[str, Any]:
    schema = violation.schema
    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    return {name: inner if isinstance(inner, Mapping) else {} for name, inner in properties.items()}


_KINDS = {
    "null": "null",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a mapping of keys to values",
}


_RULES = {
    "const": "must be {}",
    "minLength": "is too short: at least {}",
    "minItems": "is too short: at least {}",
    "maxLength": "is too long: at most {}",
    "maxItems": "is too long: at most {}",
    "minimum": "is too small: at least {}",
    "maximum": "is too big: at most {}",
    "pattern": "is not spelt as {}",
    "format": "is not a {}",
    "uniqueItems": "names something twice",
    "contains": "lacks an entry that it must have",
}
"""Rule of JSON Schema → what is wrong; {} is the rule's limit."""


def _wrong_value(rule: str, violation: ValidationError) -> tuple[str, str]:
    limit: Any = violation.validator_value
    if rule == "type":
        kinds = [limit] if isinstance(limit, str) else limit
        return f"must be {' or '.join(_KINDS[kind] for kind in kinds)}", ""
    if rule == "enum":
        words = [str(word) for word in limit if word is not None]
        return "is not one of the words allowed", did_you_mean(str(violation.instance), words)
    fix = "write it as 2026-11-25" if (rule, limit) == ("format", "date") else ""
    return _RULES.get(rule, f"breaks the rule {rule!r} of its schema").format(limit), fix


def _name(way: Way) -> str:
    """Return how a person would name the place, as `sources[0].checked`."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in way]
    return "".join(parts).lstrip(".") or "the file"
