"""The demo as a person runs it, once, on real vLLM: what it shows, and that it is left alone.

`--keep`, so that one start of the engine serves every test: the journey is the same without.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil
import pytest
from deploy.demo.engine.process import alive
from deploy.demo.script import SCENES

from engine_fixture import ECHO, VLLM, installed

pytestmark = pytest.mark.engine

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = 300


@dataclass
class Demo:
    """A demo that has done everything and is kept running."""

    state: Path
    said: Path
    """What it printed."""
    process: "subprocess.Popen[bytes]"

    @property
    def lines(self) -> list[str]:
        return self.said.read_text(encoding="utf-8").splitlines()

    def after(self, heading: str) -> str:
        """Return the one line below a heading."""
        return self.lines[self.lines.index(heading) + 1]


def command(state: Path, *options: str) -> list[str | Path]:
    return [sys.executable, "-m", "deploy.demo.run", "--state", state, *options]


def bash(line: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    installed(VLLM)
    installed(ECHO)
    # Not tmp_path: a Unix socket's path has 107 bytes at most.
    state = Path(tempfile.mkdtemp(prefix="euguard-"))
    said = state / "said.txt"
    with (
        said.open("wb") as output,
        subprocess.Popen(
            command(state, "--keep"),
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            start_new_session=True,
        ) as process,
    ):
        made = Demo(state, said, process)
        try:
            await_line(made, "running until Ctrl-C")
            yield made
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    shutil.rmtree(state)


def await_line(demo: Demo, line: str) -> None:
    deadline = time.monotonic() + SECONDS
    while line not in demo.lines:
        if demo.process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(demo.said.read_text(encoding="utf-8"), pytrace=False)
        time.sleep(0.2)


def test_three_columns_show_value_pseudonym_and_value(demo: Demo) -> None:
    rows = table(demo.lines)

    assert len(rows) == len(SCENES)
    for scene, (_title, wrote, saw, got) in zip(SCENES, rows, strict=True):
        values = ["".join(value.split()) for value in scene.personal_data]
        assert not [value for value in values if value in saw]
        if scene.refused is not None:
            assert saw == "—nothingwassent—"
            assert scene.refused in got
        else:
            assert re.search(r"<[A-Z]+_[0-9A-Z]{4,}>", saw)
            assert not [value for value in values if value not in got]
            assert got == wrote or scene.calls_tools


def table(lines: list[str]) -> list[list[str]]:
    """Return the cells of each exchange, without white space: it is folded."""
    rows: list[list[str]] = []
    for line in lines:
        if line.startswith(("┡", "├")):
            rows.append([""] * 4)
        elif line.startswith("│"):
            parts = line.strip("│").split("│")
            rows[-1] = [f"{a}{''.join(b.split())}" for a, b in zip(rows[-1], parts, strict=True)]
    return rows


def test_the_journey_is_verified_the_flipped_bit_found_and_all_as_promised(demo: Demo) -> None:
    text = "\n".join(demo.lines)

    sound, broken = text.split("one bit of a copy flipped, and verified again")
    assert "VERIFIED" in sound
    assert "FAILED  step 1, file: its SHA-256" in broken
    assert "ALL AS PROMISED: 12 names, numbers and addresses in 6 messages did not" in broken
    assert (demo.state / "papers" / "index.html").is_file()
    assert "gaps that only a person can fill" in text


def test_the_verification_can_be_pasted(demo: Demo) -> None:
    done = bash(demo.after("verify the export yourself"))

    assert done.returncode == 0, done.stderr
    assert "VERIFIED" in done.stdout


def test_the_curl_line_can_be_pasted(demo: Demo) -> None:
    done = bash(demo.after("try it"))

    [choice] = orjson.loads(done.stdout)["choices"]
    assert choice["message"]["content"] == "Dear Anna Kowalska, your permit is ready."


def test_a_second_demo_leaves_the_first_alone(demo: Demo) -> None:
    second = subprocess.run(
        command(demo.state), capture_output=True, text=True, check=False, cwd=REPOSITORY
    )

    assert second.returncode == 3
    assert f"a demo is running (pid {demo.process.pid}); stop it with Ctrl-C" in second.stdout
    assert "Kowalska" in bash(demo.after("try it")).stdout


def test_ctrl_c_stops_all_of_it_and_is_no_failure(demo: Demo) -> None:
    started = psutil.Process(demo.process.pid).children(recursive=True)
    assert {"vllm", "euguard"} <= {process.name() for process in started}
    groups = {os.getpgid(process.pid) for process in started} - {os.getpgid(demo.process.pid)}

    demo.process.send_signal(signal.SIGINT)

    assert demo.process.wait(60) == 0
    assert [group for group in groups if alive(group)] == []
