import hmac
import re
from collections.abc import Callable
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban

from euguard.pii.pseudonym import (
    ALPHABET,
    FORMATS,
    LONGEST,
    SHORTEST_TAG,
    Pseudonyms,
    _candidates,
    _PrefixFree,
    _Typed,
    conversation_of,
    scope_key,
)
from euguard.pii.span import PersonalDataKind

PERSON, IBAN, EMAIL = PersonalDataKind.PERSON, PersonalDataKind.IBAN, PersonalDataKind.EMAIL
PHONE = PersonalDataKind.PHONE
SCOPE = scope_key(b"secret", "letters", "one")
PLAIN = re.compile(r"(?:PERSON|EMAIL|IBAN|PHONE)_[0-9B-DF-HJ-NP-TV-Z]{4}")


def _issue(kind: PersonalDataKind, surface: str, *, scope: bytes = SCOPE, raw: str = "") -> str:
    return Pseudonyms(scope, [raw]).issue(kind, surface).bare


def test_a_pseudonym_shows_the_kind_and_four_symbols() -> None:
    pseudonym = Pseudonyms(SCOPE, []).issue(PERSON, "Anna Berg")

    assert PLAIN.fullmatch(pseudonym.bare)
    assert pseudonym.written == f"<{pseudonym.bare}>"


def test_known_answers_pin_the_codes_that_old_conversations_hold() -> None:
    assert scope_key(b"secret", "letters", "one") == hmac.digest(
        b"secret",
        b"\0\0\0\0\0\0\0\x0feuguard scope 1\0\0\0\0\0\0\0\x07letters\0\0\0\0\0\0\0\x03one",
        "sha256",
    )
    assert _issue(PERSON, "Anna Berg") == "PERSON_SKNV"
    assert _issue(IBAN, "DE89 3704 0044 0532 0130 00") == "IBAN_RV93"


def test_the_alphabet_has_no_vowel_and_no_symbol_twice() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert set(ALPHABET).isdisjoint("AEIOU")


def test_no_tag_can_be_taken_for_the_beginning_of_a_kind() -> None:
    for kind in PersonalDataKind:
        assert not set(kind[:SHORTEST_TAG]) <= set(ALPHABET)


def test_a_value_keeps_its_code_in_every_request_of_a_conversation() -> None:
    first = Pseudonyms(SCOPE, ["Anna Berg"])
    second = Pseudonyms(SCOPE, ["Anna Berg", "and then Max Roth"])
    second.issue(PERSON, "Max Roth")

    assert first.issue(PERSON, "Anna Berg") == second.issue(PERSON, "Anna Berg")


def test_another_secret_purpose_conversation_or_kind_gives_another_code() -> None:
    scopes = [
        SCOPE,
        scope_key(b"other", "letters", "one"),
        scope_key(b"secret", "other", "one"),
        scope_key(b"secret", "letters", "two"),
        # The same characters, cut at another place.
        scope_key(b"secret", "letter", "sone"),
    ]
    codes = {_issue(PERSON, "Anna Berg", scope=scope)[-4:] for scope in scopes}

    assert len(codes) == len(scopes)
    assert _issue(EMAIL, "Anna Berg")[-4:] != _issue(PERSON, "Anna Berg")[-4:]


def test_spellings_of_one_value_share_the_code_and_differ_in_the_tag() -> None:
    pseudonyms = Pseudonyms(SCOPE, [])
    surfaces = ["Anna Berg", "ANNA  BERG", "anna_berg"]
    first, *others = [pseudonyms.issue(PERSON, surface).bare for surface in surfaces]

    assert PLAIN.fullmatch(first)
    for other in others:
        assert re.fullmatch(rf"{first}_[{ALPHABET}]{{3}}", other)
    assert len({first, *others}) == 3


def test_a_known_answer_pins_the_tag() -> None:
    pseudonyms = Pseudonyms(SCOPE, [])
    pseudonyms.issue(PERSON, "Anna Berg")

    assert pseudonyms.issue(PERSON, "ANNA BERG").bare == "PERSON_SKNV_VCT"


