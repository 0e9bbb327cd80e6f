"""Two hundred values, planted anywhere in requests: none reaches the model."""

import random
import re
import unicodedata
from typing import Any

import orjson
from openai import OpenAI, Stream

from upstream import MODEL, Upstream

PLANTED = 200
SENTENCES = (
    "Yesterday {} came to the office and asked for a form.",
    "Madame {} a demandé une attestation hier matin.",
    "Elle habite à {} depuis le mois de mars.",
)
"""In which the small models know a name; elsewhere it is found because it is known."""
NAMES = (
    (SENTENCES[0], "Katharina Vogelsang"),
    (SENTENCES[0], "Jonathan Whitfield"),
    (SENTENCES[0], "Margaret Thornbury"),
    (SENTENCES[1], "Amélie Rousseau"),
    (SENTENCES[2], "Grenoble"),
)


def values(rng: random.Random, number: int) -> tuple[str, str]:
    """Return what the first message says, and a value that detection knows.

    Identifiers are found where they stand, names because the first message holds them.
    """
    match number % 5:
        case 0:
            value = f"{rng.choice('abcdefgh')}.planted{number}@example.org"
        case 1:
            value = iban(f"3704004405320{number:05d}")
        case 2:
            value = card(f"4111111111{number:05d}")
        case 3:
            value = f"+33 1 99 00 {number // 10:02d} {number % 100:02d}"
        case _:
            sentence, value = NAMES[number // 5 % len(NAMES)]
            return sentence.format(value), value
    return f"The entry is {value} for now." if rng.random() < 0.3 else "Please help.", value


def iban(account: str) -> str:
    number = int(account + "131400")  # D, E and 00 as ISO 13616 counts them
    return f"DE{98 - number % 97:02d}{account}"


def card(digits: str) -> str:
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def bare(value: str) -> str:
    """Return the value as an identifier may hold it: `[A-Za-z0-9_-]`."""
    plain = unicodedata.normalize("NFD", value).encode("ascii", "ignore").decode()
    return re.sub("[^A-Za-z0-9-]+", "_", plain).strip("_")


def places(value: str) -> list[dict[str, Any]]:
    """Return a request for each place in which a client can put a value."""
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "note", "arguments": orjson.dumps({"about": value}).decode()},
    }
    schema = {
        "type": "object",
        "properties": {"who": {"enum": [value], "description": value}, value: {"const": value}},
        "required": [value],
        "default": {value: [value, f'{{"deep": "{value}"}}']},
    }
    made: list[dict[str, Any]] = [
        {"messages": [{"role": "system", "content": f"Context: {value}."}]},
        {"messages": [{"role": "developer", "content": f"Context: {value}."}]},
        {"messages": [{"role": "assistant", "content": f"I noted {value}."}]},
        {"messages": [{"role": "assistant", "content": "I noted.", "refusal": value}]},
        {"messages": [{"role": "assistant", "content": "Yes.", "reasoning_content": value}]},
        {"messages": [{"role": "assistant", "content": "Yes.", "reasoning": value}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": f"and {value}"}]}]},
        {"messages": [{"role": "user", "content": value.upper()}]},
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
                "json_schema": {"name": "answer", "description": value, "schema": schema},
            }
        },
        {"stop": [value]},
        {"prediction": {"type": "content", "content": f"Dear {value}"}},
        {"user": value},
        {"metadata": {"case": value}},
        {"some_new_field": {value: value}},
    ]
    if "@" not in value and "+" not in value:  # an identifier cannot hold those signs
        function = {"name": bare(value), "parameters": {"type": "object"}}
        made += [
            {"messages": [{"role": "user", "content": "Hello.", "name": bare(value)}]},
            {"tools": [{"type": "function", "function": function}]},
        ]
    if value.isdigit():
        number = {"type": "integer", "enum": [int(value)], "maximum": int(value)}
        properties = {"type": "object", "properties": {"n": number}}
        made += [
            {"seed": int(value)},
            {"tools": [{"type": "function", "function": {"name": "f", "parameters": properties}}]},
        ]
    return made


def place(rng: random.Random, sentence: str, value: str) -> dict[str, Any]:
    """Return a request that carries the value at a random place besides the sentence."""
    chosen = rng.choice(places(value))
    first = [{"role": "user", "content": sentence}]
    return {**chosen, "messages": first + chosen.get("messages", [])}


def test_none_of_two_hundred_planted_values_reaches_the_model(
    client: OpenAI, upstream: Upstream
) -> None:
    rng = random.Random(20261125)
    planted = []
    create: Any = client.chat.completions.create
    for number in range(PLANTED):
        sentence, value = values(rng, number)
        request = place(rng, sentence, value)
        reply = create(model=MODEL, stream=rng.random() < 0.5, **in_extra_body(request))
        if isinstance(reply, Stream):
            list(reply)
        planted.append((value, request))

    assert len(upstream.bodies) == PLANTED
    assert all(holds(orjson.dumps(request), value) for value, request in planted)
    leaks = [
        (number, value)
        for number, ((value, _), body) in enumerate(zip(planted, upstream.bodies, strict=True))
        if holds(body, value)
    ]
    assert leaks == []


def holds(body: bytes, value: str) -> bool:
    text = body.decode().lower()
    return value.lower() in text or bare(value).lower() in text


def in_extra_body(request: dict[str, Any]) -> dict[str, Any]:
    """Hand over as they are the fields that the client's own types would refuse."""
    known = {"model", "messages", "tools", "response_format", "stop", "prediction", "seed"}
    own = {name: request[name] for name in request if name in known}
    return {**own, "extra_body": {name: request[name] for name in request if name not in known}}
