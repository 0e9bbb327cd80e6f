"""The verification as a whole; what the vectors show is not repeated here."""

import shutil
from pathlib import Path

import pytest

from euguard.audit.selection import OnePurpose
from euguard.audit.verify import verify_export
from forge import (
    content_of,
    exported,
    put_together,
    replaced,
    restated,
    taken_apart,
    written,
)
from judges import JUDGES, Judge
from logbook import INFORMATION, LOG_KEY, ORIGIN, Logbook, ordinary_log, weak_key

KEY = str(LOG_KEY.verifier)


@pytest.fixture(params=JUDGES)
def judge(request: pytest.FixtureRequest) -> Judge:
    chosen: Judge = request.param
    return chosen


def test_the_verdict_says_what_was_established(tmp_path: Path, judge: Judge) -> None:
    log = ordinary_log()
    path = exported(log, tmp_path)

    verdict = judge(path, KEY, None)

    root = verdict["checkpoint"]["root"]
    assert verdict == {
        "checkpoint": {"origin": ORIGIN, "root": root, "size": 10},
        "counts": {
            "exchange.closed": 4,
            "exchange.opened": 4,
            "exchange.refused": 1,
            "writer.started": 1,
        },
        "created": "2026-11-25T09:30:00.000000Z",
        "exit_code": 0,
        "failures": [],
        "findings": [],
        "key_pinned": True,
        "records": 10,
        "selection": {"kind": "all"},
        "signed_by": [KEY],
        "since": None,
        "status": "verified",
        "steps": {**{str(step): "ok" for step in range(1, 9)}, "9": "skipped"},
        "still_open": [],
    }
    assert len(root) == 64


def test_the_note_may_lie_elsewhere(tmp_path: Path) -> None:
    path = exported(ordinary_log(), tmp_path)
    elsewhere = tmp_path / "elsewhere"
    shutil.move(tmp_path / "export.zip.note", elsewhere)

    assert verify_export(path).status == "findings"
    assert verify_export(path, note=elsewhere).status == "verified"
    with pytest.raises(FileNotFoundError):
        verify_export(path, note=tmp_path / "no-such")


def test_a_file_that_is_not_there_cannot_be_verified(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify_export(tmp_path / "no-such.zip")


def test_every_key_of_the_reader_is_tried(tmp_path: Path) -> None:
    path = exported(ordinary_log(), tmp_path)
    other = weak_key("audit.example/last-year", 8)

    verdict = verify_export(path, trusted=[other.verifier, LOG_KEY.verifier])

    assert (verdict.status, verdict.signed_by) == ("verified", (KEY,))


def test_a_file_of_another_size_is_told_by_its_size(tmp_path: Path, judge: Judge) -> None:
    path = exported(ordinary_log(), tmp_path)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"x")

    failure = judge(path, KEY, None)["failures"][0]

    assert failure["message"] == f"the file has {size + 1} bytes, and {size} are signed"


def test_a_note_on_another_file_of_the_same_size_is_found(tmp_path: Path, judge: Judge) -> None:
    path = exported(ordinary_log(), tmp_path)
    data = path.read_bytes()
    written(path, data[:-1] + b"\1")
    path.write_bytes(data)

    failures = judge(path, KEY, None)["failures"]

    assert [(failure["step"], failure["where"]) for failure in failures] == [(1, "file")]


@pytest.mark.parametrize(
    "note", [b"", b"x", LOG_KEY.sign("euguard export v1\n"), LOG_KEY.sign("x\n" * 4)]
)
def test_a_note_that_is_none_fails_step_1(tmp_path: Path, judge: Judge, note: bytes) -> None:
    path = exported(ordinary_log(), tmp_path)
    path.with_name("export.zip.note").write_bytes(note)

    failures = judge(path, KEY, None)["failures"]

    assert [(failure["step"], failure["where"]) for failure in failures] == [(1, "note")]


