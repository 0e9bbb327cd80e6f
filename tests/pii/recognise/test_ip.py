"""Addresses of hosts."""

import pytest

from euguard.pii.recognise.ip import IpRecogniser
from euguard.pii.recognise.together import Together

TOGETHER = Together([IpRecogniser()])


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in TOGETHER.find(text)]


@pytest.mark.parametrize(
    "address",
    ["192.0.2.7", "203.0.113.255", "2001:db8::7", "fe80::1", "2001:db8:0:0:8:800:200c:417a"],
)
def test_an_address_is_found(address: str) -> None:
    assert found(f"login from {address}, twice") == [address]
    assert found(f"[{address}]") == [address]


def test_a_port_is_no_part_of_it() -> None:
    assert found("http://192.0.2.7:8080/") == ["192.0.2.7"]


@pytest.mark.parametrize(
    "text",
    [
        "version 1.2.3.4",
        "v1.2.3.4",
        "999.1.1.1",
        "1.2.3.4.5",
        "127.0.0.1",
        "::",
        "12:30:45",
        "§ 1.2.3.4",
    ],
)
def test_what_is_none_is_not_found(text: str) -> None:
    assert found(text) == []
