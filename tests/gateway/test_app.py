"""The routes, around an exchange in memory."""

import asyncio
from collections.abc import AsyncGenerator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import orjson
import pytest
from fastapi import FastAPI

from euguard.audit.record import Closed
from euguard.errors import ModelUnavailableError
from euguard.gateway.app import Gateway, create_app
from euguard.gateway.metrics import Metrics
from euguard.gateway.parts import QUIET_SECONDS, Parts
from euguard.gateway.running import Running
from euguard.identity.authenticate import Authenticator
from euguard.identity.keys import mint
from euguard.terms import ModelId, PurposeId
from exchange.neighbourhood import ANNA, LETTERS, MODEL, SCREENING, Neighbourhood
from fakes import FakeModel, InMemoryKeyStore

BODY = {"model": MODEL, "messages": [{"role": "user", "content": f"Dear {ANNA}."}]}


class Door:
    """A gateway in this process, and a key to it."""

    def __init__(self, *purposes: PurposeId, model: FakeModel | None = None) -> None:
        self.neighbourhood = Neighbourhood(model=model or FakeModel())
        now = self.neighbourhood.clock.now()
        self.key, stored = mint(label="test", purposes=purposes or [LETTERS], now=now)
        self.keys = InMemoryKeyStore(stored)
        self.working = {"detection": True, "log": True}
        self.metrics = Metrics()
        self.running = Running()

    @asynccontextmanager
    async def app(self) -> AsyncGenerator[FastAPI]:
        """Open the application."""
        async with self.neighbourhood.open() as steps:
            yield create_app(
                Gateway(
                    steps=steps,
                    authenticator=Authenticator(self.keys, self.neighbourhood.clock),
                    parts=Parts(
                        {name: self._check(name) for name in self.working},
                        self.neighbourhood.clock,
                    ),
                    metrics=self.metrics,
                    running=self.running,
                    max_body=10_000,
                )
            )

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[httpx.AsyncClient]:
        async with self.app() as app:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            headers = {"Authorization": f"Bearer {self.key}"}
            async with httpx.AsyncClient(
                transport=transport, base_url="http://gateway", headers=headers
            ) as client:
                yield client

    def _check(self, name: str) -> Any:
        async def check() -> bool:
            return self.working[name]

        return check

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send one request."""

        async def go() -> httpx.Response:
            async with self.client() as client:
                return await client.request(method, path, **request)

        return anyio.run(go)

    def chat(self, **changes: Any) -> httpx.Response:
        """Ask for a completion."""
        headers = changes.pop("headers", {})
        return self.ask("POST", "/v1/chat/completions", json={**BODY, **changes}, headers=headers)


def test_a_completion_is_restored_and_names_its_exchange() -> None:
    answer = Door().chat()

    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"] == f"Dear {ANNA}."
    assert answer.headers["x-request-id"] == answer.headers["x-euguard-exchange"]


def test_a_stream_is_restored_and_ends_in_done() -> None:
    answer = Door().chat(stream=True)

    events = [line[6:] for line in answer.text.split("\n\n") if line]
    text = "".join(
        choice["delta"].get("content", "")
        for event in events[:-1]
        for choice in orjson.loads(event)["choices"]
    )
    assert text == f"Dear {ANNA}."
    assert events[-1] == "[DONE]"
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_an_error_before_the_first_piece_of_a_stream_has_a_status_of_its_own() -> None:
    answer = Door(LETTERS, SCREENING).chat(
        stream=True, headers={"X-Euguard-Purpose": "hr-screening"}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "purpose_refused")


def test_an_error_in_the_middle_of_a_stream_is_its_last_event() -> None:
    answer = Door(model=FakeModel(failure=ModelUnavailableError("gone"))).chat(stream=True)

    assert answer.status_code == 200
    assert orjson.loads(answer.text.split("\n\n")[-2][6:])["error"]["code"] == "model_unavailable"
    assert "[DONE]" not in answer.text


def test_a_key_of_two_purposes_must_say_which() -> None:
    answer = Door(LETTERS, SCREENING).chat()

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "purpose_undeclared")


def test_a_body_beyond_the_limit_is_refused_before_it_is_parsed() -> None:
    answer = Door().ask("POST", "/v1/chat/completions", content=b"x" * 10_001)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "request_malformed")


def test_a_client_that_asks_for_http_2_is_told_why_it_has_no_body() -> None:
    answer = Door().ask("POST", "/v1/chat/completions", content=b"", headers={"Upgrade": "h2c"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "request_malformed")
    assert "version(HTTP_1_1)" in answer.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models", "/v1/models/demo-echo"])
def test_no_route_of_the_api_answers_without_a_key(path: str) -> None:
    method = "POST" if "chat" in path else "GET"

    answer = Door().ask(method, path, headers={"Authorization": ""}, content=b"{}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")


def test_the_models_of_a_refused_purpose_are_not_listed() -> None:
    listed = Door(SCREENING).ask("GET", "/v1/models").json()["data"]

    assert listed == []


def test_a_model_of_no_purpose_of_the_key_is_not_found() -> None:
    answer = Door(SCREENING).ask("GET", f"/v1/models/{MODEL}")

    assert answer.status_code == 404


def test_a_model_that_nobody_serves_is_neither_listed_nor_found() -> None:
    door = Door(model=FakeModel())
    door.neighbourhood.model.models = frozenset({ModelId("another")})

    listed = door.ask("GET", "/v1/models").json()["data"]
    one = door.ask("GET", f"/v1/models/{MODEL}")

    assert listed == []
    assert (one.status_code, one.json()["error"]["code"]) == (404, "model_not_found")
    assert one.headers["x-should-retry"] == "false"


def test_what_is_permitted_is_listed_while_the_model_server_does_not_answer() -> None:
    door = Door()
    door.neighbourhood.model.models = None

    listed = [entry["id"] for entry in door.ask("GET", "/v1/models").json()["data"]]

    assert MODEL in listed
    assert "mistral-small-3.2" in listed


def test_a_model_of_the_key_is_described() -> None:
    door = Door()

    listed = door.ask("GET", "/v1/models").json()["data"]
    one = door.ask("GET", f"/v1/models/{MODEL}").json()

    assert one in listed
    assert one["object"] == "model"


def test_ready_names_the_part_that_is_down() -> None:
    door = Door()
    ready = door.ask("GET", "/readyz")
    door.working["detection"] = False
    down = door.ask("GET", "/readyz")

    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert down.status_code == 503
    assert down.json()["checks"] == {"detection": False, "log": True}


async def cancelled(door: Door, *, stream: bool) -> None:
    """Cancel a request from outside while the model is silent, as uvicorn does at its end."""
    body = orjson.dumps({**BODY, "stream": stream})
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/chat/completions",
        "raw_path": b"/v1/chat/completions",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"authorization", f"Bearer {door.key}".encode())],
        "client": None,
        "server": None,
    }
    received = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        if received:
            return received.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        del message

    async with door.app() as app:
        door.neighbourhood.model.silent = silent = asyncio.Event()
        task = asyncio.ensure_future(app(scope, receive, send))
        await silent.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("stream", [False, True])
def test_an_exchange_that_is_cancelled_from_outside_is_counted_out_and_closed(
    stream: bool,  # noqa: FBT001 - a row of the table
) -> None:
    door = Door()
    drained = []

    async def go() -> None:
        await cancelled(door, stream=stream)
        drained.append(await door.running.drained(0))

    anyio.run(go)

    [_, closed] = door.neighbourhood.records()
    assert drained == [True]
    assert isinstance(closed, Closed)
    assert (closed.outcome, closed.reason) == ("interrupted", "client_gone")
    text = door.metrics.text().decode()
    assert "euguard_exchanges_running 0.0" in text
    assert 'euguard_requests_total{code="client_gone",endpoint="chat.completions"} 1.0' in text


def test_exchanges_that_fail_and_succeed_again_are_in_the_process_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    door = Door(model=FakeModel(failure=ModelUnavailableError("down")))

    async def go() -> None:
        async with door.client() as client:
            for failure in (door.neighbourhood.model.failure, None):
                door.neighbourhood.model.failure = failure
                await client.post("/v1/chat/completions", json=BODY)
                door.neighbourhood.clock.seconds += QUIET_SECONDS

    anyio.run(go)
    lines = [r.getMessage() for r in caplog.records if r.name == "euguard.gateway.parts"]
    assert lines == ["exchanges fail: model_unavailable", "exchanges are answered again"]


def test_alive_needs_no_part() -> None:
    assert Door().ask("GET", "/livez").json() == {"alive": True}


def test_metrics_count_answers_by_code() -> None:
    door = Door()
    door.chat()
    door.chat(model="no such model")
    door.chat(temperature="hot")

    text = door.ask("GET", "/metrics").text
    for code in ("ok", "model_not_found", "request_malformed"):
        assert f'euguard_requests_total{{code="{code}",endpoint="chat.completions"}} 1.0' in text
    assert "euguard_exchanges_running 0.0" in text


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/v1/embeddings", "/"])
def test_what_is_not_served_is_answered_in_openais_shape(path: str) -> None:
    answer = Door().ask("GET", path)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "route_not_found")
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert answer.headers["x-should-retry"] == "false"


def test_a_method_that_a_path_has_not_is_answered_with_those_it_has() -> None:
    answer = Door().ask("GET", "/v1/chat/completions")

    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "route_not_found")
    assert answer.headers["allow"] == "POST"
    assert answer.headers["x-should-retry"] == "false"


def test_a_bug_is_answered_without_its_text() -> None:
    answer = Door(model=FakeModel(failure=RuntimeError(ANNA))).chat()

    assert answer.status_code == 500
    assert ANNA not in answer.text
