"""Real faults: a clear error, nothing in clear upstream, and recovery without a restart."""

import contextlib
import itertools
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import psutil
import pytest
from openai import OpenAI

from box import Box, exported_records
from upstream import MODEL, Behaviour, Upstream

TEXT = "Write to Katharina Vogelsang at k.vogelsang@example.org."
_numbers = itertools.count()
PATIENCE = 60
"""Seconds until a test that waits for something gives up."""


def ask(client: OpenAI, *, stream: bool = False) -> Any:
    """Ask with a text that was never seen: what detection remembers needs no process."""
    create: Any = client.chat.completions.create
    text = f"{TEXT} Case {next(_numbers)}."
    reply = create(model=MODEL, messages=[{"role": "user", "content": text}], stream=stream)
    return list(reply) if stream else reply


def failure(client: OpenAI) -> openai.APIStatusError:
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client)
    return caught.value


def await_recovery(client: OpenAI) -> None:
    """Ask until an answer is whole again; the gateway is never restarted."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            assert ask(client).choices[0].message.content.startswith(TEXT)
        except openai.APIStatusError:
            assert time.monotonic() < deadline, "no recovery"
            time.sleep(0.2)
        else:
            return


def assert_nothing_in_clear(upstream: Upstream) -> None:
    assert not [body for body in upstream.bodies if b"Vogelsang" in body or b"@example" in body]


def test_a_model_server_that_stops_is_a_502_and_comes_back(
    client: OpenAI, box: Box, upstream: Upstream
) -> None:
    upstream.stop()
    try:
        error = failure(client)
        ready_meanwhile = box.ready()
    finally:
        upstream.start()

    assert (error.status_code, error.code) == (502, "model_unavailable")
    assert not ready_meanwhile
    await_recovery(client)
    box.await_ready()


@pytest.mark.parametrize(
    "behaviour, status, code",
    [
        (Behaviour(status=500), 502, "model_unavailable"),
        (Behaviour(status=429), 502, "model_unavailable"),
        (Behaviour(status=400), 400, "model_rejected"),
        (Behaviour(raw=b"not json"), 502, "model_unavailable"),
        (Behaviour(raw=b"[]"), 502, "model_unavailable"),
        (Behaviour(raw=b'{"choices": 7}'), 502, "model_unavailable"),
    ],
)
def test_a_model_server_that_misbehaves_is_named_and_never_quoted(
    client: OpenAI, upstream: Upstream, behaviour: Behaviour, status: int, code: str
) -> None:
    upstream.behaviour = behaviour

    error = failure(client)

    assert (error.status_code, error.code) == (status, code)
    assert "PERSON" not in str(error.body)


@pytest.mark.parametrize("behaviour", [Behaviour(stop_after=3), Behaviour(error_after=3)])
def test_a_stream_that_breaks_off_ends_in_an_error_and_not_in_done(
    client: OpenAI, upstream: Upstream, behaviour: Behaviour
) -> None:
    upstream.behaviour = behaviour

    with pytest.raises(openai.APIError) as caught:
        ask(client, stream=True)

    assert caught.value.code == "model_unavailable"


def detectors(box: Box) -> list[psutil.Process]:
    assert box.process is not None
    return psutil.Process(box.process.pid).children(recursive=True)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP])
def test_detection_that_dies_or_hangs_is_a_503_and_comes_back(
    client: OpenAI, box: Box, upstream: Upstream, sign: signal.Signals
) -> None:
    for process in detectors(box):
        os.kill(process.pid, sign)

    error = failure(client)

    assert (error.status_code, error.code) == (503, "detection_unavailable")
    assert upstream.bodies == []
    await_recovery(client)
    assert_nothing_in_clear(upstream)


def sudo(*command: str) -> None:
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    subprocess.run([*prefix, *command], check=True, capture_output=True)


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """Mount a file system of its own, on a loop device."""
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(mebibytes * 2**20)
    subprocess.run(["/sbin/mkfs.ext4", "-q", "-m", "0", image], check=True)
    sudo("mount", "-o", "loop", str(image), str(place))
    try:
        sudo("chown", str(os.getuid()), str(place))
        yield place
    finally:
        sudo("umount", "-l", str(place))


def fill(place: Path) -> Path:
    """Use up the last block of a file system."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return filler


@pytest.mark.root
def test_a_full_disk_is_a_503_and_nothing_is_sent_until_there_is_room(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path, 24) as disk,
        Upstream() as upstream,
        Box(tmp_path, upstream.url, database=f"sqlite:///{disk}/euguard.db") as box,
        OpenAI(base_url="http://unset", api_key="unset", max_retries=0) as unset,
    ):
        box.start()
        client = unset.with_options(base_url=box.url, api_key=box.key)
        ask(client)
        filler = fill(disk)
        upstream.bodies.clear()

        errors = [failure(client) for _ in range(40)]
        sent = len(upstream.bodies)
        ready_meanwhile = box.ready()
        filler.unlink()

        assert {(e.status_code, e.code) for e in errors} == {(503, "log_unavailable")}
        assert sent == 0
        assert not ready_meanwhile
        await_recovery(client)
        box.await_ready()
        assert box.stop() == 0


