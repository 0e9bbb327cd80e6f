import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from euguard.adapters import probe
from euguard.adapters.probe import Probe
from euguard.errors import ModelUnavailableError
from euguard.serving.smoke import Question


class Handler(BaseHTTPRequestHandler):
    """Says back what was posted, with status 418."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(418)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        del format, args


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_status_and_bytes_come_back_as_they_are(url: str) -> None:
    assert Probe(url).ask(Question("/v1/models")).data == b"/v1/models"
    posted = Probe(url).ask(Question("/x", {"a": 1}))
    assert (posted.status, posted.value) == (418, {"a": 1})
    assert Probe(url).ask(Question("/no-json")).value is None


def test_an_answer_without_end_is_not_read(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "MAX_ANSWER", 4)

    with pytest.raises(ModelUnavailableError, match="answered more than 4 bytes"):
        Probe(url).ask(Question("/long"))


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    for nobody in (Probe("http://127.0.0.1:9"), Probe("http://x", tmp_path / "no.sock")):
        with pytest.raises(ModelUnavailableError, match="/version was not answered"):
            nobody.ask(Question("/version"))


def test_a_unix_socket_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def answer() -> None:
            with server.accept()[0] as one:
                one.recv(4096)
                one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        thread = threading.Thread(target=answer)
        thread.start()
        found = Probe("http://engine", path).ask(Question("/version"))
        thread.join()

    assert (found.status, found.value) == (200, {})
