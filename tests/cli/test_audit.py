"""`euguard audit` as an auditor and an operator type it."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from commands import as_json, run
from judges import PROGRAM

VECTORS = PROGRAM.parent / "vectors"
WHOLE = VECTORS / "good" / "whole"
SINCE = VECTORS / "good" / "since"
NO_EXCHANGE = "01980000-0000-7000-8000-000000000009"


def size(home: Path) -> int:
    found: int = as_json("audit", "status", cwd=home)["size"]
    return found


def test_a_new_log_is_exported_at_the_first_attempt(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)

    made = as_json("audit", "export", "export.zip", cwd=tmp_path)

    assert (made["exit"], made["counts"]) == (0, {"writer.started": 1})


def test_an_export_is_in_the_next_one(home: Path, tmp_path: Path) -> None:
    as_json("audit", "export", str(tmp_path / "one.zip"), cwd=home)

    made = as_json("audit", "export", str(tmp_path / "two.zip"), cwd=home)

    assert made["counts"]["export.created"] >= 1


def test_a_log_that_another_process_is_signing_has_no_last_size(home: Path) -> None:
    as_json("audit", "status", cwd=home)
    (lock,) = home.glob("**/signed/*.lock")
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        failed = as_json("audit", "status", cwd=home)

    assert (failed["exit"], failed["error"]["code"]) == (6, "log_unavailable")
    assert failed["error"]["fix"] == "try again"


@pytest.mark.parametrize("destination", ["nodir/x.zip", "/proc/x.zip", ".", "euguard.toml/x.zip"])
def test_a_destination_that_cannot_be_written_is_no_record(home: Path, destination: str) -> None:
    before = size(home)

    failed = as_json("audit", "export", destination, cwd=home)

    assert (failed["exit"], failed["error"]["code"]) == (3, "configuration_invalid")
    assert size(home) == before


@pytest.mark.parametrize(
    "option, value, fix",
    [
        ("--purpose", "letterz", "drafting-letters"),
        ("--purpose", "\udcff", "drafting-letters"),
        ("--exchange", "nosuch", "x-euguard-exchange"),
        ("--exchange", NO_EXCHANGE, "x-euguard-exchange"),
    ],
)
def test_what_nobody_knows_is_not_exported(home: Path, option: str, value: str, fix: str) -> None:
    before = size(home)

    failed = as_json("audit", "export", "x.zip", option, value, cwd=home)

    assert failed["exit"] == 3
    assert fix in failed["error"]["fix"]
    assert size(home) == before


def test_a_purpose_that_was_never_used_is_exported_as_that(home: Path) -> None:
    made = as_json("audit", "export", "none.zip", "--purpose", "drafting-letters", cwd=home)

    assert (made["exit"], made["records"]) == (0, 0)


@pytest.mark.parametrize(
    "file", [SINCE / "export.zip", SINCE / "export.zip.note", SINCE / "expected.json", SINCE]
)
def test_a_file_that_is_no_checkpoint_accuses_nobody(home: Path, file: Path) -> None:
    export = str(SINCE / "export.zip")

    verified = run("audit", "verify", export, "--since", str(file))
    exported = run("audit", "export", "since.zip", "--since", str(file), cwd=home)
    alone = subprocess.run(
        [sys.executable, PROGRAM, export, "--since", file],
        capture_output=True,
        text=True,
        check=False,
    )

    for done in (verified, exported, alone):
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


def test_the_key_may_be_in_a_file_and_the_note_elsewhere() -> None:
    export, key = str(WHOLE / "export.zip"), str(WHOLE / "key.vkey")
    note = str(WHOLE / "export.zip.note")

    assert run("audit", "verify", export, "--key", key, "--note", note).returncode == 0


@pytest.mark.parametrize("key", [".", "nonsense", str(WHOLE / "export.zip")])
def test_a_key_that_is_none_ends_with_2(key: str) -> None:
    done = run("audit", "verify", str(WHOLE / "export.zip"), "--key", key)

    assert (done.returncode, done.stdout) == (2, "")
    assert "audit key" in done.stderr


def test_the_independent_verifier_is_handed_out(tmp_path: Path) -> None:
    printed = run("audit", "verifier", cwd=tmp_path).stdout
    (tmp_path / "verify.py").write_text(printed)

    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "verify.py", WHOLE / "export.zip"],
        capture_output=True,
        check=False,
    )

    assert printed == PROGRAM.read_text()
    assert done.returncode == 0
    assert as_json("audit", "verifier", cwd=tmp_path)["source"] == printed
