"""Starting and stopping real processes, with small programs in the engine's place."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy.demo.engine.process import Engine, Files, alive, healthy, stop_group

from euguard.errors import ConfigurationError, ModelUnavailableError
from euguard.serving.command import Command, Loopback, UnixSocket

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


PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not tmp_path: a Unix socket's path has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="euguard-") as name:
        yield Path(name)


def socket_of(folder: Path) -> UnixSocket:
    return UnixSocket(folder / "s" / "engine.sock")


def start(folder: Path, source: str, *, patience_seconds: float = 5) -> Engine:
    listen = socket_of(folder)
    argv = (sys.executable, "-c", source, str(listen.path))
    files = Files(log=folder / "engine.log", cache=folder / "cache")
    return Engine(Command(argv, {}), listen, files, patience_seconds=patience_seconds)


def test_it_runs_for_the_time_of_the_block_and_no_longer(folder: Path) -> None:
    with start(folder, SERVER) as engine:
        took = engine.wait_until_ready()

        assert took > 0
        assert healthy(engine.listen)
        assert engine.group in alive(engine.group)

    assert alive(engine.group) == ()
    assert list((folder / "s").iterdir()) == []


def test_it_says_now_and_then_how_long_the_start_takes(folder: Path) -> None:
    told: list[float] = []

    with start(folder, "import time; time.sleep(1.5)\n" + SERVER) as engine:
        engine.wait_until_ready(progress=told.append)

    assert [int(seconds) for seconds in told] == list(range(1, len(told) + 1))
    assert told


def test_it_can_be_stopped_twice(folder: Path) -> None:
    engine = start(folder, SERVER)

    engine.stop()
    engine.stop()

    assert alive(engine.group) == ()


def test_its_socket_and_its_folders_are_for_its_own_account_only(folder: Path) -> None:
    with start(folder, SERVER) as engine:
        engine.wait_until_ready()

        for path in (socket_of(folder).path, folder / "s", folder / "cache", folder / "engine.log"):
            assert path.stat().st_mode & 0o077 == 0


def test_it_answers_on_loopback_too(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = Loopback(free.getsockname()[1])
    source = SERVER.replace("UnixStreamServer(sys.argv[1]", f"TCPServer(('', {listen.port})")
    files = Files(log=folder / "engine.log", cache=folder / "cache")

    with Engine(Command((sys.executable, "-c", source), {}), listen, files) as engine:
        engine.wait_until_ready()

        assert healthy(listen)
    assert not healthy(listen)


def test_a_child_that_ignores_the_request_to_end_is_killed(folder: Path) -> None:
    with start(folder, PARENT + SERVER, patience_seconds=0.5) as engine:
        wait_for("stubborn", engine)
        assert len(alive(engine.group)) == 2

    assert alive(engine.group) == ()


def test_an_engine_whose_first_process_was_killed_is_stopped_whole(folder: Path) -> None:
    with start(folder, PARENT + SERVER, patience_seconds=0.5) as engine:
        wait_for("stubborn", engine)
        os.kill(engine.group, signal.SIGKILL)

    assert alive(engine.group) == ()


def wait_for(word: str, engine: Engine) -> None:
    while word not in engine.last_lines():
        time.sleep(0.05)


def test_an_engine_that_ends_at_once_shows_its_last_words(folder: Path) -> None:
    with (
        start(folder, "import sys; print('no such model'); sys.exit(7)") as engine,
        pytest.raises(ModelUnavailableError, match=r"(?s)with status 7 after .*no such model"),
    ):
        engine.wait_until_ready()


def test_an_engine_that_never_answers_is_given_up(folder: Path) -> None:
    with (
        start(folder, "import time; time.sleep(600)") as engine,
        pytest.raises(ModelUnavailableError, match="does not answer after"),
    ):
        engine.wait_until_ready(seconds=0.3)


def test_a_missing_program_is_named_with_what_to_do(folder: Path) -> None:
    files = Files(log=folder / "engine.log", cache=folder / "cache")

    with pytest.raises(ConfigurationError, match="there is no /nowhere/vllm") as caught:
        Engine(Command(("/nowhere/vllm",), {}), socket_of(folder), files)

    assert caught.value.fix == "install it: make .engine/ready"


def test_sockets_that_it_leaves_behind_are_swept(folder: Path) -> None:
    leave = (
        "import socket, os, sys, uuid\n"
        "left = socket.socket(socket.AF_UNIX)\n"
        "left.bind(os.path.join(os.path.dirname(sys.argv[1]), str(uuid.uuid4())))\n"
    )

    with start(folder, leave + SERVER) as engine:
        engine.wait_until_ready()
        (folder / "s" / "notes.txt").write_text("kept")
        assert len(list((folder / "s").iterdir())) == 3

    assert [path.name for path in (folder / "s").iterdir()] == ["notes.txt"]


def test_a_socket_from_before_is_replaced(folder: Path) -> None:
    (folder / "s").mkdir()
    (folder / "s" / "engine.sock").write_text("left over")

    with start(folder, SERVER) as engine:
        engine.wait_until_ready()


STARTER = """
import signal, sys
from pathlib import Path
from deploy.demo.engine.process import Engine, Files
from euguard.serving.command import Command, UnixSocket
folder = Path(sys.argv[1])
listen = UnixSocket(folder / "engine.sock")
command = Command((sys.executable, "-c", sys.argv[2], str(listen.path)), {})
with Engine(command, listen, Files(folder / "engine.log", folder / "cache")) as engine:
    engine.wait_until_ready()
    print(engine.group, flush=True)
    signal.pause()
"""


def test_the_engine_ends_when_its_starter_is_killed(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder), SERVER],
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdout is not None
        group = int(starter.stdout.readline())
        assert alive(group)

        starter.kill()

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
    assert not healthy(socket_of(folder))
