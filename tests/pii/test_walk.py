import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.errors import FieldRefusedError, MalformedRequestError
from euguard.pii.shape import (
    Choice,
    Decimal,
    Either,
    Flag,
    Id,
    Ignored,
    Integer,
    Many,
    ModelName,
    Name,
    Object,
    Refused,
    Rule,
    Schema,
    Tagged,
    Text,
)
from euguard.pii.skeleton import KEYWORDS, MAX_STRINGS, WORDS, Form
from euguard.pii.walk import MAX_MESSAGES, REQUEST, accept, rewrite

PLANTED = re.compile(r"zq\d+qz")


def _chat(*messages: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {"model": "m", "messages": list(messages) or [_user("Hello")], **fields}


def _user(content: Any, **fields: Any) -> dict[str, Any]:
    return {"role": "user", "content": content, **fields}


def _tool(parameters: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "look_up", "parameters": parameters}}


def _untouched(body: Mapping[str, Any]) -> dict[str, Any]:
    accepted = accept(body)
    return rewrite(accepted, [segment.text for segment in accepted.segments])


def _texts(body: Mapping[str, Any]) -> list[str]:
    return [segment.text for segment in accept(body).segments]


# ------------------------------------------------------------------ bodies made from the table


def _words_of(rule: object) -> Iterator[str]:
    """All words of the table that may stand in a rewritten body."""
    match rule:
        case Object(fields):
            for name, inner in fields.items():
                yield name
                yield from _words_of(inner)
        case Tagged(tag, objects):
            yield tag
            for name, inner in objects.items():
                yield name
                yield from _words_of(inner)
        case Many(inner):
            yield from _words_of(inner)
        case Either(string, other):
            yield from _words_of(string)
            yield from _words_of(other)
        case Choice(words):
            yield from words
        case _:
            return


TABLE_WORDS = {
    *_words_of(REQUEST),
    *KEYWORDS,
    *(word for words in WORDS.values() for word in words),
}


