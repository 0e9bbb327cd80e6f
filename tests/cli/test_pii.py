"""`euguard pii`, run as a person or a program runs it."""

import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from box import EUGUARD
from euguard.policy import shipped

TEXT = "Guten Tag, hier schreibt Lukas Hofstätter. Kennzeichen G-482 KD, am 3.5.2024."


def euguard(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [EUGUARD, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def told(*arguments: str, stdin: str = "") -> Any:
    done = euguard("pii", *arguments, "--json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    return orjson.loads(done.stdout)


def test_the_playground_shows_what_is_found_and_why() -> None:
    (text,) = told("playground", stdin=TEXT)["texts"]

    found = {(span["kind"], span["text"], span["replaced"]) for span in text["spans"]}
    assert found == {
        ("PERSON", "Lukas Hofstätter", True),
        ("PLATE", "G-482 KD", True),
        ("DATE", "3.5.2024", False),
    }
    assert all(span["detector"] and 0 < span["score"] <= 1 for span in text["spans"])


def test_for_people_it_prints_the_text_as_the_model_would_see_it() -> None:
    done = euguard("pii", "playground", stdin=TEXT)

    assert "hier schreibt <PERSON>. Kennzeichen <PLATE>, am 3.5.2024." in done.stdout


def test_it_shows_what_other_lists_would_change(tmp_path: Path) -> None:
    (tmp_path / "deny.csv").write_text("term,kind\nGuten Tag,OTHER\n")
    (tmp_path / "allow.csv").write_text("term\nG-482 KD\n")

    assert told("playground", "--against", str(tmp_path), stdin=TEXT)["against"] == {
        "OTHER": 1,
        "PLATE": -1,
    }


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "own.jsonl"
    start = TEXT.index("Lukas")
    marked = [{"start": start, "end": start + len("Lukas Hofstätter"), "kind": "PERSON"}]
    rows = [
        {"text": TEXT, "language": "de", "entities": marked},
        {"text": "Die Rechnung ist bezahlt.", "language": "de", "entities": []},
    ]
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return path


def test_evaluation_writes_the_card_as_data_and_as_a_page(sample: Path, tmp_path: Path) -> None:
    card = told("evaluate", "--sample", str(sample), "--out", str(tmp_path / "out"), "--no-bias")

    (one,) = card["sets"]
    assert (one["name"], one["authors"]) == ("own", "the organisation")
    assert one["covered"]["part"] == one["covered"]["whole"] == 1
    assert one["false_alarms_per_1000_clean_words"] == 0
    assert card["bias"] is None
    assert orjson.loads((tmp_path / "out" / "recall-card.json").read_bytes()) == card
    assert "Recall card" in (tmp_path / "out" / "recall-card.html").read_text()
    assert (tmp_path / "out" / "recall-card.pdf").read_bytes().startswith(b"%PDF-")
    schema = orjson.loads((shipped.folder() / "schema" / "recall-card.schema.json").read_bytes())
    Draft202012Validator(schema).validate(card)


def test_without_a_sample_the_makers_own_is_measured(tmp_path: Path) -> None:
    card = told("evaluate", "--out", str(tmp_path), "--no-bias")

    (one,) = card["sets"]
    assert (one["name"], one["authors"]) == ("built-in", "euguard")
    assert one["documents"] == 24 * 30
    assert {row["language"] for row in one["rows"]} >= {"bg", "el", "ga", "mt", "sv"}
    assert one["covered"]["value"] > 0.95
    assert "says least about anybody's texts" in card["limits"][0]


def test_it_says_whose_names_are_found_least(sample: Path, tmp_path: Path) -> None:
    done = euguard("pii", "evaluate", "--sample", str(sample), "--out", str(tmp_path))

    assert done.returncode == 0, done.stderr
    card = orjson.loads((tmp_path / "recall-card.json").read_bytes())
    schema = orjson.loads((shipped.folder() / "schema" / "recall-card.schema.json").read_bytes())
    Draft202012Validator(schema).validate(card)
    lowest, learnt = card["bias"]["lowest"], card["bias"]["learnt"]
    assert f"{lowest['origin']}, {lowest['gender']}" in done.stdout
    assert learnt["neither"]["value"] < learnt["both"]["value"]
    page = (tmp_path / "recall-card.html").read_text()
    assert f"Lowest: {lowest['origin']}, {lowest['gender']}" in page


@pytest.mark.parametrize(
    "arguments,code,message",
    [
        (("evaluate", "--data", "/nowhere"), 3, "nothing to measure detection with"),
        (("evaluate", "--sample", "/nowhere.jsonl"), 3, "cannot be read"),
        (("playground", "--recognisers", "/nowhere"), 3, "is no folder"),
        (("playground", "/nowhere.txt"), 2, "cannot be read"),
        (("evaluate", "--out", "/dev/null"), 2, "cannot be made"),
        (("playground", "--names", "huge"), 3, "no model of names is called 'huge'"),
        (("train", "--data", "/nowhere", "--out", "/nowhere/x"), 3, ""),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], code: int, message: str) -> None:
    done = euguard("pii", *arguments, stdin="x")

    assert done.returncode == code, done.stderr
    assert message in done.stderr