def test_kinds_do_not_lengthen_the_codes_of_each_other() -> None:
    pseudonyms = Pseudonyms(SCOPE, [])
    for number in range(3_000):
        pseudonyms.issue(PERSON, f"name {number}")
    phones = [pseudonyms.issue(PHONE, f"+4930{number:07d}").bare for number in range(300)]

    # One code in a hundred would have digits only, and is drawn anew.
    assert sum(len(phone) > len("PHONE_7Q3K") for phone in phones) < 12


def test_a_tag_depends_on_the_spelling_and_not_on_what_else_was_written() -> None:
    few, many = Pseudonyms(SCOPE, []), Pseudonyms(SCOPE, [])
    for surface in ("Anna Berg", "anna berg", "Anna  Berg"):
        many.issue(PERSON, surface)
    few.issue(PERSON, "Anna Berg")

    assert few.issue(PERSON, "ANNA BERG") == many.issue(PERSON, "ANNA BERG")


def test_the_same_value_is_issued_once() -> None:
    pseudonyms = Pseudonyms(SCOPE, [])

    assert pseudonyms.issue(PERSON, "Anna") is pseudonyms.issue(PERSON, "Anna")


def test_the_way_back_knows_every_form() -> None:
    pseudonyms = Pseudonyms(SCOPE, [])
    plain = pseudonyms.issue(PERSON, "Anna")
    loud = pseudonyms.issue(PERSON, "ANNA")

    assert pseudonyms.originals() == {
        plain.bare: "Anna",
        loud.bare: "ANNA",
    }


def test_formats_are_kept_where_a_purpose_keeps_them() -> None:
    pseudonyms = Pseudonyms(SCOPE, [], FORMATS)
    mail = pseudonyms.issue(EMAIL, "anna@example.org")
    account = pseudonyms.issue(IBAN, "DE89370400440532013000")
    grouped = pseudonyms.issue(IBAN, "DE89 3704 0044 0532 0130 00")
    person = pseudonyms.issue(PERSON, "Anna")

    assert mail.written == f"{mail.bare}@pseudonym.invalid"
    assert account.written == f"ZZ00EUGUARD{account.bare.partition('_')[2]}"
    assert grouped.written == account.written + grouped.bare.rpartition("_")[2]
    assert person.written == f"<{person.bare}>"
    assert pseudonyms.originals() == {
        mail.bare: "anna@example.org",
        account.bare: "DE89370400440532013000",
        account.written: "DE89370400440532013000",
        grouped.bare: "DE89 3704 0044 0532 0130 00",
        grouped.written: "DE89 3704 0044 0532 0130 00",
        person.bare: "Anna",
    }


def test_the_format_of_an_account_is_none_that_a_bank_has() -> None:
    account = Pseudonyms(SCOPE, [], FORMATS).issue(IBAN, "DE89370400440532013000").written

    assert not iban.is_valid(account)
    assert 15 <= len(account) <= 34


def test_no_code_can_run_into_an_account_behind_it() -> None:
    # "PERSON 7Q" typed right before an account: of 7QZZ, the end would be the account's.
    pseudonyms = Pseudonyms(SCOPE, [], FORMATS)
    codes = [pseudonyms.issue(PERSON, f"name {number}").bare for number in range(500)]

    assert not any(code.endswith(("Z", "ZZ", "ZZ0", "ZZ00")) for code in codes)
    assert any(code.endswith("Z") for code in [_issue(PERSON, f"name {n}") for n in range(500)])


@pytest.mark.parametrize(
    "change", [str, str.lower, lambda code: f"x-{code}", lambda code: f" {code}"]
)
def test_a_code_typed_in_any_case_is_never_issued(change: Callable[[str], str]) -> None:
    code = _issue(PERSON, "Anna").partition("_")[2]

    assert _issue(PERSON, "Anna", raw=change(code)).partition("_")[2] != code


def test_forms_of_one_name_share_the_code() -> None:
    pseudonyms = Pseudonyms(SCOPE, [])
    whole, family, other = (
        pseudonyms.issue(PERSON, surface).bare
        for surface in ("Katharina Vogelsang", "VOGELSANG, K.", "Thomas Vogelsang")
    )

    assert family.startswith(f"{whole}_")
    assert not other.startswith(whole)


def test_a_code_that_somebody_typed_is_never_issued() -> None:
    code = _issue(PERSON, "Anna")[-4:]

    for typed in (code, f"x{code}y", f"<EMAIL_{code}>", f"A{code}9", f"PERSON_{code}9"):
        issued = _issue(PERSON, "Anna", raw=f"Hello {typed}, it is me")
        assert code not in issued
        assert len(issued) == len("PERSON_") + 5


