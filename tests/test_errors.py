"""The drawn tree of errors is the tree of classes."""

import inspect
import re

import pytest

from euguard import errors
from euguard.errors import EuguardError
from euguard.gateway import errors as table

CLASSES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, EuguardError)
]


def test_the_docstring_draws_every_error_below_its_parent() -> None:
    drawn = re.findall(r"^ {4}( *)[+-]? ?(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    parents: list[tuple[int, str]] = []
    tree = {}
    for indent, name in drawn:
        depth = len(indent)
        while parents and parents[-1][0] >= depth:
            parents.pop()
        tree[name] = parents[-1][1] if parents else "Exception"
        parents.append((depth, name))

    assert tree == {kind.__name__: kind.__base__.__name__ for kind in CLASSES if kind.__base__}


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in CLASSES]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_ends_with_an_exit_code_of_the_design(kind: type[EuguardError]) -> None:
    assert kind.exit_code in {1, 2, 3, 5, 6, 7, 8}


@pytest.mark.parametrize("kind", [k for k in CLASSES if issubclass(k, errors.RefusedError)])
def test_a_refusal_is_a_status_that_no_sdk_retries(kind: type[EuguardError]) -> None:
    refusal = kind("no")

    assert table.status(refusal) in {400, 403, 404, 422}
    assert table.headers(refusal) == {"x-should-retry": "false"}


@pytest.mark.parametrize(
    "kind, status",
    [
        (errors.DetectionUnavailableError, 503),
        (errors.LogUnavailableError, 503),
        (errors.ModelUnavailableError, 502),
        (errors.UnavailableError, 503),
    ],
)
def test_inability_is_a_status_that_sdks_retry(kind: type[EuguardError], status: int) -> None:
    assert table.status(kind("down")) == status
    assert table.headers(kind("down")) == {}


def test_an_error_without_a_row_of_its_own_is_a_bug_of_ours() -> None:
    assert table.status(errors.LogForkedError("forked")) == 500


def test_the_body_has_the_four_fields_of_openai() -> None:
    refusal = errors.FieldRefusedError("no images", param="messages[0].content[1]", fix="send text")

    assert table.body(refusal) == {
        "error": {
            "message": "no images. Send text.",
            "type": "invalid_request_error",
            "param": "messages[0].content[1]",
            "code": "field_not_accepted",
        }
    }


def test_a_policy_error_says_file_line_and_column() -> None:
    from pathlib import Path

    error = errors.PolicyFileError(Path("a.yaml"), 3, 7, "wrong", fix="right")

    assert str(error) == "a.yaml:3:7: wrong"
    assert (error.line, error.column, error.fix) == (3, 7, "right")


def test_an_export_error_says_step_and_place() -> None:
    error = errors.ExportInvalidError(5, "entries.jsonl line 2", "does not lead to the root")

    assert str(error) == "step 5, entries.jsonl line 2: does not lead to the root"
    assert (error.step, error.where) == (5, "entries.jsonl line 2")
