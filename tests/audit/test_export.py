import asyncio
import dataclasses
import hashlib
import itertools
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chains import SteadyClock
from databases import sqlite_url, upgraded
from euguard.adapters.sql.log_store import LogStore
from euguard.audit.export import ExportSummary, check_destination, export, key_file
from euguard.audit.log import Log
from euguard.audit.publish import Publisher
from euguard.audit.selection import All, OneExchange, OnePurpose, Period
from euguard.audit.verify import verify_export
from euguard.errors import (
    ConfigurationError,
    IntegrityError,
    LogUnavailableError,
    MalformedRecordError,
    ProofInvalidError,
    SignatureInvalidError,
)
from euguard.tlog import checkpoint
from euguard.tlog.checkpoint import Checkpoint
from euguard.tlog.note import VerifierKey
from euguard.tlog.proof import Proof
from forge import exported, lines_of, taken_apart
from judges import JUDGES
from logbook import (
    INFORMATION,
    LETTERS,
    LOG_KEY,
    ORIGIN,
    POLICY,
    START,
    Logbook,
    closed,
    exchange_id,
    opened,
    ordinary_log,
    weak_key,
)

ARGUMENTS: dict[str, Any] = {
    "origin": ORIGIN,
    "trusted": [LOG_KEY.verifier],
    "signer": LOG_KEY,
    "selection": All(),
    "at": START,
    "software": "euguard 0.1.0",
}


def made(log: Logbook, folder: Path, **changes: Any) -> ExportSummary:
    destination = folder / "export.zip"
    return export(log, **{**ARGUMENTS, "destination": destination, **changes})


def test_the_whole_log_is_in_it_byte_for_byte(tmp_path: Path) -> None:
    log = ordinary_log()

    members = taken_apart(exported(log, tmp_path))

    assert [name for name, _ in members] == [
        "README.txt",
        "checkpoint",
        key_file(LOG_KEY.verifier),
        "entries.jsonl",
        "manifest.json",
    ]
    assert lines_of(members) == log.lines
    assert dict(members)["checkpoint"] == log.checkpoint()


def test_a_part_brings_an_index_and_a_proof_for_each_record(tmp_path: Path) -> None:
    log = ordinary_log()

    members = dict(taken_apart(exported(log, tmp_path, OneExchange(exchange_id(2)))))

    assert members["indices.txt"] == b"5\n6\n"
    assert members["entries.jsonl"] == log.lines[5] + b"\n" + log.lines[6] + b"\n"
    proofs = [name for name in members if name.startswith("proofs/")]
    assert proofs == ["proofs/5.tlog-proof", "proofs/6.tlog-proof"]
    for index in (5, 6):
        proof = Proof.parse(members[f"proofs/{index}.tlog-proof"])
        assert (proof.index, proof.checkpoint) == (index, log.checkpoint())


def test_the_summary_says_what_was_written(tmp_path: Path) -> None:
    summary = made(ordinary_log(), tmp_path, selection=OnePurpose(LETTERS))

    data = (tmp_path / "export.zip").read_bytes()
    assert summary.destination.read_bytes() == data
    assert summary.note == tmp_path / "export.zip.note"
    assert summary.records == 7
    assert summary.counts == {
        "exchange.opened": 3,
        "exchange.closed": 3,
        "exchange.refused": 1,
    }
    assert (summary.bytes, summary.digest) == (len(data), hashlib.sha256(data).hexdigest())
    assert summary.checkpoint.size == 10


