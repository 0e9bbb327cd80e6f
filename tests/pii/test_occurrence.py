from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.occurrence import Occurrences, Value
from euguard.pii.span import PersonalDataKind
from euguard.pii.spelling import fold

PERSON, EMAIL, PHONE = PersonalDataKind.PERSON, PersonalDataKind.EMAIL, PersonalDataKind.PHONE
IBAN, CARD = PersonalDataKind.IBAN, PersonalDataKind.CARD
ORGANISATION = PersonalDataKind.ORGANISATION


def _found(text: str, *values: tuple[PersonalDataKind, str]) -> list[str]:
    occurrences = Occurrences(Value(kind, surface, 0.9) for kind, surface in values)
    spans = sorted(occurrences.find(text), key=lambda span: span.start)
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    "text,found",
    [
        ("Anna Berg", ["Anna Berg"]),
        ("ANNA\n BERG's, anna_berg, Anna-Berg", ["ANNA\n BERG", "anna_berg", "Anna-Berg"]),
        ("\u201eAnna Berg\u201c", ["Anna Berg"]),
        ("A\u00adnna Berg", ["A\u00adnna Berg"]),
        ("Joanna Berg, Anna Bergman, Anna", []),
        ("Anna (Berg)", []),
        ("Anna Anna Berg", ["Anna Berg"]),
    ],
)
def test_names_are_found_as_whole_words(text: str, found: list[str]) -> None:
    assert _found(text, (PERSON, "Anna Berg")) == found


def test_unicode_letters_bound_a_word() -> None:
    assert _found("Bergöl Öberg Berg", (PERSON, "Berg")) == ["Berg"]


def test_a_combining_accent_makes_no_other_name() -> None:
    assert _found("Frau Mu\u0308ller kommt", (PERSON, "Müller")) == ["Mu\u0308ller"]
    assert _found("STRAUSS und Strauß", (PERSON, "Strauß")) == ["STRAUSS", "Strauß"]


def test_a_value_is_found_in_every_script_of_digits_and_whatever_is_not_drawn() -> None:
    other = "+\u0664\u0669 \u0663\u0660 \u0661\u0662\u0663\u0664\u0665\u0666\u0667"
    assert _found(f"call {other}", (PHONE, "+49 30 1234567")) == [other]
    assert _found("call +49 30 1234567", (PHONE, other)) == ["+49 30 1234567"]
    assert _found("Vogel\u3164sang", (PERSON, "Vogelsang")) == ["Vogel\u3164sang"]


@pytest.mark.parametrize(
    "text,found",
    [
        ("?n=Anna%20Berg&x", ["Anna%20Berg"]),
        ("?n=Anna+Berg&x", ["Anna+Berg"]),
        ("Anna&nbsp;Berg", ["Anna&nbsp;Berg"]),
        ("<b>Anna</b> <i>Berg</i>", ["Anna</b> <i>Berg"]),
        (r'{"n": "Anna\nBerg"}', [r"Anna\nBerg"]),
        (r"^Anna\s+Berg$", [r"Anna\s+Berg"]),
        (r"\\u0041nna Berg", [r"\\u0041nna Berg"]),
        ("ANNA\u200bBERG, An\u2060na Berg", ["ANNA\u200bBERG", "An\u2060na Berg"]),
        ("Anna%zzBerg", []),
    ],
)
def test_a_name_is_found_through_escapes_and_what_is_not_drawn(text: str, found: list[str]) -> None:
    assert _found(text, (PERSON, "Anna Berg")) == found


def test_a_value_found_in_an_escape_is_found_without_it() -> None:
    assert _found("to a.berg@example.org", (EMAIL, "a.berg%40example.org")) == [
        "a.berg@example.org"
    ]
    assert _found("Anna Berg", (PERSON, "Anna&nbsp;Berg")) == ["Anna Berg"]


def test_a_very_short_name_is_found_in_its_spelling_only() -> None:
    assert _found("Li said: li, LI, Li.", (PERSON, "Li")) == ["Li", "Li"]
    assert _found("Bo Li, bo li", (PERSON, "Bo Li")) == ["Bo Li", "bo li"]


def test_addresses_are_found_in_any_case_and_inside_longer_runs() -> None:
    text = "<mailto:Anna@X.org>;xanna@x.orgy anna-x.org"

    assert _found(text, (EMAIL, "anna@x.org")) == ["Anna@X.org", "anna@x.org"]


