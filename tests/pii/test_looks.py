import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.looks import Looks, pattern


def _found(text: str, *, json: bool = False) -> list[Looks]:
    finds = pattern(json=json, last=True).finditer(text)
    return [Looks(find[0], json=json) for find in finds if find.lastgroup == "looks"]


@pytest.mark.parametrize(
    "text,form,closed,strict,html",
    [
        ("<PERSON_7Q3K_M2X>", "PERSON_7Q3K_M2X", True, True, False),
        ("PERSON_7Q3K", "PERSON_7Q3K", False, True, False),
        ("PERSON\\_7Q3K", "PERSON_7Q3K", False, True, False),
        ("&LT;PERSON_7Q3K&#62;", "PERSON_7Q3K", True, True, True),
        ("&#x3c;PERSON_7Q3K&#x3E;", "PERSON_7Q3K", True, True, True),
        ("<person-7q3k>", "PERSON_7Q3K", True, False, False),
        ("person\u00a07q3k", "PERSON_7Q3K", False, False, False),
        ("ZZ00 EUGU ARD7 Q3K", "ZZ00EUGUARD7Q3K", False, True, False),
    ],
)
def test_a_form_is_read_in_every_spelling(
    text: str,
    form: str,
    closed: bool,  # noqa: FBT001  # expected
    strict: bool,  # noqa: FBT001  # as above
    html: bool,  # noqa: FBT001  # as above
) -> None:
    [looks] = _found(f"a {text}, b")

    assert next(looks.forms())[0] == form
    assert (looks.closed, looks.strict, looks.html) == (closed, strict, html)


def test_forms_come_longest_first_and_end_where_they_were_written() -> None:
    [looks] = _found("PERSON_7Q3K_M2X")
    forms = list(looks.forms())

    assert forms[:3] == [
        ("PERSON_7Q3K_M2X", 15),
        ("PERSON_7Q3K_M2", 14),
        ("PERSON_7Q3K_M", 13),
    ]
    assert forms[3] == ("PERSON_7Q3K", 11)
    [account] = _found("ZZ00 EUGU ARD7 Q3K")
    assert list(account.forms())[:2] == [("ZZ00EUGUARD7Q3K", 18), ("ZZ00EUGUARD7Q3", 17)]


def test_in_json_what_was_written_may_be_longer_than_what_it_says() -> None:
    [looks] = _found('"\\u0050ERSON\\u005f7Q3K"', json=True)

    assert next(looks.forms()) == ("PERSON_7Q3K", 11)
    assert looks.written(11) == 21
    assert looks.written(1) == 6


@pytest.mark.parametrize(
    "text", ["person", "PERSON_", "PERSON_7Q3", "xperson_7q3k", "THING_7Q3K", "PERSON.7Q3K", "<>"]
)
def test_what_lacks_a_part_looks_like_none(text: str) -> None:
    assert _found(text) == []


_signs = st.sampled_from(
    [
        *"<>&;_-\\ \u00a0\u2013\u203a'7QMnZ0",
        "PERSON",
        "person",
        "Email",
        "7Q3K",
        "7q3k",
        "&lt;",
        "&gt;",
        "&#60;",
        "ZZ00EUGUARD",
        "@pseudonym.invalid",
        "\\u003c",
        "\\u0050",
        "\\\\",
        ":n",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(_signs, max_size=14).map("".join), st.booleans())
def test_whatever_is_found_can_be_read(text: str, json: bool) -> None:  # noqa: FBT001  # drawn
    for looks in _found(text, json=json):
        for form, end in looks.forms():
            assert 0 < looks.written(end) <= len(text)
            assert looks.rest(end) is None or form


@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize(
    "text", ["<", "PERSON_", "person 7q3k ", "&lt;", "\\", "\\u003c", "ZZ00EUGUARD", "P", "per "]
)
def test_a_long_text_of_beginnings_is_read_to_its_end(text: str, json: bool) -> None:  # noqa: FBT001  # both
    find = pattern(json=json, last=False)

    assert sum(1 for _ in find.finditer(text * 20_000)) < 80_000
