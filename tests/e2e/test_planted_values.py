"""Two hundred values, planted anywhere in requests: none reaches the model."""

import random
from typing import Any

import orjson
from openai import OpenAI

from upstream import MODEL, Upstream

PLANTED = 200
PEOPLE = ("Katharina Vogelsang", "Jonathan Whitfield", "Margaret Thornbury", "Christopher Hale")


def values(rng: random.Random, number: int) -> tuple[str, str]:
    """Return a sentence in which detection knows the value, and the value."""
    kind = number % 4
    if kind == 0:
        value = f"{rng.choice('abcdefgh')}.planted{number}@example.org"
    elif kind == 1:
        value = iban(f"3704004405320{number:05d}")
    elif kind == 2:
        value = card(f"4111111111{number:05d}")
    else:
        value = PEOPLE[number // 4 % len(PEOPLE)]
        return f"Yesterday {value} came to the office and asked for a form.", value
    return f"The entry is {value} for now.", value


def iban(account: str) -> str:
    number = int(account + "131400")  # D, E and 00 as ISO 13616 counts them
    return f"DE{98 - number % 97:02d}{account}"


def card(digits: str) -> str:
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def place(rng: random.Random, sentence: str, value: str) -> dict[str, Any]:
    """Return a request that carries the value at a random place besides the sentence."""
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "note", "arguments": orjson.dumps({"about": value}).decode()},
    }
    schema = {"type": "object", "properties": {"who": {"enum": [value], "description": value}}}
    places: list[dict[str, Any]] = [
        {"messages": [{"role": "system", "content": f"Context: {value}."}]},
        {"messages": [{"role": "developer", "content": f"Context: {value}."}]},
        {"messages": [{"role": "assistant", "content": f"I noted {value}."}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": f"and {value}"}]}]},
        {
            "messages": [
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "call_1", "content": f'{{"found": "{value}"}}'},
            ]
        },
        {"tools": [{"type": "function", "function": {"name": "f", "description": value}}]},
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": schema}}]},
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": schema},
            }
        },
        {"stop": [value]},
        {"prediction": {"type": "content", "content": f"Dear {value}"}},
        {"user": value},
        {"metadata": {"case": value}},
        {"some_new_field": {value: value}},
        {"messages": [{"role": "user", "content": value.upper()}]},
    ]
    chosen = dict(rng.choice(places))
    first = [{"role": "user", "content": sentence}]
    return {**chosen, "messages": first + chosen.get("messages", [])}


def test_none_of_two_hundred_planted_values_reaches_the_model(
    client: OpenAI, upstream: Upstream
) -> None:
    rng = random.Random(20261125)  # noqa: S311 - chooses places, guards nothing
    planted = []
    create: Any = client.chat.completions.create
    for number in range(PLANTED):
        sentence, value = values(rng, number)
        request = place(rng, sentence, value)
        known = {k: request.pop(k) for k in ("metadata", "some_new_field", "user") if k in request}
        stream = rng.random() < 0.5
        reply = create(model=MODEL, stream=stream, extra_body=known, **request)
        if stream:
            list(reply)
        planted.append(value)

    assert len(upstream.bodies) == PLANTED
    leaks = [
        (number, value)
        for number, (value, body) in enumerate(zip(planted, upstream.bodies, strict=True))
        if value.lower().encode() in body.lower()
    ]
    assert leaks == []
