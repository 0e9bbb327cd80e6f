from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.detect import merge
from euguard.pii.span import PersonalDataKind, Span

PERSON, IBAN, EMAIL = PersonalDataKind.PERSON, PersonalDataKind.IBAN, PersonalDataKind.EMAIL

LENGTH = 40
_starts = st.integers(0, LENGTH - 1)
_spans = st.lists(
    st.builds(
        lambda kind, start, length, score, detector: Span(
            kind, start, min(start + length, LENGTH), score, detector
        ),
        st.sampled_from(PersonalDataKind),
        _starts,
        st.integers(1, 15),
        st.sampled_from([0.3, 0.5, 1.0]),
        st.sampled_from(["a", "b"]),
    ),
    max_size=12,
)


def _covered(spans: tuple[Span, ...] | list[Span]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}


def test_nothing_found_stays_nothing() -> None:
    assert merge([]) == ()


def test_spans_that_do_not_touch_are_only_sorted() -> None:
    late, early = Span(PERSON, 9, 12, 0.5, "ner"), Span(IBAN, 0, 4, 1.0, "iban")

    assert merge([late, early]) == (early, late)


def test_spans_that_only_touch_stay_two() -> None:
    first, second = Span(PERSON, 0, 4, 0.5, "ner"), Span(PERSON, 4, 8, 0.5, "ner")

    assert merge([first, second]) == (first, second)


def test_a_contained_span_disappears_in_the_longer_one() -> None:
    outer, inner = Span(PERSON, 0, 10, 0.1, "ner"), Span(IBAN, 2, 6, 1.0, "iban")

    assert merge([inner, outer]) == (outer,)


def test_of_two_of_one_length_the_surer_one_counts() -> None:
    sure, unsure = Span(PERSON, 0, 5, 0.9, "ner"), Span(IBAN, 0, 5, 0.8, "iban")

    assert merge([unsure, sure]) == (sure,)


def test_of_two_of_one_length_and_score_the_checksum_beats_the_name() -> None:
    order = [
        PersonalDataKind.IBAN,
        PersonalDataKind.CARD,
        PersonalDataKind.EMAIL,
        PersonalDataKind.PHONE,
        PersonalDataKind.PERSON,
        PersonalDataKind.ORGANISATION,
        PersonalDataKind.LOCATION,
    ]
    spans = [Span(kind, 0, 5, 0.9, "any") for kind in order]

    for strongest, span in enumerate(spans):
        assert merge(reversed(spans[strongest:])) == (span,)


def test_a_half_covered_span_keeps_its_tail_and_the_stronger_one_its_extent() -> None:
    # "Bank DE89 3704 …": the name reaches into the account number.
    name, iban = Span(PERSON, 0, 9, 0.9, "ner"), Span(IBAN, 5, 27, 1.0, "iban")

    assert merge([name, iban]) == (Span(PERSON, 0, 5, 0.9, "ner"), iban)


def test_a_span_cut_on_both_sides_keeps_its_middle() -> None:
    left, right = Span(IBAN, 0, 10, 1.0, "iban"), Span(EMAIL, 14, 24, 1.0, "email")
    middle = Span(PERSON, 8, 16, 0.9, "ner")

    assert merge([left, middle, right]) == (left, Span(PERSON, 10, 14, 0.9, "ner"), right)


@settings(max_examples=200)
@given(_spans)
def test_no_character_that_was_found_is_left_in_clear_and_none_is_covered_twice(
    spans: list[Span],
) -> None:
    merged = merge(spans)

    assert _covered(merged) == _covered(spans)
    assert sum(span.end - span.start for span in merged) == len(_covered(spans))
    assert list(merged) == sorted(merged, key=lambda span: span.start)


@settings(max_examples=200)
@given(_spans, st.randoms())
def test_the_order_of_finding_does_not_matter(spans: list[Span], chance: object) -> None:
    shuffled = list(spans)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random

    assert merge(shuffled) == merge(spans)


@settings(max_examples=200)
@given(_spans)
def test_merging_again_changes_nothing_but_touching_neighbours(spans: list[Span]) -> None:
    assert merge(merge(spans)) == merge(spans)


@settings(max_examples=200)
@given(_spans)
def test_the_longest_span_keeps_its_exact_extent(spans: list[Span]) -> None:
    merged = merge(spans)

    if spans:
        longest = max(span.end - span.start for span in spans)
        extents = {(span.start, span.end) for span in spans if span.end - span.start == longest}
        assert extents & {(span.start, span.end) for span in merged}