def test_a_note_for_another_log_fails_step_4(tmp_path: Path, judge: Judge) -> None:
    path = exported(ordinary_log(), tmp_path)
    written(path, path.read_bytes(), origin="audit.example/other")

    failures = judge(path, KEY, None)["failures"]

    assert [(failure["step"], failure["where"]) for failure in failures] == [(4, "checkpoint")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        KEY.encode(),
        f"{KEY}\n\n".encode(),
        b"\xff\n",
        f"{weak_key('b', 3).verifier}\n".encode(),
    ],
)
def test_a_key_that_is_not_the_one_of_its_name_fails_step_4(
    tmp_path: Path, judge: Judge, content: bytes
) -> None:
    members = taken_apart(exported(ordinary_log(), tmp_path))
    name = members[2][0]
    data = put_together(restated(replaced(members, name, content)))

    failures = judge(written(tmp_path / "export.zip", data), KEY, None)["failures"]

    assert [(failure["step"], failure["where"]) for failure in failures] == [(4, name)]


def test_without_any_key_nothing_is_trusted(tmp_path: Path, judge: Judge) -> None:
    members = taken_apart(exported(ordinary_log(), tmp_path))
    data = put_together(restated(replaced(members, members[2][0], b"x")))

    failures = judge(written(tmp_path / "export.zip", data), None, None)["failures"]

    assert [failure["step"] for failure in failures] == [1, 4]


def test_the_manifest_was_made_when_the_members_were(tmp_path: Path, judge: Judge) -> None:
    members = taken_apart(exported(ordinary_log(), tmp_path))
    for created in ("2026-11-25T09:30:02.000000Z", "1970-01-01T00:00:00.000000Z"):
        data = put_together(
            restated(members, lambda manifest, at=created: manifest.update(created=at))  # type: ignore[misc]
        )

        failures = judge(written(tmp_path / "export.zip", data), KEY, None)["failures"]

        assert [failure["step"] for failure in failures] == [3]


def kept(log: Logbook, size: int) -> bytes:
    early = Logbook()
    early.lines = log.lines[:size]
    return early.checkpoint()


@pytest.mark.parametrize("size", [0, 1, 5, 9, 10])
def test_every_earlier_checkpoint_is_a_beginning_of_the_whole(
    tmp_path: Path, judge: Judge, size: int
) -> None:
    log = ordinary_log()

    verdict = judge(exported(log, tmp_path), KEY, kept(log, size))

    assert (verdict["status"], verdict["since"]) == ("verified", size)
    assert verdict["steps"]["9"] == "ok"


@pytest.mark.parametrize("size, since", [(0, 0), (4, 4), (10, 10)])
def test_a_part_connects_what_is_proved_in_it(
    tmp_path: Path, judge: Judge, size: int, since: int
) -> None:
    log = ordinary_log()
    path = exported(log, tmp_path, OnePurpose(INFORMATION), kept(log, 4))

    verdict = judge(path, KEY, kept(log, size))

    assert (verdict["status"], verdict["since"]) == ("verified", since)


@pytest.mark.parametrize("size", [3, 5])
def test_a_part_does_not_connect_what_it_does_not_prove(
    tmp_path: Path, judge: Judge, size: int
) -> None:
    log = ordinary_log()
    path = exported(log, tmp_path, OnePurpose(INFORMATION), kept(log, 4))

    verdict = judge(path, KEY, kept(log, size))

    assert (verdict["status"], verdict["since"]) == ("findings", 4)
    assert verdict["findings"][0]["step"] == 9


@pytest.mark.parametrize("size", [4, 10])
def test_a_part_contradicts_the_checkpoint_of_a_fork(
    tmp_path: Path, judge: Judge, size: int
) -> None:
    log = ordinary_log()
    path = exported(log, tmp_path, OnePurpose(INFORMATION), kept(log, 4))
    log.lines[0], log.lines[1] = log.lines[1], log.lines[0]

    failures = judge(path, KEY, kept(log, size))["failures"]

    assert [failure["step"] for failure in failures] == [9]
    assert "history has been rewritten" in failures[0]["message"]


