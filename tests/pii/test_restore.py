from itertools import pairwise

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.looks import LONGEST_FORM
from euguard.pii.pseudonym import ALPHABET
from euguard.pii.restore import Restorer
from euguard.pii.span import PersonalDataKind

VALUE = 'Anna "Nan" Berg\\\n'
SHOUTED = "ANNA"
ORIGINALS = {
    "PERSON_7Q3K": VALUE,
    "PERSON_7Q3K_M2X": SHOUTED,
    "PHONE_BCDFG": "+49 30 1234567",
    "EMAIL_BCDF": "a@b.org",
    "CASE_2024": "A-17",
    "IBAN_BCDF": "DE89 3704 0044 0532 0130 00",
    "ZZ00EUGUARDBCDF": "DE89 3704 0044 0532 0130 00",
}
IN_JSON = orjson.dumps(VALUE).decode()[1:-1]

_pieces = st.sampled_from(
    [
        *ORIGINALS,
        *"<>_\\u0P7QM {}[]:,\"'n",
        "<PERSON_",
        "PERSON_7Q3",
        "PHONE",
        "<PERSON_ZZZZ>",
        "PERSON_7Q3K_M2",
        "PERSON_7Q3K_",
        "\\u003c",
        "\\u003C",
        "\\u003e",
        "\\\\",
        "\\u00",
        "\\u0050ERSON_7Q3K",
        "\\u003cPERSON_7Q3\\u004b\\u003e",
        "PERSON_7Q3K\\u005fM2X",
        "Ärger 😀",
        "LOCATION_" + "7" * 40,
        "PERSON\\_7Q3K",
        "<PERSON\\_7Q3K\\_M2X>",
        "PERSON\\",
    ],
)
_texts = st.lists(_pieces, max_size=8).map("".join)


def _restored(*pieces: str, json: bool = False) -> tuple[str, int, int]:
    restorer = Restorer(ORIGINALS, json=json)
    text = "".join(map(restorer.feed, pieces)) + restorer.finish()
    return text, restorer.restored, restorer.unknown


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(sign):04x}" for sign in text)


# ------------------------------------------------------------------ text


