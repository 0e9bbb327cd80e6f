from typing import Any

import pytest

from euguard.errors import MalformedRequestError
from euguard.pii.skeleton import (
    MAX_DEPTH,
    Builder,
    Form,
    Node,
    field_of,
    fill,
    ordinal,
    written_out,
)


def _filled(node: Node, builder: Builder, **changed: str) -> Any:
    texts = [changed.get(segment.text, segment.text) for segment in builder.segments]
    return fill(node, builder.segments, texts)


def _segments(builder: Builder) -> list[str]:
    return [segment.text for segment in builder.segments]


# ------------------------------------------------------------------ JSON in a string


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.0,"b":1e5,"c":-0,"d":12345678901234567890123}',
        ' [ "x" ,\t"y\\u00e9\\/" ]\n',
        '{"a":"x","a":"y"}',
        "[]",
        "{}",
        '["\\ud83d\\ude00"]',
        '{"deep":"{\\"deeper\\":\\"[\\\\\\"x\\\\\\"]\\"}"}',
        "[1234567, 123456.7, -1234567]",
    ],
)
def test_json_that_is_not_changed_passes_byte_for_byte(text: str) -> None:
    builder = Builder()

    assert _filled(builder.text(text, "it"), builder) == text


def test_only_the_literals_that_change_are_spelt_anew() -> None:
    builder = Builder()
    node = builder.text('{"who": "Anna", "n": 1.0, "same":"\\u0041nn", "no":[null,true]}', "it")

    changed = _filled(node, builder, Anna='<PERSON_7Q3K> "ö"')

    expected = '{"who": "<PERSON_7Q3K> \\"ö\\"", "n": 1.0, "same":"\\u0041nn", "no":[null,true]}'
    assert changed == expected


def test_strings_are_read_without_their_escapes() -> None:
    builder = Builder()
    builder.text('{"\\u0041nna":"Gr\\u00fc\\u00dfe\\n"}', "it")

    assert _segments(builder) == ["Anna", "Grüße\n"]


def test_white_space_before_json_does_not_hide_it() -> None:
    builder = Builder()
    builder.text(' \n{"a":"x"} ', "it")

    assert _segments(builder) == ["a", "x"]


def test_duplicate_keys_are_both_seen() -> None:
    builder = Builder()
    builder.text('{"a":"x","a":"y"}', "it")

    assert _segments(builder) == ["a", "x", "a", "y"]


def test_json_in_json_is_opened_and_closed_again() -> None:
    builder = Builder()
    node = builder.text('{"result":"{\\"name\\": \\"M\\\\u00fcller\\"}"}', "it")

    assert _segments(builder) == ["result", "name", "Müller"]
    assert _filled(node, builder, Müller="<X>") == '{"result":"{\\"name\\": \\"<X>\\"}"}'


def test_from_the_fifth_level_on_json_is_text() -> None:
    import orjson

    text = '["x"]'
    for _ in range(4):
        text = orjson.dumps([text]).decode()
    builder = Builder()
    builder.text(text, "it")

    assert _segments(builder) == ['["x"]']


@pytest.mark.parametrize(
    "text", ["Hello", '"x"', "12345678", '{"a":', "[x]", '["\\ud800"]', "{'a': 1}", "", "[NaN]"]
)
def test_what_is_not_a_json_object_or_array_is_one_text(text: str) -> None:
    builder = Builder()
    node = builder.text(text, "it")

    assert [(one.path, one.text) for one in builder.segments] == [("it", text)]
    assert _filled(node, builder, **{text: "gone"}) == "gone"


def test_a_long_number_is_scanned_and_becomes_a_string_if_it_changes() -> None:
    builder = Builder()
    node = builder.text('{"card": 4111111111111111, "n": 123456, "f": 4111111111.5}', "it")

    assert _segments(builder) == ["card", "4111111111111111", "n", "f", "4111111111.5"]
    changed = _filled(node, builder, **{"4111111111111111": "<CARD_7Q3K>"})
    assert changed == '{"card": "<CARD_7Q3K>", "n": 123456, "f": 4111111111.5}'