def test_lengthening_goes_on_until_the_code_is_free() -> None:
    raw, lengths = "", []
    for _ in range(4):
        issued = _issue(PERSON, "Anna", raw=raw)
        raw += " " + issued.partition("_")[2]
        lengths.append(len(issued) - len("PERSON_"))

    assert lengths == [4, 5, 6, 7]


def test_a_tag_that_somebody_typed_is_never_issued() -> None:
    free = Pseudonyms(SCOPE, [])
    free.issue(PERSON, "Anna")
    tag = free.issue(PERSON, "ANNA").bare.rpartition("_")[2]
    pseudonyms = Pseudonyms(SCOPE, [f"file_{tag}"])
    pseudonyms.issue(PERSON, "Anna")

    assert len(pseudonyms.issue(PERSON, "ANNA").bare.rpartition("_")[2]) == 4


def test_a_pseudonym_that_was_given_out_stays_that_of_its_value() -> None:
    # A link that no value may go to has it, and the client sends it back with the history.
    given = Pseudonyms(SCOPE, ["Anna, ANNA"])
    plain, loud = given.issue(PERSON, "Anna"), given.issue(PERSON, "ANNA")

    for written in (f"https://crm.example/?q={plain.written}", f"x {loud.bare}", loud.bare.lower()):
        again = Pseudonyms(SCOPE, ["Anna, ANNA", written])
        assert again.issue(PERSON, "Anna") == plain
        assert again.issue(PERSON, "ANNA") == loud
        assert again.issue(PERSON, "Max").bare not in written


def test_a_conversation_of_any_length_goes_on() -> None:
    raw, issued = ["Anna"], ""
    for _ in range(40):
        issued = Pseudonyms(SCOPE, raw).issue(PERSON, "Anna").bare
        raw += [f"https://crm.example/?q={issued}", issued.partition("_")[2]]

    assert len(issued) == len("PERSON_") + LONGEST


@pytest.mark.parametrize(
    "typed,stem,symbols,has",
    [
        # Typed right before another pseudonym without brackets: PERSON_7Q|PHONE_…, MDH|LOCATION_…
        ("PERSON_7Q", "PERSON_", "7QPH", True),
        ("PLATE MDH", "PLATE_", "MDHL", True),
        ("person-7q", "PERSON_", "7QP", True),
        ("PERSON_7Q", "PERSON_", "7QBV", False),
        ("say 7Q", "PERSON_", "7QPH", False),
        ("PERSON_7Q3K", "PERSON_", "7Q3K", False),
        ("PERSON_7Q3K", "EMAIL_", "7Q3K", True),
        ("PERSON_7Q3KM", "PERSON_", "7Q3K", True),
        ("PERSON_7Q3K_M2X", "PERSON_7Q3K_", "M2X", False),
        ("PERSON_7Q3K_M2X", "PERSON_BBBB_", "M2X", True),
        ("Not ZZ00 EUGU ARDD D39.", "IBAN_", "DD39", True),
    ],
)
def test_what_a_request_has_of_a_code(typed: str, stem: str, symbols: str, has: bool) -> None:  # noqa: FBT001  # expected
    assert _Typed([typed]).has(stem, symbols) is has


def test_no_code_has_digits_only() -> None:
    pseudonyms = Pseudonyms(SCOPE, [])
    codes = [pseudonyms.issue(PERSON, f"name {n}").bare.partition("_")[2] for n in range(2_000)]

    assert not any(code.isdigit() for code in codes)
    assert any(
        next(_candidates(SCOPE, 4, "PERSON_", "code", f"name {n}")).isdigit() for n in range(2_000)
    )


def test_of_two_values_with_one_code_the_later_one_gets_the_longer() -> None:
    values: dict[str, list[str]] = {}
    for number in range(5_000):
        values.setdefault(_issue(PERSON, f"name{number}"), []).append(f"name{number}")
    code, (first, second) = next(pair for pair in values.items() if len(pair[1]) == 2)
    pseudonyms, reverse = Pseudonyms(SCOPE, []), Pseudonyms(SCOPE, [])

    assert pseudonyms.issue(PERSON, first).bare == code
    assert len(pseudonyms.issue(PERSON, second).bare) == len(code) + 1
    assert reverse.issue(PERSON, second).bare == code
    assert len(reverse.issue(PERSON, first).bare) == len(code) + 1


