"""The one table of wire fields: what of a request reaches a model, and as what.

`POST /v1/chat/completions` has some eighty fields, and each that carries text is a way
past a mask that only knows `messages[].content`. So the table is an allow list: what it
does not name is dropped, what cannot be scanned is refused, and every string of the rest
is a segment. `accept` turns a body into a skeleton with holes (see skeleton.py), `rewrite`
puts texts into the holes; nothing else of the client's ever leaves.

Sources: OpenAI API reference, "Create chat completion"; vLLM 0.32
`entrypoints/openai/chat_completion/protocol.py` for the fields it adds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    Schema,
    Tagged,
    Text,
)
from euguard.pii.skeleton import Builder, Pairs, Segment, fill

INSTRUCTIONS = "instructions"
"""Path of the segment that stands before the client's messages."""
MAX_MESSAGES = 2_048
MAX_TOOLS = 128
MAX_STOPS = 4
MAX_CHOICES = 4
MAX_TOKENS = 2**31 - 1
MAX_SEED = 2**63 - 1

_TEXT_ONLY = "Send text."
_SHOWS = Refused(
    "shows the prompt in forms in which pseudonyms cannot be restored",
    "Leave it out.",
)
_PROMPT = Refused("changes the prompt after it was scanned", "Put the text into a message.")
_TOKENS = Refused("names tokens, which cannot be scanned", "Leave it out.")
_MEDIA = Refused("is not text, and cannot be scanned", _TEXT_ONLY)
_LEGACY = Refused("is the old form of `tools`", "Send `tools` and `tool_choice`.")
_GUIDED = Refused("would shape the reply without having been scanned", "Use `response_format`.")
_ENGINE = Refused("steers the model server itself", "Leave it out.")

_PARTS = Many(Tagged("type", {"text": Object({"text": Text()}, ("text",))}), MAX_MESSAGES, 1)
_CONTENT = Either(Text(), _PARTS)
_REPLIED = Either(
    Text(),
    Many(
        Tagged(
            "type",
            {
                "text": Object({"text": Text()}, ("text",)),
                "refusal": Object({"refusal": Text()}, ("refusal",)),
            },
        ),
        MAX_MESSAGES,
    ),
)
_NAMED = Object({"name": Name()}, ("name",))
_CALLED = Object({"name": Name(), "arguments": Text()}, ("name", "arguments"))

MESSAGE = Tagged(
    "role",
    {
        "system": Object({"content": _CONTENT, "name": Name()}, ("content",)),
        "developer": Object({"content": _CONTENT, "name": Name()}, ("content",)),
        "user": Object({"content": _CONTENT, "name": Name()}, ("content",)),
        "assistant": Object(
            {
                "content": _REPLIED,
                "refusal": Text(),
                "reasoning": Text(),
                "reasoning_content": Text(),
                "name": Name(),
                "tool_calls": Many(
                    Tagged(
                        "type",
                        {"function": Object({"id": Id(), "function": _CALLED}, ("id", "function"))},
                        default="function",
                    ),
                    MAX_TOOLS,
                ),
                "audio": _MEDIA,
                "function_call": _LEGACY,
            },
        ),
        "tool": Object(
            {"content": _CONTENT, "tool_call_id": Id(), "name": Name()},
            ("content", "tool_call_id"),
        ),
    },
)

TOOL = Tagged(
    "type",
    {
        "function": Object(
            {
                "function": Object(
                    {
                        "name": Name(),
                        "description": Text(),
                        "parameters": Schema(),
                        "strict": Flag(),
                    },
                    ("name",),
                ),
            },
            ("function",),
        ),
    },
)

RESPONSE_FORMAT = Tagged(
    "type",
    {
        "text": Object({}),
        "json_object": Object({}),
        "json_schema": Object(
            {
                "json_schema": Object(
                    {
                        "name": Name(),
                        "description": Text(),
                        "schema": Schema(),
                        "strict": Flag(),
                    },
                    ("name",),
                ),
            },
            ("json_schema",),
        ),
    },
)