def test_dots_in_addresses_count() -> None:
    assert _found("anna-b@x.org a.b@x.org", (EMAIL, "anna.b@x.org")) == []


@pytest.mark.parametrize(
    "text",
    [
        "DE89370400440532013000",
        "de89 3704 0044 0532 0130 00",
        "DE89-3704-0044-0532-0130-00",
        "DE89.3704.0044.0532.0130.00",
        "DE89\u00a03704\u00a00044 0532\n0130 00",
    ],
)
def test_account_numbers_are_found_however_they_are_grouped(text: str) -> None:
    for around in ("{}", "x{}9", "IBAN:{}, thanks", "see 12 {} 34"):
        found = _found(around.format(text), (IBAN, "DE89 3704 0044 0532 0130 00"))
        assert found == [text]


def test_a_telephone_number_is_found_with_its_plus_and_without() -> None:
    text = "+49/30/1234567 4930 1234567 (+49) 30-1234567 +1 1"

    found = _found(text, (PHONE, "+49 30 1234567"))

    assert found == ["+49/30/1234567", "4930 1234567", "+49) 30-1234567"]


def test_short_numbers_are_words() -> None:
    assert _found("1120 112 x112", (PHONE, "112")) == ["112"]
    assert _found("1234567 x12345678", (PHONE, "1234567"), (CARD, "12345678")) == [
        "1234567",
        "12345678",
    ]


@pytest.mark.parametrize("between", ["\r\n", "\n    ", "\n> ", "   ", "_", " - "])
def test_a_number_is_found_however_it_is_broken(between: str) -> None:
    broken = f"4111{between}1111{between}1111{between}1111"
    assert _found(broken, (CARD, "4111111111111111")) == [broken]


def test_too_many_separators_make_two_numbers() -> None:
    assert _found("41111111 ---- 11111111", (CARD, "4111111111111111")) == []
    assert _found("41111111 -    11111111 4111, 111111111111", (CARD, "4111111111111111")) == []
    assert _found("41111111 - 11111111", (CARD, "4111111111111111")) == ["41111111 - 11111111"]


def test_of_values_that_end_together_the_longest_is_found() -> None:
    values = [(PERSON, "Berg"), (PERSON, "Anna Berg"), (PERSON, "von Anna Berg")]

    assert _found("Anna Berg, Berg", *values) == ["Anna Berg", "Berg"]


def test_a_value_inside_a_started_longer_one_is_found() -> None:
    values = [(PERSON, "Anna Maria Roth"), (PERSON, "Maria Berg"), (PERSON, "Maria")]

    assert _found("Anna Maria Berg, Anna Maria", *values) == ["Maria", "Maria Berg", "Maria"]


def test_the_surest_kind_names_a_value_that_was_found_as_two() -> None:
    occurrences = Occurrences([Value(ORGANISATION, "Berg", 0.5), Value(PERSON, "BERG", 0.8)])

    assert [(one.kind, one.score) for one in occurrences.find("berg")] == [(PERSON, 0.8)]


def test_odd_values_are_looked_for_as_words_or_not_at_all() -> None:
    assert _found("a @ b.org", (EMAIL, "a @ b.org")) == ["a @ b.org"]
    assert _found("... —", (PERSON, "..."), (PERSON, "")) == []
    assert _found("x § y", (PERSON, "§")) == ["§"]
    assert _found("x — y", (PERSON, "—")) == []
    assert _found("text") == []


def test_a_value_prints_no_surface() -> None:
    assert "Anna" not in repr(Value(PERSON, "Anna", 1.0))


_letters = st.text(alphabet="ab1 @.", min_size=1, max_size=6)


@settings(max_examples=200)
@given(st.lists(_letters, min_size=1, max_size=6), st.text(alphabet="abAB1 @.", max_size=40))
def test_every_address_that_a_plain_search_finds_is_covered(surfaces: list[str], text: str) -> None:
    addresses = [one for one in surfaces if "@" in one and " " not in one]
    spans = Occurrences(Value(EMAIL, one, 0.5) for one in addresses).find(text)
    covered = {place for span in spans for place in range(span.start, span.end)}

    folded = fold(text).text
    assert covered == set(_plain(folded, (fold(one).text for one in addresses)))


def _plain(text: str, values: Iterable[str]) -> Iterable[int]:
    for value in values:
        start = text.find(value)
        while start >= 0:
            yield from range(start, start + len(value))
            start = text.find(value, start + 1)
