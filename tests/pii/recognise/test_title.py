"""Persons behind a title or a greeting."""

import pytest

from euguard.pii.recognise.title import TitleRecogniser


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


def test_two_titles_are_two_persons() -> None:
    assert found("Dear Mr Carter and Mrs Murphy,") == ["Carter", "Murphy"]


@pytest.mark.parametrize(
    "hostile", ["Mr ", "Mr A ", "Dear A de ", "M. de de de ", "Mr A.A", "Mr A-"]
)
def test_a_megabyte_made_for_the_purpose_is_read_in_linear_time(hostile: str) -> None:
    text = hostile * (1_000_000 // len(hostile))

    for span in TitleRecogniser().find(text):
        assert span.end - span.start < 150
