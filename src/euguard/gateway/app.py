"""The application: four routes for clients, three for whoever watches over them."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from euguard.errors import (
    EuguardError,
    MalformedRequestError,
    ModelNotPermittedError,
    ModelUnavailableError,
    RouteNotFoundError,
)
from euguard.exchange.run import run
from euguard.exchange.stages import Json, Received
from euguard.exchange.steps import Steps
from euguard.gateway import errors, wire
from euguard.gateway.answer import ClientGoneError, EventStream, unless_gone
from euguard.gateway.auth import bearer
from euguard.gateway.metrics import Metrics
from euguard.gateway.parts import Parts
from euguard.gateway.reply import json_response, without_usage
from euguard.gateway.running import Running
from euguard.identity.authenticate import Authenticator
from euguard.identity.principal import Principal
from euguard.terms import ModelId

_logger = logging.getLogger(__name__)

_CHAT = "chat.completions"
_MODELS = "models"
_GONE = 499
"""Nobody reads this status; it is the one that proxies log for a client that hung up."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """What the routes need."""

    steps: Steps
    authenticator: Authenticator
    parts: Parts
    """All must work, for /readyz to say so."""
    metrics: Metrics
    running: Running
    max_body: int
    """Bytes of a request at most."""


def create_app(gateway: Gateway) -> FastAPI:
    """Return the ASGI application. No documentation pages: they load scripts from a CDN."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    routes = _Routes(gateway)
    app.add_api_route("/v1/chat/completions", routes.chat, methods=["POST"])
    app.add_api_route("/v1/models", routes.models, methods=["GET"])
    app.add_api_route("/v1/models/{model}", routes.model, methods=["GET"])
    app.add_api_route("/livez", routes.alive, methods=["GET"])
    app.add_api_route("/readyz", routes.ready, methods=["GET"])
    app.add_api_route("/metrics", routes.figures, methods=["GET"])
    app.add_exception_handler(HTTPException, _no_such_route)
    app.add_exception_handler(Exception, _internal)
    return app


