"""The application: four routes for clients, three for whoever watches over them."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from euguard.errors import EuguardError, MalformedRequestError
from euguard.exchange.run import run
from euguard.exchange.stages import Json, Received
from euguard.exchange.steps import Steps
from euguard.gateway import errors, wire
from euguard.gateway.answer import ClientGoneError, EventStream, unless_gone
from euguard.gateway.auth import bearer
from euguard.gateway.metrics import Metrics
from euguard.gateway.reply import json_response, without_usage
from euguard.gateway.running import Running
from euguard.identity.authenticate import Authenticator
from euguard.identity.principal import Principal
from euguard.terms import ModelId

Check = Callable[[], Awaitable[bool]]
"""Tells whether one part works now; never raises."""

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
    checks: Mapping[str, Check]
    """Name of a part → whether it works; all must, for /readyz to say so."""
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
        if received.stream:
            return await self._stream(request, received)
        return await self._whole(request, received)

    async def models(self, request: Request) -> Response:
        """Answer `GET /v1/models`: the models that the key's purposes use."""
        try:
            principal = await self._principal(request)
        except EuguardError as error:
            return self._refusal(_MODELS, error)
        self._gateway.metrics.answered(_MODELS, "ok")
        data = [self._entry(model) for model in self._permitted(principal)]
        return json_response({"object": "list", "data": data})

    async def model(self, request: Request, model: str) -> Response:
        """Answer `GET /v1/models/{model}`."""
        try:
            principal = await self._principal(request)
        except EuguardError as error:
            return self._refusal(_MODELS, error)
        if model not in self._permitted(principal):
            msg = "no such model for this key"
            return self._refusal(_MODELS, MalformedRequestError(msg, param="model"), status=404)
        self._gateway.metrics.answered(_MODELS, "ok")
        return json_response(self._entry(ModelId(model)))

    async def alive(self) -> Response:
        """Answer `GET /livez`: the process runs."""
        return json_response({"alive": True})

    async def ready(self) -> Response:
        """Answer `GET /readyz`: 200 if every part works, 503 and which one does not."""
        checks = {name: await check() for name, check in self._gateway.checks.items()}
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
        return bytes(data)

    async def _whole(self, request: Request, received: Received) -> Response:
        ended = self._begin(received)

        async def collect() -> list[Json]:
            async with aclosing(self._run(received)) as pieces:
                return [piece async for piece in pieces]

        try:
            [completion] = await unless_gone(request.receive, collect, self._gateway.running)
        except EuguardError as error:
            ended(error.code)
            return self._refusal(_CHAT, error, received, count=False)
        except ClientGoneError as gone:
            ended(gone.code)
            return Response(status_code=_GONE)
        except Exception:
            ended("internal_error")
            raise
        ended("ok")
        return json_response(completion, headers=_names(received))

    async def _stream(self, request: Request, received: Received) -> Response:
        """Wait for the first piece, so that an error before it has a status of its own."""
        ended = self._begin(received)
        clock = self._gateway.steps.clock
        began = clock.monotonic()
        running = self._gateway.running
        pieces = self._run(received)
        try:
            first = await unless_gone(request.receive, lambda: anext(pieces, None), running)
        except EuguardError as error:
            ended(error.code)
            return self._refusal(_CHAT, error, received, count=False)
        except ClientGoneError as gone:
            ended(gone.code)
            return Response(status_code=_GONE)
        except Exception:
            ended("internal_error")
            raise
        self._gateway.metrics.first_piece(clock.monotonic() - began)
        shown = _preceded(first, pieces)
        if not wire.wants_usage(received.body):
            shown = without_usage(shown)
        return EventStream(shown, _names(received), ended, running)

    def _run(self, received: Received) -> AsyncGenerator[Json]:
        return run(received, self._gateway.steps, self._gateway.running.reason)

    def _begin(self, received: Received) -> Callable[[str], None]:
        metrics, clock = self._gateway.metrics, self._gateway.steps.clock
        began = clock.monotonic()
        metrics.began()
        self._gateway.running.begin()

        def ended(code: str) -> None:
            seconds = clock.monotonic() - began
            self._gateway.running.end()
            metrics.ended(seconds)
            metrics.answered(_CHAT, code)
            _logger.debug("exchange %s: %s after %.0f ms", received.exchange, code, seconds * 1000)

        return ended

    def _refusal(
        self,
        endpoint: str,
        error: EuguardError,
        received: Received | None = None,
        *,
        status: int | None = None,
        count: bool = True,
    ) -> Response:
        if count:
            self._gateway.metrics.answered(endpoint, error.code)
        names = {} if received is None else _names(received)
        return json_response(
            errors.body(error),
            status=status or errors.status(error),
            headers={**errors.headers(error), **names},
        )

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


async def _no_such_route(request: Request, error: Exception) -> Response:
    del request
    status = error.status_code if isinstance(error, HTTPException) else 500
    msg = "euguard does not serve this path or method"
    missing = MalformedRequestError(msg, fix="it serves /v1/chat/completions and /v1/models")
    return json_response(errors.body(missing), status=status)


async def _internal(request: Request, error: Exception) -> Response:
    """Answer a bug: the log names the place, and the error's text stays out of the answer."""
    del request, error
    bug = EuguardError("euguard failed on its own account; the log names the place")
    return json_response(errors.body(bug), status=500)
