"""No personal datum in any line of the process log, at its most talkative level."""

import contextlib
from typing import Any

import httpx
import openai
from openai import OpenAI

from box import Box
from upstream import MODEL, Upstream

TEXT = "Please write to Katharina Vogelsang, k.vogelsang@example.org, DE89370400440532013000."
SECRETS = ("Katharina", "Vogelsang", "vogelsang", "DE8937", "secret-chat-of-Katharina")


def provoke(client: OpenAI, box: Box, upstream: Upstream) -> None:
    """Make everything happen that could write a line: success, refusals, failures, nonsense."""
    message = {"role": "user", "content": TEXT}
    create: Any = client.chat.completions.create
    for stream in (False, True):
        for changes in (
            {},
            {"status": 500},
            {"status": 400},
            {"stop_after": 2},
            {"error_after": 1},
        ):
            for name, value in changes.items():
                setattr(upstream.behaviour, name, value)
            with contextlib.suppress(openai.APIError, httpx.HTTPError):
                reply = create(model=MODEL, messages=[message], stream=stream)
                if stream:
                    list(reply)
            upstream.behaviour.__init__()  # type: ignore[misc]  # as new
    for extra in (
        {"prompt_embeds": TEXT},
        {"Katharina": "Vogelsang"},
        {"temperature": TEXT},
        {"tools": [{"type": "function", "function": {"name": TEXT}}]},
        {"messages": [{"role": "Katharina", "content": TEXT}]},
        {"messages": [{"role": "user", "content": [{"type": "Vogelsang", "text": TEXT}]}]},
        {"model": "Katharina"},
    ):
        with contextlib.suppress(openai.APIError):
            create(model=MODEL, messages=[message], extra_body=extra)
    with httpx.Client(base_url=box.url) as raw:
        for content in (TEXT, "{" + TEXT, '{"model": "' + TEXT + '"}'):
            raw.post("/chat/completions", content=content, headers=_headers(box))
        raw.get(f"/Katharina/{TEXT}?name=Vogelsang")
        raw.post("/chat/completions", json={}, headers={"Authorization": f"Bearer {TEXT}"})


def _headers(box: Box) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {box.key}",
        "X-Euguard-Conversation": "secret-chat-of-Katharina",
        "X-Euguard-Purpose": "Vogelsang",
    }


def test_no_line_holds_a_personal_datum(client: OpenAI, box: Box, upstream: Upstream) -> None:
    provoke(client, box, upstream)

    written = box.log.read_text()
    assert '"level":"debug"' in written
    assert [line for line in written.splitlines() if any(s in line for s in SECRETS)] == []


def test_no_metric_holds_a_personal_datum(client: OpenAI, box: Box, upstream: Upstream) -> None:
    provoke(client, box, upstream)

    with httpx.Client() as raw:
        figures = raw.get(f"http://127.0.0.1:{box.port}/metrics").text
    assert 'euguard_requests_total{code="ok"' in figures
    assert not [secret for secret in SECRETS if secret in figures]


def test_no_error_answers_with_a_personal_datum_that_it_was_sent(
    client: OpenAI, box: Box, upstream: Upstream
) -> None:
    del client, upstream
    with httpx.Client(base_url=box.url, headers={"Authorization": f"Bearer {box.key}"}) as raw:
        for body in (
            {"model": MODEL, "messages": [{"role": "user", "content": TEXT}], "temperature": TEXT},
            {"model": TEXT, "messages": [{"role": "user", "content": TEXT}]},
            {"model": MODEL, "messages": [{"role": TEXT, "content": "x"}]},
            {"model": MODEL, "messages": [{"role": "user", "content": "x", "Vogelsang": 1}]},
            {"model": MODEL, "messages": [{"role": "user", "content": [{"type": TEXT}]}]},
        ):
            answer = raw.post("/chat/completions", json=body)
            assert not [secret for secret in SECRETS if secret in answer.text]
