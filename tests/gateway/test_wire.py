"""What a client sends becomes a Received, or an error that says where."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.errors import MalformedRequestError
from euguard.gateway import wire
from euguard.identity.principal import Principal
from euguard.terms import KeyId, PurposeId

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
PRINCIPAL = Principal(KeyId("k"), (PurposeId("p"),), b"s" * 32)
BODY = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.mark.parametrize(
    "data, param",
    [
        (b"", None),
        (b"{", None),
        (b"[]", None),
        (b'"text"', None),
        (b"\xff\xfe", None),
        (b"{}", "model"),
        (b'{"model": ""}', "model"),
        (b'{"model": 1}', "model"),
        (b'{"model": "m", "stream": "yes"}', "stream"),
        (b'{"model": "m"}', "messages"),
        (b'{"model": "m", "messages": []}', "messages"),
        (b'{"model": "m", "messages": {}}', "messages"),
        (b'{"model": "m", "messages": [{}, "Hello"]}', "messages[1]"),
        (b'{"model": "m", "messages": ' + b"[" * 100_000, None),
        (b'{"model": NaN}', None),
    ],
)
def test_a_malformed_body_is_refused_by_field(data: bytes, param: str | None) -> None:
    with pytest.raises(MalformedRequestError) as caught:
        wire.parse(data)

    assert caught.value.param == param


@given(st.text())
def test_no_error_quotes_the_body(text: str) -> None:
    secret = "Katharina Vogelsang " + text

    with pytest.raises(MalformedRequestError) as caught:
        wire.parse(secret.encode("utf-8", "surrogatepass"))

    assert "Katharina" not in str(caught.value)


def test_a_request_is_received_with_what_its_headers_declare() -> None:
    headers = {"x-euguard-purpose": "p", "x-openwebui-chat-id": "chat-7"}

    received = wire.receive({**BODY, "stream": True}, headers, PRINCIPAL, AT)

    assert (received.declared, received.conversation) == ("p", "chat-7")
    assert (received.model, received.stream, received.at) == ("m", True, AT)


def test_euguards_own_conversation_header_comes_first() -> None:
    headers = {"x-euguard-conversation": "ours", "x-openwebui-chat-id": "theirs"}

    assert wire.receive(BODY, headers, PRINCIPAL, AT).conversation == "ours"


def test_an_empty_header_declares_nothing() -> None:
    received = wire.receive(BODY, {"x-euguard-purpose": ""}, PRINCIPAL, AT)

    assert received.declared is None


def test_a_header_of_a_novels_length_is_refused() -> None:
    with pytest.raises(MalformedRequestError, match="longer than 256"):
        wire.receive(BODY, {"x-euguard-purpose": "p" * 257}, PRINCIPAL, AT)


def test_the_text_of_a_request_is_not_in_its_repr() -> None:
    received = wire.receive(
        {"model": "m", "messages": [{"role": "user", "content": "Katharina"}]},
        {"x-euguard-conversation": "Vogelsang"},
        PRINCIPAL,
        AT,
    )

    assert "Katharina" not in repr(received)
    assert "Vogelsang" not in repr(received)
    assert "ssss" not in repr(received)


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9999, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_an_exchange_id_is_a_uuid_of_version_7_with_its_time(at: datetime) -> None:
    moment = at.replace(tzinfo=UTC)

    made = uuid.UUID(wire.exchange_id(moment))

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == int(moment.timestamp() * 1000)


def test_two_exchange_ids_of_one_moment_differ() -> None:
    assert wire.exchange_id(AT) != wire.exchange_id(AT)


@pytest.mark.parametrize(
    "options, wanted",
    [
        (None, False),
        ({}, False),
        ({"include_usage": False}, False),
        ({"include_usage": 1}, False),
        ("yes", False),
        ({"include_usage": True}, True),
    ],
)
def test_only_a_client_that_asks_gets_the_token_count(options: object, wanted: bool) -> None:  # noqa: FBT001 - a row of the table
    assert wire.wants_usage({"stream_options": options}) is wanted
