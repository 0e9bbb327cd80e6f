import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.recognise.plain import spellings
from euguard.pii.span import PersonalDataKind
from euguard.pii.spelling import compact, fold, normalise, words

ODD = "e1\u0301\u0308\u200b\u00ad\u3164\u1160\u1161\uff21\u0660\u00a0\u2013\u2212\u00b2\ufb01ß"
PERSON, EMAIL, PHONE = PersonalDataKind.PERSON, PersonalDataKind.EMAIL, PersonalDataKind.PHONE
IBAN, CARD = PersonalDataKind.IBAN, PersonalDataKind.CARD


@pytest.mark.parametrize(
    "surface,normal",
    [
        ("Anna Berg", "anna berg"),
        ("ANNA \n BERG", "anna berg"),
        ("anna_berg", "anna berg"),
        ("Anna-Berg", "anna berg"),
        ("Anna\u00a0Berg", "anna berg"),
        ("An\u00adna\u200b Berg\ufeff", "anna berg"),
        ("\uff21nna Berg", "anna berg"),
        ("Strauß", "strauss"),
        ("STRAUSS", "strauss"),
        ("Mu\u0308ller", "müller"),
        ("MÜLLER", "müller"),
        ("O\u2019Brien", "o brien"),
        ("O'Brien", "o brien"),
        ("Vogelsang, K.", "vogelsang k"),
        ("Berg (geb. Roth)", "berg ( geb roth )"),
        ("Vogel\u3164\uffa0\u180b\U000e0041sang", "vogelsang"),
        ("Haus \u0661\u0662", "haus 12"),
        ("Anna%20Berg", "anna berg"),
        ("Fran\\u00e7ois", "françois"),
        ("—", "—"),
        ("...", "..."),
    ],
)
def test_spellings_of_a_name_have_one_normal_form(surface: str, normal: str) -> None:
    assert normalise(PERSON, surface) == normal


@pytest.mark.parametrize(
    "kind,surface,normal",
    [
        (EMAIL, "Anna.Berg@Example.ORG", "anna.berg@example.org"),
        (EMAIL, "anna @ example.org", "anna@example.org"),
        (EMAIL, "anna-berg@example.org", "anna-berg@example.org"),
        (IBAN, "DE89 3704-0044.0532 0130 00", "de89370400440532013000"),
        (CARD, "4111 1111-1111 1111", "4111111111111111"),
        (PHONE, "+49 (30) 123-45/67", "+49301234567"),
        (PHONE, "(+49) 30 1234567", "+49301234567"),
        (PHONE, "030 1234567", "0301234567"),
        (PHONE, "30+12", "3012"),
        (PHONE, "\u0660\u0666\u200b 12 34", "061234"),
    ],
)
def test_identifiers_lose_their_separators(
    kind: PersonalDataKind, surface: str, normal: str
) -> None:
    assert normalise(kind, surface) == normal


def test_folding_remembers_where_each_character_came_from() -> None:
    text = "x Strauß \ufb01n Mu\u0308\u00adller"
    folded = fold(text)

    assert folded.text == "x strauss fin müller"
    for part, original in [("strauss", "Strauß"), ("fin", "\ufb01n"), ("müller", text[-8:])]:
        start = folded.text.index(part)
        begin, end = folded.original(start, start + len(part))
        assert text[begin:end] == original


@pytest.mark.parametrize("text", ["Plain Text", "Grün É", ""])
def test_where_nothing_moves_offsets_are_the_same(text: str) -> None:
    folded = fold(text)

    assert folded.text == text.lower()
    assert folded.original(1, 2) == (1, 2)


def test_a_text_whose_length_happens_to_stay_is_still_mapped() -> None:
    # One character is lost (a soft hyphen) and one is won (ß): equal lengths, moved offsets.
    text = "\u00adxß"
    folded = fold(text)

    assert folded.text == "xss"
    assert folded.original(0, 1) == (1, 2)
    assert folded.original(1, 3) == (2, 3)


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_folding_maps_every_character_into_the_text_and_in_order(text: str) -> None:
    folded = fold(text)
    ends = 0

    for place in range(len(folded.text)):
        start, end = folded.original(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert end >= ends
        ends = end


@settings(max_examples=200)
@given(st.text(max_size=20), st.text(max_size=20))
def test_a_word_folds_alike_alone_and_in_a_text(first: str, second: str) -> None:
    assert fold(f"{first} {second}").text == f"{fold(first).text} {fold(second).text}"


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(ODD)), max_size=20))
def test_what_is_read_and_what_is_compared_agree(text: str) -> None:
    for kind in (PERSON, EMAIL, PHONE, IBAN):
        read = next(spellings(text)).text

        assert normalise(kind, f"x{read}") == normalise(kind, f"x{text}")


def test_words_have_offsets_and_hard_signs_are_words() -> None:
    assert words("anna_b (x)") == [
        ("anna", 0, 4),
        ("b", 5, 6),
        ("(", 7, 8),
        ("x", 8, 9),
        (")", 9, 10),
    ]


def test_compact_keeps_letters_and_digits() -> None:
    assert compact("+49 (30)_a.b-c") == "4930abc"


def test_a_folded_text_prints_nothing() -> None:
    assert "anna" not in repr(fold("Anna")) + repr(fold("Mu\u0308anna"))
