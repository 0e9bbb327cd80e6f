import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.person import MOST_ALIKE, People
from euguard.pii.span import PersonalDataKind
from euguard.pii.spelling import normalise


def _whose(*surfaces: str) -> list[int]:
    """For each surface, the place of the first one that names the same person."""
    people = People()
    normals = [
        people.whose(surface, normalise(PersonalDataKind.PERSON, surface)) for surface in surfaces
    ]
    return [normals.index(normal) for normal in normals]


@pytest.mark.parametrize(
    "full,form",
    [
        ("Katharina Vogelsang", "Vogelsang"),
        ("Katharina Vogelsang", "Katharina"),
        ("Katharina Vogelsang", "VOGELSANG"),
        ("Katharina Vogelsang", "VOGELSANG, K."),
        ("Katharina Vogelsang", "K. Vogelsang"),
        ("Katharina Vogelsang", "Vogelsang, Katharina"),
        ("Vogelsang, Katharina", "Katharina Vogelsang"),
        ("Katharina Maria Vogelsang", "Katharina Vogelsang"),
        ("Katharina Maria Vogelsang", "K. M. Vogelsang"),
        ("Anna Vogelsang-Berg", "Vogelsang"),
        ("Juan García Márquez", "Márquez"),
        ("Nagy István", "Nagy Istvánnak"),
        ("Matti Virtanen", "Virtasella"),
        ("Matti Virtanen", "Matti Virtasta"),
        ("Matti Virtanen", "Virtasen"),
        ("Jan Kowalski", "Jana Kowalskiego"),
        ("Jan Kowalski", "Kowalskiemu"),
        ("Jan Nowak", "Janowi Nowakowi"),
        ("Jana Nowaka", "Jan Nowak"),
        ("Anna Kowalska", "Anny Kowalskiej"),
        ("Jana Nováková", "Janou Novákovou"),
        ("Petr Novotný", "Petra Novotného"),
        ("Jonas Kazlauskas", "Jono Kazlausko"),
        ("Νίκος Βογιατζής", "Νίκου Βογιατζή"),
        ("Νίκος Βογιατζής", "Βογιατζής"),
        ("Jan Nowak", "Jana Nowaka"),
        ("Иван Петров", "Петров"),
    ],
)
def test_a_form_of_a_name_is_linked_to_the_one_it_can_be(full: str, form: str) -> None:
    assert _whose(full, form) == [0, 0]


@pytest.mark.parametrize(
    "one,other",
    [
        ("Katharina Vogelsang", "Thomas Vogelsang"),
        ("Katharina Vogelsang", "T. Vogelsang"),
        ("Katharina Vogelsang", "Vogel"),
        ("Katharina Vogelsang", "Katharina Berg"),
        ("Jan Kowalski", "Kowalska"),
        ("Ivan Horvat", "Ivana Horvat"),
        ("Ivan Horvat", "Ivana"),
        ("Anna Novak", "Anne Novak"),
        ("Maria Novak", "Marie Novak"),
        ("John Robert", "John Roberts"),
        ("William Berg", "Williams"),
        ("Νίκος Βογιατζής", "Βογιατζή"),
        ("Peter Hans", "Hans Peter"),
        ("Petr Novák", "Nováková"),
        ("Li Wei", "Li Na"),
        ("Katharina Vogelsang", "K."),
        ("Jānis Bērziņš", "Bērziņa"),
        ("Иван Петров", "Ивана Петров"),
        ("Katharina Vogelsang", "Vogelsang, Katharina, Berlin"),
        ("Max", "Maxwellington"),
        ("Ivan Ivanov", "Ivana Ivanova"),
        ("Stanislav Dimitrov", "Stanislava Dimitrova"),
        ("Gints Kalniņš", "Ginta Kalniņa"),
        ("Mario Rosso", "Maria Rossa"),
        ("Anna Maria Berg", "Maria Berg"),
        ("John Smith Jr.", "John Smith"),
        ("Anna One Two Three Four Five Six Seven Berg", "Berg"),
    ],
)
def test_who_may_be_another_person_is_another(one: str, other: str) -> None:
    assert _whose(one, other) == [0, 1]


def test_a_form_that_two_people_share_is_linked_to_neither() -> None:
    assert _whose("Katharina Vogelsang", "Thomas Vogelsang", "Vogelsang") == [0, 1, 2]


def test_a_form_of_equally_many_words_goes_before_a_fuller_name() -> None:
    surfaces = ("Katharina Maria Vogelsang", "Katharina Eva Vogelsang", "Vogelsang, Katharina")

    assert _whose(*surfaces) == [0, 1, 2]
    assert _whose("Eva Maria Lang", "Eva Lang", "Lang, Eva") == [0, 0, 0]
    assert _whose("Maria Lang", "Eva Maria Lang", "Lang, Maria") == [0, 1, 0]


def test_a_form_keeps_its_person_in_every_spelling() -> None:
    surfaces = ("Katharina Vogelsang", "Vogelsang", "Thomas Vogelsang", "Vogelsang", "VOGELSANG")

    assert _whose(*surfaces) == [0, 0, 2, 0, 0]


def test_a_name_that_grows_stays_two() -> None:
    assert _whose("Vogelsang", "Katharina Vogelsang") == [0, 1]
    assert _whose("K. Vogelsang", "Katharina Vogelsang") == [0, 1]


def test_what_comes_later_changes_no_earlier_link() -> None:
    surfaces = ["Anna Berg", "Berg", "Max Berg", "M. Berg", "Anna", "Berg, A."]
    whole = _whose(*surfaces)

    for size in range(len(surfaces)):
        assert _whose(*surfaces[:size]) == whole[:size]


def test_many_people_with_names_alike_are_linked_to_nobody() -> None:
    many = [f"Anna{number:03d} Bergmann" for number in range(MOST_ALIKE + 1)]

    assert _whose(*many, "Anna000") == list(range(len(many) + 1))
    assert _whose(*many[:3], "Anna000") == [0, 1, 2, 0]


@settings(max_examples=200)
@given(st.lists(st.text(alphabet="abcAB ,.-ovie'á", min_size=1, max_size=16), max_size=8))
def test_any_surfaces_have_a_person_each_and_links_go_back(surfaces: list[str]) -> None:
    assert all(first <= place for place, first in enumerate(_whose(*surfaces)))