class _Routes:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._started = int(gateway.steps.clock.now().timestamp())

    async def chat(self, request: Request) -> Response:
        """Answer `POST /v1/chat/completions`."""
        try:
            principal = await self._principal(request)
            body = wire.parse(await self._body(request))
            received = wire.receive(
                body, request.headers, principal, self._gateway.steps.clock.now()
            )
        except EuguardError as error:
            return self._refusal(_CHAT, error)
        except ClientDisconnect:
            return Response(status_code=_GONE)
        answer = self._stream if received.stream else self._whole
        try:
            return await answer(request, received)
        except EuguardError as error:
            return _error(error, _names(received))
        except ClientGoneError:
            return Response(status_code=_GONE)

    async def models(self, request: Request) -> Response:
        """Answer `GET /v1/models`: the models that the key's purposes use and somebody serves."""
        try:
            offered = await self._offered(await self._principal(request))
        except EuguardError as error:
            return self._refusal(_MODELS, error)
        self._gateway.metrics.answered(_MODELS, "ok")
        return json_response({"object": "list", "data": [self._entry(each) for each in offered]})

    async def model(self, request: Request, model: str) -> Response:
        """Answer `GET /v1/models/{model}`."""
        try:
            offered = await self._offered(await self._principal(request))
        except EuguardError as error:
            return self._refusal(_MODELS, error)
        if model not in offered:
            msg = "no such model for this key"
            fix = "GET /v1/models lists those there are"
            return self._refusal(_MODELS, ModelNotPermittedError(msg, param="model", fix=fix))
        self._gateway.metrics.answered(_MODELS, "ok")
        return json_response(self._entry(ModelId(model)))

    async def alive(self) -> Response:
        """Answer `GET /livez`: the process runs."""
        return json_response({"alive": True})

    async def ready(self) -> Response:
        """Answer `GET /readyz`: 200 if every part works, 503 and which one does not."""
        checks = await self._gateway.parts.now()
        ready = all(checks.values())
        return json_response({"ready": ready, "checks": checks}, status=200 if ready else 503)

    async def figures(self) -> Response:
        """Answer `GET /metrics`."""
        return Response(
            self._gateway.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    # ------------------------------------------------------------------ in order of use

    async def _principal(self, request: Request) -> Principal:
        presented = bearer(request.headers.get("authorization"))
        return await self._gateway.authenticator.authenticate(presented)

    async def _body(self, request: Request) -> bytes:
        data = bytearray()
        async for part in request.stream():
            data += part
            if len(data) > self._gateway.max_body:
                msg = f"the body is larger than {self._gateway.max_body} bytes"
                raise MalformedRequestError(msg)
        if not data and "upgrade" in request.headers:
            # httptools takes what follows such a head for another protocol's.
            msg = "the request asks for another protocol (header Upgrade); its body was not read"
            fix = "send plain HTTP/1.1; in Java, HttpClient.newBuilder().version(HTTP_1_1)"
            raise MalformedRequestError(msg, fix=fix)
        return bytes(data)

    async def _whole(self, request: Request, received: Received) -> Response:
        async def collect() -> list[Json]:
            async with aclosing(self._run(received)) as pieces:
                return [piece async for piece in pieces]

        with self._counted(received):
            [completion] = await unless_gone(request.receive, collect, self._gateway.running)
        return json_response(completion, headers=_names(received))

    async def _stream(self, request: Request, received: Received) -> Response:
        """Wait for the first piece, so that an error before it has a status of its own."""
        running, clock = self._gateway.running, self._gateway.steps.clock
        began = clock.monotonic()
        async with AsyncExitStack() as stack:
            stack.enter_context(self._counted(received))
            pieces = await stack.enter_async_context(aclosing(self._run(received)))
            first = await unless_gone(request.receive, lambda: anext(pieces, None), running)
            self._gateway.metrics.first_piece(clock.monotonic() - began)
            shown = _preceded(first, pieces)
            if not wire.wants_usage(received.body):
                shown = without_usage(shown)
            return EventStream(shown, _names(received), stack.pop_all(), running)

    def _run(self, received: Received) -> AsyncGenerator[Json]:
        return run(received, self._gateway.steps, self._gateway.running.reason)

    @contextmanager
    def _counted(self, received: Received) -> Iterator[None]:
        """Count an exchange in, and out again whatever ends it."""
        gateway, clock = self._gateway, self._gateway.steps.clock
        began = clock.monotonic()
        gateway.metrics.began()
        gateway.running.begin()
        code = "internal_error"
        try:
            yield
        except (EuguardError, ClientGoneError) as error:
            code = error.code
            raise
        except asyncio.CancelledError:  # by the server, whose patience has ended
            code = gateway.running.reason()
            raise
        else:
            code = "ok"
        finally:
            seconds = clock.monotonic() - began
            gateway.running.end()
            gateway.metrics.ended(seconds)
            gateway.metrics.answered(_CHAT, code)
            gateway.parts.ended(code)
            _logger.debug("exchange %s: %s after %.0f ms", received.exchange, code, seconds * 1000)

    def _refusal(self, endpoint: str, error: EuguardError) -> Response:
        self._gateway.metrics.answered(endpoint, error.code)
        return _error(error)

    async def _offered(self, principal: Principal) -> tuple[ModelId, ...]:
        permitted = self._permitted(principal)
        try:
            served = await self._gateway.steps.model.served()
        except ModelUnavailableError:
            return permitted  # what may be asked for is known, and /readyz says the rest
        return tuple(model for model in permitted if model in served)

    def _permitted(self, principal: Principal) -> tuple[ModelId, ...]:
        purposes = self._gateway.steps.policies.purposes
        allowed = (purposes[name] for name in principal.purposes if name in purposes)
        return tuple(sorted({model for one in allowed if not one.refused for model in one.models}))

    def _entry(self, model: ModelId) -> dict[str, Any]:
        provider = self._gateway.steps.policies.models[model].provider
        return {"id": model, "object": "model", "created": self._started, "owned_by": provider}


def _names(received: Received) -> dict[str, str]:
    return {"x-request-id": received.exchange, "x-euguard-exchange": received.exchange}


async def _preceded(first: Json | None, rest: AsyncGenerator[Json]) -> AsyncGenerator[Json]:
    async with aclosing(rest):
        if first is not None:
            yield first
        async for piece in rest:
            yield piece


def _error(error: EuguardError, names: Mapping[str, str] | None = None) -> Response:
    return json_response(
        errors.body(error),
        status=errors.status(error),
        headers={**errors.headers(error), **(names or {})},
    )


async def _no_such_route(request: Request, error: Exception) -> Response:
    """Answer 404, or 405 with the methods that there are."""
    del request
    missing = RouteNotFoundError(
        "euguard does not serve this path or method",
        fix="it serves POST /v1/chat/completions and GET /v1/models",
    )
    status, allowed = errors.status(missing), {}
    if isinstance(error, HTTPException):
        status, allowed = HTTPStatus(error.status_code), dict(error.headers or {})
    headers = {**errors.headers(missing), **allowed}
    return json_response(errors.body(missing), status=status, headers=headers)


async def _internal(request: Request, error: Exception) -> Response:
    """Answer a bug: the log names the place, and the error's text stays out of the answer."""
    del request, error
    bug = EuguardError("euguard failed on its own account; the log names the place")
    return json_response(errors.body(bug), status=500)
