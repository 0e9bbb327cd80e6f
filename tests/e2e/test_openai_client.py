"""The real openai client gets whole answers, and the model never sees a name."""

import re
from typing import Any

import openai
import orjson
import pytest
from openai import OpenAI

from box import Box
from upstream import MODEL, Upstream

LETTER = "Write to Katharina Vogelsang at k.vogelsang@example.org about DE89370400440532013000."
SECRETS = ("Vogelsang", "k.vogelsang@example.org", "DE89370400440532013000")


def ask(client: OpenAI, **request: Any) -> Any:
    create: Any = client.chat.completions.create
    return create(**{"model": MODEL, "messages": [{"role": "user", "content": LETTER}], **request})


def assert_nothing_leaked(upstream: Upstream) -> None:
    assert upstream.bodies
    for body in upstream.bodies:
        assert not [value for value in SECRETS if value.encode() in body]


def test_a_plain_answer_comes_back_whole(client: OpenAI, upstream: Upstream) -> None:
    answer = ask(client)

    assert answer.choices[0].message.content == LETTER
    assert answer.usage.prompt_tokens == 7
    assert_nothing_leaked(upstream)


@pytest.mark.parametrize("piece", [1, 3, 7, 1000])
def test_a_streamed_answer_comes_back_whole_however_it_is_cut(
    client: OpenAI, upstream: Upstream, piece: int
) -> None:
    upstream.behaviour.piece = piece

    chunks = list(ask(client, stream=True))

    assert "".join(c.choices[0].delta.content or "" for c in chunks) == LETTER
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert_nothing_leaked(upstream)


def test_only_a_client_that_asks_for_the_token_count_of_a_stream_gets_it(client: OpenAI) -> None:
    without = list(ask(client, stream=True))
    with_usage = list(ask(client, stream=True, stream_options={"include_usage": True}))

    assert all(chunk.choices for chunk in without)
    assert with_usage[-1].usage.completion_tokens == 3


def test_a_stream_is_not_held_back(client: OpenAI, upstream: Upstream) -> None:
    upstream.behaviour.answer = "No names here, only words in a row. " * 3

    chunks = [
        c.choices[0].delta.content for c in ask(client, stream=True) if c.choices[0].delta.content
    ]

    assert len(chunks) > 20


@pytest.mark.parametrize("stream", [False, True])
def test_several_choices_stay_apart(client: OpenAI, stream: bool) -> None:  # noqa: FBT001 - a row of the table
    reply = ask(client, n=3, stream=stream)

    if stream:
        texts = ["", "", ""]
        for chunk in reply:
            for choice in chunk.choices:
                texts[choice.index] += choice.delta.content or ""
    else:
        texts = [choice.message.content for choice in reply.choices]
    assert texts == [LETTER] * 3


TOOL = {
    "type": "function",
    "function": {
        "name": "send_mail",
        "description": "Send a mail, as to k.vogelsang@example.org.",
        "parameters": {"type": "object", "properties": {"to": {"type": "string"}}},
    },
}


@pytest.mark.parametrize("stream", [False, True])
def test_arguments_of_a_tool_call_are_restored_as_json(
    client: OpenAI,
    upstream: Upstream,
    stream: bool,  # noqa: FBT001 - a row of the table
) -> None:
    ask(client)  # tells which pseudonym the address has in this conversation
    pseudonym = upstream.seen[0]["messages"][-1]["content"].split(" at ")[1].split(" about ")[0]
    upstream.behaviour.arguments = f'{{"to": "{pseudonym}", "escaped": "\\u003c{pseudonym[1:]}"}}'

    reply = ask(client, tools=[TOOL], stream=stream)

    if stream:
        calls = [c.choices[0].delta.tool_calls for c in reply if c.choices[0].delta.tool_calls]
        arguments = "".join(call[0].function.arguments or "" for call in calls)
    else:
        arguments = reply.choices[0].message.tool_calls[0].function.arguments
    assert orjson.loads(arguments) == {
        "to": "k.vogelsang@example.org",
        "escaped": "k.vogelsang@example.org",
    }
    assert_nothing_leaked(upstream)


def test_a_second_turn_uses_the_pseudonyms_of_the_first(client: OpenAI, upstream: Upstream) -> None:
    first = {"role": "user", "content": LETTER}
    answer = ask(client, messages=[first]).choices[0].message.content
    turns = [
        first,
        {"role": "assistant", "content": answer},
        {"role": "user", "content": "Thank you. Is Katharina Vogelsang the only one?"},
    ]

    ask(client, messages=turns)

    one, two = (
        [message["content"] for message in body["messages"] if message["role"] == "user"]
        for body in upstream.seen
    )
    name = re.search("<PERSON_[^>]+>", one[0])
    assert name is not None
    assert two == [one[0], f"Thank you. Is {name[0]} the only one?"]
    assert_nothing_leaked(upstream)


def test_the_models_recommended_temperature_applies_where_none_is_sent(
    client: OpenAI, upstream: Upstream
) -> None:
    ask(client)
    ask(client, temperature=0.9)

    assert [body["temperature"] for body in upstream.seen] == [0.15, 0.9]


def test_the_models_of_the_keys_purposes_are_listed(client: OpenAI) -> None:
    listed = [model.id for model in client.models.list()]

    assert MODEL in listed
    assert client.models.retrieve(MODEL).id == MODEL


def test_an_image_is_refused_and_named(client: OpenAI, upstream: Upstream) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}

    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, messages=[{"role": "user", "content": [image]}])

    assert caught.value.code == "field_not_accepted"
    assert caught.value.param is not None
    assert caught.value.param.startswith("messages[0].content[0]")
    assert caught.value.response.headers["x-should-retry"] == "false"
    assert upstream.bodies == []


@pytest.mark.parametrize(
    "key, purpose, kind, code",
    [
        ("eg_nobody", None, openai.AuthenticationError, "invalid_api_key"),
        (None, "hr-screening", openai.PermissionDeniedError, "purpose_not_permitted"),
        (None, "no such purpose", openai.PermissionDeniedError, "purpose_not_permitted"),
    ],
)
def test_a_caller_without_the_right_is_refused(
    box: Box, key: str | None, purpose: str | None, kind: type[openai.APIStatusError], code: str
) -> None:
    headers = {"X-Euguard-Purpose": purpose} if purpose else {}
    with (
        OpenAI(base_url=box.url, api_key=key or box.key, max_retries=0) as stranger,
        pytest.raises(kind) as caught,
    ):
        ask(stranger, extra_headers=headers)

    assert caught.value.code == code


def test_an_unknown_path_is_answered_in_openais_shape(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.embeddings.create(model=MODEL, input="text")

    assert caught.value.code == "route_not_found"


def test_every_answer_names_its_exchange(client: OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(
        model=MODEL, messages=[{"role": "user", "content": LETTER}]
    )

    assert len(raw.headers["x-euguard-exchange"]) == 36
