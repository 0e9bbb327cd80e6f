"""Where the gateway listens is settled before anything is started."""

import errno
import socket

import pytest

from euguard.errors import ConfigurationError
from euguard.gateway import server


def test_nobody_can_connect_to_what_is_only_bound() -> None:
    with server.bound("127.0.0.1", 0) as sockets, pytest.raises(ConnectionRefusedError):
        socket.create_connection(sockets[0].getsockname(), 5)


def test_the_address_is_let_go_at_the_end() -> None:
    with server.bound("127.0.0.1", 0) as [taken]:
        port = taken.getsockname()[1]

    with server.bound("127.0.0.1", port) as [again]:
        assert again.getsockname() == ("127.0.0.1", port)


def test_a_port_where_somebody_listens_is_named_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(ConfigurationError, match=f"port {port}: address already in use") as no,
            server.bound("127.0.0.1", port),
        ):
            pass

    assert no.value.fix == "stop what listens there, or set another `port`"


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "a..b", "x" * 64])
def test_a_host_that_is_not_this_machine_is_named_with_what_to_do(host: str) -> None:
    with pytest.raises(ConfigurationError, match=f"host {host}") as no, server.bound(host, 0):
        pass

    assert "127.0.0.1" in no.value.fix


def test_a_port_that_only_root_may_take_says_so() -> None:
    refused = server._refused("127.0.0.1", 80, PermissionError(errno.EACCES, "Permission denied"))

    assert refused.fix == "set a `port` above 1023: the others are for root"


@pytest.mark.parametrize(
    "host, start", [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")]
)
def test_the_url_has_the_port_that_was_chosen(host: str, start: str) -> None:
    with server.bound("127.0.0.1", 0) as sockets:
        assert server.url(host, sockets) == f"{start}{sockets[0].getsockname()[1]}"
