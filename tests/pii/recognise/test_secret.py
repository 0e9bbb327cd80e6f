"""Passwords, keys and tokens."""

import pytest

from euguard.pii.recognise.secret import SecretRecogniser
from euguard.pii.recognise.together import Together

TOGETHER = Together([SecretRecogniser()])
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"


def found(text: str) -> list[str]:
    return sorted({text[span.start : span.end] for span in TOGETHER.find(text)})


@pytest.mark.parametrize(
    "before,secret",
    [
        ("password: ", "Sommer!2024"),
        ("Passwort = ", "geheim99"),
        ("mot de passe : ", "azerty12"),
        ("contraseña: ", "claveX9"),
        ("hasło: ", "Tajne123"),
        ("salasana: ", "kissa123"),
        ("API_KEY=", "k3yk3yk3y"),
        ("AWS: ", "AKIAIOSFODNN7EXAMPLE"),
        ("token ", "ghp_" + "a1B2" * 9),
        ("Authorization: Bearer ", TOKEN),
    ],
)
def test_the_secret_is_found_and_not_its_name(before: str, secret: str) -> None:
    assert found(f"{before}{secret} thanks") == [secret]


def test_a_private_key_is_found_whole() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIBVQIBADANBgkq\nhkiG9w0BAQ==\n-----END PRIVATE KEY-----"

    assert found(f"here:\n{key}\nbye") == [key]


def test_of_a_connection_string_the_password_is_found() -> None:
    assert found("postgres://app:Wint3r!@db/prod") == ["Wint3r!"]


@pytest.mark.parametrize(
    "text",
    [
        "password: ****",
        "password: ${PASSWORD}",
        "The password is needed.",
        "password: null",
        "pin: 12",
    ],
)
def test_what_opens_nothing_is_not_found(text: str) -> None:
    assert found(text) == []