@pytest.mark.root
def test_a_log_that_cannot_be_written_is_a_503_and_comes_back(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path, 24) as disk,
        Upstream() as upstream,
        Box(tmp_path, upstream.url, database=f"sqlite:///{disk}/euguard.db") as box,
        OpenAI(base_url="http://unset", api_key="unset", max_retries=0) as unset,
    ):
        box.start()
        client = unset.with_options(base_url=box.url, api_key=box.key)
        ask(client)
        upstream.bodies.clear()

        # Not even root writes to an immutable file, nor does who has opened it before.
        files = [f"{disk}/euguard.db", f"{disk}/euguard.db-wal"]
        sudo("chattr", "+i", *files)
        error = failure(client)
        sent = len(upstream.bodies)
        sudo("chattr", "-i", *files)

        assert (error.status_code, error.code) == (503, "log_unavailable")
        assert sent == 0
        await_recovery(client)
        assert box.stop() == 0


def test_a_restored_backup_is_a_503_and_nothing_is_sent(tmp_path: Path) -> None:
    with (
        Upstream() as upstream,
        Box(tmp_path, upstream.url) as box,
        OpenAI(base_url=box.url, api_key=box.key, max_retries=0) as client,
    ):
        database = box.state / "euguard.db"
        for name in ("backup", "newer"):
            box.start()
            ask(client)
            assert box.stop() == 0
            shutil.copy(database, tmp_path / name)
        waiting, tree, signed = signed_so_far(database)
        (tmp_path / "backup").replace(database)
        upstream.bodies.clear()
        box.start(wait=False)
        until(lambda: listens(box))

        error = failure(client)

        assert (error.status_code, error.code) == (503, "log_unavailable")
        assert upstream.bodies == []
        assert not box.ready()
        assert "(log_forked)" in box.log.read_text()

    # What the gateway wrote at the very end was signed: the restore could not go unnoticed.
    assert (waiting, signed) == (0, tree)


def signed_so_far(database: Path) -> tuple[int, int, int]:
    """Return how many records wait, are in the tree, and are signed."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        query = "SELECT (SELECT count(*) FROM inbox), tree.size, checkpoint.size "
        waiting, tree, signed = connection.execute(query + "FROM tree, checkpoint").fetchone()
    return waiting, tree, signed


def listens(box: Box) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", box.port), 10):
        return True
    return False


def test_a_client_that_hangs_up_leaves_a_closed_exchange(
    box: Box, client: OpenAI, upstream: Upstream, tmp_path: Path
) -> None:
    upstream.behaviour = Behaviour(pause=0.05, answer="word " * 200)
    create: Any = client.chat.completions.create
    stream = create(
        model=MODEL, messages=[{"role": "user", "content": TEXT}], stream=True, timeout=PATIENCE
    )
    next(iter(stream))
    exchange = stream.response.headers["x-euguard-exchange"]
    stream.close()

    def closed() -> list[str]:
        export = tmp_path / f"{time.monotonic_ns()}.zip"
        box.euguard("audit", "export", str(export), "--exchange", exchange)
        return [r["outcome"] for r in exported_records(export) if r["kind"] == "exchange.closed"]

    until(closed)
    assert closed() == ["interrupted"]


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.1)


def test_stopping_ends_every_exchange_with_its_record(tmp_path: Path) -> None:
    """SIGTERM while eight streams and three plain requests wait for a slow model."""
    slow = Behaviour(pause=2 * PATIENCE, answer="word " * 2000)
    with Upstream(slow) as upstream, Box(tmp_path, upstream.url) as box:
        box.start()
        with ThreadPoolExecutor(11) as pool:
            asked = [pool.submit(until_the_end, box, stream=n < 8) for n in range(11)]
            until(lambda: len(upstream.bodies) == 11)
            code = box.stop()
            answers = [one.result() for one in asked]
        export = tmp_path / "export.zip"
        box.euguard("audit", "export", str(export))

    closed = [r for r in exported_records(export) if r["kind"] == "exchange.closed"]
    assert code == 0
    assert {(r["outcome"], r["reason"]) for r in closed} == {("interrupted", "gateway_stopped")}
    assert len(closed) == 11
    assert all("gateway_stopped" in answer for answer in answers)


def until_the_end(box: Box, *, stream: bool) -> str:
    """Ask, and return whatever came until the connection ended."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": TEXT}], "stream": stream}
    headers = {"Authorization": f"Bearer {box.key}"}
    return httpx.post(f"{box.url}/chat/completions", json=body, headers=headers, timeout=120).text


def test_a_head_without_end_is_hung_up_on(box: Box) -> None:
    with socket.create_connection(("127.0.0.1", box.port), 10) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: box\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(4096):
                connection.sendall(b"X-Filler: " + b"x" * 4096 + b"\r\n")
        with contextlib.suppress(ConnectionError):
            assert connection.recv(1024) == b""

    assert box.ready()