class _Planter:
    """Draws bodies from the table; every string in them is planted, and so unlike any other."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.planted = 0

    def plant(self) -> str:
        self.planted += 1
        return f"zq{self.planted}qz"

    def chance(self, often: int = 2) -> bool:
        return self.draw(st.integers(0, often)) == 0

    def free(self, depth: int = 0) -> Any:
        kind = self.draw(st.integers(0, 3 if depth > 2 else 5))
        match kind:
            case 0:
                return self.plant()
            case 1:
                return self.draw(st.sampled_from([None, True, 1, 1.0, 2**64 - 1, 41111111]))
            case 2 | 3:
                return self.text()
            case 4:
                return [self.free(depth + 1) for _ in range(self.draw(st.integers(0, 3)))]
            case _:
                return {
                    self.plant(): self.free(depth + 1) for _ in range(self.draw(st.integers(0, 3)))
                }

    def schema(self, depth: int = 0) -> dict[str, Any]:
        keywords = self.draw(st.lists(st.sampled_from(sorted(KEYWORDS)), max_size=3, unique=True))
        schema: dict[str, Any] = {"type": self.draw(st.sampled_from(["object", self.plant()]))}
        for keyword in keywords:
            schema[keyword] = self.free(depth) if self.chance() or depth > 2 else {}
            if depth <= 2 and self.chance():
                schema[keyword] = {self.plant(): self.schema(depth + 1)}
        if self.chance():
            schema[self.plant()] = self.free(depth)
        return schema

    def text(self) -> str:
        if not self.chance(3):
            return f"{self.plant()} ö {self.plant()}"
        # JSON with planted keys, numbers that a float would respell, and a second level.
        inner = orjson.dumps({self.plant(): [self.plant(), 1.0]}).decode()
        outer = {self.plant(): inner, "n": [self.plant(), None, True]}
        text = orjson.dumps(outer).decode()
        return text.replace("zq", "\\u007aq") if self.chance() else text

    def value(self, rule: Rule) -> Any:  # noqa: C901, PLR0911, PLR0912  # one case per rule
        match rule:
            case Text():
                return self.text()
            case Name() | Id():
                return self.plant()
            case Schema():
                return self.schema()
            case ModelName():
                return "m"
            case Flag():
                return self.chance()
            case Integer(least, most):
                return self.draw(st.integers(least, most))
            case Decimal(least, most):
                return self.draw(st.floats(least, most))
            case Choice(words):
                return self.draw(st.sampled_from(words))
            case Many(inner, most, least):
                size = self.draw(st.integers(max(least, 0), min(most, 3)))
                return [self.value(inner) for _ in range(max(size, least))]
            case Either(string, other):
                return self.value(string if self.chance(1) else other)
            case Tagged(tag, objects):
                name = self.draw(st.sampled_from(sorted(objects)))
                return {tag: name, **self.value(objects[name])}
            case Object():
                return self.object(rule)
            case _:
                raise AssertionError

    def object(self, rule: Object) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, field in rule.fields.items():
            if name in rule.required or self.chance():
                match field:
                    case Ignored():
                        made[name] = self.free()
                    case Refused():
                        made[name] = self.draw(st.sampled_from([None, False, [], {}, ""]))
                    case _:
                        made[name] = self.value(field)
        if self.chance():
            made[self.plant()] = self.free()
        return made


@st.composite
def _bodies(draw: st.DrawFn) -> tuple[dict[str, Any], int]:
    planter = _Planter(draw)
    body = planter.object(REQUEST)
    return body, planter.planted


def _strings(value: Any) -> Iterator[str]:
    """Every string in a body, keys included, also those inside JSON in a string."""
    match value:
        case str() if value[:1] in ("{", "["):
            yield from _strings(orjson.loads(value))
        case str():
            yield value
        case list():
            for one in value:
                yield from _strings(one)
        case dict():
            for key, one in value.items():
                yield key
                yield from _strings(one)
        case _:
            return


@settings(max_examples=150, deadline=None)
@given(_bodies())
def test_every_string_that_leaves_is_a_segment_or_a_word_of_the_table(
    drawn: tuple[dict[str, Any], int],
) -> None:
    body, _ = drawn
    accepted = accept(body)

    sent = rewrite(accepted, [f"=={number}==" for number in range(len(accepted.segments))])

    for text in _strings(sent):
        known = text in TABLE_WORDS or text == "m" or re.fullmatch(r"c\d{8}", text)
        assert known or re.fullmatch(r"==\d+==", text), text
    assert not PLANTED.search(orjson.dumps(sent).decode())


@settings(max_examples=100, deadline=None)
@given(_bodies())
def test_what_is_not_changed_is_sent_as_it_came(drawn: tuple[dict[str, Any], int]) -> None:
    body, _ = drawn
    before = copy.deepcopy(body)

    once = _untouched(body)

    assert body == before
    assert _untouched(once) == once
    for name in ("tools", "response_format", "stop", "prediction"):
        if "\\u007a" not in str(body.get(name)) and name in once:
            assert set(_strings(once[name])) <= set(_strings(body[name])) | TABLE_WORDS


@settings(max_examples=100, deadline=None)
@given(_bodies())
def test_paths_hold_only_words_of_the_table_and_positions(
    drawn: tuple[dict[str, Any], int],
) -> None:
    body, _ = drawn

    for segment in accept(body).segments:
        assert not PLANTED.search(segment.path)
        assert "zq" not in repr(segment)


def test_two_hundred_values_at_two_hundred_places_leave_none() -> None:
    values = [f"zq{number}qz" for number in range(200)]
    supply = iter(values)
    arguments = orjson.dumps({next(supply): [next(supply), {"n": next(supply)}]}).decode()
    body = _chat(
        *(
            {"role": role, "content": next(supply), "name": next(supply), next(supply): "x"}
            for role in ("system", "developer", "user", "assistant")
            for _ in range(12)
        ),
        {
            "role": "assistant",
            "refusal": next(supply),
            "reasoning_content": next(supply),
            "reasoning": next(supply),
            "content": [
                {"type": "text", "text": next(supply)},
                {"type": "refusal", "refusal": next(supply)},
            ],
            "tool_calls": [
                {"id": next(supply), "function": {"name": next(supply), "arguments": arguments}},
            ],
        },
        {"role": "tool", "tool_call_id": next(supply), "content": f'["{next(supply)}"]'},
        stop=[next(supply), next(supply)],
        prediction={"type": "content", "content": next(supply)},
        tools=[
            {
                "type": "function",
                "function": {
                    "name": next(supply),
                    "description": next(supply),
                    "parameters": {
                        "type": "object",
                        "title": next(supply),
                        next(supply): {next(supply): [next(supply)]},
                        "properties": {
                            next(supply): {
                                "type": "string",
                                "enum": [next(supply), next(supply)],
                                "default": {next(supply): next(supply)},
                                "anyOf": [{"const": next(supply), "pattern": next(supply)}],
                            },
                        },
                        "required": [next(supply)],
                        "$defs": {next(supply): {"format": next(supply)}},
                    },
                },
            },
        ],
        tool_choice={"type": "function", "function": {"name": next(supply)}},
        response_format={
            "type": "json_schema",
            "json_schema": {
                "name": next(supply),
                "description": next(supply),
                "schema": {"items": {"examples": [next(supply)]}},
            },
        },
        user=next(supply),
        metadata={next(supply): next(supply)},
        **{next(supply): next(supply)},
    )
    spare = list(supply)
    assert len(spare) < 20
    body["messages"] += [_user([{"type": "text", "text": one}]) for one in spare]
    accepted = accept(body)

    sent = rewrite(accepted, ["gone"] * len(accepted.segments))

    assert PLANTED.search(orjson.dumps(sent).decode()) is None
    assert set(PLANTED.findall(orjson.dumps(body).decode())) == set(values)


# ------------------------------------------------------------------ what stays, what goes


def test_a_plain_request_passes_whole() -> None:
    body = {
        "model": "mistral-small-3.2",
        "tools": [_tool({"type": "object", "properties": {"who": {"type": "string"}}})],
        "tool_choice": "auto",
        "parallel_tool_calls": False,
        "response_format": {"type": "json_object"},
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "developer", "content": "Be kind.", "name": "dev"},
            {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
            {"role": "assistant", "content": "Hi"},
        ],
        "stop": ["END"],
        "prediction": {"type": "content", "content": "Hi"},
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.15,
        "top_p": 1,
        "max_tokens": 5,
        "max_completion_tokens": 6,
        "n": 4,
        "seed": -(2**63),
        "presence_penalty": -2,
        "frequency_penalty": 2.0,
        "reasoning_effort": "low",
    }

    assert _untouched(body) == body
    assert list(_untouched(body)) == list(body)
    assert accept(body).ignored == 0


def test_instructions_are_a_message_before_the_clients_and_touch_nothing_else() -> None:
    body = _chat(_user("Hello"), tools=[_tool({"type": "object"})], stop=["x"])
    accepted = accept(body, "Be brief.")

    sent = rewrite(accepted, [segment.text for segment in accepted.segments])

    system = {"role": "system", "content": "Be brief."}
    assert sent == {**body, "messages": [system, *body["messages"]]}
    assert accepted.segments[0].path == "instructions"
    assert "messages[0].content" in {segment.path for segment in accepted.segments}


def test_segments_come_in_order_tools_before_messages_before_stops() -> None:
    body = _chat(_user("second"), stop="third", tools=[_tool({"title": "first"})])

    assert _texts(body) == ["look_up", "first", "second", "third"]


def test_names_have_no_brackets_and_texts_may() -> None:
    accepted = accept(_chat(_user("Hello", name="anna")))

    assert [(one.path, one.text, one.form) for one in accepted.segments] == [
        ("messages[0].content", "Hello", Form.TEXT),
        ("messages[0].name", "anna", Form.NAME),
    ]


def test_what_the_table_does_not_name_is_dropped_and_counted() -> None:
    body = _chat(
        _user("Hello", cache_control={"type": "x"}, note="y"),
        user="anna",
        metadata={"a": "b"},
        top_k=5,
        stream_options={"include_usage": True, "include_obfuscation": False},
    )

    accepted = accept(body)

    assert accepted.ignored == 6
    assert rewrite(accepted, ["Hello"]) == {
        "model": "m",
        "messages": [_user("Hello")],
        "stream_options": {"include_usage": True},
    }


def test_null_means_left_out() -> None:
    body = _chat(_user("Hello", name=None), stop=None, user=None, tools=None, logprobs=None)

    assert _untouched(body) == _chat()
    assert accept(body).ignored == 0


def test_identifiers_of_tool_calls_become_numbers_that_still_match() -> None:
    def call(name: str) -> dict[str, Any]:
        return {"id": name, "type": "function", "function": {"name": "f", "arguments": ""}}

    body = _chat(
        _user("Hello"),
        {"role": "assistant", "tool_calls": [call("anna@example.org"), call("b")]},
        {"role": "tool", "tool_call_id": "b", "content": "2"},
        {"role": "tool", "tool_call_id": "anna@example.org", "content": "1"},
    )

    messages = _untouched(body)["messages"]

    assert [one["id"] for one in messages[1]["tool_calls"]] == ["c00000001", "c00000002"]
    assert [one["tool_call_id"] for one in messages[2:]] == ["c00000002", "c00000001"]


def test_rewrite_wants_one_text_per_segment() -> None:
    with pytest.raises(ValueError, match="1 texts for 2 segments"):
        rewrite(accept(_chat(_user("a", name="b"))), ["a"])


def test_an_accepted_request_prints_no_text() -> None:
    accepted = accept(_chat(_user("Anna"), tools=[_tool({"Anna": ["Anna", 41111111]})]))

    assert "Anna" not in repr(accepted)
    assert "Anna" not in repr(accepted.skeleton)
    assert "41111111" not in repr(accepted.skeleton)


# ------------------------------------------------------------------ what is refused


REFUSED = [
    *(
        (name, {name: value}, name)
        for name, value in {
            "audio": {"voice": "x"},
            "modalities": ["text", "audio"],
            "media_io_kwargs": {"a": 1},
            "mm_payload": "x",
            "mm_processor_kwargs": {"a": 1},
            "prompt_embeds": "x",
            "logprobs": True,
            "top_logprobs": 2,
            "prompt_logprobs": 1,
            "echo": True,
            "return_prompt_text": True,
            "return_token_ids": True,
            "return_tokens_as_token_ids": True,
            "chat_template": "x",
            "chat_template_kwargs": {"a": 1},
            "documents": [{"text": "x"}],
            "web_search_options": {"a": 1},
            "allowed_token_ids": [1],
            "bad_words": ["x"],
            "logit_bias": {"1": 1},
            "stop_token_ids": [1],
            "function_call": "auto",
            "functions": [{"name": "x"}],
            "guided_choice": ["x"],
            "guided_grammar": "x",
            "guided_json": {"a": 1},
            "guided_regex": "x",
            "structural_tag": "x",
            "structured_outputs": {"a": 1},
            "cache_salt": "x",
            "kv_transfer_params": {"a": 1},
            "logits_processors": ["x"],
            "priority": 1,
            "vllm_xargs": {"a": 1},
            "n": 5,
        }.items()
    ),
    (
        "image",
        {"messages": [_user([{"type": "image_url", "image_url": {}}])]},
        "messages[0].content[0].type",
    ),
    ("sound", {"messages": [_user([{"type": "input_audio"}])]}, "messages[0].content[0].type"),
    ("new part", {"messages": [_user([{"type": "zq1qz"}])]}, "messages[0].content[0].type"),
    ("new role", {"messages": [{"role": "zq1qz"}]}, "messages[0].role"),
    ("spoken", {"messages": [{"role": "assistant", "audio": {"id": "x"}}]}, "messages[0].audio"),
    (
        "old call",
        {"messages": [{"role": "assistant", "function_call": {"a": 1}}]},
        "messages[0].function_call",
    ),
    ("custom tool", {"tools": [{"type": "custom"}]}, "tools[0].type"),
    ("allowed tools", {"tool_choice": {"type": "allowed_tools"}}, "tool_choice.type"),
    ("other format", {"response_format": {"type": "structural_tag"}}, "response_format.type"),
]


@pytest.mark.parametrize(
    "fields,param",
    [(fields, param) for _, fields, param in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_what_cannot_be_scanned_is_refused_with_its_path_and_a_way_out(
    fields: dict[str, Any], param: str
) -> None:
    with pytest.raises(FieldRefusedError) as caught:
        accept({**_chat(), **fields})

    assert caught.value.param == param
    assert caught.value.message.startswith(f"{param} ")
    assert caught.value.fix.endswith(".")
    assert "zq" not in caught.value.message + caught.value.fix


def test_every_refused_field_of_the_table_is_tried_above() -> None:
    tried = {param for _, _, param in REFUSED}

    assert {name for name, rule in REQUEST.fields.items() if isinstance(rule, Refused)} <= tried


@pytest.mark.parametrize(
    "fields",
    [
        {"logprobs": False},
        {"top_logprobs": 0},
        {"logit_bias": {}},
        {"bad_words": []},
        {"chat_template": ""},
        {"modalities": ["text"]},
    ],
)
def test_a_refused_field_that_asks_for_nothing_is_dropped(fields: dict[str, Any]) -> None:
    accepted = accept(_chat(**fields))

    assert accepted.ignored == 1
    assert rewrite(accepted, ["Hello"]) == _chat()


# ------------------------------------------------------------------ what is malformed


def _nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


MALFORMED: list[tuple[Any, str | None, str]] = [
    ([], None, "the request is not an object"),
    ({"messages": [_user("x")]}, "model", "model is missing"),
    ({"model": "m"}, "messages", "messages is missing"),
    (_chat(model=3), "model", "model is not a string"),
    (_chat(model="zq1qz zq"), "model", "model is not a model's name"),
    (_chat(model="m" * 129), "model", "model is not a model's name"),
    (_chat(messages=[]), "messages", "messages has 0 items, not 1 to 2048"),
    (_chat(messages="zq1qz"), "messages", "messages is not a list"),
    (_chat(messages=[_user("x")] * (MAX_MESSAGES + 1)), "messages", "messages has 2049 items"),
    (_chat(messages=["zq1qz"]), "messages[0]", "messages[0] is not an object"),
    (_chat(messages=[{"content": "x"}]), "messages[0].role", "messages[0].role is missing"),
    (_chat(messages=[{"role": 1}]), "messages[0].role", "messages[0].role is not a string"),
    (_chat(_user(None)), "messages[0].content", "messages[0].content is missing"),
    (_chat(_user(3)), "messages[0].content", "messages[0].content is not a list"),
    (_chat(_user([])), "messages[0].content", "messages[0].content has 0 items"),
    (_chat(_user(["x"])), "messages[0].content[0]", "messages[0].content[0] is not an object"),
    (_chat(_user([{"type": "text"}])), "messages[0].content[0].text", "is missing"),
    (_chat(_user([{"type": "text", "text": 3}])), "messages[0].content[0].text", "is not a string"),
    (_chat(_user("x", name="zq qz")), "messages[0].name", "is not 1 to 64 letters"),
    (_chat(_user("x", name="a" * 65)), "messages[0].name", "is not 1 to 64 letters"),
    (_chat(_user("x", name="")), "messages[0].name", "is not 1 to 64 letters"),
    (_chat(_user("x", name="anna\n")), "messages[0].name", "is not 1 to 64 letters"),
    (_chat(_user("x\ud800zq1qz")), "messages[0].content", "is not valid Unicode"),
    (_chat({"role": "tool", "content": "x"}), "messages[0].tool_call_id", "is missing"),
    (
        _chat({"role": "assistant", "tool_calls": [{"id": "x", "function": {"name": "f"}}]}),
        "messages[0].tool_calls[0].function.arguments",
        "is missing",
    ),
    (
        _chat(
            {
                "role": "assistant",
                "tool_calls": [{"id": "x", "function": {"name": "f", "arguments": {}}}],
            },
        ),
        "messages[0].tool_calls[0].function.arguments",
        "is not a string",
    ),
    (_chat(stream="yes"), "stream", "stream is not true or false"),
    (_chat(stream=1), "stream", "stream is not true or false"),
    (_chat(stream_options=[]), "stream_options", "stream_options is not an object"),
    (_chat(n=0), "n", "n is not a whole number from 1 to 4"),
    (_chat(n=True), "n", "n is not a whole number from 1 to 4"),
    (_chat(n=1.0), "n", "n is not a whole number from 1 to 4"),
    (_chat(seed=2**63), "seed", "seed is not a whole number"),
    (_chat(max_tokens=0), "max_tokens", "max_tokens is not a whole number"),
    (_chat(temperature=2.01), "temperature", "temperature is not a number from 0 to 2"),
    (_chat(temperature=-0.01), "temperature", "temperature is not a number from 0 to 2"),
    (_chat(temperature=True), "temperature", "temperature is not a number from 0 to 2"),
    (_chat(temperature="1"), "temperature", "temperature is not a number from 0 to 2"),
    (_chat(top_p=float("nan")), "top_p", "top_p is not a number from 0 to 1"),
    (_chat(top_p=10**400), "top_p", "top_p is not a number from 0 to 1"),
    (_chat(stop=["a"] * 5), "stop", "stop has 5 items, not 0 to 4"),
    (_chat(stop=[3]), "stop[0]", "stop[0] is not a string"),
    (_chat(tool_choice="zq1qz"), "tool_choice", "tool_choice is not one of none, auto, required"),
    (_chat(tool_choice=3), "tool_choice", "tool_choice is not an object"),
    (_chat(reasoning_effort="zq1qz"), "reasoning_effort", "is not one of none, minimal"),
    (_chat(tools=[_tool("zq1qz")]), "tools[0].function.parameters", "is not an object"),
    (
        _chat(tools=[_tool({"zq1qz": {"zq2qz\ud800": "x"}})]),
        "tools[0].function.parameters",
        "tools[0].function.parameters, the 1st key, the 1st key is not valid Unicode",
    ),
    (
        _chat(tools=[_tool({"a": 1, "b": 1, "zq1qz": _nested(33)})]),
        "tools[0].function.parameters",
        "tools[0].function.parameters, the 3rd key" + "[0]" * 32 + " is nested deeper than 32",
    ),
    (
        _chat(_user(f"[{','.join(['1234567'] * (MAX_STRINGS + 1))}]")),
        "messages[0].content",
        "messages[0].content, the 50001st value is string 50001 of the request",
    ),
]


@pytest.mark.parametrize("body,param,message", MALFORMED)
def test_a_wrong_request_says_where_and_why_and_quotes_nothing(
    body: Any, param: str | None, message: str
) -> None:
    with pytest.raises(MalformedRequestError) as caught:
        accept(body)

    assert caught.value.param == param
    assert message in caught.value.message
    assert "zq" not in caught.value.message


def test_the_limits_themselves_are_accepted() -> None:
    body = _chat(
        *[_user("x")] * MAX_MESSAGES, n=1, temperature=0, top_p=0, stop=["a"] * 4, seed=2**63 - 1
    )

    assert _untouched(body) == body


def test_a_seed_that_is_a_card_number_is_drawn_anew() -> None:
    accepted = accept(_chat(seed=4111111111111111))

    sent = rewrite(accepted, ["Hello", "<CARD_7Q3K>"])

    assert [one.text for one in accepted.segments] == ["Hello", "4111111111111111"]
    assert isinstance(sent["seed"], int)
    assert sent["seed"] != 4111111111111111
    assert _untouched(_chat(seed=4111111111111111))["seed"] == 4111111111111111


def test_hostile_nesting_in_dropped_fields_costs_nothing() -> None:
    assert _untouched(_chat(metadata=_nested(50_000))) == _chat()
