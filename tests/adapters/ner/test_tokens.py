"""Names out of labelled tokens, by the schemes that models are trained on."""

import re
from collections.abc import Sequence

import pytest

from euguard.adapters.ner.tokens import Found, Token, join, labels
from euguard.pii.span import PersonalDataKind

PERSON, LOCATION = PersonalDataKind.PERSON, PersonalDataKind.LOCATION


def found(text: str, said: str, parts: str | None = None) -> list[str]:
    """Return the names where the parts of `text` (its words, if not told) are what is `said`."""
    names = sorted({*said.split()})
    known = labels(dict(enumerate(names)))
    tokens = [
        Token(part.start(), part.end(), names.index(label), 0.9)
        for part, label in zip(re.finditer(parts or r"\w+|\S", text), said.split(), strict=True)
    ]
    return [f"{one.label.kind}:{text[one.start : one.end]}" for one in join(text, tokens, known)]


@pytest.mark.parametrize(
    "label,kind",
    [
        ("B-PER", PERSON),
        ("I-PERSON", PERSON),
        ("E-private_person", PERSON),
        ("U-PERS", PERSON),
        ("PER", PERSON),
        ("person", PERSON),
        ("I-GIVENNAME", PERSON),
        ("B-first-name", PERSON),
        ("LOC", LOCATION),
        ("B-GPE", LOCATION),
        ("S-private_address", LOCATION),
        ("I-ORG", PersonalDataKind.ORGANISATION),
        ("B-organization", PersonalDataKind.ORGANISATION),
        ("O", None),
        ("LABEL_0", None),
        ("B-MISC", None),
        ("B-private_email", None),
        ("B-", None),
    ],
)
def test_a_label_means_a_person_a_place_an_organisation_or_nothing(
    label: str, kind: PersonalDataKind | None
) -> None:
    assert [one.kind for one in labels({0: label}).values()] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "text,said,names",
    [
        ("Anna Nowak met Jan", "B-PER I-PER O B-PER", ["PERSON:Anna Nowak", "PERSON:Jan"]),
        ("Anna Nowak met Jan", "I-PER I-PER O I-PER", ["PERSON:Anna Nowak", "PERSON:Jan"]),
        ("Anna Nowak met Jan", "PER PER O PER", ["PERSON:Anna Nowak", "PERSON:Jan"]),
        ("Anna Nowak met Jan", "B-PER E-PER O S-PER", ["PERSON:Anna Nowak", "PERSON:Jan"]),
        ("Anna Jan", "B-PER B-PER", ["PERSON:Anna", "PERSON:Jan"]),
        ("Anna Jan", "S-PER S-PER", ["PERSON:Anna", "PERSON:Jan"]),
        ("Anna Jan", "E-PER I-PER", ["PERSON:Anna", "PERSON:Jan"]),
        ("Anna Nowak", "B-GIVENNAME B-SURNAME", ["PERSON:Anna Nowak"]),
        ("Anna Lyon", "B-PER I-LOC", ["PERSON:Anna", "LOCATION:Lyon"]),
        ("Anna , Jan", "B-PER O I-PER", ["PERSON:Anna", "PERSON:Jan"]),
        ("12 Main St", "STREET STREET STREET", ["LOCATION:12 Main St"]),
        ("nobody here", "O O", []),
        ("", "", []),
    ],
)
def test_words_are_joined_to_names(text: str, said: str, names: list[str]) -> None:
    assert found(text, said) == names


@pytest.mark.parametrize(
    "said",
    ["B-PER I-PER", "B-PER O", "B-PER B-PER", "O B-PER", "O I-PER", "B-PER I-LOC", "I-PER S-PER"],
)
def test_a_name_never_begins_or_ends_within_a_word(said: str) -> None:
    assert found("Kowalska", said, r"Kow|alska") == ["PERSON:Kowalska"]


def test_what_two_tokens_share_is_one_word() -> None:
    text = "Łęcka"
    tokens: Sequence[Token] = [Token(0, 1, 1, 0.8), Token(0, 1, 0, 0.9), Token(1, 5, 1, 0.7)]

    assert [*join(text, tokens, labels({0: "O", 1: "PER"}))] == [
        Found(0, 5, labels({1: "PER"})[1], 0.8)
    ]


def test_a_name_is_as_sure_as_its_least_sure_word() -> None:
    text = "Anna Maria Nowak"
    tokens = [Token(0, 4, 1, 0.9), Token(5, 10, 1, 0.6), Token(11, 16, 1, 0.8)]

    assert [one.probability for one in join(text, tokens, labels({1: "PER"}))] == [0.6]
