"""The lists of names by origin."""

from itertools import chain
from unicodedata import name as called

import pytest

from euguard.pii.evaluate.origins import GENDERS, Origin, origins

LANGUAGES = {
    *("bulgarian", "croatian", "czech", "danish", "dutch", "english", "estonian", "finnish"),
    *("french", "german", "greek", "hungarian", "irish", "italian", "latvian", "lithuanian"),
    *("maltese", "polish", "portuguese", "romanian", "slovak", "slovenian", "spanish", "swedish"),
}


def test_all_official_languages_have_lists_and_so_have_others() -> None:
    names = {origin.name for origin in origins()}

    assert names > LANGUAGES
    assert names - LANGUAGES > {"turkish", "arabic", "roma", "vietnamese", "west-african"}


@pytest.mark.parametrize("origin", origins(), ids=lambda origin: origin.name)
def test_a_list_has_enough_names_each_once(origin: Origin) -> None:
    for gender in GENDERS:
        given, surnames = origin.given[gender], origin.surnames[gender]
        assert len(set(given)) == len(given) >= 12
        assert len(set(surnames)) == len(surnames) >= 16
        for name in chain(given, surnames):
            assert all("LATIN" in called(mark) for mark in name if mark.isalpha()), name


def test_surnames_stand_where_people_write_them() -> None:
    by_name = {origin.name: origin for origin in origins()}

    assert by_name["vietnamese"].parts("female", 0, 0) == ("Nguyen", "Thi Lan")
    assert by_name["polish"].parts("female", 14, 17) == ("Agnieszka", "Kowalska")
