"""What is written here, gpgv reads: it is what apt asks."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from euguard.errors import ConfigurationError
from euguard.provision.openpgp import cleartext, public_key

AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TEXT = "Origin: euguard\n- a dash\n-----BEGIN\nDate: today  \n\n\tend\n"


def gpgv(folder: Path, signed: bytes, key: bytes) -> "subprocess.CompletedProcess[str]":
    (folder / "key.asc").write_bytes(key)
    (folder / "signed").write_bytes(signed)
    (folder / "home").mkdir(mode=0o700, exist_ok=True)
    (folder / "key.gpg").write_bytes(
        subprocess.run(
            ["gpg", "--homedir", folder / "home", "--dearmor"],
            input=key,
            check=True,
            capture_output=True,
        ).stdout
    )
    return subprocess.run(
        ["gpgv", "--homedir", folder / "home", "--keyring", folder / "key.gpg", folder / "signed"],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"},
    )


def test_gpgv_takes_the_signature(tmp_path: Path) -> None:
    done = gpgv(tmp_path, cleartext(KEY, TEXT, AT), public_key(KEY, "euguard bundle (b)"))

    assert done.returncode == 0, done.stderr
    assert 'Good signature from "euguard bundle (b)"' in done.stderr
    assert "Signature made Fri Nov 27 09:30:00 2026" in done.stderr


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.binary(min_size=32, max_size=32))
def test_gpgv_takes_the_signature_of_any_key(tmp_path: Path, seed: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)

    done = gpgv(tmp_path, cleartext(key, TEXT, AT), public_key(key, "x"))

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("old, new", [("euguard", "evil!!!"), ("today", "later")])
def test_gpgv_refuses_another_text(tmp_path: Path, old: str, new: str) -> None:
    signed = cleartext(KEY, TEXT, AT).replace(old.encode(), new.encode())

    done = gpgv(tmp_path, signed, public_key(KEY, "x"))

    assert "BAD signature" in done.stderr
    assert done.returncode != 0


def test_gpgv_refuses_another_key(tmp_path: Path) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))

    done = gpgv(tmp_path, cleartext(KEY, TEXT, AT), public_key(other, "x"))

    assert done.returncode != 0
    assert "No public key" in done.stderr


def test_the_same_text_is_signed_in_the_same_bytes() -> None:
    assert cleartext(KEY, TEXT, AT) == cleartext(KEY, TEXT, AT)


def test_a_time_before_the_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="before the signing key"):
        cleartext(KEY, TEXT, datetime(1999, 12, 31, tzinfo=UTC))
