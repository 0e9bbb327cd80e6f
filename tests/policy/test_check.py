"""JSON Schema on a placed file."""

from pathlib import Path
from typing import Any

import pytest

from euguard.errors import PolicyFileError
from euguard.policy.check import check, did_you_mean
from euguard.policy.places import parse

HERE = Path("purposes/letters.yaml")


def wrong(text: str, schema: dict[str, Any]) -> list[PolicyFileError]:
    return check(parse(HERE, text.encode()), schema)


def only(text: str, schema: dict[str, Any]) -> tuple[int, int, str, str]:
    (error,) = wrong(text, schema)
    return error.line, error.column, error.reason, error.fix


def shape(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [],
        "properties": properties,
    }


RETENTION = shape(
    retention={
        **shape(
            days={"type": "integer", "minimum": 1, "description": "Days to keep."},
            reason={"type": "string", "minLength": 1, "description": "Why so long."},
        ),
        "required": ["days", "reason"],
    }
)


def test_what_is_right_passes() -> None:
    assert wrong("retention:\n  days: 3\n  reason: because\n", RETENTION) == []


def test_a_mistyped_key_is_shown_with_the_one_that_was_meant() -> None:
    errors = wrong("retention:\n  dayz: 3\n  days: 3\n  reason: r\n", RETENTION)

    assert [(e.line, e.column, e.reason, e.fix) for e in errors] == [
        (2, 3, "unknown key 'dayz'", "did you mean 'days'?")
    ]


def test_a_key_like_no_other_gets_the_list() -> None:
    assert only("fjord: blue\n", RETENTION) == (
        1,
        1,
        "unknown key 'fjord'",
        "use one of: retention",
    )


def test_a_missing_key_is_shown_at_its_mapping_with_its_meaning() -> None:
    assert only("retention:\n  days: 3\n", RETENTION) == (
        1,
        1,
        "retention lacks the key 'reason'",
        "add `reason:` (Why so long.)",
    )


def test_a_missing_key_at_the_top_is_shown_at_the_first_place() -> None:
    schema = {"type": "object", "required": ["id"]}

    assert only("a: 1\n", schema) == (1, 1, "the file lacks the key 'id'", "add `id:`")


def test_two_missing_keys_are_two_errors() -> None:
    errors = wrong("retention: {}\n", RETENTION)

    assert [error.reason for error in errors] == [
        "retention lacks the key 'days'",
        "retention lacks the key 'reason'",
    ]


def test_errors_come_in_reading_order() -> None:
    text = "zebra: 1\nretention:\n  reason: ''\n  days: 0\nape: 1\n"

    assert [error.line for error in wrong(text, RETENTION)] == [1, 3, 4, 5]


@pytest.mark.parametrize(
    "rule, text, column, reason, fix",
    [
        ({"type": "integer"}, "two", 4, "k must be a whole number", "M."),
        ({"type": ["string", "null"]}, "[1]", 4, "k must be text or null", "M."),
        (
            {"enum": ["high-risk", "minimal"]},
            "hihg-risk",
            4,
            "k is not one of the words allowed",
            "did you mean 'high-risk'?; M.",
        ),
        (
            {"enum": ["minimal", None]},
            "7",
            4,
            "k is not one of the words allowed",
            "use one of: minimal; M.",
        ),
        ({"const": "x"}, "y", 4, "k must be x", "M."),
        ({"pattern": "^[a-z]$"}, "AB", 4, "k is not spelt as ^[a-z]$", "M."),
        ({"minLength": 1}, "''", 4, "k is too short: at least 1", "M."),
        ({"minItems": 1}, "[]", 4, "k is too short: at least 1", "M."),
        ({"maxLength": 2}, "abc", 4, "k is too long: at most 2", "M."),
        ({"minimum": 1}, "0", 4, "k is too small: at least 1", "M."),
        ({"maximum": 1}, "2", 4, "k is too big: at most 1", "M."),
        ({"uniqueItems": True}, "[a, a]", 4, "k names something twice", "M."),
        (
            {"type": "string", "format": "date"},
            "2026-02-30",
            4,
            "k is not a date",
            "write it as 2026-11-25; M.",
        ),
        ({"multipleOf": 2}, "3", 4, "k breaks the rule 'multipleOf' of its schema", "M."),
        ({"items": {"type": "string"}}, "[a, 1]", 8, "k[1] must be text", ""),
    ],
)
def test_every_rule_says_what_is_wrong_where(
    rule: dict[str, Any], text: str, column: int, reason: str, fix: str
) -> None:
    schema = shape(k={**rule, "description": "M."})

    assert only(f"k: {text}\n", schema) == (1, column, reason, fix)


def test_a_key_that_another_forbids_is_shown_at_the_key() -> None:
    assert only("b: 1\na: 1\n", shape(a={"not": {}}, b={})) == (
        2,
        1,
        "a is not allowed here",
        "remove it",
    )


def test_keys_that_match_a_pattern_are_known() -> None:
    schema = {**shape(), "patternProperties": {"^x-": {}}}

    assert only("x-note: 1\ny: 2\n", schema)[:3] == (2, 1, "unknown key 'y'")


def test_no_value_is_quoted() -> None:
    schema = shape(name={"type": "string", "maxLength": 3}, mail={"enum": ["a"]})

    text = "".join(str(e) + e.fix for e in wrong("name: Jean Dupont\nmail: j@dupont.fr\n", schema))

    assert "upont" not in text


def test_a_schema_that_allows_nothing_forbids_the_file() -> None:
    assert only("a: 1\n", {"not": {}})[:3] == (1, 1, "the file is not allowed here")


@pytest.mark.parametrize(
    "word, known, hint",
    [
        ("drafting-leters", ["drafting-letters", "other"], "did you mean 'drafting-letters'?"),
        ("zzz", ["b", "a"], "use one of: a, b"),
        ("zzz", [], ""),
    ],
)
def test_the_nearest_word_is_proposed(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, known) == hint
