import pytest

from euguard.pii.names.parts import joined
from euguard.pii.span import PersonalDataKind, Span

PERSON, LOCATION, ORGANISATION = (
    PersonalDataKind.PERSON,
    PersonalDataKind.LOCATION,
    PersonalDataKind.ORGANISATION,
)


def _joined(text: str, *finds: tuple[str, PersonalDataKind]) -> list[tuple[str, PersonalDataKind]]:
    spans = [
        Span(kind, text.index(name), text.index(name) + len(name), 0.9, "names")
        for name, kind in finds
    ]
    return [(text[span.start : span.end], span.kind) for span in joined(text, spans)]


@pytest.mark.parametrize(
    "name,first,last",
    [
        ("Aoife Ní Bhriain", "Aoife", "Bhriain"),
        ("Máire Nic Dhonnchadha", "Máire", "Dhonnchadha"),
        ("Tran Van Duc", "Tran", "Duc"),
        ("Nguyễn Thị Minh Khai", "Nguyễn", "Minh Khai"),
        ("Omar bin Said", "Omar", "Said"),
    ],
)
def test_what_stands_in_the_gap_of_a_name_belongs_to_it(name: str, first: str, last: str) -> None:
    text = f"Ask {name} at noon."

    assert _joined(text, (first, PERSON), (last, PERSON)) == [(name, PERSON)]
    assert _joined(text, (last, PERSON), (first, LOCATION)) == [(name, PERSON)]


@pytest.mark.parametrize(
    "name,found",
    [
        ("Siobhán Ní Chonaill", "Siobhán"),
        ("Cáit Uí Dhálaigh-Bhreathnach", "Cáit"),
        ("Seán Ó hEaghra", "Seán"),
        ("Peig Mhic Gearailt", "Peig"),
    ],
)
def test_behind_a_word_of_irish_surnames_stands_one(name: str, found: str) -> None:
    text = f"Scríobh {name} anseo."

    assert _joined(text, (found, PERSON)) == [(name, PERSON)]


@pytest.mark.parametrize("between", [" and ", ", ", " ", " an Ní ", " Van\n"])
def test_two_names_stay_two(between: str) -> None:
    text = f"Ask Anna{between}Max at noon."

    assert _joined(text, ("Anna", PERSON), ("Max", PERSON)) == [("Anna", PERSON), ("Max", PERSON)]


def test_what_is_no_name_joins_nothing() -> None:
    text = "Rijkswaterstaat Van Dijk; Uí 7; Anna Ní hEaghra wrote to Ó 4."

    finds = (("Rijkswaterstaat", ORGANISATION), ("Dijk", PERSON), ("Anna", PERSON))
    assert _joined(text, *finds) == [
        ("Rijkswaterstaat", ORGANISATION),
        ("Dijk", PERSON),
        ("Anna Ní hEaghra", PERSON),
    ]


def test_a_find_inside_a_joined_name_is_part_of_it() -> None:
    text = "Seán Ó Briain signed."

    assert _joined(text, ("Seán", PERSON), ("Briain", PERSON)) == [("Seán Ó Briain", PERSON)]
