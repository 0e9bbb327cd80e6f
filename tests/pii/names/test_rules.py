"""What is kept of a name that a model found."""

import pytest

from euguard.pii.names.rules import names


def kept(text: str, *, numbered: bool = False) -> list[str]:
    return [text[start:end] for start, end in names(text, 0, len(text), numbered=numbered)]


@pytest.mark.parametrize(
    "found,name",
    [
        ("Anna Kowalska", "Anna Kowalska"),
        ("Mme Claire Lefèvre", "Claire Lefèvre"),
        ("M. Dupont", "Dupont"),
        ("Dr. Ahmed El-Sayed", "Ahmed El-Sayed"),
        ("Bonjour Madame Lefèvre", "Lefèvre"),
        ("Dear Sarah,", "Sarah"),
        ("Anna Kowalska's", "Anna Kowalska"),
        ("Anna Kowalska\u2019s", "Anna Kowalska"),
        ("d'Anna", "Anna"),
        ("Anna Kowalska 0612345678", "Anna Kowalska"),
        ("Contact: Mary O'Connor", "Mary O'Connor"),
        ("Anna Kowalska Tel", "Anna Kowalska"),
        ("Mary K.", "Mary K."),
        ("J. R. R. Tolkien.", "J. R. R. Tolkien"),
        ("“Anna”", "Anna"),
        ("Martin (née", "Martin"),
        ("Meyer", "Meyer"),
        ("Domingo", "Domingo"),
    ],
)
def test_a_name_is_kept_without_what_surrounds_it(found: str, name: str) -> None:
    assert kept(found) == [name]


@pytest.mark.parametrize(
    "found",
    [
        "Tel",
        "Dear",
        "Bonjour",
        "Madame",
        "Bonjour Madame",
        "M.",
        "he",
        "Vous",
        "1234",
        "A",
        "",
        "...",
        "January",
        "Kind regards",
        "<PERSON_7Q3K>",
        "PERSON_7Q3K",
        "<PERSON_7Q3K_D4F>",
        "\u2019s",
    ],
)
def test_what_names_nobody_is_dropped(found: str) -> None:
    assert kept(found) == []


def test_a_find_over_a_line_break_is_two_names() -> None:
    assert kept("Anna Kowalska\nHead of Sales\tJan") == ["Anna Kowalska", "Sales", "Jan"]


def test_a_pseudonym_is_cut_out_of_a_name() -> None:
    assert kept("Anna <PERSON_7Q3K> and Jan") == ["Anna", "Jan"]


def test_a_name_dressed_as_a_pseudonym_is_kept() -> None:
    assert kept("PERSON_ANNA") == ["PERSON_ANNA"]


def test_an_address_keeps_its_number() -> None:
    assert kept("12 rue de la Paix", numbered=True) == ["12 rue de la Paix"]
    assert kept("12 rue de la Paix") == []


def test_offsets_are_those_of_the_whole_text() -> None:
    text = "Hello, Mme Lefèvre, hello"

    assert list(names(text, 7, 18)) == [(11, 18)]


@pytest.mark.parametrize(
    "find, kept_names",
    [
        ("Sarah Lindholm to Thomas Albrecht", ["Sarah Lindholm", "Thomas Albrecht"]),
        ("Introduce Sarah Lindholm to Thomas", ["Sarah Lindholm", "Thomas"]),
        ("Yesterday Margaret Thornbury", ["Margaret Thornbury"]),
        ("Hier Amélie Rousseau", ["Amélie Rousseau"]),
        ("Ludwig van der Berg", ["Ludwig van der Berg"]),
        ("Jean d'Ormesson", ["Jean d'Ormesson"]),
        ("April Jones", ["April Jones"]),
        ("john smith", ["john smith"]),
        ("de", []),
    ],
)
def test_small_words_part_two_people_and_particles_do_not(find: str, kept_names: list[str]) -> None:
    assert kept(find) == kept_names


@pytest.mark.parametrize("name", ["van den Berg", "von der Leyen", "el Amrani"])
def test_a_particle_that_begins_a_surname_is_part_of_it(name: str) -> None:
    assert kept(name) == [name]
    assert kept(f"Anna {name}") == [f"Anna {name}"]
