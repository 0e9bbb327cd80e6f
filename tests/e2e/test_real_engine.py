"""The whole journey on real vLLM: ask, see what it saw, verify, export."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from openai import OpenAI

from box import Box, exported_records
from engine_fixture import Served

pytestmark = pytest.mark.engine

VERIFIER = Path(__file__).parents[2] / "audit" / "verify.py"
MODEL = "demo-echo"
LETTER = "Write to Katharina Vogelsang at k.vogelsang@example.org today."
FRENCH = "Bonjour, merci d'écrire à Amélie Rousseau pour confirmer le rendez-vous de lundi."


@pytest.fixture(scope="module")
def journey(engine: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("journey"), str(engine.socket)) as box:
        box.start()
        yield box


@pytest.fixture
def talker(journey: Box) -> Iterator[OpenAI]:
    with OpenAI(base_url=journey.url, api_key=journey.key, max_retries=0, timeout=120) as client:
        yield client


def ask(client: OpenAI, text: str, **request: Any) -> Any:
    create: Any = client.chat.completions.create
    messages = [{"role": "user", "content": text}]
    return create(model=MODEL, messages=messages, max_tokens=100, **request)


@pytest.mark.parametrize("text", [LETTER, FRENCH])
def test_the_engine_repeats_what_it_saw_and_the_answer_is_whole(talker: OpenAI, text: str) -> None:
    answer = ask(talker, text)

    assert answer.choices[0].message.content == text
    assert answer.usage.completion_tokens > 10


def test_a_stream_of_the_engine_comes_back_whole(talker: OpenAI) -> None:
    chunks = list(ask(talker, LETTER, stream=True))

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == LETTER


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_call_of_the_engine_is_restored(
    talker: OpenAI,
    stream: bool,  # noqa: FBT001 - a row of the table
) -> None:
    tool = {
        "type": "function",
        "function": {
            "name": "send_mail",
            "parameters": {"type": "object", "properties": {"to": {"type": "string"}}},
        },
    }

    call_me = '※send_mail■{"to": "petra.lindqvist@example.org", "subject": "Your permit"}'
    reply = ask(talker, call_me, tools=[tool], stream=stream)

    if stream:
        calls = [c.choices[0].delta.tool_calls for c in reply if c.choices[0].delta.tool_calls]
        name = "".join(call[0].function.name or "" for call in calls)
        arguments = "".join(call[0].function.arguments or "" for call in calls)
    else:
        [call] = reply.choices[0].message.tool_calls
        name, arguments = call.function.name, call.function.arguments
    assert name == "send_mail"
    assert orjson.loads(arguments) == {
        "to": "petra.lindqvist@example.org",
        "subject": "Your permit",
    }


def test_a_prompt_beyond_the_context_is_a_400_that_quotes_nothing(talker: OpenAI) -> None:
    import openai

    with pytest.raises(openai.BadRequestError) as caught:
        ask(talker, "a b c d e f g h " * 1000 + LETTER)

    assert caught.value.code == "model_rejected"
    assert "PERSON" not in str(caught.value.body)


def test_the_journey_verifies_with_a_program_that_shares_no_code(
    talker: OpenAI, journey: Box, tmp_path: Path
) -> None:
    ask(talker, LETTER)
    export = tmp_path / "export.zip"

    journey.euguard("audit", "export", str(export))
    verified = subprocess.run(
        [sys.executable, "-I", VERIFIER, export, "--key", journey.log_key],
        capture_output=True,
        check=False,
    )

    assert verified.returncode == 0, verified.stdout.decode()
    outcomes = [r["outcome"] for r in exported_records(export) if r["kind"] == "exchange.closed"]
    assert "completed" in outcomes
    assert b"Vogelsang" not in b"".join(map(orjson.dumps, exported_records(export)))
