"""One plain HTTP request to a model server, with its answer as bytes: for checks of the server.

The gateway does not use it (`adapters.vllm` is its way): a check must see what the gateway would
hide, as an error's text or the events of a stream. Only the standard library is needed, so that
the check also runs where the gateway is not installed.
"""

import http.client
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from euguard.errors import ModelUnavailableError
from euguard.serving.smoke import Answer, Question

MAX_ANSWER = 16 * 2**20
"""Bytes of an answer, at most."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A model server on a Unix socket, or on loopback."""

    url: str
    """As `http://127.0.0.1:8000`; behind a Unix socket it only fills in the Host field."""
    unix_socket: Path | None = None
    silence_seconds: float = 300.0
    """How long the server may be silent before it counts as dead."""

    def ask(self, question: Question) -> Answer:
        """Return what the server answers.

        Raises:
            ModelUnavailableError: it does not answer, or answers without end.

        """
        connection = self._connection()
        try:
            body = None if question.body is None else orjson.dumps(question.body)
            method = "GET" if body is None else "POST"
            connection.request(method, question.path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            data = response.read(MAX_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            what = type(error).__name__
            msg = f"model: {question.path} was not answered ({what})"
            raise ModelUnavailableError(msg, fix="look at the engine's log") from None
        finally:
            connection.close()
        if len(data) > MAX_ANSWER:
            msg = f"model: {question.path} answered more than {MAX_ANSWER:,} bytes"
            raise ModelUnavailableError(msg)
        return Answer(response.status, data)

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or "engine"
        if self.unix_socket is None:
            return http.client.HTTPConnection(host, parts.port, timeout=self.silence_seconds)
        return _UnixConnection(host, self.unix_socket, self.silence_seconds)


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, host: str, path: Path, seconds: float) -> None:
        super().__init__(host, timeout=seconds)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket in the place of a host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