def test_the_readers_checkpoint_is_signed_too_and_of_this_log(tmp_path: Path, judge: Judge) -> None:
    log = ordinary_log()
    path = exported(log, tmp_path)
    stranger, other = Logbook(weak_key(ORIGIN, 2)), Logbook(origin="audit.example/other")
    for early in (stranger.checkpoint(), other.checkpoint(), b"nothing"):
        failures = judge(path, KEY, early)["failures"]

        assert [(f["step"], f["where"]) for f in failures] == [(9, "the reader's checkpoint")]


def test_without_a_checkpoint_of_its_own_an_export_has_no_past(
    tmp_path: Path, judge: Judge
) -> None:
    log = ordinary_log()
    members = taken_apart(exported(log, tmp_path))
    data = put_together(restated(replaced(members, "checkpoint", b"x")))

    verdict = judge(written(tmp_path / "export.zip", data), KEY, kept(log, 4))

    assert [failure["step"] for failure in verdict["failures"]] == [4]
    assert (verdict["steps"]["9"], verdict["since"]) == ("skipped", None)


@pytest.mark.parametrize("gone", ["since-checkpoint", "consistency.txt"])
def test_a_checkpoint_and_its_proof_belong_together(
    tmp_path: Path, judge: Judge, gone: str
) -> None:
    log = ordinary_log()
    members = taken_apart(exported(log, tmp_path, since=kept(log, 4)))
    fewer = restated([pair for pair in members if pair[0] != gone])

    failures = judge(written(tmp_path / "export.zip", put_together(fewer)), KEY, None)["failures"]

    assert [failure["step"] for failure in failures] == [9]


def test_the_manifest_states_the_earlier_checkpoint(tmp_path: Path, judge: Judge) -> None:
    log = ordinary_log()
    with_it = taken_apart(exported(log, tmp_path, since=kept(log, 4)))
    (tmp_path / "without").mkdir()
    without = taken_apart(exported(log, tmp_path / "without"))
    silent = restated(with_it, lambda manifest: manifest.update(since=None))
    boasting = restated(
        without, lambda manifest: manifest.update(since={"root": "00" * 32, "size": 4})
    )
    for members in (silent, boasting):
        data = put_together(members)

        failures = judge(written(tmp_path / "export.zip", data), KEY, None)["failures"]

        assert [(f["step"], f["where"]) for f in failures] == [(9, "since-checkpoint")]


@pytest.mark.parametrize(
    "change",
    [
        (b"old 4", b"old 04"),
        (b"old 4", b"old 5"),
        (b"old 4\n", b""),
        (b"old 4\n", b"old 4\n\n"),
        (b"=\n", b"\n"),
        (b"old", b"\xffld"),
    ],
)
def test_another_spelling_of_the_consistency_proof_is_refused(
    tmp_path: Path, judge: Judge, change: tuple[bytes, bytes]
) -> None:
    log = ordinary_log()
    members = taken_apart(exported(log, tmp_path, since=kept(log, 4)))
    text = content_of(members, "consistency.txt").replace(*change, 1)
    data = put_together(restated(replaced(members, "consistency.txt", text)))

    failures = judge(written(tmp_path / "export.zip", data), KEY, None)["failures"]

    assert failures[0]["step"] == 9


def test_the_checkpoint_inside_is_of_this_log(tmp_path: Path, judge: Judge) -> None:
    log = ordinary_log()
    members = taken_apart(exported(log, tmp_path, since=kept(log, 4)))
    other = Logbook(origin="audit.example/other")
    other.lines = log.lines[:4]
    members = replaced(members, "since-checkpoint", other.checkpoint())

    data = put_together(restated(members))

    failures = judge(written(tmp_path / "export.zip", data), KEY, None)["failures"]
    assert [failure["step"] for failure in failures] == [9]
