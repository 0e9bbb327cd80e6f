from dataclasses import replace
from typing import Any

import pytest

from euguard.errors import ConfigurationError
from euguard.serving.acceptance import accept, check_pins
from euguard.serving.profile import Adapter
from euguard.terms import ModelId
from profiles import SHIPPED

ECHO = SHIPPED["demo-echo"]


def models(**changes: Any) -> dict[str, Any]:
    model = {"id": "demo-echo", "object": "model", "max_model_len": 4096, **changes}
    return {"object": "list", "data": [model]}


def test_the_engine_of_the_profile_is_accepted() -> None:
    accepted = accept(ECHO, models=models(), version={"version": "0.33.0"})

    assert (accepted.model, accepted.max_model_len) == ("demo-echo", 4096)
    assert not accepted.version.exempt


@pytest.mark.parametrize(
    "answer, message",
    [
        (models(id="other"), "serves 'other', not demo-echo"),
        (models(id=None), "serves None, not demo-echo"),
        (models(id="Ω" * 100), r"serves '\\u03a9"),
        (models(max_model_len=8192), "max_model_len is 8192, not 4096"),
        (models(max_model_len="4096"), "max_model_len is '4096', not 4096"),
        ({"data": []}, "serves 0 models, not one"),
        ({"data": [*models()["data"], {"id": "adapter"}]}, "serves 2 models, not one"),
        ({"data": ["demo-echo"]}, "is not a list of models"),
        ({"data": {"id": "demo-echo"}}, "is not a list of models"),
        ({}, "is not a list of models"),
        ([], "is not a list of models"),
        (None, "is not a list of models"),
    ],
)
def test_another_engine_is_not(answer: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        accept(ECHO, models=answer, version={"version": "0.33.0"})


def test_an_adapter_is_accepted_where_the_profile_lists_it_and_nowhere_else() -> None:
    with_legal = replace(ECHO, adapters=(Adapter(ModelId("legal"), 8),))
    both = {"data": [*models()["data"], {"id": "legal", "parent": "demo-echo"}]}

    assert accept(with_legal, models=both, version={"version": "0.33.0"}).model == "demo-echo"
    with pytest.raises(ConfigurationError, match="serves 1 models, not 2"):
        accept(with_legal, models=models(), version={"version": "0.33.0"})
    other = {"data": [*models()["data"], {"id": "tax"}]}
    with pytest.raises(ConfigurationError, match="serves 'tax', not legal"):
        accept(with_legal, models=other, version={"version": "0.33.0"})


@pytest.mark.parametrize("answer", [None, {}, {"version": 33}, "0.33.0"])
def test_an_engine_that_tells_no_version_is_not_accepted(answer: object) -> None:
    with pytest.raises(ConfigurationError, match="does not tell a version"):
        accept(ECHO, models=models(), version=answer)


def test_an_old_engine_is_not_accepted() -> None:
    with pytest.raises(ConfigurationError, match="may not serve"):
        accept(ECHO, models=models(), version={"version": "0.31.0"})


def test_pins_must_be_installed_exactly() -> None:
    check_pins(ECHO, {"mistral_common": "1.12.0", "other": "1"})
    check_pins(ECHO, {"Mistral-Common": "1.12.0"})

    for installed in ({}, {"mistral_common": "1.13.0"}):
        with pytest.raises(ConfigurationError, match=r"mistral_common is .*, not 1\.12\.0"):
            check_pins(ECHO, installed)
