"""Persons behind a title or a greeting."""

from pathlib import Path

import pytest

from euguard.pii.recognise.title import TitleRecogniser
from euguard.pii.recognise.together import Together

HERE = Path(__file__).parent
# In sentences, by language; between ⟦ and ⟧ stands the name. All are invented.
WRITTEN = [
    line
    for line in (HERE / "titles.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
CLEAN = [
    line
    for name in ("clean_titles.txt", "clean.txt", "clean_addresses.txt", "clean_births.txt")
    for line in (HERE / name).read_text("utf-8").splitlines()
]
TOGETHER = Together([TitleRecogniser()])


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in TitleRecogniser().find(text)]


@pytest.mark.parametrize(
    "text,name",
    [
        ("Dear Ms Murphy,", "Murphy"),
        ("I met Mr. John Carter today", "John Carter"),
        ("Mme Claire Lefèvre viendra", "Claire Lefèvre"),
        ("par M. Jean-Luc Dupont", "Jean-Luc Dupont"),
        ("Dr. van der Berg", "van der Berg"),
        ("Maître d'Ormesson plaide", "d'Ormesson"),
        ("MME LEFÈVRE", "LEFÈVRE"),
        ("Bonjour Claire,", "Claire"),
        ("Hi Sarah!", "Sarah"),
        ("Cher Monsieur Dupont", "Dupont"),
        ("Herr Vogelsang", "Vogelsang"),
        ("Mr Ó Briain", "Ó Briain"),
        ("Mr Best.", "Best"),
        ("Mrs June called", "June"),
    ],
)
def test_a_title_announces_a_person(text: str, name: str) -> None:
    (only,) = found(text)

    assert name.endswith(only)
    assert only[-4:] == name[-4:]


@pytest.mark.parametrize(
    "text",
    [
        "Dear Sir or Madam,",
        "Dear all,",
        "Dear Team,",
        "Hello",
        "Bonjour Madame,",
        "Bonjour à tous,",
        "Madame la Présidente",
        "Monsieur le Maire",
        "Mr Speaker, I",
        "Cher collègue,",
        "Chers Collègues,",
        "Dear <PERSON_7Q3K>,",
        "10 M. of rope",
        "Hi There is nothing here",
    ],
)
def test_offices_and_greetings_to_many_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("marked", WRITTEN)
def test_every_language_has_its_titles(marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")

    assert found(text) == [marked[marked.index("⟦") + 1 : marked.index("⟧")]]


@pytest.mark.parametrize("marked", WRITTEN)
def test_the_trigger_holds_nothing_back(marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")

    assert list(TOGETHER.find(text)) == list(TitleRecogniser().find(text))


@pytest.mark.parametrize("text", CLEAN)
def test_where_nobody_is_named_nobody_is_found(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text,names",
    [
        ("Frau Urbach u. Frau Gersmann", ["Urbach", "Gersmann"]),
        ("vom 1. 2. a. M. Huber", []),
        ("die DNA Sequenz", []),
        ("Herr Dr. A und Frau B", ["A", "B"]),
        ("pan european and Pan Asian", []),
        ("господин директор дойде", []),
        ("Main St. Miss Lee", ["Lee"]),
    ],
)
def test_what_a_title_is(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_two_titles_are_two_persons() -> None:
    assert found("Dear Mr Carter and Mrs Murphy,") == ["Carter", "Murphy"]


@pytest.mark.parametrize(
    "hostile",
    [
        *("Mr ", "Mr A ", "Dear A de ", "M. de de de ", "Mr A.A", "Mr A-", "A úr ", "A A ", "pan "),
        *("Dr. med. ", "Herr Dr. ", "van de ", "Vážený pane ", "de de A ", "A kungs A "),
    ],
)
def test_a_megabyte_made_for_the_purpose_is_read_in_linear_time(hostile: str) -> None:
    text = hostile * (1_000_000 // len(hostile))

    for span in TitleRecogniser().find(text):
        assert span.end - span.start < 150