@pytest.mark.parametrize(
    "given,expected",
    [
        ("", ""),
        ("Nobody here.", "Nobody here."),
        ("Dear <PERSON_7Q3K>,", f"Dear {VALUE},"),
        ("<PERSON_7Q3K>", VALUE),
        ("<PERSON_7Q3K_M2X>", SHOUTED),
        ("<PERSON_7Q3K><PHONE_BCDFG>", f"{VALUE}+49 30 1234567"),
        # Without brackets, as in a file's name or at the end of the answer.
        ("PERSON_7Q3K.pdf", f"{VALUE}.pdf"),
        ("call PERSON_7Q3K_M2X", f"call {SHOUTED}"),
        ("ask_PERSON_7Q3K_now", f"ask_{VALUE}_now"),
        ("PERSON_7Q3K2024", f"{VALUE}2024"),
        ("PERSON_7Q3KPHONE_BCDFG", f"{VALUE}+49 30 1234567"),
        ("PERSON_7Q3K_PHONE_BCDFG", f"{VALUE}_+49 30 1234567"),
        ("PPERSON_7Q3K", f"P{VALUE}"),
        ("<<PERSON_7Q3K>>", f"<{VALUE}>"),
        ("<PERSON_7Q3K", VALUE),
        ("<PERSON_7Q3K,", f"{VALUE},"),
        ("PERSON_7Q3K>", f"{VALUE}>"),
        ("<PERSON_7Q3K_M2>", f"<{VALUE}_M2>"),
        # In a spelling of the model's own.
        ("<person_7q3k>", VALUE),
        ("<Person_7q3k_m2x>", SHOUTED),
        ("<PERSON 7Q3K>", VALUE),
        ("<PERSON-7Q3K-M2X>", SHOUTED),
        ("Person\u00a07Q3K said", f"{VALUE} said"),
        ("file_person_7q3k_m2x.pdf", f"file_{SHOUTED}.pdf"),
        ("person-7q3k and", f"{VALUE} and"),
        ("\\<PERSON\\_7Q3K\\>", VALUE),
        ("\u2039PERSON_7Q3K\u203a", VALUE),
        ("`<PERSON_7Q3K>`", f"`{VALUE}`"),
        ("<PERSON_7Q3K>:n", f"{VALUE}:n"),
        ("<PERSON_7Q3K:n>", f"{VALUE}:n"),
        ("<PERSON_7Q3K's>", f"{VALUE}'s"),
        ("<PERSON_7Q3Kowi>", f"{VALUE}owi"),
        ("<PERSON_7Q3K_M2Xn>", f"{SHOUTED}n"),
        ("<PERSON_7Q3Kn>", f"{VALUE}n"),
        ("<person_7q3k-n>", f"{VALUE}-n"),
        ("PERSON_7Q3Kn", f"{VALUE}n"),
        ("EMAIL_BCDF@pseudonym.invalid", "a@b.org"),
        ("email_bcdf@pseudonym.invalid.", "a@b.org."),
        ("Anna <EMAIL_BCDF@pseudonym.invalid>", "Anna <a@b.org>"),
        ("&lt;EMAIL_BCDF@pseudonym.invalid&gt;", "&lt;a@b.org&gt;"),
        ("EMAIL_BCDF%40Pseudonym.invalid", "a@b.org"),
        # The backslash is of a path, and stays.
        ("C:\\Users\\<PERSON_7Q3K>\\x", f"C:\\Users\\{VALUE}\\x"),
        ("IBANZZ00EUGUARDBCDF.", "IBANDE89 3704 0044 0532 0130 00."),
        ("zz00\u00a0eugu\u00a0ardb\u00a0cdf", "zz00\u00a0eugu\u00a0ardb\u00a0cdf"),
        ("ZZ00\u00a0EUGU\u00a0ARDB\u00a0CDF", "DE89 3704 0044 0532 0130 00"),
        ("%3CPERSON_7Q3K%3e", VALUE),
        ("EMAIL_BCDF@pseudonym.inv", "a@b.org@pseudonym.inv"),
        # A number behind a word, and no code.
        ("Case 2024", "Case 2024"),
        ("case_2024", "case_2024"),
        ("<CASE 2024>", "A-17"),
        ("CASE_2024", "A-17"),
        ("xperson_7q3k", "xperson_7q3k"),
        ("<PERSON>", "<PERSON>"),
        ("<PERSON_7Q3", "<PERSON_7Q3"),
        ("\\u003cPERSON_7Q3K\\u003e", f"\\u003c{VALUE}\\u003e"),
    ],
)
def test_issued_forms_become_values_and_the_rest_stays(given: str, expected: str) -> None:
    text, restored, unknown = _restored(given)

    assert text == expected
    assert unknown == 0
    assert restored == expected.count(VALUE) + expected.count(SHOUTED) + expected.count(
        "+49"
    ) + expected.count("a@b.org") + expected.count("A-17") + expected.count("DE89")


@pytest.mark.parametrize(
    "given,unknown",
    [
        ("<PERSON_ZZZZ>", 1),
        ("PERSON_ZZZZ", 1),
        ("<PERSON_ZZZZ> and <IBAN_BBBB_CCC>", 2),
        # Another code that only begins as an issued one is another code.
        ("<PERSON_7Q3KM>", 1),
        ("<person_7q3kn>", 1),
        ("<PERSON ZZZZ>", 0),
        ("Person ZZZZ and case 1234", 0),
        ("person_zzzz", 0),
        ("ZZ00EUGUARDZZZZ", 1),
        ("<PERSON_7Q3K_M2Y>", 1),
        ("<PHONE_7Q3K>", 1),
        ("PERSON_ZZZ", 0),
        ("PERSON_AAAA", 0),
        ("THING_ZZZZ", 0),
    ],
)
def test_what_was_never_issued_is_counted_and_left_as_it_is(given: str, unknown: int) -> None:
    assert _restored(given) == (given, 0, unknown)


def test_nothing_is_restored_that_only_another_exchange_issued() -> None:
    restorer = Restorer({})

    assert restorer.feed("<PERSON_7Q3K>.") + restorer.finish() == "<PERSON_7Q3K>."
    assert restorer.unknown == 1


