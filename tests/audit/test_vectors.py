"""Every vector gets its verdict from both verifiers, and the script writes these very bytes."""

import json
from pathlib import Path
from typing import Any

import pytest

from judges import JUDGES, Judge
from vector import vector, write_all
from vectors import FILES, FOLDER

NAMES = sorted(vector.makers)


def test_there_are_good_ones_and_bad_ones() -> None:
    assert len(FILES) == 2
    assert sum(name.startswith("good/") for name in NAMES) >= 12
    assert sum(name.startswith("bad/") for name in NAMES) >= 40


def test_the_script_writes_the_committed_bytes(tmp_path: Path) -> None:
    write_all(tmp_path)

    written = {path.relative_to(tmp_path): path.read_bytes() for path in _files(tmp_path)}
    assert written == {path.relative_to(FOLDER): path.read_bytes() for path in _files(FOLDER)}


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_is_the_expected_one(name: str, judge: Judge) -> None:
    folder = FOLDER / name
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text())
    key = (folder / "key.vkey").read_text().strip() if expected["pinned"] else None
    kept = folder / "kept-checkpoint"

    verdict = judge(folder / "export.zip", key, kept.read_bytes() if kept.exists() else None)

    remarks = verdict["failures"] if expected["exit_code"] == 5 else verdict["findings"]
    assert verdict["status"] == expected["status"]
    assert verdict["exit_code"] == expected["exit_code"]
    assert [remark["step"] for remark in remarks] == expected["steps"]
    assert verdict["key_pinned"] == expected["pinned"]


@pytest.mark.parametrize("step", range(1, 10))
def test_every_step_is_the_first_to_fail_somewhere(step: int) -> None:
    firsts = set()
    for name in NAMES:
        expected = json.loads((FOLDER / name / "expected.json").read_text())
        firsts |= {expected["steps"][0]} if expected["exit_code"] == 5 else set()

    assert step in firsts


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
