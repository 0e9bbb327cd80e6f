"""Starting and stopping real processes, with small programs in the engine's place."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.engine import Engine, EngineError, alive, healthy, stop_group

SERVER = """
import http.server, socketserver, subprocess, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
    def address_string(self):
        return ""
with socketserver.UnixStreamServer(sys.argv[1], Answer) as server:
    server.serve_forever()
"""

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn", flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not tmp_path: a Unix socket's path has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="euguard-") as name:
        yield Path(name)


def program(folder: Path, source: str, *, patience_seconds: float = 5) -> Engine:
    return Engine(
        argv=[sys.executable, "-c", source, str(folder / "s" / "engine.sock")],
        environment={"PATH": os.environ["PATH"]},
        socket=folder / "s" / "engine.sock",
        log=folder / "engine.log",
        patience_seconds=patience_seconds,
    )


def silent(_text: str) -> None:
    """Say nothing."""


def test_it_runs_for_the_time_of_the_block_and_no_longer(folder: Path) -> None:
    engine = program(folder, SERVER)
    said: list[str] = []

    with engine.running(said.append):
        assert healthy(engine.socket)
        assert engine.group in alive(engine.group)

    assert alive(engine.group) == ()
    assert not engine.socket.exists()
    assert said[-1].startswith("the engine answers after ")


def test_its_socket_is_for_its_own_account_only(folder: Path) -> None:
    engine = program(folder, SERVER)

    with engine.running(silent):
        assert engine.socket.stat().st_mode & 0o077 == 0
        assert engine.socket.parent.stat().st_mode & 0o077 == 0


def test_a_child_that_ignores_the_request_to_end_is_killed(folder: Path) -> None:
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])\n"
    engine = program(folder, child + SERVER, patience_seconds=0.5)

    with engine.running(silent):
        while "stubborn" not in engine.last_lines():
            time.sleep(0.05)
        assert len(alive(engine.group)) == 2

    assert alive(engine.group) == ()


def test_an_engine_whose_first_process_was_killed_is_stopped_whole(folder: Path) -> None:
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])\n"
    engine = program(folder, child + SERVER, patience_seconds=0.5)

    with engine.running(silent):
        while "stubborn" not in engine.last_lines():
            time.sleep(0.05)
        os.kill(engine.group, signal.SIGKILL)

    assert alive(engine.group) == ()


def test_an_engine_that_ends_at_once_shows_its_last_words(folder: Path) -> None:
    engine = program(folder, "import sys; print('no such model'); sys.exit(7)")

    with (
        pytest.raises(EngineError, match=r"(?s)ended with status 7 after .*no such model"),
        engine.running(silent),
    ):
        pytest.fail("it never ran")


def test_an_engine_that_never_answers_is_stopped(folder: Path) -> None:
    engine = program(folder, "import time; time.sleep(600)")

    with (
        pytest.raises(EngineError, match="does not answer after"),
        engine.running(silent, ready_seconds=0.3),
    ):
        pytest.fail("it never ran")

    assert alive(engine.group) == ()


def test_a_missing_program_is_named_with_what_to_do(folder: Path) -> None:
    engine = Engine(
        argv=[str(folder / "vllm")],
        environment={},
        socket=folder / "engine.sock",
        log=folder / "engine.log",
    )

    with pytest.raises(EngineError, match=r"there is no .*vllm; run `make"), engine.running(silent):
        pytest.fail("it never ran")


def test_sockets_that_it_leaves_behind_are_swept(folder: Path) -> None:
    leave = (
        "import socket, os, sys, uuid\n"
        "left = socket.socket(socket.AF_UNIX)\n"
        "left.bind(os.path.join(os.path.dirname(sys.argv[1]), str(uuid.uuid4())))\n"
    )
    engine = program(folder, leave + SERVER)

    with engine.running(silent):
        (engine.socket.parent / "notes.txt").write_text("kept")
        assert len(list(engine.socket.parent.iterdir())) == 3

    assert [path.name for path in engine.socket.parent.iterdir()] == ["notes.txt"]


def test_a_socket_from_before_is_replaced(folder: Path) -> None:
    (folder / "s").mkdir()
    (folder / "s" / "engine.sock").write_text("left over")

    with program(folder, SERVER).running(silent) as engine:
        assert healthy(engine.socket)


def test_the_engine_ends_when_its_starter_is_killed(folder: Path) -> None:
    starter = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from engine.engine import Engine\n"
        "folder = Path(sys.argv[1])\n"
        "engine = Engine(argv=[sys.executable, '-c', sys.argv[2], str(folder / 'e.sock')],\n"
        "    environment={}, socket=folder / 'e.sock', log=folder / 'e.log')\n"
        "with engine.running(lambda text: None):\n"
        "    print(engine.group, flush=True)\n"
        "    signal.pause()\n"
    )
    demo = Path(__file__).resolve().parents[2] / "deploy" / "demo"
    with subprocess.Popen(
        [sys.executable, "-c", starter, str(folder), SERVER],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(demo)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        group = int(process.stdout.readline())
        assert alive(group)

        process.kill()

    deadline = time.monotonic() + 30
    while alive(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alive(group) == ()


def test_a_group_that_is_gone_is_stopped_already() -> None:
    done = subprocess.Popen(["true"], start_new_session=True)
    done.wait()

    stop_group(done.pid)

    assert alive(done.pid) == ()


def test_a_socket_that_nobody_serves_is_not_healthy(folder: Path) -> None:
    assert not healthy(folder / "none.sock")
