"""What every recogniser promises."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.recognise.identifiers import RECOGNISERS
from euguard.pii.recognise.recogniser import Recogniser
from euguard.pii.span import PersonalDataKind

WORDS = st.sampled_from(
    [
        "Mr",
        "Anna",
        "a@b.eu",
        "0612345678",
        "+33",
        "6",
        "12",
        "DE89370400440532013000",
        "4111111111111111",
        "(0)",
        "tel",
        "n°",
        "\n",
        ".",
        "-",
        "@",
        "00",
        "é",
    ]
)


@pytest.mark.parametrize("recogniser", RECOGNISERS, ids=lambda recogniser: recogniser.kind.value)
@given(
    parts=st.lists(st.one_of(WORDS, st.text(max_size=3)), max_size=12),
    glue=st.sampled_from([" ", ""]),
)
@settings(max_examples=150, deadline=None)
def test_finds_lie_within_the_text_apart_and_in_order(
    recogniser: Recogniser, parts: list[str], glue: str
) -> None:
    text = glue.join(parts)

    spans = list(recogniser.find(text))

    assert all(span.end <= len(text) and span.kind is recogniser.kind for span in spans)
    assert all(before.start < after.start for before, after in pairwise(spans))


def test_there_is_a_recogniser_for_each_kind() -> None:
    assert {recogniser.kind for recogniser in RECOGNISERS} == {
        PersonalDataKind.EMAIL,
        PersonalDataKind.PHONE,
        PersonalDataKind.IBAN,
        PersonalDataKind.CARD,
        PersonalDataKind.PERSON,
    }
