from pathlib import Path

import pytest
from deploy.demo.kit import DemoError
from deploy.demo.models import MODELS
from deploy.demo.script import SCENES, Scene
from deploy.demo.talk import Exchange, converse
from deploy.demo.wiretap import Wiretap
from openai import OpenAI

from euguard.pii.recognise.phone import PhoneRecogniser
from upstream import Behaviour, Upstream

LETTER = Scene("a letter", ({"role": "user", "content": "Dear Anna"},), personal_data=("Anna",))
REFUSED = Scene("an image", ({"role": "user", "content": "?"},), refused="field_not_accepted")


def saw(text: str) -> list[dict[str, object]]:
    return [{"messages": [{"role": "system", "content": "x"}, {"role": "user", "content": text}]}]


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(LETTER, saw("Dear <PERSON_7Q3K>"), "Dear Anna"),
        Exchange(REFUSED, [], "400 …", "field_not_accepted"),
    ],
)
def test_an_exchange_as_promised_has_no_fault(exchange: Exchange) -> None:
    assert exchange.fault(echoes=True) is None


@pytest.mark.parametrize(
    "exchange, fault",
    [
        (Exchange(LETTER, saw("Dear Anna"), "Dear Anna"), "1 values leaked, 0 were not restored"),
        (Exchange(LETTER, saw("Dear <P>"), "Dear <P>"), "0 values leaked, 1 were not restored"),
        (Exchange(LETTER, [], "Dear Anna"), "did not get one answer"),
        (
            Exchange(LETTER, saw("Dear <P>"), "400 model_rejected", "model_rejected"),
            "did not get one answer",
        ),
        (Exchange(REFUSED, [], "a photograph"), "was not refused as field_not_accepted"),
        (Exchange(REFUSED, [], "503", "log_unavailable"), "was not refused as field_not_accepted"),
        (
            Exchange(REFUSED, saw("?"), "400", "field_not_accepted"),
            "was not refused as field_not_accepted",
        ),
    ],
)
def test_a_fault_is_named_with_the_scene(exchange: Exchange, fault: str) -> None:
    found = exchange.fault(echoes=True)

    assert found is not None
    assert exchange.scene.title in found
    assert fault in found


def test_only_an_echo_must_bring_every_value_back() -> None:
    exchange = Exchange(LETTER, saw("Dear <PERSON_7Q3K>"), "I do not know.")

    assert exchange.fault(echoes=False) is None


def test_the_row_shows_what_the_model_saw() -> None:
    row = Exchange(LETTER, saw("Dear <PERSON_7Q3K>"), "Dear Anna").row()

    assert (row.wrote, row.saw, row.got) == ("Dear Anna", "Dear <PERSON_7Q3K>", "Dear Anna")
    assert Exchange(REFUSED, [], "400 …").row().saw == "— nothing was sent —"


def test_every_scene_that_is_answered_names_what_must_stay_here() -> None:
    for scene in SCENES:
        text = str(scene.messages)
        assert bool(scene.personal_data) == (scene.refused is None)
        assert all(value in text or scene.follows for value in scene.personal_data)


def test_the_telephone_number_is_one_kept_for_fiction_and_is_found() -> None:
    text = str(SCENES[1].messages)

    found = [text[span.start : span.end] for span in PhoneRecogniser().find(text)]

    assert found == ["01 99 00 12 34"]


def test_the_scenes_are_asked_with_what_they_and_the_model_bring(tmp_path: Path) -> None:
    letter = Scene("a letter", LETTER.messages, stream=True)
    again = Scene("again", LETTER.messages, follows=True)

    with (
        Upstream() as upstream,
        Wiretap(tmp_path / "no engine") as tap,
        OpenAI(base_url=f"{upstream.url}/v1", api_key="k", max_retries=0) as client,
    ):
        exchanges = converse(client, MODELS["smollm2"], [letter, again, SCENES[3]], tap)

    assert [exchange.answer for exchange in exchanges[:2]] == ["Dear Anna", "Dear Anna"]
    first, second, tools = upstream.seen
    assert {body["model"] for body in upstream.seen} == {"demo-smollm2"}
    assert {body["frequency_penalty"] for body in upstream.seen} == {0.5}
    assert first["stream"] is True
    assert [message["role"] for message in second["messages"]] == ["user", "assistant", "user"]
    assert tools["tools"][0]["function"]["name"] == "send_mail"


def test_an_error_is_shown_and_is_no_answer(tmp_path: Path) -> None:
    with (
        Upstream(Behaviour(status=400)) as upstream,
        Wiretap(tmp_path / "no engine") as tap,
        OpenAI(base_url=f"{upstream.url}/v1", api_key="k", max_retries=0) as client,
    ):
        [exchange] = converse(client, MODELS["echo"], [LETTER], tap)

    assert exchange.answer.startswith("400 400: echo: ")
    assert exchange.refusal is not None


def test_a_gateway_that_went_away_ends_the_demo_with_the_scene(tmp_path: Path) -> None:
    with (
        Wiretap(tmp_path / "no engine") as tap,
        OpenAI(base_url=f"http://127.0.0.1:{tap.port}/v1", api_key="k", max_retries=0) as client,
        pytest.raises(DemoError, match="“a letter” broke off"),
    ):
        converse(client, MODELS["echo"], [LETTER], tap)
