import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard import canonical
from euguard.canonical import MAX_INTEGER, decode, encode
from euguard.errors import MalformedRecordError
from judges import alone

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
keys = st.text(st.characters(max_codepoint=127), max_size=8)
numbers = st.integers(min_value=-MAX_INTEGER, max_value=MAX_INTEGER)
leaves = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(keys, values, max_size=5)


def rfc8785(value: Any) -> str:
    """RFC 8785 §3.2, word by word, for values without fractions."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        short = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r", 34: '"', 92: "\\"}
        escaped = (
            f"\\{short[ord(c)]}" if ord(c) in short else f"\\u{ord(c):04x}" if c < " " else c
            for c in value
        )
        return f'"{"".join(escaped)}"'
    if isinstance(value, list):
        return f"[{','.join(map(rfc8785, value))}]"
    ordered = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
    return f"{{{','.join(f'{rfc8785(k)}:{rfc8785(v)}' for k, v in ordered)}}}"


@given(objects)
def test_the_bytes_are_those_of_rfc_8785(value: dict[str, Any]) -> None:
    assert encode(value) == rfc8785(value).encode()


@given(objects)
def test_a_value_comes_back_from_its_bytes(value: dict[str, Any]) -> None:
    assert decode(encode(value)) == value
    assert alone.read_json(encode(value)) == value


@given(objects, st.sampled_from([(", ", ": "), (",", ":")]))
def test_no_second_spelling_is_read(value: dict[str, Any], separators: tuple[str, str]) -> None:
    other = json.dumps(value, separators=separators)  # noqa: TID251  another spelling on purpose
    if other.encode() == encode(value):
        return

    with pytest.raises(MalformedRecordError, match="RFC 8785 spelling"):
        decode(other.encode())


def test_a_tuple_and_a_read_only_mapping_are_written_like_a_list_and_a_dict() -> None:
    value: Mapping[str, canonical.Value] = MappingProxyType(
        {"b": (1, 2), "a": MappingProxyType({"c": None})}
    )

    assert encode(value) == b'{"a":{"c":null},"b":[1,2]}'


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "value, message",
    [
        ({"a": 1.0}, "float is not allowed"),
        ({"a": float("nan")}, "float is not allowed"),
        ({"a": [{"b": 0.5}]}, "float is not allowed"),
        ({"a": b"x"}, "bytes is not allowed"),
        ({"a": {1, 2}}, "set is not allowed"),
        ({"é": 1}, "ASCII"),
        ({1: 1}, "ASCII"),
        ({"a": {"b": {"é": 1}}}, "ASCII"),
        ({"a": MAX_INTEGER + 1}, "beyond"),
        ({"a": -MAX_INTEGER - 1}, "beyond"),
        ({"a": "\ud800"}, "Unicode"),
        (nested(17), "nested deeper than 16"),
    ],
)
def test_a_value_that_two_programs_might_read_differently_is_not_written(
    value: dict[str, Any], message: str
) -> None:
    with pytest.raises(MalformedRecordError, match=message):
        encode(value)


def test_a_value_is_written_up_to_the_limits() -> None:
    assert decode(encode(nested(canonical.MAX_DEPTH))) == nested(16)
    assert encode({"a": MAX_INTEGER, "b": -MAX_INTEGER}) == (
        b'{"a":9007199254740991,"b":-9007199254740991}'
    )


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "not JSON at byte 0"),
        (b'{"a":1', "not JSON at byte"),
        (b'{"a":NaN}', "not JSON at byte"),
        (b'{"a":"\xff"}', "not JSON at byte"),
        (b"\xef\xbb\xbf{}", "not JSON at byte"),
        (b"[]", "the top is list, not an object"),
        (b"1", "the top is int, not an object"),
        (b"null", "the top is NoneType, not an object"),
        (b'{"a":1} ', "RFC 8785 spelling"),
        (b'{"a":1}\n', "RFC 8785 spelling"),
        (b'{"b":1,"a":1}', "RFC 8785 spelling"),
        (b'{"a":1,"a":1}', "RFC 8785 spelling"),
        (b'{"a":-0}', "RFC 8785 spelling"),
        (b'{"a":"\\u0041"}', "RFC 8785 spelling"),
        (b'{"a":"\\/"}', "RFC 8785 spelling"),
        (b'{"a":"\\u000A"}', "RFC 8785 spelling"),
        (b'{"a":1.0}', "float"),
        (b'{"a":1e2}', "float"),
        (b'{"a":9007199254740992}', "beyond"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "nested deeper|not JSON"),
    ],
)
def test_another_spelling_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(MalformedRecordError, match=message):
        decode(data)


def test_the_message_quotes_nothing() -> None:
    with pytest.raises(MalformedRecordError) as caught:
        encode({"name": "Anna Kowalska \ud800"})

    assert "Anna" not in str(caught.value)
