"""Against a small server on a Unix socket that answers with what it was sent."""

import http.client
import http.server
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from deploy.demo.wiretap import CHAT, Wiretap


class Repeat(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass

    def address_string(self) -> str:
        return ""


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False


@pytest.fixture
def engine() -> Iterator[Path]:
    # Not tmp_path: a Unix socket's path has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="euguard-") as folder:
        path = Path(folder) / "engine.sock"
        with Server(str(path), Repeat) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            yield path
            server.shutdown()
            thread.join()


def post(connection: http.client.HTTPConnection, path: str, body: bytes) -> bytes:
    connection.request("POST", path, body)
    return connection.getresponse().read()


def test_bytes_go_through_unchanged_and_chat_requests_are_kept_in_order(engine: Path) -> None:
    large = orjson.dumps({"n": 2, "text": "ä" * 100_000})

    with Wiretap(engine) as tap:
        connection = http.client.HTTPConnection("127.0.0.1", tap.port)
        answers = [
            post(connection, CHAT, b'{"n": 1}'),
            post(connection, "/tokenize", b"not JSON"),
            post(connection, CHAT, large),
        ]
        connection.close()

    assert answers == [b'{"n": 1}', b"not JSON", large]
    assert tap.bodies() == [{"n": 1}, orjson.loads(large)]


def test_several_clients_at_once_are_not_mixed(engine: Path) -> None:
    with Wiretap(engine) as tap:
        connections = [http.client.HTTPConnection("127.0.0.1", tap.port) for _ in range(3)]
        for number, connection in enumerate(connections):
            connection.request("POST", CHAT, orjson.dumps({"n": number}))
        answers = [connection.getresponse().read() for connection in connections]
        for connection in connections:
            connection.close()

    assert answers == [b'{"n":0}', b'{"n":1}', b'{"n":2}']
    assert sorted(body["n"] for body in tap.bodies()) == [0, 1, 2]


def test_it_ends_while_a_client_is_still_connected(engine: Path) -> None:
    with Wiretap(engine) as tap:
        connection = http.client.HTTPConnection("127.0.0.1", tap.port)
        post(connection, CHAT, b'{"n": 1}')

    with pytest.raises(ConnectionError):
        post(connection, CHAT, b'{"n": 2}')
    connection.close()


def test_without_an_engine_the_client_is_hung_up_on(tmp_path: Path) -> None:
    with Wiretap(tmp_path / "nobody") as tap:
        connection = http.client.HTTPConnection("127.0.0.1", tap.port)
        with pytest.raises(ConnectionError):
            post(connection, CHAT, b"{}")
        connection.close()

    assert tap.bodies() == []
