"""What a client sends, checked just enough to become a `Received`.

Everything about the body's fields is said by the one table in `pii.walk`; here stands only what
must be known before policy can decide: the model, the stream flag, that there are messages.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from euguard.errors import MalformedRequestError
from euguard.exchange.stages import Received
from euguard.identity.principal import Principal
from euguard.terms import ExchangeId, ModelId, PurposeId

PURPOSE = "x-euguard-purpose"
"""Header that declares the processing purpose; a key bound to one purpose needs none."""

CONVERSATIONS = ("x-euguard-conversation", "x-openwebui-chat-id")
"""Headers that name the conversation; the first one present counts."""

MAX_HEADER = 256
"""Characters in a purpose or conversation header at most."""


def parse(data: bytes) -> dict[str, Any]:
    """Parse a request body.

    Raises:
        MalformedRequestError: not a JSON object, no model, or no messages.

    """
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        msg = f"the body is not JSON (line {error.lineno}, column {error.colno})"
        raise MalformedRequestError(msg) from None
    if not isinstance(body, dict):
        msg = "the body is not a JSON object"
        raise MalformedRequestError(msg)
    _require(isinstance(body.get("model"), str) and body["model"], "model", "a string")
    _require(isinstance(body.get("stream"), bool | None), "stream", "true or false")
    messages = body.get("messages")
    _require(isinstance(messages, list) and messages, "messages", "a list with a message in it")
    for position, message in enumerate(body["messages"]):
        _require(isinstance(message, dict), f"messages[{position}]", "an object")
    return body


def receive(
    body: dict[str, Any], headers: Mapping[str, str], principal: Principal, at: datetime
) -> Received:
    """Make the first stage of an exchange.

    Raises:
        MalformedRequestError: a header of euguard is too long.

    """
    declared = _header(headers, PURPOSE)
    conversation = next(
        (found for name in CONVERSATIONS if (found := _header(headers, name))), None
    )
    return Received(
        exchange=exchange_id(at),
        at=at,
        principal=principal,
        declared=None if declared is None else PurposeId(declared),
        conversation=conversation,
        model=ModelId(body["model"]),
        stream=bool(body.get("stream")),
        body=body,
    )


def wants_usage(body: Mapping[str, Any]) -> bool:
    """Tell whether the client asked for a token count at the end of its stream."""
    options = body.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def exchange_id(at: datetime) -> ExchangeId:
    """Return a new UUID version 7, RFC 9562 §5.7: 48 bits of milliseconds, then random bits."""
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    value = milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0b11 << 62) | 0b10 << 62
    return ExchangeId(str(UUID(int=value)))


def _header(headers: Mapping[str, str], name: str) -> str | None:
    value = headers.get(name)
    if value is not None and len(value) > MAX_HEADER:
        msg = f"the header {name} is longer than {MAX_HEADER} characters"
        raise MalformedRequestError(msg)
    return value or None


def _require(condition: Any, param: str, expected: str) -> None:
    if not condition:
        msg = f"{param} must be {expected}"
        raise MalformedRequestError(msg, param=param)
