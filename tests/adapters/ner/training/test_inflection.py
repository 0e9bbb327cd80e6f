"""Endings of names."""

from importlib.resources import files
from pathlib import Path

import pytest

from euguard.adapters.ner.training import inflection
from euguard.errors import ConfigurationError

RULES = (
    "part\tgender\tcase\tending\treplacement\n# a comment\n"
    "surname\tm\tgen\t(sk)i\t\\1iego\nsurname\t*\tgen\ta\ty\n"
    "place\t*\tloc\t^Nowy Targ\tNowym Targu\n"
    "*\t*\tgen\t\ts\n"
)


@pytest.fixture
def rules(tmp_path: Path) -> inflection.Inflection:
    file = tmp_path / "xx.tsv"
    file.write_text(RULES)
    return inflection.read(file)


@pytest.mark.parametrize(
    "asked,inflected",
    [
        (("Kowalski", "surname", "m", "gen"), "Kowalskiego"),
        (("Kowalski", "surname", "f", "gen"), "Kowalskis"),
        (("Nowak-Kowalski", "surname", "m", "gen"), "Nowak-Kowalskiego"),
        (("Zaręba", "surname", "f", "gen"), "Zaręby"),
        (("Kowalski", "surname", "m", "dat"), "Kowalski"),
        (("Nowy Targ", "place", "", "loc"), "Nowym Targu"),
        (("Nowy Sącz", "place", "", "gen"), "Nowy Sączs"),
    ],
)
def test_the_first_rule_that_matches_counts(
    rules: inflection.Inflection, asked: tuple[str, str, str, str], inflected: str
) -> None:
    assert rules.inflect(*asked) == inflected
    assert rules.inflect(*asked) == inflected, "remembered"


def test_a_language_without_a_table_has_no_endings(tmp_path: Path) -> None:
    assert inflection.read(tmp_path / "none.tsv").inflect("Anna", "given", "f", "gen") == "Anna"


def test_an_ending_that_is_no_pattern_is_named_by_line(tmp_path: Path) -> None:
    file = tmp_path / "xx.tsv"
    file.write_text("surname\tm\tgen\t(\tx\n")

    with pytest.raises(ConfigurationError, match=r"xx\.tsv:1: the ending is no pattern"):
        inflection.read(file)


@pytest.mark.parametrize(
    "language,asked,inflected",
    [
        ("pl", ("Kowalski", "surname", "m", "dat"), "Kowalskiemu"),
        ("cs", ("Nováková", "surname", "f", "ins"), "Novákovou"),
        ("fi", ("Virtanen", "surname", "m", "gen"), "Virtasen"),
        ("de", ("Anna", "given", "f", "ggen"), "Annas"),
    ],
)
def test_names_take_the_endings_of_their_language(
    language: str, asked: tuple[str, str, str, str], inflected: str
) -> None:
    file = files("euguard.adapters.ner.training") / "inflection" / f"{language}.tsv"

    assert inflection.read(file).inflect(*asked) == inflected
