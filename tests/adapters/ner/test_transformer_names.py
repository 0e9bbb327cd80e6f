"""A model of transformers as the model of names, on tiny models whose answers are known."""

import sys
from pathlib import Path
from typing import Any

import pytest

from euguard.adapters.ner.compact import LANGUAGES
from euguard.adapters.ner.transformer_names import TransformerNames
from euguard.errors import ConfigurationError
from with_torch import run

engine = pytest.mark.engine


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Any:
    program = Path(__file__).with_name("program_transformer.py")
    return run(program, str(tmp_path_factory.mktemp("models")))


def values(said: Any, text: str) -> list[str]:
    return [f"{kind}:{value}" for kind, value, _, _ in said["found"][text]]


@engine
def test_people_places_and_organisations_are_kept_and_nothing_else(said: Any) -> None:
    assert values(said, "sentence") == [
        "PERSON:Anna",
        "PERSON:Kowalska",
        "PERSON:Jean Dupont",
        "ORGANISATION:Acme",
        "LOCATION:Lyon",
    ]


@engine
def test_a_find_is_as_sure_as_the_model(said: Any) -> None:
    # √7 for what a word is, -1/√7 for each of the five other labels: e^2.646 of their sum.
    assert {(score, detector) for _, _, score, detector in said["found"]["sentence"]} == {
        (0.804, "transformers")
    }


@engine
def test_a_name_is_whole_words_however_they_are_cut_into_tokens(said: Any) -> None:
    assert values(said, "within") == ["PERSON:oconnor"]


@engine
def test_labels_without_a_prefix_are_joined(said: Any) -> None:
    assert said["plain"] == ["Anna met Anna"] * 2


@engine
def test_of_a_text_longer_than_a_window_each_name_is_found_once(said: Any) -> None:
    each = ["PERSON:Anna", "PERSON:Kowalska", "PERSON:Jean Dupont", "LOCATION:Lyon"]

    assert values(said, "long") == each * 200


@engine
@pytest.mark.parametrize("text", ["odd", "unbroken", "unknown"])
def test_what_no_vocabulary_holds_hides_nothing(said: Any, text: str) -> None:
    assert values(said, text) == ["PERSON:Anna"]


@engine
@pytest.mark.parametrize("text", ["empty", "blank"])
def test_texts_without_words_have_no_names(said: Any, text: str) -> None:
    assert values(said, text) == []
    assert said["nothing"] == []


@engine
def test_a_batch_is_read_as_its_texts_one_by_one(said: Any) -> None:
    assert said["alone"] is True


@engine
def test_the_languages_are_those_of_the_model_card(said: Any) -> None:
    assert said["languages"]["one"] == ["pl"]
    assert said["languages"]["some"] == ["en", "no"]


@engine
@pytest.mark.parametrize("card", ["none", "multilingual", "silent", "damaged"])
def test_where_that_says_none_they_are_those_of_the_union(said: Any, card: str) -> None:
    assert said["languages"][card] == sorted(LANGUAGES)


@engine
def test_whoever_knows_better_may_name_them(said: Any) -> None:
    assert said["given"] == ["uk"]


@engine
@pytest.mark.parametrize(
    "what,reason",
    [
        ("no folder", "no config.json in it"),
        ("no model", "no config.json in it"),
        ("no people", "none of its labels means a person"),
        ("not trained", "none of its labels means a person"),
        ("config", "is no model that can be loaded here"),
        ("weights", "SafetensorError"),
        ("no weights", "OSError"),
        ("tokenizer", "is no model that can be loaded here"),
        ("device", "no device 'tpu'"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(said: Any, what: str, reason: str) -> None:
    assert reason in said["refused"][what]
    assert "give the folder of" in said["refused"][what] or what == "device"


@engine
def test_pickled_weights_are_not_read(said: Any) -> None:
    assert "OSError" in said["refused"]["pickled"]


@engine
def test_code_of_a_model_is_not_run(said: Any) -> None:
    refusal, ran = said["foreign"]

    assert "is no model that can be loaded here" in refusal
    assert ran is False


@pytest.mark.parametrize("library", ["torch", "transformers"])
def test_without_its_libraries_it_says_what_to_install(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in {"torch", "transformers"} - {library}:
        monkeypatch.setitem(sys.modules, other, sys)
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(ConfigurationError, match=rf"\[models\] \({library} is not") as refused:
        TransformerNames(tmp_path)
    assert refused.value.fix == "pip install 'euguard[models]'"
