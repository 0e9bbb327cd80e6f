import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from euguard.errors import ConfigurationError
from euguard.settings import read_settings

LEAST = {"state": "/srv/state", "origin": "log.example.eu"}


@pytest.fixture
def port_of_the_environment() -> Iterator[None]:
    os.environ["EUGUARD_PORT"] = "http"
    yield
    del os.environ["EUGUARD_PORT"]


def test_what_is_not_stated_has_its_default() -> None:
    settings = read_settings(LEAST, "x.toml")

    assert settings.database_url == "sqlite:////srv/state/euguard.db"
    assert settings.signed_state == Path("/srv/state/signed/state.json")
    assert settings.policy_folder == Path("/srv/state/policies")


def test_what_was_signed_can_lie_outside_the_state() -> None:
    settings = read_settings({**LEAST, "signed": "/srv/signed"}, "x.toml")

    assert settings.signed_state == Path("/srv/signed/state.json")


def test_the_key_can_lie_where_systemd_gives_it() -> None:
    settings = read_settings({**LEAST, "log_key_file": "/run/credentials/x/log.pem"}, "x.toml")

    assert settings.log_key == Path("/run/credentials/x/log.pem")


@pytest.mark.parametrize(
    "name, value, finding, fix",
    [
        ("port", "http", "a whole number is expected", "TCP port"),
        ("port", 70_000, "at most 65535 is expected", "TCP port"),
        ("detectors", 0, "at least 1 is expected", "Detection processes"),
        ("detection_seconds", 0, "more than 0.0 is expected", "Seconds"),
        ("detection_seconds", "x", "a number is expected", "Seconds"),
        ("state", 3, "a path is expected", "Folder of everything"),
        ("host", 3, "text is expected", "Address"),
        ("origin", "Not An Origin", "text that matches", "Name of the log"),
        ("log_level", "loud", "one of 'debug', 'info', 'warning' or 'error'", "severity"),
        ("upstream", "127.0.0.1:8000", "a URL of plain HTTP is expected", "http://127.0.0.1:8000"),
        ("upstream", "http://", "a URL of plain HTTP is expected", "http://127.0.0.1:8000"),
        ("upstream", "https://127.0.0.1", "a URL of plain HTTP is expected", "http://"),
        ("upstream", "http://127.0.0.1:x", "not a URL", "http://127.0.0.1:8000"),
        ("upstream", "http://[::1", "not a URL", "http://127.0.0.1:8000"),
        ("upstream", "http://127.0.0.1/v1", "only host and port", "adds /v1 itself"),
        ("upstream", "http://a@127.0.0.1", "only host and port", "adds /v1 itself"),
        ("upstream", "http://192.0.2.1:80", "not a loopback address", "upstream_socket"),
        ("upstream", "http://model.example", "not a loopback address", "upstream_socket"),
        ("database", "", "neither of SQLite nor of PostgreSQL", "postgresql+psycopg://"),
        ("database", "mysql://x", "neither of SQLite nor of PostgreSQL", "postgresql+psycopg://"),
        ("database", "postgresql+psycopg://u:s/w@h/x", "a password in the URL", "passfile="),
        ("database", "postgresql+psycopg://u@h/x?password=s", "a password in the URL", "peer"),
    ],
)
def test_a_wrong_value_is_named_with_its_place_and_what_to_do(
    name: str, value: Any, finding: str, fix: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings({**LEAST, name: value}, "x.toml")

    assert caught.value.message.startswith(f"x.toml: `{name}`: ")
    assert finding in caught.value.message
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    "name, value",
    [
        ("upstream", "http://127.0.0.1:8000/"),
        ("upstream", "http://127.8.9.10"),
        ("upstream", "http://[::1]:8000"),
        ("upstream", "http://localhost:8000"),
        ("database", "sqlite:////srv/x.db"),
        ("database", "postgresql+psycopg://euguard@/euguard?host=/run/postgresql"),
        ("database", "postgresql+psycopg://u@[::1]:5432/x?passfile=/etc/euguard/pass"),
        ("database", "postgresql+psycopg://localhost:5432/x"),
    ],
)
def test_a_right_value_is_kept_as_it_is(name: str, value: str) -> None:
    assert getattr(read_settings({**LEAST, name: value}, "x.toml"), name) == value


def test_a_mistyped_name_is_told_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="there is no setting `prot`") as caught:
        read_settings({**LEAST, "prot": 1}, "x.toml")

    assert caught.value.fix == "did you mean `port`?"


def test_a_name_like_none_is_to_be_removed() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings({**LEAST, "gateway": {"x": 1}}, "x.toml")

    assert caught.value.fix == "remove it"


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError, match=r"`state`: missing; x\.toml: `origin`: missing"):
        read_settings({}, "x.toml")


@pytest.mark.usefixtures("port_of_the_environment")
def test_a_wrong_variable_is_not_blamed_on_the_file() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings(LEAST, "x.toml")

    assert caught.value.message == "$EUGUARD_PORT: a whole number is expected"
