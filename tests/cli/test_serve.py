"""`euguard serve` as whoever starts it sees it: a service manager, or a person."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest

from box import EUGUARD, Box

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Box(tmp_path, NOBODY) as made:
        yield made


def serve(box: Box, *options: str, **environment: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [EUGUARD, "serve", "--config", box.config, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        start_new_session=True,
    )


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_port_in_use_is_an_error_before_anything_is_started(
    box: Box, options: tuple[str, ...]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        process = serve(box, *options, EUGUARD_PORT=str(other.getsockname()[1]))
        printed, said = process.communicate(timeout=60)

    assert process.returncode == 3
    assert b"serving" not in printed + said
    assert not list((box.folder).rglob("gateway-0.lock")), "the log was begun"
    if options:
        assert orjson.loads(printed)["error"]["code"] == "configuration_invalid"
    else:
        assert printed == b""
        assert b"  fix: stop what listens there" in said
        assert b"  code: configuration_invalid" in said


@contextmanager
def serving(box: Box) -> Iterator[tuple["subprocess.Popen[bytes]", dict[str, str]]]:
    """Serve, and yield the process and what it printed."""
    process = serve(box, "--json", EUGUARD_PORT="0")
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, b"}\n")
        yield process, orjson.loads(b"".join(lines) + b"}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_the_address_is_printed_once_calls_are_accepted_there(box: Box) -> None:
    with serving(box) as (process, said):
        alive = httpx.get(said["serving"].removesuffix("/v1") + "/livez")
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=60)

    assert set(said) == {"serving", "log"}
    assert alive.json() == {"alive": True}
    assert (process.returncode, rest) == (0, b"")


def test_whoever_cannot_sign_is_not_ready(box: Box) -> None:
    """The publisher's memory is spoilt: it goes on trying, and signs nothing."""
    with serving(box) as (_, said):
        url = said["serving"].removesuffix("/v1") + "/readyz"
        until(lambda: httpx.get(url).json()["checks"]["signing"])
        (box.state / "signed" / "state.json").write_bytes(b"spoilt")
        until(lambda: not httpx.get(url).json()["checks"]["signing"])

        assert httpx.get(url).status_code == 503


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
