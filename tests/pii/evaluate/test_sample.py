"""Annotated texts of an organisation."""

from pathlib import Path

import pytest

from euguard.errors import PolicyFileError
from euguard.pii.evaluate.sample import Entity, Sample, read
from euguard.pii.span import PersonalDataKind

GOOD = '{"text": "Anna rang.", "language": "en", "entities": [{"start":0,"end":4,"kind":"PERSON"}]}'


def test_a_line_is_a_text_with_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(f'{GOOD}\n\n{GOOD[:-1]}, "kind_of_text": "note"}}\n')

    first, second = read(path)

    assert first == Sample("Anna rang.", "en", (Entity(0, 4, PersonalDataKind.PERSON),), "text")
    assert second.kind_of_text == "note"


@pytest.mark.parametrize(
    "line,reason",
    [
        ("{", "not JSON at column"),
        ("[]", "TypeError|indices"),
        ('{"text": "x", "language": "en"}', "'entities' is missing"),
        (GOOD.replace("PERSON", "HUMAN"), "an unknown kind"),
        (GOOD.replace('"end":4', '"end":99'), "outside the text"),
        (GOOD.replace('"start":0', '"start":4'), "outside the text"),
        (GOOD.replace('"en"', "3"), "are strings"),
    ],
)
def test_a_wrong_line_is_named_and_not_quoted(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(f"{GOOD}\n{line}\n")

    with pytest.raises(PolicyFileError, match=rf"own\.jsonl:2:1: .*({reason})") as caught:
        list(read(path))

    assert "Anna" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError, match=r"none\.jsonl:1:1: cannot be read"):
        list(read(tmp_path / "none.jsonl"))
