"""`euguard serve` as whoever starts it sees it: a service manager, or a person."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator

import httpx
import orjson
import pytest

from box import EUGUARD, Box

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), NOBODY) as made:
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


def test_the_address_is_printed_once_calls_are_accepted_there(box: Box) -> None:
    process = serve(box, "--json", EUGUARD_PORT="0")
    assert process.stdout is not None
    first = b"".join(iter(process.stdout.readline, b"}\n")) + b"}"
    said = orjson.loads(first)
    alive = httpx.get(said["serving"].removesuffix("/v1") + "/livez")
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=60)

    assert set(said) == {"serving", "log"}
    assert alive.json() == {"alive": True}
    assert (process.returncode, rest) == (0, b"")
