"""Steps 5 to 8, where the vectors and the damaged exports do not reach."""

from pathlib import Path

import pytest

from euguard.audit.selection import All, OnePurpose, Selection
from forge import (
    Members,
    as_lines,
    content_of,
    exported,
    lines_of,
    put_together,
    replaced,
    restated,
    taken_apart,
    written,
)
from judges import JUDGES, Judge
from logbook import INFORMATION, LOG_KEY, Logbook, ordinary_log

KEY = str(LOG_KEY.verifier)
PART = OnePurpose(INFORMATION)


def members_of(folder: Path, selection: Selection | None = None) -> Members:
    return taken_apart(exported(ordinary_log(), folder, selection))


@pytest.fixture(params=JUDGES)
def judge(request: pytest.FixtureRequest) -> Judge:
    chosen: Judge = request.param
    return chosen


def first(judge: Judge, folder: Path, members: Members) -> tuple[int, str, dict[str, str]]:
    """Return step and place of the first failure, and the state of all steps."""
    verdict = judge(written(folder / "export.zip", put_together(members)), KEY, None)
    failure = verdict["failures"][0]
    return failure["step"], failure["where"], verdict["steps"]


@pytest.mark.parametrize(
    "indices", [b"", b"3\n", b"3\n4\n5\n", b"4\n3\n", b"3\n3\n", b"03\n4\n", b"3\nx\n", b"3\n4"]
)
def test_there_is_one_growing_index_for_each_record(
    tmp_path: Path, judge: Judge, indices: bytes
) -> None:
    members = replaced(members_of(tmp_path, PART), "indices.txt", indices)

    step, where, steps = first(judge, tmp_path, restated(members))

    assert step == 5
    assert where.startswith(("indices.txt", "proofs/4"))
    assert (steps["6"], steps["7"], steps["8"]) == ("skipped", "skipped", "skipped")


def test_there_is_one_proof_for_each_record(tmp_path: Path, judge: Judge) -> None:
    honest = members_of(tmp_path, PART)
    fewer = [pair for pair in honest if pair[0] != "proofs/4.tlog-proof"]
    assert first(judge, tmp_path, restated(fewer))[:2] == (5, "proofs/4.tlog-proof")

    position = [name for name, _ in honest].index("proofs/4.tlog-proof")
    more = [*honest]
    more.insert(position + 1, ("proofs/9.tlog-proof", honest[position][1]))
    assert first(judge, tmp_path, restated(more))[:2] == (5, "proofs/")


def test_a_proof_has_the_checkpoint_of_the_export_and_nothing_extra(
    tmp_path: Path, judge: Judge
) -> None:
    honest = members_of(tmp_path, PART)
    name = "proofs/4.tlog-proof"
    proof = content_of(honest, name)
    for wrong in (
        proof.replace(b"index", b"extra AQID\nindex"),
        proof[:-1],
        proof + b"\n",
        proof.replace(b"\n\n", b"\n" + b"A" * 43 + b"=\n\n", 1),
        b"",
    ):
        members = restated(replaced(honest, name, wrong))

        assert first(judge, tmp_path, members)[:2] == (5, name)


def test_a_part_has_indices_and_the_whole_has_none(tmp_path: Path, judge: Judge) -> None:
    honest = members_of(tmp_path, PART)
    called_whole = restated(honest, lambda manifest: manifest.update(selection={"kind": "all"}))
    assert first(judge, tmp_path, called_whole)[:2] == (5, "indices.txt")

    (tmp_path / "whole").mkdir()
    whole = members_of(tmp_path / "whole", All())
    selection = {"kind": "purpose", "purpose": INFORMATION}
    called_part = restated(whole, lambda manifest: manifest.update(selection=selection))
    assert first(judge, tmp_path, called_part)[:2] == (5, "indices.txt")


def test_a_line_that_is_too_long_ends_the_reading(tmp_path: Path, judge: Judge) -> None:
    honest = members_of(tmp_path)
    lines = [*lines_of(honest)]
    lines[2] = b"{" + b" " * 16_384
    members = restated(replaced(honest, "entries.jsonl", as_lines(lines)))

    step, where, steps = first(judge, tmp_path, members)

    assert (step, where) == (5, "entries.jsonl line 3")
    assert (steps["6"], steps["7"], steps["8"]) == ("skipped", "skipped", "skipped")


def test_a_record_that_cannot_be_read_leaves_no_gap_of_our_own_making(
    tmp_path: Path, judge: Judge
) -> None:
    honest = members_of(tmp_path)
    lines = [*lines_of(honest)]
    lines[4] = lines[4].replace(b"{", b"{ ", 1)
    members = restated(replaced(honest, "entries.jsonl", as_lines(lines)))
    verdict = judge(written(tmp_path / "export.zip", put_together(members)), KEY, None)

    assert [failure["where"] for failure in verdict["failures"]] == [
        "entries.jsonl",
        "entries.jsonl line 5 (index 4)",
    ]
    assert (verdict["steps"]["7"], verdict["steps"]["8"]) == ("skipped", "skipped")
    assert verdict["still_open"] == []


def test_records_are_read_where_manifest_and_checkpoint_cannot_be(
    tmp_path: Path, judge: Judge
) -> None:
    for selection in (All(), PART):
        folder = tmp_path / type(selection).__name__
        folder.mkdir()
        honest = members_of(folder, selection)
        members = replaced(replaced(honest, "manifest.json", b"{}"), "checkpoint", b"x")

        verdict = judge(written(folder / "export.zip", put_together(members)), KEY, None)

        assert [failure["step"] for failure in verdict["failures"]] == [3, 4]
        assert verdict["steps"]["5"] == "skipped"
        assert verdict["steps"]["6"] == "ok"
        assert verdict["checkpoint"] is None
        assert verdict["records"] == len(lines_of(honest))


def test_a_broken_line_withdraws_what_was_said_of_the_records_before(
    tmp_path: Path, judge: Judge
) -> None:
    honest = members_of(tmp_path)
    lines = [*lines_of(honest)]
    lines[1] = lines[1].replace(b"{", b"{ ", 1)
    entries = as_lines(lines) + b"no newline"
    members = restated(replaced(honest, "entries.jsonl", entries))

    verdict = judge(written(tmp_path / "export.zip", put_together(members)), KEY, None)

    assert [failure["step"] for failure in verdict["failures"]] == [5]
    assert [verdict["steps"][step] for step in "678"] == ["skipped"] * 3


def test_the_steps_hold_of_an_empty_log(tmp_path: Path, judge: Judge) -> None:
    verdict = judge(exported(Logbook(), tmp_path), KEY, None)

    assert verdict["status"] == "verified"
    assert [verdict["steps"][str(step)] for step in range(1, 9)] == ["ok"] * 8
