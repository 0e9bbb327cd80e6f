"""The model port on an OpenAI-compatible server: vLLM, on loopback or a Unix socket.

Nothing that the server says in an error is passed on: it may quote the prompt.

Source: the chat completions of the OpenAI API as vLLM serves it; server-sent events as in the
WHATWG HTML standard, §9.2.6, of which vLLM uses `data:` lines ended by a blank line.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson

from euguard.errors import ModelRejectedError, ModelUnavailableError
from euguard.exchange.stages import Json, Recorded
from euguard.terms import ModelId

MAX_REPLY = 64 * 1024 * 1024
"""Bytes of one completion, or of one event of a stream, at most."""

_REJECTED = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
_DONE = b"[DONE]"
_LIST_SECONDS = 2.0
_PATH = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the model server listens."""

    url: str
    """As `http://127.0.0.1:8000`; behind a Unix socket only its scheme and path count."""
    unix_socket: str | None = None
    """Path of the socket, or None for TCP."""
    api_key: str | None = field(default=None, repr=False)
    """Sent as a bearer token if set."""


class Vllm:
    """One model server. Use it as an async context manager; it keeps connections open."""

    def __init__(self, address: Address, *, silence_seconds: float = 300.0) -> None:
        """Take the address, and how long the server may be silent before it counts as dead."""
        self._address = address
        self._silence_seconds = silence_seconds
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector: aiohttp.BaseConnector
        if self._address.unix_socket is None:
            connector = aiohttp.TCPConnector(limit=0)
        else:
            connector = aiohttp.UnixConnector(self._address.unix_socket, limit=0)
        key = self._address.api_key
        self._session = aiohttp.ClientSession(
            base_url=self._address.url,
            connector=connector,
            headers={"Authorization": f"Bearer {key}"} if key else None,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=5.0, sock_read=self._silence_seconds
            ),
            trust_env=False,  # no proxy variable may lead a prompt elsewhere
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def reply(self, recorded: Recorded) -> AsyncGenerator[Json]:
        """Yield the reply: see `exchange.ports.Model`."""
        body = orjson.dumps(recorded.body)
        stream = bool(recorded.body.get("stream"))
        async with self._post(body) as response:
            if not stream:
                yield _object(await _bounded(response))
                return
            async for event in _events(response.content.iter_any()):
                if event == _DONE:
                    return
                yield _chunk(event)
            msg = "the model server broke off before the end of its answer"
            raise ModelUnavailableError(msg)

    async def described(self) -> tuple[Json, Json]:
        """Return what the server says of its models and of its version, unchecked.

        Raises:
            ModelUnavailableError: it does not answer.

        """
        return await self._get("/v1/models"), await self._get("/version")

    async def served(self) -> frozenset[ModelId]:
        """Return the models that the server lists: see `exchange.ports.Model`."""
        listed = (await self._get("/v1/models")).get("data")
        if not isinstance(listed, list):
            msg = "the model server does not list its models"
            raise ModelUnavailableError(msg)
        names = (entry.get("id") for entry in listed if isinstance(entry, dict))
        return frozenset(ModelId(name) for name in names if isinstance(name, str))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            msg = "the connection to the model server is closed"
            raise ModelUnavailableError(msg)
        return self._session

    async def _get(self, path: str) -> Json:
        limit = aiohttp.ClientTimeout(total=_LIST_SECONDS)
        try:
            async with self._open().get(path, timeout=limit, allow_redirects=False) as response:
                _check(response.status)
                return _object(await _bounded(response))
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise _silent(error) from None
        except ModelRejectedError as error:
            raise ModelUnavailableError(error.message) from None

    @asynccontextmanager
    async def _post(self, body: bytes) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = {"Content-Type": "application/json"}
        try:
            # A redirect would carry the prompt to an address that no operator has listed.
            async with self._open().post(
                _PATH, data=body, headers=headers, allow_redirects=False
            ) as response:
                _check(response.status)
                yield response
        except TimeoutError:
            msg = f"the model server was silent for {self._silence_seconds:.0f} s"
            raise ModelUnavailableError(msg, fix="look at the model server's log") from None
        except (aiohttp.ClientError, OSError) as error:
            raise _silent(error) from None


def _silent(error: Exception) -> ModelUnavailableError:
    msg = f"the model server does not answer ({type(error).__name__})"
    return ModelUnavailableError(msg, fix="is it running? see /readyz")


def _check(status: int) -> None:
    if status == HTTPStatus.OK:
        return
    if status in _REJECTED:
        msg = f"the model server rejects this request (HTTP {status})"
        fix = "usual causes: more tokens than the model takes, an invalid JSON schema or tool"
        raise ModelRejectedError(msg, fix=fix)
    msg = f"the model server answered HTTP {status}"
    raise ModelUnavailableError(msg, fix="look at the model server's log")


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for part in response.content.iter_any():
        data += part
        if len(data) > MAX_REPLY:
            msg = f"the model server's answer is larger than {MAX_REPLY} bytes"
            raise ModelUnavailableError(msg)
    return bytes(data)


async def _events(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the payload of each `data:` event.

    On bytes, so that a cut inside a UTF-8 sequence makes no difference, and only at line feeds:
    str.splitlines would also cut at U+2028, which JSON strings may hold.
    """
    rest = b""
    async for part in parts:
        *lines, rest = (rest + part).split(b"\n")
        if len(rest) > MAX_REPLY:
            msg = f"an event of the model server is larger than {MAX_REPLY} bytes"
            raise ModelUnavailableError(msg)
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()


def _chunk(event: bytes) -> Json:
    chunk = _object(event)
    if "error" in chunk:
        msg = "the model server reported an error in the middle of its answer"
        raise ModelUnavailableError(msg, fix="look at the model server's log")
    return chunk


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        msg = "the model server answered something that is not a JSON object"
        raise ModelUnavailableError(msg)
    return value
