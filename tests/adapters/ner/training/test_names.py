"""Lists of names."""

import random
from importlib.resources import files
from pathlib import Path

import pytest

from euguard.adapters.ner.training import names
from euguard.errors import ConfigurationError

LISTS = sorted(
    (files("euguard.adapters.ner.training") / "names").iterdir(), key=lambda file: file.name
)


def test_a_list_holds_what_its_sections_say(tmp_path: Path) -> None:
    file = tmp_path / "xx.txt"
    file.write_text(
        "# a comment\n[given f]\nAnna\n\n[given m]\nJan\n[surname]\nBerg\n[place]\nOrt\n"
    )

    own = names.read(file)[""]

    assert own.given == {"f": ["Anna"], "m": ["Jan"]}
    assert own.surnames == {"f": ["Berg"], "m": ["Berg"]}
    assert own.places == ["Ort"]
    assert own.person(random.Random(1), "f") == ("Anna", "Berg")


def test_surnames_may_differ_by_gender(tmp_path: Path) -> None:
    file = tmp_path / "xx.txt"
    file.write_text("[surname f]\nNovákova\n[surname m]\nNovák\n")

    assert names.read(file)[""].surnames == {"f": ["Novákova"], "m": ["Novák"]}


def test_headers_may_name_an_origin(tmp_path: Path) -> None:
    file = tmp_path / "migrant.txt"
    file.write_text("[given f turkish]\nAyşe\n[given f russian]\nOlga\n")

    assert {origin: own.given["f"] for origin, own in names.read(file).items()} == {
        "russian": ["Olga"],
        "turkish": ["Ayşe"],
    }


@pytest.mark.parametrize("text", ["Anna\n", "[given x]\n", "[pets]\nRex\n"])
def test_a_mistake_in_a_list_is_named_by_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "xx.txt"
    file.write_text(f"# one\n{text}")

    with pytest.raises(ConfigurationError, match=r"xx\.txt:2: "):
        names.read(file)


@pytest.mark.parametrize("file", LISTS, ids=lambda file: str(file.name))
def test_every_list_that_comes_along_is_well_filled(file: Path) -> None:
    for origin, own in names.read(file).items():
        for gender in (names.FEMALE, names.MALE):
            assert len(own.given[gender]) >= 25, (origin, gender)
            assert len(own.surnames[gender]) >= 30, (origin, gender)
        every = [*own.given["f"], *own.given["m"], *own.surnames["f"], *own.places]
        assert all(name == name.strip() and not name.startswith("[") for name in every)
