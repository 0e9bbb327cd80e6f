"""One table: which error becomes which HTTP status, in OpenAI's error shape.

A refusal is a 4xx that no SDK retries (never 408, 409, 429 or 5xx); inability is 503 or 502,
which SDKs do retry. The body is `{"error": {"message", "type", "param", "code"}}`.
"""

from http import HTTPStatus
from typing import Any

from euguard.errors import (
    AuthenticationError,
    DetectionUnavailableError,
    EuguardError,
    FieldRefusedError,
    LanguageRefusedError,
    LogUnavailableError,
    MalformedRequestError,
    ModelNotPermittedError,
    ModelRejectedError,
    ModelUnavailableError,
    PurposeNotPermittedError,
    PurposeRefusedError,
    PurposeUndeclaredError,
    RefusedError,
    RouteNotFoundError,
    TextTooLongError,
    UnavailableError,
)

STATUS: dict[type[EuguardError], tuple[HTTPStatus, str]] = {
    MalformedRequestError: (HTTPStatus.BAD_REQUEST, "invalid_request_error"),
    RouteNotFoundError: (HTTPStatus.NOT_FOUND, "invalid_request_error"),
    AuthenticationError: (HTTPStatus.UNAUTHORIZED, "authentication_error"),
    PurposeUndeclaredError: (HTTPStatus.BAD_REQUEST, "policy_error"),
    PurposeNotPermittedError: (HTTPStatus.FORBIDDEN, "permission_error"),
    PurposeRefusedError: (HTTPStatus.FORBIDDEN, "policy_error"),
    ModelNotPermittedError: (HTTPStatus.NOT_FOUND, "invalid_request_error"),
    FieldRefusedError: (HTTPStatus.BAD_REQUEST, "invalid_request_error"),
    LanguageRefusedError: (HTTPStatus.UNPROCESSABLE_ENTITY, "policy_error"),
    TextTooLongError: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request_error"),
    ModelRejectedError: (HTTPStatus.BAD_REQUEST, "invalid_request_error"),
    RefusedError: (HTTPStatus.FORBIDDEN, "policy_error"),
    DetectionUnavailableError: (HTTPStatus.SERVICE_UNAVAILABLE, "service_unavailable_error"),
    LogUnavailableError: (HTTPStatus.SERVICE_UNAVAILABLE, "service_unavailable_error"),
    ModelUnavailableError: (HTTPStatus.BAD_GATEWAY, "upstream_error"),
    UnavailableError: (HTTPStatus.SERVICE_UNAVAILABLE, "service_unavailable_error"),
}
_INTERNAL = (HTTPStatus.INTERNAL_SERVER_ERROR, "server_error")


def status(error: EuguardError) -> HTTPStatus:
    """Return the HTTP status of `error`: that of its nearest class in the table."""
    return _row(error)[0]


def body(error: EuguardError) -> dict[str, Any]:
    """Return `error` in OpenAI's shape."""
    parts = [error.message.rstrip(".")]
    # What a 5xx asks for, only the operator can do, and it names files and accounts.
    if error.fix and status(error) < HTTPStatus.INTERNAL_SERVER_ERROR:
        parts.append(error.fix[0].upper() + error.fix[1:].rstrip("."))
    return {
        "error": {
            "message": " ".join(f"{part}." for part in parts),
            "type": _row(error)[1],
            "param": getattr(error, "param", None),
            "code": error.code,
        }
    }


def headers(error: EuguardError) -> dict[str, str]:
    """Return the headers that keep an SDK from retrying what will be refused again."""
    if status(error) < HTTPStatus.INTERNAL_SERVER_ERROR:
        return {"x-should-retry": "false"}
    return {}


def _row(error: EuguardError) -> tuple[HTTPStatus, str]:
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return _INTERNAL
