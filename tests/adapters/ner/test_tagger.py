"""The name model at work, on numbers small enough to be computed by hand."""

import math
import time
from itertools import count

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.adapters.ner.tagger import Tagger
from small_model import by_hand

# A word that means one of eight numbers: that one less the mean, 7/8, over their spread, √7/8,
# is √7; each of the others is -1/√7. The score of "outside" has 1 added.
SURE = math.exp(7**0.5) / (math.exp(7**0.5) + 5 * math.exp(-(7**-0.5)) + math.exp(1 - 7**-0.5))
WORDS = st.sampled_from(["Anna", "ZORG", "lyon", "Acme", "Ms", "the", "x", ".", "\n", "7", ""])


def found(tagger: Tagger, text: str) -> list[str]:
    return [f"{name.label}:{text[name.start : name.end]}" for name in tagger.find([text])[0]]


def test_a_word_is_what_the_table_says() -> None:
    (names,) = Tagger(by_hand()).find(["Then Anna went to Lyon with Acme."])

    assert [(name.start, name.end, name.label) for name in names] == [
        (5, 9, "PER"),
        (18, 22, "LOC"),
        (28, 32, "ORG"),
    ]
    assert all(abs(name.probability - SURE) < 1e-4 for name in names)


def test_words_of_one_name_are_joined() -> None:
    tagger = Tagger(by_hand())

    assert found(tagger, "Anna Zorg Zorg met Anna, Anna Anna") == [
        *("PER:Anna Zorg Zorg", "PER:Anna", "PER:Anna Anna")
    ]


@pytest.mark.parametrize("between", ["\n", "  ", ", ", "-", " \n"])
def test_more_than_a_space_parts_two_names(between: str) -> None:
    assert found(Tagger(by_hand()), f"Anna{between}Anna") == ["PER:Anna", "PER:Anna"]


def test_an_inside_without_a_begin_is_a_name_too() -> None:
    assert found(Tagger(by_hand()), "from Zorg Zorg Lyon") == ["PER:Zorg Zorg", "LOC:Lyon"]


def test_an_inside_of_another_label_begins_a_name() -> None:
    assert found(Tagger(by_hand()), "Lyon Zorg") == ["LOC:Lyon", "PER:Zorg"]


def test_a_layer_reads_the_words_around() -> None:
    tagger = Tagger(by_hand([1]))

    assert found(tagger, "Ms Smith met Smith") == ["PER:Smith"]
    assert found(tagger, "Smith Ms") == []


@pytest.mark.parametrize("step", [1, 2, 4])
def test_it_reads_as_far_as_its_step(step: int) -> None:
    between = "the " * (step - 1)

    assert found(Tagger(by_hand([step])), f"Ms {between}Smith x") == ["PER:Smith"]


@pytest.mark.parametrize("step", [1, 2, 4])
def test_texts_of_a_batch_do_not_read_each_other(step: int) -> None:
    tagger = Tagger(by_hand([step, step]))
    texts = ["Ms", "Smith", "x Ms", "the Smith and x and Smith"]

    assert tagger.find(texts) == [[], [], [], []]


def test_eagerness_is_added_to_every_name() -> None:
    text = ["Anna and Lyon"]
    (plain,), (eager,), (shy,) = (Tagger(by_hand(), eager=by).find(text) for by in (0.0, 0.8, -4.0))

    assert [name.start for name in plain] == [name.start for name in eager] == [0, 9]
    assert all(more.probability > one.probability for more, one in zip(eager, plain, strict=True))
    assert shy == []


def test_a_tagger_leaves_its_weights_as_they_are() -> None:
    weights = by_hand()
    Tagger(weights, eager=5.0)

    assert weights.bias.tolist() == by_hand().bias.tolist()


@given(st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=6))
@settings(deadline=None)
def test_a_batch_is_read_as_its_texts_one_by_one(texts: list[str]) -> None:
    tagger = Tagger(by_hand([1, 4, 2]))

    together = tagger.find(texts)

    assert len(together) == len(texts)
    for text, names in zip(texts, together, strict=True):
        (alone,) = tagger.find([text])
        assert [(one.start, one.end, one.label) for one in names] == [
            (one.start, one.end, one.label) for one in alone
        ]


@pytest.mark.parametrize("texts", [[], [""], ["", " ", "\n"], ["", "Anna", ""]])
def test_texts_without_words_have_no_names(texts: list[str]) -> None:
    found = Tagger(by_hand([1])).find(texts)

    assert [len(names) for names in found] == [int(text == "Anna") for text in texts]


@pytest.mark.parametrize(
    "odd", ["\ud83d", "\0", "\u202eAnna", "a\u0300\u0301", "\U0001d504\U0001d52b", "İ" * 50]
)
def test_odd_characters_are_words_like_others(odd: str) -> None:
    assert found(Tagger(by_hand([1])), f"{odd}, Anna")[-1] == "PER:Anna"


@pytest.mark.parametrize("hostile", ["a", "A ", "Ms ", "Anna\n", "-", "_", "é\u0301", "a1", " "])
def test_time_is_linear_in_what_was_made_to_take_long(hostile: str) -> None:
    tagger = Tagger(by_hand([1]))

    def seconds(characters: int) -> float:
        text = hostile * (characters // len(hostile))
        begun = time.process_time()
        tagger.find([text])
        return time.process_time() - begun

    seconds(10_000)
    once = min(seconds(100_000) for _ in range(2))

    assert seconds(1_000_000) < 30 * once + 0.5


def test_time_is_linear_in_words_that_never_return() -> None:
    tagger = Tagger(by_hand([1]))

    def seconds(words: int) -> float:
        text = " ".join(f"Zq{at:x}".translate(LETTERS) for at in range(words))
        begun = time.process_time()
        tagger.find([text])
        return time.process_time() - begun

    seconds(1_000)
    once = min(seconds(10_000) for _ in range(2))

    assert seconds(100_000) < 30 * once


LETTERS = str.maketrans("0123456789", "ghijklmnop")


def test_memory_does_not_grow_with_the_words_that_were_read() -> None:
    tagger = Tagger(by_hand([1]))
    number = count()
    process = psutil.Process()

    def read(texts: int) -> None:
        for _ in range(texts):
            word = f"Zq{next(number):x}".translate(LETTERS)
            tagger.find([f"{word} met Ms {word}son and Anna {word} in {word}ville."])

    read(300)
    before = process.memory_info().rss

    read(2_000)

    assert process.memory_info().rss - before < 4 * 2**20
