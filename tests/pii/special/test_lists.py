"""Lists of words for the special categories: what is read, and how a mistake is named."""

from pathlib import Path

import pytest

from euguard.errors import ConfigurationError, PolicyFileError
from euguard.pii.special.category import SpecialCategory
from euguard.pii.special.lists import FOLDER, read
from euguard.pii.special.signals import signals

OFFICIAL = (
    *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt"),
    *("lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
)


def test_every_official_language_has_every_category(tmp_path: Path) -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == sorted(OFFICIAL)
    for language in OFFICIAL:
        folder = tmp_path / language
        folder.mkdir()
        (folder / f"{language}.txt").write_bytes((FOLDER / f"{language}.txt").read_bytes())
        entries = read(folder)
        assert min(len(entries[category]) for category in SpecialCategory) >= 5, language


def test_lists_are_read_folded(tmp_path: Path) -> None:
    (tmp_path / "xx.txt").write_text(
        "\ufeff# a comment\n\nhealth: Grippe* |  Hals  weh\r\nhealth: Stra\u00dfenangst\n"
        "criminal: Diebe",
        "utf-8",
    )

    entries = read(tmp_path)

    assert entries[SpecialCategory.HEALTH] == {"grippe*", "hals weh", "strassenangst"}
    assert entries[SpecialCategory.CRIMINAL] == {"diebe"}
    assert entries[SpecialCategory.UNION] == frozenset()


def test_a_folder_of_ones_own_is_used(tmp_path: Path) -> None:
    (tmp_path / "xx.txt").write_text("health: grippe*", "utf-8")

    assert signals("Grippewelle, Diabetes", tmp_path) == {SpecialCategory.HEALTH: 1}


@pytest.mark.parametrize(
    "line,column,reason",
    [
        ("sickness: flu", 1, "no such category"),
        ("flu | cold", 1, "no such category"),
        ("health: flu |  | cold", 14, "not an entry"),
        ("health:", 8, "not an entry"),
        ("health: flu | co*ld", 15, "not an entry"),
        ("health: flu | a.b", 15, "not an entry"),
        ("health: flu | (cold)", 15, "not an entry"),
        ("health: flu | *", 15, "not an entry"),
        ("health: flu | ab*", 15, "fewer than 3 letters"),
        ("health: flu |   bad cold *ab", 17, "fewer than 3 letters"),
        ("health: flu | Flu", 15, "twice"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_column(
    tmp_path: Path, line: str, column: int, reason: str
) -> None:
    path = tmp_path / "xx.txt"
    path.write_text(f"# first\n{line}\n", "utf-8")

    with pytest.raises(ConfigurationError, match=reason) as raised:
        read(tmp_path)

    assert raised.value.message.startswith(f"{path}:2:{column}: ")
    assert raised.value.fix


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "aa.txt").write_text("health: ?\nflu\n", "utf-8")
    (tmp_path / "bb.txt").write_bytes(b"health: flu\nhealth: gr\xff\n")

    with pytest.raises(PolicyFileError) as raised:
        signals("text", tmp_path)

    places = [
        (error.path.name, error.line, error.column) for error in (raised.value, *raised.value.also)
    ]
    assert places == [("aa.txt", 1, 9), ("aa.txt", 2, 1), ("bb.txt", 2, 11)]


def test_a_folder_without_lists_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no list of words"):
        read(tmp_path)
