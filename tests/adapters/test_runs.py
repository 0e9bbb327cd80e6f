"""Run folders on a real disk."""

import dataclasses
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from euguard.adapters.runs import RunFolders
from euguard.errors import ConfigurationError, RunInProgressError
from euguard.provision.event import Event, Kind
from euguard.provision.run import Outcome, Run

RUN = Run("20261125T093000.000Z-install", "install", "site", "2026-11-25T09:30:00Z")


def test_a_run_is_there_from_its_beginning_and_whole_at_its_end(tmp_path: Path) -> None:
    runs = RunFolders(tmp_path / "runs")
    with runs.held():
        folder = runs.begin(RUN)
        assert runs.all() == [RUN]
        runs.note(RUN, Event(Kind.OK, "t", host="box"))
        runs.note(RUN, Event(Kind.CHANGED, "t", host="box"))

        digest = runs.finish(RUN, {"facts.json": b"{}"})

    manifest = (folder / "manifest.json").read_bytes()
    assert digest == hashlib.sha256(manifest).hexdigest()
    names = [one["path"] for one in orjson.loads(manifest)["files"]]
    assert names == ["events.jsonl", "facts.json", "run.json"]
    lines = (folder / "events.jsonl").read_bytes().splitlines()
    assert [orjson.loads(line)["kind"] for line in lines] == ["ok", "changed"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_what_a_kill_left_is_settled(tmp_path: Path) -> None:
    runs = RunFolders(tmp_path)
    with runs.held():
        folder = runs.begin(RUN)
        runs.note(RUN, Event(Kind.OK, "t"))

        runs.settle()

    (settled,) = runs.all()
    assert settled.outcome is Outcome.INTERRUPTED
    assert (folder / "manifest.json").exists()


def test_a_kill_before_the_manifest_leaves_the_outcome_as_it_was(tmp_path: Path) -> None:
    runs = RunFolders(tmp_path)
    with runs.held():
        folder = runs.begin(RUN)
        runs.finish(dataclasses.replace(RUN, outcome=Outcome.COMPLETED), {})
        (folder / "manifest.json").unlink()

        runs.settle()

    assert runs.all()[0].outcome is Outcome.COMPLETED
    assert (folder / "manifest.json").exists()


def test_folders_that_hold_no_run_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "run.json").write_text("{")

    assert RunFolders(tmp_path).all() == []
    assert RunFolders(tmp_path / "nowhere").all() == []


def test_two_cannot_run_at_once_and_a_kill_lets_go(tmp_path: Path) -> None:
    holding = (
        "import sys, time; from pathlib import Path; from euguard.adapters.runs import RunFolders\n"
        "with RunFolders(Path(sys.argv[1])).held(): print(flush=True); time.sleep(600)"
    )
    arguments = [sys.executable, "-c", holding, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(RunInProgressError), RunFolders(tmp_path).held():
            pass
        other.kill()

    with RunFolders(tmp_path).held():
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError) as raised, RunFolders(tmp_path / "file" / "x").held():
        pass

    assert raised.value.fix == "name another folder with --runs"
    assert os.fspath(tmp_path / "file") in raised.value.message
