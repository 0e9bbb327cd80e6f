"""Which addresses are outside the machine."""

import pytest

from euguard.evidence.network import outside

NONE = "none: all that is dialled is on this machine"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/euguard/euguard.db",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "http://localhost:8000",
        "postgresql+psycopg:///log?host=/run/postgresql",
    ],
)
def test_what_is_on_this_machine_is_not_outside(url: str) -> None:
    assert outside([url]) == NONE


@pytest.mark.parametrize(
    "url, address",
    [
        ("http://192.0.2.7:8000", "192.0.2.7:8000"),
        ("postgresql+psycopg://euguard:hunter2@db.example:5432/log", "db.example:5432"),
        ("postgresql://db.example/log", "db.example"),
        ("postgresql:///log?host=one.example,two.example", "one.example, two.example"),
        ("http://localhost.example", "localhost.example"),
    ],
)
def test_another_machine_is_named_by_host_and_port_alone(url: str, address: str) -> None:
    assert outside([url]) == address


def test_an_address_is_named_once() -> None:
    assert outside(["http://a.example", "http://127.0.0.1", "http://a.example"]) == "a.example"
