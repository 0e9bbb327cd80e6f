"""The smoke test of a model server: a handful of requests whose answers show that it can serve.

`/health` answers 200 from an engine that cannot compute (seen with a sandbox that forbids the
code it writes for itself). So each promise is asked for once: a chat, a stream, a tool call, an
answer after a schema, an image, the isolation of the prompt cache, and that neither an image's
address nor an adapter is fetched because a request names it.

Every request carries a marker that occurs nowhere else. At the end the engine's own log is
searched for it: what is found there would be found of a person's prompt.

The texts are such that a real model follows them, and the demo's echo model repeats them: both
pass. Nothing is said about the quality of answers.
"""

import base64
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from euguard.serving.profile import Profile

CHAT = "/v1/chat/completions"
_TOKENS = 64
_SIDE = 56
"""Pixels: four patches of 14 a side, so four tokens after the merger, and two at row ends."""
_TOOL = "look_up"
_REPEATED = 40
"""Of one sentence, so that the prompt fills several blocks of the cache (16 tokens each)."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request."""

    path: str
    body: Mapping[str, Any] | None = None
    """Posted as JSON; None asks with GET."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    data: bytes

    @property
    def value(self) -> Any:
        """The JSON of the answer, None where it is none."""
        try:
            return orjson.loads(self.data)
        except orjson.JSONDecodeError:
            return None


Judge: TypeAlias = Callable[[Sequence[Answer]], str]
"""Takes the answers in the order of the questions; returns what is wrong, or nothing."""


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of the server."""

    name: str
    title: str
    questions: tuple[Question, ...]
    judge: Judge


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found."""

    name: str
    title: str
    passed: bool
    detail: str


def checks(profile: Profile, marker: str) -> tuple[Check, ...]:
    """Return the checks that a profile promises, every prompt with the marker in it."""
    asks = _Asking(profile, marker)
    found = [
        Check("chat", "a chat is answered", (asks.chat(),), _judge_chat),
        Check("stream", "an answer comes in pieces", (asks.stream(),), _judge_stream),
        Check("json-schema", "an answer keeps to a schema", (asks.schema(),), _judge_schema),
    ]
    if "tool-call-parser" in profile.arguments:
        found.append(Check("tool-call", "a tool is called", (asks.tool(),), _judge_tool))
    if profile.memory.shape.vision is not None:
        found += [
            Check(
                "image",
                "an image is read",
                (asks.image(with_it=False), asks.image(with_it=True)),
                _judge_image,
            ),
            Check("image-url", "an image's address is not fetched", (asks.url(),), _judge_refused),
        ]
    if profile.arguments.get("enable-prefix-caching") is not False:
        salted = tuple(asks.salted(salt) for salt in ("a", "a", "b"))
        found.append(
            Check("cache-salt", "one tenant's cache is not another's", salted, _judge_salt)
        )
    found.append(Check("adapters", "no request loads an adapter", (asks.adapter(),), _judge_closed))
    return tuple(found)


def judged(check: Check, answers: Sequence[Answer]) -> Finding:
    """Return the finding of a check."""
    wrong = check.judge(answers)
    return Finding(check.name, check.title, passed=not wrong, detail=wrong)


def judge_log(log: bytes | None, marker: str) -> Finding:
    """Return whether the engine's log since the first request is free of prompts.

    Args:
        log: what was written since; None where nobody could read it.
        marker: in every prompt.

    """
    name, title = "log", "no prompt is in the engine's log"
    if log is None:
        return Finding(name, title, passed=False, detail="the log was not read: name it")
    count = log.count(marker.encode())
    detail = f"the marker of the prompts is in it, {count} times" if count else ""
    return Finding(name, title, passed=not count, detail=detail)


# ------------------------------------------------------------------ the questions


@dataclass(frozen=True, slots=True)
class _Asking:
    profile: Profile
    marker: str

    def chat(self) -> Question:
        return self._post(f"Repeat this sentence: All is well, {self.marker}.")

    def stream(self) -> Question:
        text = f"Repeat this sentence: All is still well, {self.marker}."
        return self._post(text, stream=True, stream_options={"include_usage": True})

    def schema(self) -> Question:
        schema = {
            "type": "object",
            "properties": {"word": {"type": "string"}},
            "required": ["word"],
            "additionalProperties": False,
        }
        asked = {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}
        return self._post(f'{{"word": "{self.marker}"}}', response_format=asked)

    def tool(self) -> Question:
        tool = {
            "type": "function",
            "function": {
                "name": _TOOL,
                "description": "Look a word up.",
                "parameters": {
                    "type": "object",
                    "properties": {"word": {"type": "string"}},
                    "required": ["word"],
                },
            },
        }
        # The signs make the echo model call the tool; tool_choice makes another.
        text = f'※{_TOOL}■{{"word": "{self.marker}"}}'
        return self._post(text, tools=[tool], tool_choice="required")

    def image(self, *, with_it: bool) -> Question:
        text = {"type": "text", "text": f"What is to be seen? {self.marker}"}
        image = {"type": "image_url", "image_url": {"url": _picture()}}
        return self._post([image, text] if with_it else [text])

    def url(self) -> Question:
        image = {"type": "image_url", "image_url": {"url": "http://127.0.0.1:9/x.png"}}
        return self._post([image, {"type": "text", "text": self.marker}])

    def salted(self, salt: str) -> Question:
        text = f"{self.marker}. " + "The same words again and again. " * _REPEATED
        return self._post(text, max_tokens=1, cache_salt=f"{self.marker}-{salt}")

    def adapter(self) -> Question:
        body = {"lora_name": self.marker, "lora_path": f"/nowhere/{self.marker}"}
        return Question("/v1/load_lora_adapter", body)

    def _post(self, content: object, **options: Any) -> Question:
        body = {
            "model": self.profile.model,
            "messages": [{"role": "user", "content": content}],
            "temperature": 0.0,
            "max_tokens": _TOKENS,
            **options,
        }
        return Question(CHAT, body)


def _picture() -> str:
    """Return a grey PNG as a data: URL (RFC 2397; PNG, ISO/IEC 15948)."""
    rows = (b"\x00" + b"\x80\x80\x80" * _SIDE) * _SIDE
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


# ------------------------------------------------------------------ the judgements


def _judge_chat(answers: Sequence[Answer]) -> str:
    return _status(answers[0]) or ("" if _said(answers[0]) else "the answer has no text")


def _judge_stream(answers: Sequence[Answer]) -> str:
    answer = answers[0]
    if answer.status != 200:  # noqa: PLR2004 - as HTTP has it
        return _status(answer)
    events = answer.data.decode(errors="replace").split("\n\n")
    if events[-2:] != ["data: [DONE]", ""]:
        return "the stream does not end with [DONE]"
    try:
        values = [orjson.loads(event.removeprefix("data: ")) for event in events[:-2]]
        pieces = [c["delta"].get("content") for v in values for c in v["choices"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return "an event is not a chunk of a chat"
    if sum(bool(piece) for piece in pieces) < 2:  # noqa: PLR2004 - pieces are more than one
        return "the text does not come in pieces"
    return "" if values[-1].get("usage") else "the last event has no usage"


def _judge_schema(answers: Sequence[Answer]) -> str:
    wrong = _status(answers[0])
    if wrong:
        return wrong
    try:
        value = orjson.loads(_said(answers[0]))
    except orjson.JSONDecodeError:
        return "the answer is not JSON"
    right = isinstance(value, dict) and set(value) == {"word"} and isinstance(value["word"], str)
    return "" if right else "the answer does not keep to the schema"


def _judge_tool(answers: Sequence[Answer]) -> str:
    wrong = _status(answers[0])
    if wrong:
        return wrong
    message = _message(answers[0])
    calls = message.get("tool_calls") or []
    try:
        (call,) = calls
        name, arguments = call["function"]["name"], orjson.loads(call["function"]["arguments"])
    except (ValueError, KeyError, TypeError):
        return "no call of one tool with JSON arguments came back"
    if name != _TOOL:
        return "another tool was called than was offered"
    return "" if isinstance(arguments, dict) and "word" in arguments else "an argument is missing"


def _judge_image(answers: Sequence[Answer]) -> str:
    wrong = _status(answers[0]) or _status(answers[1])
    if wrong:
        return wrong
    without, with_it = (_usage(answer).get("prompt_tokens", 0) for answer in answers)
    if with_it <= without:
        return f"the prompt has {with_it} tokens with the image, and {without} without"
    return "" if _said(answers[1]) else "the answer has no text"


def _judge_refused(answers: Sequence[Answer]) -> str:
    status = answers[0].status
    return "" if status == 400 else f"answered {status}, not 400"  # noqa: PLR2004 - HTTP


def _judge_closed(answers: Sequence[Answer]) -> str:
    status = answers[0].status
    return "" if status == 404 else f"answered {status}, not 404"  # noqa: PLR2004 - HTTP


def _judge_salt(answers: Sequence[Answer]) -> str:
    for answer in answers:
        if wrong := _status(answer):
            return wrong
    details = [_usage(answer).get("prompt_tokens_details") for answer in answers]
    if not all(isinstance(each, dict) for each in details):
        return "no answer tells of the cache: set enable-prompt-tokens-details"
    first, again, other = (int(each.get("cached_tokens") or 0) for each in details if each)
    if first or other:
        return f"another's cache was used: {first} and {other} tokens"
    return "" if again else "the cache is not used under the same salt"


def _status(answer: Answer) -> str:
    return "" if answer.status == 200 else f"answered {answer.status}"  # noqa: PLR2004 - HTTP


def _message(answer: Answer) -> Mapping[str, Any]:
    try:
        message = answer.value["choices"][0]["message"]
    except (KeyError, TypeError, IndexError):
        return {}
    return message if isinstance(message, Mapping) else {}


def _said(answer: Answer) -> str:
    text = _message(answer).get("content")
    return text if isinstance(text, str) else ""


def _usage(answer: Answer) -> Mapping[str, Any]:
    usage = answer.value.get("usage") if isinstance(answer.value, Mapping) else None
    return usage if isinstance(usage, Mapping) else {}