def test_a_value_that_looks_like_a_pseudonym_is_not_restored_again() -> None:
    restorer = Restorer({"PERSON_7Q3K": "<PERSON_BBBB>", "PERSON_BBBB": "x"})

    assert restorer.feed("<PERSON_7Q3K>") + restorer.finish() == "<PERSON_BBBB>"
    assert (restorer.restored, restorer.unknown) == (1, 0)


# ------------------------------------------------------------------ JSON


@pytest.mark.parametrize(
    "given,expected",
    [
        ('{"to":"<PERSON_7Q3K>"}', f'{{"to":"{IN_JSON}"}}'),
        ('{"to":"\\u003cPERSON_7Q3K\\u003e"}', f'{{"to":"{IN_JSON}"}}'),
        ('"\\u003CPERSON_7Q3K\\u003E"', f'"{IN_JSON}"'),
        (_escaped("<PERSON_7Q3K>"), IN_JSON),
        (_escaped("PERSON_7Q3K") + "9", f"{IN_JSON}9"),
        # Without brackets: the form ends inside what was written as escapes.
        (_escaped("PERSON_7Q3K99"), IN_JSON + _escaped("99")),
        ('"PERSON_7Q3\\u004B"', f'"{IN_JSON}"'),
        # The backslash is a character here, and u003c four more.
        ('"\\\\u003cPERSON_7Q3K>"', f'"\\\\u003c{IN_JSON}>"'),
        # A backslash of a path before the bracket, and those of Markdown around both.
        ('"\\\\\\u003cPERSON_7Q3K>"', f'"\\\\{IN_JSON}"'),
        ('"\\\\<PERSON_7Q3K\\\\>"', f'"{IN_JSON}"'),
        ('"PERSON\\\\_7Q3K"', f'"{IN_JSON}"'),
        ('"\\nperson_7q3k"', f'"\\n{IN_JSON}"'),
        ('"&lt;PERSON_7Q3K&gt;"', f'"{IN_JSON}"'.replace('\\"', "&quot;")),
        ('"\\"<PERSON_7Q3K>\\n"', f'"\\"{IN_JSON}\\n"'),
        # U+00EE, and then only MAIL_BCDF.
        ('"\\u00eEMAIL_BCDF"', '"\\u00eEMAIL_BCDF"'),
        ('"\\u00e4EMAIL_BCDF"', '"\\u00e4a@b.org"'),
        ('"\\uZZZZ<PERSON_7Q3K>"', f'"\\uZZZZ{IN_JSON}"'),
        ('{ "a" : 1.0,\n"b":\t123456789012345678901234567890 , "ä":"\\u00e4"}',) * 2,
        ('"\\', '"\\'),
        ('"\\u00', '"\\u00'),
    ],
)
def test_in_json_escapes_are_read_and_values_escaped(given: str, expected: str) -> None:
    text, _, unknown = _restored(given, json=True)

    assert text == expected
    assert unknown == 0


def test_in_json_an_unknown_code_passes_byte_for_byte() -> None:
    given = '"\\u003cPERSON_ZZZZ\\u003e"'

    assert _restored(given, json=True) == (given, 0, 1)


@settings(max_examples=100, deadline=None)
@given(st.recursive(st.text(max_size=8) | st.none() | st.integers(-9, 9), st.lists, max_leaves=5))
def test_restored_json_says_what_the_plain_json_said(value: object) -> None:
    said = orjson.dumps([value if isinstance(value, list) else [value], "<PERSON_7Q3K>"]).decode()

    restored, _, _ = _restored(said, json=True)

    assert orjson.loads(restored) == [*orjson.loads(said)[:1], VALUE]


# ------------------------------------------------------------------ cutting makes no difference


@settings(max_examples=200, deadline=None)
@given(_texts, st.booleans())
def test_a_cut_at_any_place_makes_no_difference(text: str, json: bool) -> None:  # noqa: FBT001  # drawn
    whole = _restored(text, json=json)

    for cut in range(len(text) + 1):
        assert _restored(text[:cut], text[cut:], json=json) == whole
    assert _restored(*text, json=json) == whole


@settings(max_examples=200, deadline=None)
@given(_texts, st.booleans(), st.lists(st.integers(0, 200), max_size=8))
def test_cuts_at_many_places_make_no_difference(
    text: str,
    json: bool,  # noqa: FBT001  # drawn by hypothesis
    cuts: list[int],
) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]

    assert _restored(*pieces, json=json) == _restored(text, json=json)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<PERSON_7Q3KM2X>HLCIU \\u05", max_size=80), st.booleans())
