import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from deploy.demo.lock import DemoRunningError, alone


def hold(state: Path, pipe: "Connection[None, None]") -> None:
    with alone(state):
        pipe.send(None)
        pipe.recv()


def test_a_second_demo_is_told_who_runs_until_that_one_ends(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    other = context.Process(target=hold, args=(tmp_path, theirs))
    other.start()
    ours.recv()

    with pytest.raises(DemoRunningError, match=rf"\(pid {other.pid}\); stop it with Ctrl-C there"):
        alone(tmp_path).__enter__()

    other.kill()  # it could not tidy up
    other.join()
    with alone(tmp_path):
        pass
    ours.close()
    theirs.close()


def test_the_folder_is_made(tmp_path: Path) -> None:
    with alone(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
