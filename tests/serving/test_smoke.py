"""Each promise of a model server, kept and broken; the real engine keeps them in tests/engine."""

import base64
import zlib
from typing import Any

import orjson
import pytest

from euguard.serving.smoke import Answer, Check, checks, judge_log, judged
from profiles import SHIPPED

MARKER = "marker0123"
CHECKS = {check.name: check for check in checks(SHIPPED["mistral-small-3.2"], MARKER)}


def answer(value: object, status: int = 200) -> Answer:
    return Answer(status, orjson.dumps(value))


def chat(content: object = "All is well.", **more: Any) -> Answer:
    message = {"role": "assistant", "content": content, **more.pop("message", {})}
    return answer({"choices": [{"message": message}], **more})


def called(name: str = "look_up", arguments: object = '{"word": "x"}', times: int = 1) -> Answer:
    call = {"type": "function", "function": {"name": name, "arguments": arguments}}
    return chat("", message={"tool_calls": [call] * times})


def cached(*counts: int) -> list[Answer]:
    return [
        chat(usage={"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": count}})
        for count in counts
    ]


def stream(*events: object, end: str = "data: [DONE]\n\n") -> Answer:
    text = "".join(f"data: {orjson.dumps(event).decode()}\n\n" for event in events)
    return Answer(200, (text + end).encode())


def piece(text: str) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}}]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 1}}

KEPT: list[tuple[str, list[Answer]]] = [
    ("chat", [chat()]),
    ("stream", [stream(piece("All"), piece(" is well"), USAGE)]),
    ("json-schema", [chat('{"word": "x"}')]),
    ("tool-call", [called()]),
    ("image", [chat(usage={"prompt_tokens": 9}), chat(usage={"prompt_tokens": 15})]),
    ("image-url", [answer({}, 400)]),
    ("cache-salt", cached(0, 240, 0)),
    ("adapters", [answer({}, 404)]),
]

BROKEN: list[tuple[str, list[Answer], str]] = [
    ("chat", [answer({}, 500)], "answered 500"),
    ("chat", [chat(None)], "the answer has no text"),
    ("chat", [Answer(200, b"<html>")], "the answer has no text"),
    ("chat", [answer({"choices": []})], "the answer has no text"),
    ("stream", [answer({}, 400)], "answered 400"),
    ("stream", [stream(piece("a"), piece("b"), end="")], "does not end with [DONE]"),
    ("stream", [stream(piece("all at once"), USAGE)], "does not come in pieces"),
    ("stream", [stream(piece("a"), piece("b"))], "the last event has no usage"),
    ("stream", [stream([1])], "an event is not a chunk of a chat"),
    ("json-schema", [answer({}, 400)], "answered 400"),
    ("json-schema", [chat("Of course!")], "the answer is not JSON"),
    ("json-schema", [chat('{"word": "x", "more": 1}')], "does not keep to the schema"),
    ("tool-call", [answer({}, 400)], "answered 400"),
    ("tool-call", [chat("I cannot.")], "no call of one tool"),
    ("tool-call", [called(times=2)], "no call of one tool"),
    ("tool-call", [called(arguments="{")], "no call of one tool"),
    ("tool-call", [called(name="delete_all")], "another tool was called"),
    ("tool-call", [called(arguments="{}")], "an argument is missing"),
    ("image", [chat(), answer({}, 500)], "answered 500"),
    ("image", [chat(usage={"prompt_tokens": 9})] * 2, "9 tokens with the image, and 9 without"),
    ("image", [chat(), chat("", usage={"prompt_tokens": 9})], "the answer has no text"),
    ("image-url", [answer({}, 500)], "answered 500, not 400"),
    ("cache-salt", [answer({}, 400)] * 3, "answered 400"),
    ("cache-salt", [chat()] * 3, "no answer tells of the cache"),
    ("cache-salt", cached(0, 240, 240), "another's cache was used: 0 and 240 tokens"),
    ("cache-salt", cached(0, 0, 0), "the cache is not used under the same salt"),
    ("adapters", [answer({}, 200)], "answered 200, not 404"),
]


@pytest.mark.parametrize("name, answers", KEPT, ids=[name for name, _ in KEPT])
def test_a_promise_that_is_kept_passes(name: str, answers: list[Answer]) -> None:
    found = judged(CHECKS[name], answers)

    assert (found.passed, found.detail) == (True, "")


@pytest.mark.parametrize("name, answers, detail", BROKEN)
def test_a_promise_that_is_broken_is_said_without_the_answers_text(
    name: str, answers: list[Answer], detail: str
) -> None:
    found = judged(CHECKS[name], answers)

    assert not found.passed
    assert detail in found.detail


def test_every_promise_has_its_check() -> None:
    assert set(CHECKS) == {name for name, _ in KEPT}


def test_a_model_without_eyes_and_tools_is_not_asked_for_them() -> None:
    found = [check.name for check in checks(SHIPPED["demo-smollm2"], MARKER)]

    assert found == ["chat", "stream", "json-schema", "cache-salt", "adapters"]


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_every_request_carries_the_marker_so_that_the_log_can_be_searched(check: Check) -> None:
    for question in check.questions:
        assert MARKER in orjson.dumps(question.body).decode()


def test_the_log_is_searched_and_one_that_nobody_read_is_a_finding() -> None:
    assert judge_log(b"INFO started", MARKER).passed
    assert judge_log(f"prompt: {MARKER} {MARKER}".encode(), MARKER).detail == (
        "the marker of the prompts is in it, 2 times"
    )
    assert not judge_log(None, MARKER).passed


def test_the_picture_is_a_png_of_56_pixels() -> None:
    content = (CHECKS["image"].questions[1].body or {})["messages"][0]["content"]
    data = base64.b64decode(content[0]["image_url"]["url"].partition(",")[2])

    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(data[16:20], "big") == 56
    start = data.index(b"IDAT") + 4
    assert len(zlib.decompress(data[start : data.index(b"IEND") - 8])) == 56 * (1 + 3 * 56)