def test_any_cut_of_near_misses_makes_no_difference(text: str, json: bool) -> None:  # noqa: FBT001  # drawn
    assert _restored(*text, json=json) == _restored(text, json=json)


@settings(max_examples=100, deadline=None)
@given(_texts, st.booleans())
def test_what_is_held_back_is_never_longer_than_a_pseudonym(
    text: str,
    json: bool,  # noqa: FBT001  # drawn by hypothesis
) -> None:
    restorer = Restorer({}, json=json)
    out = 0
    for fed, sign in enumerate(text, start=1):
        out += len(restorer.feed(sign))
        assert fed - out <= LONGEST_FORM * (6 if json else 1)


def test_a_long_row_of_symbols_is_not_held_back_for_ever() -> None:
    restorer = Restorer(ORIGINALS)

    out = restorer.feed("PERSON_" + ALPHABET[:16] + "_" + ALPHABET * 100)

    assert len(out) > 3_000


def test_ordinary_text_is_not_held_back() -> None:
    restorer = Restorer(ORIGINALS)

    assert restorer.feed("Dear all") == "Dear all"
    assert restorer.feed(" <") == " "
    assert restorer.feed("b>") == "<b>"
    assert restorer.feed("<PERSON_7Q3K>") == VALUE
    assert restorer.feed("<PERSON_7Q3K") == ""
    assert restorer.feed("!") == f"{VALUE}!"


@pytest.mark.parametrize(
    "given,expected",
    [
        (r"Dear PERSON\_7Q3K,", f"Dear {VALUE},"),
        (r"**PERSON\_7Q3K**", f"**{VALUE}**"),
        (r"<PERSON\_7Q3K\_M2X>", SHOUTED),
        (r"PERSON_7Q3K\_M2X", SHOUTED),
        (r"PERSON\_7Q3K\_M2", VALUE + r"\_M2"),
        (r"PERSON\_ZZZZ", r"PERSON\_ZZZZ"),
        ("PERSON\\", "PERSON\\"),
        ("PERSON_7Q3K\\", VALUE + "\\"),
    ],
)
def test_an_escape_of_markdown_is_read(given: str, expected: str) -> None:
    assert _restored(given)[0] == expected
    for at in range(len(given)):
        assert _restored(given[:at], given[at:])[0] == expected


def test_after_the_end_nothing_is_held() -> None:
    restorer = Restorer(ORIGINALS)
    restorer.feed("PERSON_7Q3K")

    assert restorer.finish() == VALUE
    assert restorer.finish() == ""
    assert restorer.restored == 1


def test_the_longest_code_and_the_longest_tag_are_restored() -> None:
    form = f"CARD_{ALPHABET[:16]}_{ALPHABET[-16:]}"
    restorer = Restorer({form: "x"})

    assert "".join(map(restorer.feed, f"{form}.")) + restorer.finish() == "x."


def test_every_kind_is_restored() -> None:
    for kind in PersonalDataKind:
        restorer = Restorer({f"{kind}_7Q3K": "x"})
        assert restorer.feed(f"<{kind}_7Q3K>") == "x"


@pytest.mark.parametrize(
    "given,expected",
    [
        ('"Konto:\\u00a0ZZ00EUGUARDBCDF"', '"Konto:\\u00a0DE89 3704 0044 0532 0130 00"'),
        ("\\u201eperson_7q3k_m2x\\u201c", "\\u201eANNA\\u201c"),
        ("P\\u0045RSON_7Q3K_M2X", "ANNA"),
        ("<PERSON_7Q3K_M2Xll\\u00e4>", "ANNAllä"),
        ("ZZ00\\u0020EUGU\\u0020ARDB\\u0020CDF", "DE89 3704 0044 0532 0130 00"),
        ("PERSON_7Q3K_M2XZZ00EUGUARDBCDF", "ANNADE89 3704 0044 0532 0130 00"),
    ],
)
def test_in_json_escapes_are_read_around_a_form_too(given: str, expected: str) -> None:
    assert _restored(given, json=True)[0] == expected
    for at in range(len(given)):
        assert _restored(given[:at], given[at:], json=True)[0] == expected