# What stays the same over a conversation comes first: codes are given in order of
# appearance, so a value keeps its code while messages are added.
REQUEST = Object(
    {
        "model": ModelName(),
        "tools": Many(TOOL, MAX_TOOLS),
        "tool_choice": Either(
            Choice(("none", "auto", "required")),
            Tagged("type", {"function": Object({"function": _NAMED}, ("function",))}),
        ),
        "parallel_tool_calls": Flag(),
        "response_format": RESPONSE_FORMAT,
        "messages": Many(MESSAGE, MAX_MESSAGES, 1),
        "stop": Either(Text(), Many(Text(), MAX_STOPS)),
        "prediction": Tagged("type", {"content": Object({"content": _CONTENT}, ("content",))}),
        "stream": Flag(),
        "stream_options": Object({"include_usage": Flag()}),
        "temperature": Decimal(0, 2),
        "top_p": Decimal(0, 1),
        "max_tokens": Integer(1, MAX_TOKENS),
        "max_completion_tokens": Integer(1, MAX_TOKENS),
        "n": Integer(1, MAX_CHOICES, refused_above=True),
        "seed": Integer(-MAX_SEED - 1, MAX_SEED, scanned=True),
        "presence_penalty": Decimal(-2, 2),
        "frequency_penalty": Decimal(-2, 2),
        "reasoning_effort": Choice(("none", "minimal", "low", "medium", "high", "xhigh")),
        # Dropped and counted. So is every field that no line here names.
        "user": Ignored(),
        "metadata": Ignored(),
        "store": Ignored(),
        "safety_identifier": Ignored(),
        "service_tier": Ignored(),
        "prompt_cache_key": Ignored(),
        "prompt_cache_retention": Ignored(),
        "verbosity": Ignored(),
        "request_id": Ignored(),
        "session_id": Ignored(),
        # Refused, unless they ask for nothing.
        "audio": _MEDIA,
        "modalities": Refused(_MEDIA.why, _TEXT_ONLY, unless=(["text"],)),
        "media_io_kwargs": _MEDIA,
        "mm_payload": _MEDIA,
        "mm_processor_kwargs": _MEDIA,
        "prompt_embeds": _MEDIA,
        "logprobs": _SHOWS,
        "top_logprobs": _SHOWS,
        "prompt_logprobs": _SHOWS,
        "echo": _SHOWS,
        "return_prompt_text": _SHOWS,
        "return_token_ids": _SHOWS,
        "return_tokens_as_token_ids": _SHOWS,
        "chat_template": _PROMPT,
        "chat_template_kwargs": _PROMPT,
        "documents": _PROMPT,
        "web_search_options": _PROMPT,
        "allowed_token_ids": _TOKENS,
        "bad_words": _TOKENS,
        "logit_bias": _TOKENS,
        "stop_token_ids": _TOKENS,
        "function_call": _LEGACY,
        "functions": _LEGACY,
        "guided_choice": _GUIDED,
        "guided_grammar": _GUIDED,
        "guided_json": _GUIDED,
        "guided_regex": _GUIDED,
        "structural_tag": _GUIDED,
        "structured_outputs": _GUIDED,
        "cache_salt": _ENGINE,
        "kv_transfer_params": _ENGINE,
        "logits_processors": _ENGINE,
        "priority": _ENGINE,
        "vllm_xargs": _ENGINE,
    },
    required=("model", "messages"),
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request of which nothing but its skeleton and its segments is left."""

    segments: tuple[Segment, ...] = field(repr=False)
    """Every string that is forwarded, except words of this table; in order of appearance."""
    ignored: int
    """Fields dropped because euguard does not forward them."""
    skeleton: Pairs = field(repr=False)


def accept(body: Mapping[str, Any], instructions: str | None = None) -> Accepted:
    """Check a parsed request against the table; nothing is taken on trust.

    `instructions` go before the client's messages, as a system message of their own; they are
    scanned like the rest and leave the client's paths as they are.

    Raises:
        MalformedRequestError: the wrong type, out of range, too many, too deep, or missing.
        FieldRefusedError: a field that cannot be scanned, or that shows or alters the prompt.

    """
    into = Builder()
    first = None if instructions is None else into.hole(instructions, INSTRUCTIONS)
    skeleton = REQUEST.build(body, "", into)
    if first is not None:
        skeleton = _beginning_with(Pairs((("role", "system"), ("content", first))), skeleton)
    return Accepted(tuple(into.segments), into.ignored, skeleton)


def _beginning_with(message: Pairs, request: Pairs) -> Pairs:
    return Pairs(
        tuple(
            (name, (message, *node)) if name == "messages" and isinstance(node, tuple) else pair
            for pair in request.pairs
            for name, node in [pair]
        )
    )


def rewrite(accepted: Accepted, texts: Sequence[str]) -> dict[str, Any]:
    """Return a new request with `texts[i]` where segment i stood."""
    if len(texts) != len(accepted.segments):
        msg = f"rewrite: {len(texts)} texts for {len(accepted.segments)} segments"
        raise ValueError(msg)
    body: dict[str, Any] = fill(accepted.skeleton, accepted.segments, texts)
    return body
