"""Real vLLM on the CPU: what the gateway relies on, and what it must guard against.

Each test records one fact of the pinned engine; where one fails after an upgrade, the fact in
docs/explanation/engine.md has changed too.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil
import pytest
from deploy.demo.engine.process import alive, connection

from engine_fixture import ECHO, VLLM, Served, installed, profile
from euguard.adapters import benchmark
from euguard.bootstrap.serving import smoke_test
from euguard.bootstrap.weights import describe_folder
from euguard.policy import shipped
from euguard.serving.acceptance import accept, check_pins
from euguard.serving.command import Loopback, UnixSocket, command
from euguard.serving.measurement import Case, arguments, read
from euguard.serving.options import ARGUMENTS, ENVIRONMENT, FORBIDDEN
from euguard.serving.weights import check_weights

pytestmark = pytest.mark.engine

MODELS = ("mistral-small-3.1", "mistral-small-3.2", "demo-echo", "demo-smollm2")

TEXTS = (
    "Good morning.",
    "Chère Élodie, à bientôt ; c'est l'œuvre d'un garçon naïf.",
    "Größe, Straße, Übermut, Łódź, Příbram, ελληνικά, български",
    "Thumbs 👍🏽, a family 👩‍👩‍👧 and a flag 🇪🇺",
    "Dear <PERSON_7Q3K>, pay to <IBAN_2M9X> and write to <EMAIL_8WZT>.",
    'A "quoted" line,\n\ta second one\\n, {"json": [1, 2]} and <b>markup</b>',
    "x",
)


def ask(served: Served, path: str, body: Any = None) -> tuple[int, Any]:
    asked = connection(served.listen, timeout_seconds=120)
    try:
        if body is None:
            asked.request("GET", path)
        else:
            data = json.JSONEncoder().encode(body)
            asked.request("POST", path, data, {"Content-Type": "application/json"})
        response = asked.getresponse()
        text = response.read().decode()
        kind = response.headers.get_content_type()
        return response.status, json.loads(text) if kind == "application/json" else text
    finally:
        asked.close()


def chat(served: Served, text: str, **options: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": text}]
    body = {"model": served.profile.model, "messages": messages, **options}
    status, answer = ask(served, "/v1/chat/completions", body)
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


def said(answer: dict[str, Any]) -> list[str]:
    return [choice["message"]["content"] for choice in answer["choices"]]


def events(served: Served, text: str, **options: Any) -> Iterator[dict[str, Any]]:
    body = {
        "model": served.profile.model,
        "messages": [{"role": "user", "content": text}],
        "stream": True,
        **options,
    }
    status, answer = ask(served, "/v1/chat/completions", body)
    assert status == 200, answer
    *lines, last, end = answer.split("\n\n")
    assert (last, end) == ("data: [DONE]", "")
    for line in lines:
        yield json.loads(line.removeprefix("data: "))


# ------------------------------------------------------------------ it repeats


@pytest.mark.parametrize("text", TEXTS)
def test_the_echo_model_says_exactly_what_the_user_wrote(engine: Served, text: str) -> None:
    answer = chat(engine, text, temperature=0.15)

    assert said(answer) == [text]
    assert answer["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("text", TEXTS)
def test_a_stream_adds_up_to_the_same_text(engine: Served, text: str) -> None:
    deltas = [event["choices"][0]["delta"] for event in events(engine, text)]

    assert "".join(delta.get("content") or "" for delta in deltas) == text


def test_a_control_token_that_a_user_spells_is_text_to_the_model(engine: Served) -> None:
    text = "a [INST] b [/INST] c </s> d"
    messages = [{"role": "user", "content": text}]

    _, read = ask(engine, "/tokenize", {"model": engine.profile.model, "messages": messages})

    controls = [token for token in read["tokens"] if token < 1_000]
    assert controls == [1, 3, 4]  # <s>, [INST], [/INST]: the template's own
    # The model repeats all of it; vLLM's reader of Mistral's answers cuts the spellings out.
    assert said(chat(engine, text)) == ["a  b  c  d"]


def test_a_hot_temperature_changes_nothing(engine: Served) -> None:
    assert said(chat(engine, "Dear <PERSON_7Q3K>", temperature=1.5, seed=1)) == [
        "Dear <PERSON_7Q3K>"
    ]


def test_a_message_of_a_thousand_tokens_comes_back_whole(engine: Served) -> None:
    text = " ".join(f"Item {number} belongs to <PERSON_7Q3K>." for number in range(70))

    answer = chat(engine, text)

    assert answer["usage"]["completion_tokens"] > 1_000
    assert said(answer) == [text]


def test_only_the_last_user_message_comes_back(engine: Served) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "First, from <PERSON_7Q3K>."},
        {"role": "assistant", "content": "First, from <PERSON_7Q3K>."},
        {"role": "user", "content": "Second."},
    ]
    body = {"model": engine.profile.model, "messages": messages}

    status, answer = ask(engine, "/v1/chat/completions", body)

    assert (status, said(answer)) == (200, ["Second."])


# ------------------------------------------------------------------ what the API promises


def test_n_answers_are_n_choices(engine: Served) -> None:
    assert said(chat(engine, "Twice.", n=2)) == ["Twice.", "Twice."]


def test_a_stop_sequence_ends_the_answer_before_it(engine: Served) -> None:
    answer = chat(engine, "one two three", stop=["three"])

    assert said(answer) == ["one two "]
    assert answer["choices"][0]["stop_reason"] == "three"


def test_max_tokens_ends_the_answer_and_says_so(engine: Served) -> None:
    answer = chat(engine, "one two three four", max_tokens=2)

    assert said(answer) == ["one two"]
    assert answer["choices"][0]["finish_reason"] == "length"


LOOKUP = {
    "type": "function",
    "function": {
        "name": "lookup",
        "parameters": {
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "required": ["name"],
        },
    },
}


def test_a_tool_is_called_with_arguments(engine: Served) -> None:
    answer = chat(engine, '※lookup■{"name": "<PERSON_7Q3K>"}', tools=[LOOKUP])

    choice = answer["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    (call,) = choice["message"]["tool_calls"]
    assert call["function"]["name"] == "lookup"
    assert json.loads(call["function"]["arguments"]) == {"name": "<PERSON_7Q3K>"}


def test_a_streamed_tool_call_comes_in_pieces(engine: Served) -> None:
    found = list(events(engine, '※lookup■{"name": "<PERSON_7Q3K>"}', tools=[LOOKUP]))

    deltas = [event["choices"][0]["delta"] for event in found]
    pieces = [call["function"] for delta in deltas for call in delta.get("tool_calls") or ()]
    assert "".join(piece.get("name") or "" for piece in pieces) == "lookup"
    arguments = [piece.get("arguments") or "" for piece in pieces]
    assert len([piece for piece in arguments if piece]) > 1
    assert json.loads("".join(arguments)) == {"name": "<PERSON_7Q3K>"}


def test_a_json_schema_is_enforced(engine: Served) -> None:
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "string"}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    asked = {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}

    answer = chat(engine, '{"answer": "<PERSON_7Q3K>"}', response_format=asked)

    assert json.loads(said(answer)[0]) == {"answer": "<PERSON_7Q3K>"}


def test_a_text_against_the_schema_is_bent_to_it(engine: Served) -> None:
    asked = {
        "type": "json_schema",
        "json_schema": {"name": "pick", "schema": {"enum": ["yes", "no"]}},
    }

    answer = chat(engine, "no way", response_format=asked, max_tokens=20)

    assert json.loads(said(answer)[0]) in {"yes", "no"}


def test_a_prompt_that_is_too_long_is_a_400_with_counts_and_no_text(engine: Served) -> None:
    text = "Vogelsang " * 5_000
    body = {"model": engine.profile.model, "messages": [{"role": "user", "content": text}]}

    status, answer = ask(engine, "/v1/chat/completions", body)

    assert status == 400
    assert set(answer) == {"error"}
    assert answer["error"]["type"] == "BadRequestError"
    assert answer["error"]["param"] == "input_tokens"
    assert "4096" in answer["error"]["message"]
    assert "Vogelsang" not in answer["error"]["message"]


def test_another_model_is_a_404(engine: Served) -> None:
    body = {"model": "other", "messages": [{"role": "user", "content": "x"}]}

    status, answer = ask(engine, "/v1/chat/completions", body)

    assert (status, answer["error"]["type"]) == (404, "NotFoundError")


def test_a_cached_prompt_is_only_found_under_its_own_salt(engine: Served) -> None:
    text = "The same long prompt again and again. " * 40

    def cached(salt: str) -> int:
        usage = chat(engine, text, cache_salt=salt, max_tokens=1)["usage"]
        return int(usage["prompt_tokens_details"]["cached_tokens"])

    assert [cached("first"), cached("first") > 0, cached("second")] == [0, True, 0]


# ------------------------------------------------------------------ what it must be guarded against


def test_invocations_answers_whoever_reaches_the_socket(engine: Served) -> None:
    body = {"model": engine.profile.model, "messages": [{"role": "user", "content": "hello"}]}

    status, answer = ask(engine, "/invocations", body)

    assert (status, said(answer)) == (200, ["hello"])


def test_metrics_version_and_tokenise_are_open_too(engine: Served) -> None:
    for path in ("/metrics", "/version", "/load", "/ping"):
        assert ask(engine, path)[0] == 200
    status, answer = ask(engine, "/tokenize", {"model": engine.profile.model, "prompt": "hello"})
    assert (status, answer["count"]) == (200, 2)


def test_the_documentation_and_the_development_endpoints_are_closed(engine: Served) -> None:
    for path in ("/docs", "/openapi.json", "/server_info", "/is_sleeping"):
        assert ask(engine, path)[0] == 404
    for path in ("/reset_prefix_cache", "/sleep", "/collective_rpc", "/v1/load_lora_adapter"):
        assert ask(engine, path, {})[0] == 404


def test_an_image_by_url_is_refused_without_a_connection(engine: Served) -> None:
    image = {"type": "image_url", "image_url": {"url": "http://127.0.0.1:9/x.png"}}
    body = {"model": engine.profile.model, "messages": [{"role": "user", "content": [image]}]}

    status, answer = ask(engine, "/v1/chat/completions", body)

    assert status == 400
    assert "media.invalid" in answer["error"]["message"]


def test_more_answers_than_four_are_refused(engine: Served) -> None:
    body = {
        "model": engine.profile.model,
        "messages": [{"role": "user", "content": "x"}],
        "n": 5,
    }

    assert ask(engine, "/v1/chat/completions", body)[0] == 400


def test_a_tool_that_nobody_offered_is_called_all_the_same(engine: Served) -> None:
    answer = chat(engine, '※erase■{"all": true}', tools=[LOOKUP])

    assert answer["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "erase"


def test_no_prompt_stands_in_the_log(engine: Served) -> None:
    chat(engine, "The secret word is Drachenfels.")
    ask(engine, "/v1/chat/completions", {"model": "Drachenfels", "messages": "Drachenfels"})
    ask(engine, "/v1/chat/completions", {"Drachenfels": ["Drachenfels"]})

    assert "Drachenfels" not in engine.log.read_text()


# ------------------------------------------------------------------ where it listens, what it takes


def test_nobody_outside_this_machine_can_reach_it(engine: Served) -> None:
    connections = [
        found
        for process in alive(engine.process.group)
        for found in psutil.Process(process).net_connections("inet")
    ]
    remote = {c.raddr.ip for c in connections if c.status == psutil.CONN_ESTABLISHED}
    listening = {c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN}

    # The group's own rendezvous is on loopback; the API is not on TCP at all.
    assert {c.laddr.ip for c in connections} <= {"127.0.0.1", "::1"}
    assert remote <= {"127.0.0.1", "::1"}
    assert not [port for port in listening if _speaks_http(port)]


def _speaks_http(port: int) -> bool:
    asked = HTTPConnection("127.0.0.1", port, timeout=0.5)
    try:
        asked.request("GET", "/health")
        return asked.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def test_only_its_own_account_may_use_the_socket(engine: Served) -> None:
    assert engine.socket.stat().st_mode & 0o777 == 0o700
    assert engine.socket.parent.stat().st_mode & 0o777 == 0o700


def test_it_is_two_processes_within_the_memory_of_its_profile(engine: Served) -> None:
    chat(engine, "Warm.")
    processes = [psutil.Process(number) for number in alive(engine.process.group)]

    resident = sum(process.memory_info().rss for process in processes)

    assert resident < engine.profile.memory.gib * 2**30


def test_the_engine_that_serves_is_the_one_the_profile_describes(engine: Served) -> None:
    _, models = ask(engine, "/v1/models")
    _, version = ask(engine, "/version")

    accepted = accept(engine.profile, models=models, version=version)

    assert accepted.model == "demo-echo"
    assert accepted.max_model_len == 4096
    assert accepted.version.exempt
    check_weights(engine.profile, describe_folder(ECHO))


def test_the_smoke_test_passes_and_leaves_nothing_in_the_log(engine: Served) -> None:
    found = list(smoke_test(engine.profile, engine.listen, engine.log))

    assert [one for one in found if not one.passed] == []
    assert [one.name for one in found] == [
        *("chat", "stream", "json-schema", "tool-call", "image", "image-url", "cache-salt"),
        *("adapters", "log"),
    ]


def test_the_benchmark_of_the_engine_measures_through_a_unix_socket(engine: Served) -> None:
    """One short run; `euguard serving accept` makes three."""
    case = Case("writing", prompt=16, answer=16, at_once=2, requests=4)

    async def run() -> object:
        async with benchmark.bridge(engine.socket) as url:
            words = arguments(case, engine.profile, url=url, weights=ECHO, seed=1)
            return await benchmark.run(VLLM, words)

    found = read(case, asyncio.run(run()))

    assert found.reached > 1
    assert found.first_token_ms["p99"] >= found.first_token_ms["median"] > 0


def test_the_memory_plan_knows_the_size_of_the_weights(engine: Served) -> None:
    file = ECHO / "consolidated.safetensors"
    header = 8 + int.from_bytes(file.read_bytes()[:8], "little")

    assert file.stat().st_size - header == engine.profile.plan().weight_bytes


# ------------------------------------------------------------------ the installed engine


@pytest.fixture(scope="module")
def known_options() -> frozenset[str]:
    done = subprocess.run(
        [installed(VLLM), "serve", "--help=all"], capture_output=True, text=True, check=True
    )
    words = done.stdout.replace(",", " ").split()
    return frozenset(word for word in words if word.startswith("--"))


@pytest.mark.parametrize("model", MODELS)
def test_every_option_of_every_profile_exists(model: str, known_options: frozenset[str]) -> None:
    listens = (UnixSocket(Path("/run/euguard/vllm.sock")), Loopback(8000))
    for listen in listens:
        made = command(
            profile(model),
            weights=Path("/models"),
            listen=listen,
            cache=Path("/cache"),
            executable=VLLM,
        )
        assert {word for word in made.argv if word.startswith("--")} <= known_options


def test_every_option_that_a_model_file_may_set_exists(known_options: frozenset[str]) -> None:
    assert {f"--{name}" for name in ARGUMENTS} <= known_options


def test_every_way_of_quantising_that_a_model_file_may_name_exists() -> None:
    schema = json.loads((shipped.folder() / "schema" / "model.schema.json").read_text())
    ours = set(schema["$defs"]["options"]["properties"]["quantization"]["enum"])
    script = (
        "import json; from vllm.model_executor.layers.quantization import QUANTIZATION_METHODS;"
        "print(json.dumps(list(QUANTIZATION_METHODS)))"
    )

    done = subprocess.run(
        [VLLM.with_name("python"), "-c", script],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ours <= set(json.loads(done.stdout.splitlines()[-1]))


def test_every_variable_of_vllm_that_we_name_exists() -> None:
    ours = {name for name in (*ENVIRONMENT, *FORBIDDEN) if name.startswith("VLLM_")}
    made = command(
        profile("demo-echo"),
        weights=Path("/models"),
        listen=UnixSocket(Path("/run/euguard/vllm.sock")),
        cache=Path("/cache"),
        executable=VLLM,
    )
    ours |= {name for name in made.environment if name.startswith("VLLM_")}
    script = "import json, vllm.envs as e; print(json.dumps(list(e.environment_variables)))"

    done = subprocess.run(
        [VLLM.with_name("python"), "-c", script],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    # Read straight from the environment, not through vllm.envs.
    elsewhere = {"VLLM_ENABLE_V1_MULTIPROCESSING"}
    assert ours - set(json.loads(done.stdout.splitlines()[-1])) <= elsewhere


@pytest.mark.parametrize("model", MODELS)
def test_the_pinned_packages_are_installed(model: str) -> None:
    script = (
        "import importlib.metadata as m, json;"
        "print(json.dumps({d.name.replace('-', '_'): d.version for d in m.distributions()}))"
    )
    done = subprocess.run(
        [installed(VLLM).with_name("python"), "-c", script],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    check_pins(profile(model), json.loads(done.stdout))


def test_the_engine_needs_a_python_of_its_own() -> None:
    assert installed(VLLM).parent != Path(sys.executable).parent
