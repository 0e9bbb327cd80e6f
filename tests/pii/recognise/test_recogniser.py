"""What every recogniser promises."""

from itertools import pairwise

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


@given(
    recogniser=st.sampled_from(RECOGNISERS),
    parts=st.lists(st.one_of(WORDS, st.text(max_size=3)), max_size=12),
    glue=st.sampled_from([" ", ""]),
)
@settings(max_examples=2000, deadline=None)
def test_finds_lie_within_the_text_apart_and_in_order(
    recogniser: Recogniser, parts: list[str], glue: str
) -> None:
    text = glue.join(parts)

    spans = list(recogniser.find(text))

    assert all(span.end <= len(text) and span.kind is recogniser.kind for span in spans)
    assert all(before.start < after.start for before, after in pairwise(spans))


def test_there_is_a_recogniser_for_each_kind_but_those_that_only_models_and_lists_know() -> None:
    assert set(PersonalDataKind) - {recogniser.kind for recogniser in RECOGNISERS} == {
        PersonalDataKind.LOCATION,
        PersonalDataKind.ORGANISATION,
        PersonalDataKind.OTHER,
    }