def test_however_a_long_number_is_spelt_its_digits_are_scanned() -> None:
    builder = Builder()
    text = "[4.111111111111111e15, 4111111111111111.00, 4111111111111111e+00000, -1234567]"
    node = builder.text(text, "it")

    assert _segments(builder) == [*["4111111111111111"] * 3, "-1234567"]
    assert _filled(node, builder) == text
    changed = _filled(node, builder, **{"4111111111111111": "<CARD_7Q3K>"})
    assert changed == '["<CARD_7Q3K>", "<CARD_7Q3K>", "<CARD_7Q3K>", -1234567]'


def test_numbers_too_short_or_too_long_for_an_identifier_are_not_scanned() -> None:
    builder = Builder()
    builder.text(f"[999999, 999999.5, 1.2345678, 0.0, 1e34, 1e-9, {'1' * 35}]", "it")

    assert _segments(builder) == []


@pytest.mark.parametrize(
    "number,digits",
    [
        ("1000000", "1000000"),
        ("999999", None),
        ("-1000000.50", "-1000000.5"),
        ("1e6", "1000000"),
        ("9" * 34, "9" * 34),
        ("1e34", None),
        ("0e9", None),
        ("0.1234567890", None),
    ],
)
def test_a_number_is_written_out_when_it_has_seven_to_34_digits(
    number: str, digits: str | None
) -> None:
    assert written_out(number) == digits


def test_paths_count_the_values() -> None:
    builder = Builder()
    builder.text('["a", "[\\"b\\"]"]', "it")

    assert [one.path for one in builder.segments] == [
        "it, the 1st value",
        "it, the 2nd value, the 1st value",
    ]


# ------------------------------------------------------------------ schemas


def test_keywords_stay_where_a_schema_may_have_one_and_only_there() -> None:
    builder = Builder()
    schema = {
        "type": "object",
        "properties": {
            "title": {"type": ["string", "null"], "format": "email", "maxLength": 41111111},
            "type": {"enum": ["type", 41111111, 3]},
        },
        "required": ["title"],
        "additionalProperties": False,
        "anyOf": [{"not": {"const": "x"}}, True],
        "$defs": {"items": {"items": {"type": "widget"}}},
        "minimum": "y",
        "x-note": {"type": "string"},
    }
    node = builder.schema(schema, "it")

    assert _segments(builder) == [
        *("title", "41111111", "type", "type", "41111111", "title", "x", "items", "widget", "y"),
        *("x-note", "type", "string"),
    ]
    assert _filled(node, builder) == schema


def test_a_type_beyond_the_standard_is_a_text() -> None:
    builder = Builder()
    schema = {"type": ["string", "Anna"], "format": {"date": "date"}, "properties": ["x"]}
    node = builder.schema(schema, "it")

    assert _segments(builder) == ["Anna", "date", "date", "x"]
    assert _filled(node, builder) == schema


def test_a_type_list_of_more_than_strings_is_walked_like_any_json() -> None:
    builder = Builder()
    node = builder.schema({"type": ["string", 3]}, "it")

    assert _segments(builder) == ["string"]
    assert _filled(node, builder) == {"type": ["string", 3]}


def test_long_numbers_are_scanned_and_go_back_as_numbers() -> None:
    builder = Builder()
    numbers = [4111111111111111, 999_999, 1_000_000, -4111111111, 1.5, 4111111111.0, 4e300]
    node = builder.free(numbers, "it")

    assert _segments(builder) == ["4111111111111111", "1000000", "-4111111111", "4111111111"]
    changed = _filled(node, builder, **{"1000000": "<PHONE_7Q3K>"})
    assert changed == [*numbers[:2], "<PHONE_7Q3K>", *numbers[3:]]


def test_where_only_a_number_may_stand_another_is_drawn_from_the_pseudonym() -> None:
    builder = Builder()
    node = builder.number(4111111111111111, "it", drawn=True)

    assert _filled(node, builder) == 4111111111111111
    [one, again, another] = [
        _filled(node, builder, **{"4111111111111111": f"<CARD_{code}>"})
        for code in ("7Q3K", "7Q3K", "2M4P")
    ]
    assert one == again != another
    assert isinstance(one, int)
    assert one not in (another, 4111111111111111)


_NESTINGS: list[tuple[str, Any]] = [
    ("free", lambda value: [value]),
    ("free", lambda value: {"x": value}),
    ("schema", lambda value: {"items": value}),
    ("schema", lambda value: [value]),
    ("schema", lambda value: {"x-note": value}),
]


