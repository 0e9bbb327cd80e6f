"""Sentences as somebody else might have typed them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from euguard.adapters.ner.training.augment import joined, renamed, varied
from euguard.adapters.ner.training.corpora import Sentence

ANNA = Sentence(
    "Yesterday, Anna Łukasz met José in Köln.", ((11, 22, "PER"), (27, 31, "PER")), "en"
)


def named(sentence: Sentence) -> list[str]:
    return [sentence.text[start:end] for start, end, _ in sentence.spans]


def test_joined_sentences_keep_their_names() -> None:
    both = joined([ANNA, ANNA], "\n")

    assert named(both) == ["Anna Łukasz", "José"] * 2


@given(seed=st.integers(0, 10_000))
def test_a_varied_sentence_names_the_same_people(seed: int) -> None:
    other = varied(ANNA, random.Random(seed))

    assert len(other.text) == len(ANNA.text)
    assert [name.lower()[:2] for name in named(other)] == ["an", "jo"]


def test_all_ways_of_typing_occur() -> None:
    chance = random.Random(1)
    texts = {varied(ANNA, chance).text for _ in range(500)}

    assert {
        ANNA.text,
        ANNA.text.lower(),
        ANNA.text.upper(),
        "Yesterday, Anna Lukasz met Jose in Koln.",
        "Yesterday, anna łukasz met josé in Köln.",
        "Yesterday, ANNA ŁUKASZ met JOSÉ in Köln.",
        "Yesterday  Anna Łukasz met José in Köln ",
    } == texts


def test_whoever_has_two_names_gets_others() -> None:
    other = renamed(ANNA, lambda: "Mehmet Ali Çelik")

    assert other.text == "Yesterday, Mehmet Ali Çelik met José in Köln."
    assert named(other) == ["Mehmet Ali Çelik", "José"]
