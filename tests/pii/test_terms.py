"""An organisation's lists: always replaced, never replaced."""

from pathlib import Path

import pytest

from euguard.errors import PolicyFileError
from euguard.pii.span import PersonalDataKind, Span
from euguard.pii.terms import TermLists, Terms, read

TEXT = "Projekt Nordlicht: Anna Berlin trifft Berlin; DE89370400440532013000."


def spans(*surfaces: str, score: float = 0.8) -> list[Span]:
    kind = PersonalDataKind.PERSON
    return [
        Span(kind, TEXT.index(one), TEXT.index(one) + len(one), score, "test") for one in surfaces
    ]


def surfaces(terms: Terms, found: list[Span]) -> list[str]:
    return [TEXT[span.start : span.end] for span in TermLists(terms).apply(TEXT, found)]


def test_a_denied_term_is_found_whatever_its_case() -> None:
    terms = Terms(deny={"nordlicht": PersonalDataKind.ORGANISATION})

    (found,) = TermLists(terms).apply(TEXT, [])

    assert TEXT[found.start : found.end] == "Nordlicht"
    assert (found.kind, found.detector) == (PersonalDataKind.ORGANISATION, "deny-list")


def test_an_allowed_term_saves_a_find_that_is_all_of_it() -> None:
    terms = Terms(allow=frozenset({"berlin"}))
    alone = Span(
        PersonalDataKind.LOCATION, TEXT.rindex("Berlin"), TEXT.rindex("Berlin") + 6, 0.7, "t"
    )

    assert surfaces(terms, [*spans("Anna Berlin"), alone]) == ["Anna Berlin"]


def test_a_checked_identifier_is_saved_only_as_it_is_spelt() -> None:
    iban = "DE89370400440532013000"

    assert surfaces(Terms(allow=frozenset({iban.lower()})), spans(iban, score=0.99)) == [iban]
    assert surfaces(Terms(allow=frozenset({iban})), spans(iban, score=0.99)) == []


def test_lists_are_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "deny.csv").write_text('term,kind\n"Berg, Anna",PERSON\n# a comment\n\nX1,OTHER\n')
    (tmp_path / "allow.csv").write_text("\ufeffterm\nBerlin\n", "utf-8")

    assert read(tmp_path) == Terms(
        {"Berg, Anna": PersonalDataKind.PERSON, "X1": PersonalDataKind.OTHER},
        frozenset({"Berlin"}),
    )


def test_without_files_there_are_no_terms(tmp_path: Path) -> None:
    assert read(tmp_path) == Terms()


@pytest.mark.parametrize(
    "text,place,reason",
    [
        (b"name,kind\nx,PERSON\n", "1:1", "header line"),
        (b"term,kind\nx\n", "2:1", "1 columns instead of 2"),
        (b"term,kind\nx,HUMAN\n", "2:3", "no such kind"),
        (b"term,kind\n--,PERSON\n", "2:1", "a term needs a letter"),
        (b'term,kind\n"x,PERSON\n', "2:1", "not CSV"),
        (b"term,kind\nab\xff,PERSON\n", "2:3", "not UTF-8"),
        (b"", "1:1", "header line"),
    ],
)
def test_a_mistake_is_named_by_its_place_and_not_quoted(
    tmp_path: Path, text: bytes, place: str, reason: str
) -> None:
    (tmp_path / "deny.csv").write_bytes(text)

    with pytest.raises(PolicyFileError, match=rf"deny\.csv:{place}: .*{reason}") as caught:
        read(tmp_path)

    assert "HUMAN" not in str(caught.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "deny.csv").write_text("term,kind\nx\ny\nz,PERSON\n")
    (tmp_path / "allow.csv").write_text("word\n")

    with pytest.raises(PolicyFileError) as caught:
        read(tmp_path)

    assert len(caught.value.also) == 2


def test_a_list_of_a_hundred_thousand_terms_is_applied_at_once() -> None:
    terms = Terms(deny={f"term{at}": PersonalDataKind.OTHER for at in range(100_000)})

    found = [*TermLists(terms).apply("see term99999 and term100000", [])]

    assert len(found) == 1


@pytest.mark.parametrize("name", ["Deny.csv", "deny.txt", "badge.yml", "more"])
def test_a_file_that_nobody_reads_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("term,kind\n")

    with pytest.raises(PolicyFileError, match="nobody reads a file of this name"):
        read(tmp_path)


def test_what_explains_or_is_hidden_may_lie_there(tmp_path: Path) -> None:
    for name in ("README.md", ".gitignore", "own.yaml", "own.py"):
        (tmp_path / name).write_text("")

    assert read(tmp_path) == Terms()


def test_a_term_of_two_kinds_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "deny.csv").write_text("term,kind\nNordlicht,PERSON\nNordlicht,ORGANISATION\n")

    with pytest.raises(PolicyFileError, match="as PERSON and as ORGANISATION"):
        read(tmp_path)