@pytest.mark.parametrize("walk,wrap", _NESTINGS)
def test_nesting_has_a_limit(walk: str, wrap: Any) -> None:
    value: Any = True
    for _ in range(MAX_DEPTH):
        value = wrap(value)

    getattr(Builder(), walk)(value, "it")
    with pytest.raises(MalformedRequestError, match="is nested deeper than 32"):
        getattr(Builder(), walk)(wrap(value), "it")


@pytest.mark.parametrize(
    "levels,wrap",
    [(32, lambda value: {"const": value}), (16, lambda value: {"properties": {"x": value}})],
)
def test_a_keyword_and_a_name_are_a_level_each(levels: int, wrap: Any) -> None:
    value: Any = True if levels == 16 else {}
    for _ in range(levels):
        value = wrap(value)

    Builder().schema(value, "it")
    with pytest.raises(MalformedRequestError) as caught:
        Builder().schema(wrap(value), "it")

    assert caught.value.param is not None
    assert caught.value.param.startswith("it.")


@pytest.mark.parametrize(
    "value,finding",
    [
        (b"x", "is not a JSON value"),
        (object(), "is not a JSON value"),
        ({1: "x"}, "is not a string"),
        (2**64, "is a whole number beyond 64 bits"),
        (-(2**63) - 1, "is a whole number beyond 64 bits"),
        (float("nan"), "is not a number of JSON"),
        (float("-inf"), "is not a number of JSON"),
    ],
)
def test_what_json_cannot_carry_is_malformed(value: object, finding: str) -> None:
    where = "it, the 1st key" if isinstance(value, dict) else "it"
    with pytest.raises(MalformedRequestError) as free:
        Builder().free(value, "it")
    with pytest.raises(MalformedRequestError) as keyword:
        Builder().schema({"maximum": value}, "it")

    assert (free.value.param, free.value.message) == ("it", f"{where} {finding}")
    assert keyword.value.param == "it.maximum"


def test_every_string_of_a_schema_has_its_path() -> None:
    builder = Builder()
    builder.schema(
        {
            "anyOf": [{"title": "a"}, "b"],
            "properties": {"c": {"type": ["d", "string"]}},
            "enum": ["e", 41111111],
            "maximum": "f",
            "x-note": "g",
        },
        "it",
    )

    assert [(one.text, one.path) for one in builder.segments] == [
        ("a", "it.anyOf[0].title"),
        ("b", "it.anyOf[1]"),
        ("c", "it.properties, the 1st key"),
        ("d", "it.properties, the 1st key.type[0]"),
        ("e", "it.enum[0]"),
        ("41111111", "it.enum[1]"),
        ("f", "it.maximum"),
        ("x-note", "it, the 5th key"),
        ("g", "it, the 5th key"),
    ]


def test_the_largest_and_smallest_whole_numbers_pass() -> None:
    builder = Builder()
    schema = {"maximum": 2**64 - 1, "minimum": -(2**63), "const": 2**64 - 1, "enum": [-(2**63)]}

    assert _filled(builder.schema(schema, "it"), builder) == schema
    assert set(_segments(builder)) == {str(2**64 - 1), str(-(2**63))}


# ------------------------------------------------------------------ the rest


@pytest.mark.parametrize(
    "path,named",
    [
        ("messages[0].content", "messages[0].content"),
        ("messages[0].content, the 2nd value", "messages[0].content"),
        (
            "tools[0].function.parameters.$defs, the 1st key[0]",
            "tools[0].function.parameters.$defs",
        ),
        ("x" + "[0]" * 100, ("x" + "[0]" * 100)[:256]),
        ("", None),
    ],
)
def test_an_error_names_the_field_at_or_around_its_place(path: str, named: str | None) -> None:
    assert field_of(path) == named


def test_a_name_is_a_hole_of_its_form() -> None:
    builder = Builder()
    builder.name("a-B_9", "it")

    assert builder.segments[0].form is Form.NAME


@pytest.mark.parametrize(
    "number,said",
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (10, "10th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (111, "111th"),
        (122, "122nd"),
    ],
)
def test_ordinals(number: int, said: str) -> None:
    assert ordinal(number) == said