def test_no_form_begins_another_so_that_none_needs_brackets() -> None:
    pseudonyms = Pseudonyms(SCOPE, [])
    bare = sorted(pseudonyms.issue(PERSON, f"name {number}").bare for number in range(5_000))

    assert any(len(form) > len("PERSON_7Q3K") for form in bare)
    for form, following in pairwise(bare):
        assert not following.startswith(form)


def test_symbols_that_begin_others_or_begin_with_others_do_not_fit() -> None:
    taken = _PrefixFree(3)
    taken.add("7Q3K")

    assert not taken.fits("7Q3K")
    assert not taken.fits("7Q3")
    assert not taken.fits("7Q3KM")
    assert taken.fits("7Q4")
    assert taken.fits("7Q3M")


def test_candidates_grow_from_the_shortest_to_the_longest() -> None:
    drawn = list(islice(_candidates(SCOPE, 4, "x"), LONGEST))

    assert [len(symbols) for symbols in drawn] == [*range(4, LONGEST), *[LONGEST] * 4]
    assert len(set(drawn)) == len(drawn)


def test_a_pseudonym_says_only_its_form() -> None:
    assert "Anna" not in repr(Pseudonyms(SCOPE, []).issue(PERSON, "Anna"))
    assert "Anna" not in repr(Pseudonyms(SCOPE, ["Anna"]))


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from(PersonalDataKind), st.text(min_size=1, max_size=12)),
        max_size=12,
    ),
    st.lists(st.text(alphabet="ANPERSO_0123456789BCDFKQ<> ", max_size=60), max_size=4),
)
def test_different_values_never_share_a_form_and_no_form_was_typed(
    values: list[tuple[PersonalDataKind, str]], raw: list[str]
) -> None:
    pseudonyms = Pseudonyms(SCOPE, raw)
    issued = {value: pseudonyms.issue(*value).bare for value in values}

    assert len(set(issued.values())) == len(set(values))
    for form in issued.values():
        assert all(form.split("_")[1] not in text for text in raw)
    assert all(value in pseudonyms.originals().values() for _, value in values)


# ------------------------------------------------------------------ conversations


def _body(*contents: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": content} for content in contents]}


def test_a_conversation_is_its_first_user_message() -> None:
    first = _body("Dear all")
    grown = _body("Dear all", "And now shorter")
    grown["messages"] = [{"role": "system", "content": "x"}, *_list(grown["messages"])]

    assert conversation_of(first) == conversation_of(grown)
    assert (
        conversation_of(first)
        == hmac.digest(
            b"",
            b"\0\0\0\0\0\0\0\x16euguard conversation 1\0\0\0\0\0\0\0\x08Dear all",
            "sha256",
        ).hex()
    )
    assert conversation_of(first) != conversation_of(_body("Dear al"))
    assert len(conversation_of(first)) == 64


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def test_a_message_in_parts_counts_with_all_its_texts() -> None:
    one = _body([{"type": "text", "text": "ab"}, {"type": "text", "text": "c"}])
    other = _body([{"type": "text", "text": "a"}, {"type": "text", "text": "bc"}])

    assert conversation_of(one) != conversation_of(other)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": None},
        {"messages": "text"},
        {"messages": [None, 3, "x"]},
        {"messages": [{"role": "assistant", "content": "x"}]},
    ],
)
def test_a_body_without_a_user_message_still_has_a_conversation(body: dict[str, object]) -> None:
    nothing = b"\0\0\0\0\0\0\0\x16euguard conversation 1"

    assert conversation_of(body) == hmac.digest(b"", nothing, "sha256").hex()


@pytest.mark.parametrize("content", [None, 3, {}, [None, "x", {"text": 4}], []])
def test_content_of_any_shape_is_digested_without_error(content: object) -> None:
    assert conversation_of(_body(content)) == conversation_of(_body([]))


def test_half_a_surrogate_is_digested_and_refused_elsewhere() -> None:
    assert conversation_of(_body("\ud800")) != conversation_of(_body("\udfff"))
