"""The benchmark's process and its bridge; the real vLLM is measured in tests/engine."""

import asyncio
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from euguard.adapters import benchmark
from euguard.errors import ConfigurationError, ModelUnavailableError


def program(folder: Path, text: str) -> Path:
    """Write a stand-in for bin/vllm."""
    path = folder / "vllm"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return path


def test_the_result_of_a_run_is_what_it_wrote(tmp_path: Path) -> None:
    # $4 is --result-dir: bench serve --seed 7 --result-dir DIR --result-filename result.json
    fake = program(tmp_path, 'printf \'{"argv": "%s", "home": "%s"}\' "$1 $2 $4" "$HOME" > "$6/$8"')

    found: Any = asyncio.run(benchmark.run(fake, ["--seed", "7"]))

    assert found["argv"] == "bench serve 7"
    assert "euguard-bench-" in found["home"]  # nothing is kept of it


def test_a_run_that_fails_shows_its_last_lines(tmp_path: Path) -> None:
    fake = program(tmp_path, "seq 20; exit 3")

    with pytest.raises(ModelUnavailableError, match=r"(?s)ended with 3; its last lines:\n13\n.*20"):
        asyncio.run(benchmark.run(fake, []))


def test_a_run_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "RUN_SECONDS", 0.2)

    with pytest.raises(ModelUnavailableError, match="did not end within"):
        asyncio.run(benchmark.run(program(tmp_path, "exec sleep 60"), []))


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot start .*: No such file"):
        asyncio.run(benchmark.run(tmp_path / "vllm", []))


class Handler(BaseHTTPRequestHandler):
    """Answers every GET with its path."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.path)))
        self.end_headers()
        self.wfile.write(self.path.encode())

    def address_string(self) -> str:
        return "socket"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        del format, args


def test_the_bridge_leads_to_the_socket_for_as_long_as_its_block(tmp_path: Path) -> None:
    path = tmp_path / "s"

    def get(url: str) -> bytes:
        parts = urlsplit(url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        try:
            connection.request("GET", "/x")
            return connection.getresponse().read()
        finally:
            connection.close()

    async def asked() -> str:
        async with benchmark.bridge(path) as url:
            assert url.startswith("http://127.0.0.1:")
            assert await asyncio.to_thread(get, url) == b"/x"
        return url

    with UnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = asyncio.run(asked())
        server.shutdown()
        thread.join()

    with pytest.raises(OSError, match="refused"):
        get(url)


def test_the_card_is_what_nvidia_smi_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert benchmark.card_name() is None

    fake = tmp_path / "nvidia-smi"
    fake.write_text("#!/bin/sh\necho 'NVIDIA H100 80GB HBM3'\n")
    fake.chmod(0o700)
    assert benchmark.card_name() == "NVIDIA H100 80GB HBM3"

    fake.write_text("#!/bin/sh\necho 'no driver'; exit 9\n")
    assert benchmark.card_name() is None


def test_evidence_is_json_and_a_wrong_place_is_said(tmp_path: Path) -> None:
    benchmark.write(tmp_path / "e.json", {"a": 1})

    assert orjson.loads((tmp_path / "e.json").read_bytes()) == {"a": 1}
    with pytest.raises(ConfigurationError, match="cannot write"):
        benchmark.write(tmp_path / "no" / "e.json", {})