def test_the_same_log_gives_the_same_files(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        path = exported(ordinary_log(), tmp_path / name, OnePurpose(INFORMATION))
        files.append((path.read_bytes(), path.with_name("export.zip.note").read_bytes()))

    assert files[0] == files[1]


def test_records_after_the_checkpoint_are_not_in_it(tmp_path: Path) -> None:
    log = ordinary_log()
    signed = log.checkpoint()
    log.exchange(9)

    class Behind(Logbook):
        def checkpoint(self) -> bytes:
            return signed

    behind = Behind()
    behind.lines = log.lines

    assert made(behind, tmp_path).records == 10


def test_an_export_of_a_part_of_a_large_log_verifies(tmp_path: Path) -> None:
    log = ordinary_log(700)
    kept = ordinary_log(100).lines[:200]
    earlier = Logbook()
    earlier.lines = kept
    period = Period(START + timedelta(seconds=20), START + timedelta(seconds=60))

    made(log, tmp_path, selection=period, since=earlier.checkpoint())
    verdict = verify_export(
        tmp_path / "export.zip", trusted=[LOG_KEY.verifier], since=earlier.checkpoint()
    )

    assert verdict.status == "verified"
    assert (verdict.records, verdict.since) == (160, 200)


def test_several_keys_are_in_it_and_one_of_them_signs(tmp_path: Path) -> None:
    clerk = weak_key("exports.example/ü", 5)
    later = weak_key("witness.example/w", 6)

    summary = made(
        ordinary_log(), tmp_path, trusted=[LOG_KEY.verifier, later.verifier], signer=clerk
    )

    keys = [name for name, _ in taken_apart(summary.destination) if name.startswith("keys/")]
    assert keys == sorted(key_file(s.verifier) for s in (LOG_KEY, later, clerk))
    assert "keys/exports.example%2F%C3%BC+" in keys[1]
    pinned = verify_export(summary.destination, trusted=[LOG_KEY.verifier, clerk.verifier])
    assert pinned.status == "verified"
    alone = verify_export(summary.destination, trusted=[LOG_KEY.verifier])
    assert alone.failures[0].step == 1


@pytest.mark.parametrize("name", ["export.zip", "export.zip.note"])
def test_an_export_is_never_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine")

    with pytest.raises(ConfigurationError, match="exists already") as caught:
        made(ordinary_log(), tmp_path)

    assert "another name" in caught.value.fix
    assert {path.name for path in tmp_path.iterdir()} == {name}


@pytest.mark.parametrize("folder", ["no-such", "a-file", "/proc", "x" * 300])
def test_a_destination_that_cannot_be_written_is_said_before_anything(
    tmp_path: Path, folder: str
) -> None:
    (tmp_path / "a-file").touch()
    destination = tmp_path / folder / "export.zip"

    with pytest.raises(ConfigurationError, match="cannot write") as caught:
        check_destination(destination)

    assert str(destination) in caught.value.message
    assert {path.name for path in tmp_path.iterdir()} == {"a-file"}


def test_the_root_of_everything_is_no_destination() -> None:
    with pytest.raises(ConfigurationError, match="exists already"):
        check_destination(Path("/"))


def test_a_destination_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    check_destination(tmp_path / "export.zip")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("year", [1970, 2108])
def test_a_clock_that_a_zip_file_does_not_know_is_said(tmp_path: Path, year: int) -> None:
    at = START.replace(year=year)

    fails(ordinary_log(), tmp_path, ConfigurationError, f"the clock says {year}", at=at)


def test_a_part_that_will_not_fit_is_refused_while_it_is_read(tmp_path: Path) -> None:
    class Endless(Logbook):
        def checkpoint(self) -> bytes:
            return checkpoint.sign(Checkpoint(ORIGIN, 2**40, bytes(32)), LOG_KEY)

        def leaves(self, start: int, end: int) -> Iterator[bytes]:
            del start, end
            return itertools.repeat(self.lines[0])

    log = Endless()
    log.start()
    period = Period(START, START + timedelta(days=1))

    fails(log, tmp_path, ConfigurationError, "more than 65000 records", selection=period)


def fails(log: Logbook, folder: Path, error: type[Exception], match: str, **changes: Any) -> None:
    """Nothing that looks like an export is left behind."""
    with pytest.raises(error, match=match):
        made(log, folder, **changes)

    assert list(folder.iterdir()) == []


def test_a_log_without_a_checkpoint_cannot_be_exported(tmp_path: Path) -> None:
    class Young(Logbook):
        def checkpoint(self) -> bytes:
            return None  # type: ignore[return-value]  # as Reader.checkpoint may

    fails(Young(), tmp_path, LogUnavailableError, "not published a checkpoint")


def test_an_empty_log_can_be_exported(tmp_path: Path) -> None:
    made(Logbook(), tmp_path)

    verdict = verify_export(tmp_path / "export.zip", trusted=[LOG_KEY.verifier])

    assert (verdict.status, verdict.size, verdict.records) == ("verified", 0, 0)


def test_a_checkpoint_of_an_unknown_key_or_another_log_is_not_exported(tmp_path: Path) -> None:
    stranger = weak_key(ORIGIN, 7).verifier

    fails(ordinary_log(), tmp_path, SignatureInvalidError, "no trusted key", trusted=[stranger])
    fails(ordinary_log(), tmp_path, IntegrityError, "another log", origin="audit.example/other")


class Rotten(Logbook):
    """A log in which something changed after signing."""

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        for index, line in enumerate(super().leaves(start, end)):
            yield line.replace(b'"restored":3', b'"restored":2') if index == 4 else line


class Short(Logbook):
    """A log that has lost its last record."""

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        return super().leaves(start, end - 1)


@pytest.mark.parametrize("kind", [Rotten, Short])
def test_a_log_that_is_not_what_was_signed_is_not_exported(
    tmp_path: Path, kind: type[Logbook]
) -> None:
    log = kind()
    log.lines = ordinary_log().lines

    for selection in (All(), OnePurpose(LETTERS)):
        fails(log, tmp_path, ProofInvalidError, "not those of its checkpoint", selection=selection)


def test_a_record_that_cannot_be_read_is_not_exported(tmp_path: Path) -> None:
    log = ordinary_log()
    log.lines[3] = log.lines[3].replace(b'"v":1', b'"v":2')

    fails(log, tmp_path, MalformedRecordError, "version")


def test_an_earlier_checkpoint_must_be_a_beginning(tmp_path: Path) -> None:
    log = ordinary_log()
    fails(log, tmp_path, ProofInvalidError, "the log 10", since=ordinary_log(9).checkpoint())

    other = ordinary_log(2)
    other.lines[1], other.lines[2] = other.lines[2], other.lines[1]
    fails(log, tmp_path, ProofInvalidError, "does not connect", since=other.checkpoint())

    fails(log, tmp_path, IntegrityError, "blank line", since=b"not a note")


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path) -> None:
    script = """
import resource, sys
from euguard.errors import ConfigurationError
from pathlib import Path
from forge import exported
from logbook import ordinary_log
log = ordinary_log(200)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    exported(log, Path(sys.argv[1]))
except ConfigurationError as error:
    print(error.message)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )

    assert done.stdout == f"export: cannot write {tmp_path / 'export.zip'}: File too large\n"
    assert list(tmp_path.iterdir()) == []


def test_a_killed_export_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from forge import exported
from logbook import Logbook, ordinary_log
class Killed(Logbook):
    def leaves(self, start, end):
        for index, line in enumerate(super().leaves(start, end)):
            if index == 300:
                os.kill(os.getpid(), signal.SIGKILL)
            yield line
log = Killed()
log.lines = ordinary_log(200).lines
exported(log, Path(sys.argv[1]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path],
        check=False,
        cwd=Path(__file__).parent.parent,
    )

    assert done.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == [".export.zip.unfinished"]
    assert not zipfile.is_zipfile(tmp_path / ".export.zip.unfinished")
    assert made(ordinary_log(), tmp_path).records == 10
    assert {path.name for path in tmp_path.iterdir()} == {"export.zip", "export.zip.note"}


def test_a_key_is_a_file_named_after_it() -> None:
    key = VerifierKey.parse(str(LOG_KEY.verifier))

    assert key_file(key) == f"keys/audit.example%2Ftest+{key.key_id:08x}.vkey"


def test_an_export_is_recorded_before_anybody_can_take_it(tmp_path: Path) -> None:
    names: list[str] = []
    recorded: list[ExportSummary] = []

    def record(summary: ExportSummary) -> None:
        recorded.append(summary)
        names.extend(path.name for path in tmp_path.iterdir())

    summary = made(ordinary_log(), tmp_path, record=record)

    assert recorded == [summary]
    assert sorted(names) == [".export.zip.note.unfinished", ".export.zip.unfinished"]


def test_an_export_that_cannot_be_recorded_is_none(tmp_path: Path) -> None:
    def record(summary: ExportSummary) -> None:
        msg = f"log: {summary.records} records, and no way to say so"
        raise LogUnavailableError(msg)

    with pytest.raises(LogUnavailableError, match="no way to say so"):
        made(ordinary_log(), tmp_path, record=record)

    assert list(tmp_path.iterdir()) == []


def test_a_summary_is_a_value(tmp_path: Path) -> None:
    summary = made(ordinary_log(), tmp_path)

    with pytest.raises(dataclasses.FrozenInstanceError):
        summary.records = 0  # type: ignore[misc]


def test_the_log_of_a_gateway_that_died_is_exported_and_verified(tmp_path: Path) -> None:
    """From the real log on SQLite to both verifiers, over an interruption."""
    with upgraded(sqlite_url(tmp_path)) as database:
        store = LogStore(database)
        publisher = Publisher(store, LOG_KEY, origin=ORIGIN, state=tmp_path / "published.json")

        async def live(*exchanges: int, leave_open: int | None) -> None:
            log = Log(
                store,
                writer="gateway-0",
                software="0.1.0",
                policy=POLICY,
                clock=SteadyClock(),
                lock=tmp_path / "writer.lock",
            )
            await log.start()
            for number in exchanges:
                await log.open(opened(number))
                await log.close(closed(number))
            if leave_open is not None:
                await log.open(opened(leave_open))
            await log.stop()

        asyncio.run(live(1, 2, leave_open=3))
        publisher.publish()
        kept = store.checkpoint()
        asyncio.run(live(4, leave_open=None))
        publisher.publish()
        (tmp_path / "out").mkdir()
        path = tmp_path / "out" / "export.zip"
        export(store, **{**ARGUMENTS, "destination": path, "since": kept})

    for judge in JUDGES:
        verdict = judge(path, str(LOG_KEY.verifier), kept)
        assert (verdict["status"], verdict["since"], verdict["still_open"]) == ("verified", 6, [])
        assert verdict["counts"] == {
            "exchange.closed": 4,
            "exchange.opened": 4,
            "writer.started": 2,
        }
