"""What was found of what somebody marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.pii.detect import Detection
from euguard.pii.evaluate.measure import Share, by_kind, measure
from euguard.pii.evaluate.sample import Entity, Sample
from euguard.pii.span import PersonalDataKind, Span

K = PersonalDataKind
TEXT = "Anna Berg, 12 May, K-AV 3814"
MARKED = (Entity(0, 9, K.PERSON), Entity(19, 28, K.PLATE))


def found(*spans: tuple[PersonalDataKind, int, int]) -> Detection:
    return Detection(tuple(Span(kind, start, end, 0.9, "t") for kind, start, end in spans), "en", 1)


def test_a_datum_is_covered_if_all_its_letters_and_digits_are() -> None:
    sample = Sample(TEXT, "en", MARKED)

    whole = measure([sample], [found((K.PERSON, 0, 4), (K.PERSON, 5, 9), (K.PLATE, 19, 28))])
    part = measure([sample], [found((K.PERSON, 0, 8))])

    assert whole.recall(whole.covered) == Share(2, 2)
    assert part.recall(part.covered) == Share(0, 2)
    assert (whole.leaking["en"], part.leaking["en"]) == (0, 1)


def test_the_find_over_its_middle_gives_the_kind() -> None:
    sample = Sample(TEXT, "en", MARKED)

    measures = measure([sample], [found((K.LOCATION, 0, 9), (K.PLATE, 19, 28))])

    assert measures.recall(measures.typed) == Share(1, 2)
    assert by_kind(measures) == {
        "PERSON": (Share(1, 1), Share(0, 1)),
        "PLATE": (Share(1, 1), Share(1, 1)),
    }


@pytest.mark.parametrize(
    "marked,kind,right",
    [(K.IDENTITY, K.TAX, True), (K.LOCATION, K.ADDRESS, True), (K.PERSON, K.TAX, False)],
)
def test_kinds_that_are_one_number_in_many_states_are_alike(
    marked: PersonalDataKind,
    kind: PersonalDataKind,
    right: bool,  # noqa: FBT001
) -> None:
    measures = measure([Sample("12345", "en", (Entity(0, 5, marked),))], [found((kind, 0, 5))])

    assert measures.recall(measures.typed).part == right


def test_a_find_that_touches_nothing_marked_is_a_false_alarm() -> None:
    dirty, clean = Sample(TEXT, "en", MARKED), Sample("Nothing to see.", "de", ())

    measures = measure([dirty, clean], [found((K.PHONE, 11, 13)), found((K.PERSON, 0, 7))])

    assert dict(measures.false_alarms) == {"en": 1, "de": 1}
    assert (measures.clean_alarms, measures.clean_words) == (1, 4)


def test_optional_kinds_count_where_they_are_marked_only() -> None:
    finds = found((K.DATE, 11, 17))

    marked = measure([Sample(TEXT, "en", (Entity(11, 17, K.DATE),))], [finds])
    not_marked = measure([Sample(TEXT, "en", ())], [finds])

    assert marked.recall(marked.covered) == Share(1, 1)
    assert not_marked.false_alarms["en"] == 0


def test_the_interval_is_wilsons() -> None:
    low, high = Share(9, 10).interval

    assert (round(low, 4), round(high, 4)) == (0.5958, 0.9821)
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(0, 0).value == 0


@given(whole=st.integers(1, 5000), data=st.data())
def test_an_interval_holds_its_share(whole: int, data: st.DataObject) -> None:
    share = Share(data.draw(st.integers(0, whole)), whole)
    low, high = share.interval

    assert 0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1
