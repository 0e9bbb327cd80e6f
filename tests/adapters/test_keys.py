import os
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from euguard.adapters import keys
from euguard.errors import ConfigurationError
from euguard.tlog.note import open_note

ORIGIN = "log.example.eu"


def test_a_key_comes_back_as_it_was_created(tmp_path: Path) -> None:
    created = keys.create(tmp_path / "log.pem", ORIGIN)

    loaded = keys.load(tmp_path / "log.pem")

    assert loaded.verifier == created.verifier
    assert loaded.verifier.name == ORIGIN
    assert open_note(loaded.sign("text\n"), [created.verifier]).text == "text\n"


def test_no_two_keys_are_the_same(tmp_path: Path) -> None:
    one, other = (keys.create(tmp_path / name, ORIGIN) for name in ("one", "other"))

    assert one.verifier != other.verifier


def test_openssl_reads_the_file_as_it_is(tmp_path: Path) -> None:
    signer = keys.create(tmp_path / "log.pem", ORIGIN)

    command = ["openssl", "pkey", "-in", str(tmp_path / "log.pem"), "-pubout", "-outform", "DER"]
    public = subprocess.run(command, check=True, capture_output=True).stdout

    assert public[-32:] == signer.verifier.public


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        keys.create(tmp_path / "log.pem", ORIGIN)
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / "log.pem").stat().st_mode) == 0o600


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    keys.create(tmp_path / "log.pem", ORIGIN)
    before = (tmp_path / "log.pem").read_bytes()

    with pytest.raises(ConfigurationError, match="there is a file already"):
        keys.create(tmp_path / "log.pem", ORIGIN)

    assert (tmp_path / "log.pem").read_bytes() == before


def test_a_key_is_not_written_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot write the key: No such file"):
        keys.create(tmp_path / "missing" / "log.pem", ORIGIN)


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "line\nbreak"])
def test_an_origin_that_no_signature_line_can_carry_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(ConfigurationError, match="key name"):
        keys.create(tmp_path / "log.pem", origin)

    assert not (tmp_path / "log.pem").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o601, 0o644])
def test_a_key_that_others_get_at_is_not_used(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "log.pem"
    keys.create(path, ORIGIN)
    path.chmod(mode)

    with pytest.raises(ConfigurationError, match=f"mode {mode:04o}") as caught:
        keys.load(path)

    assert caught.value.fix == f"chmod 600 {path}"
    assert str(path) in caught.value.message


def test_a_missing_key_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read the key: No such file"):
        keys.load(tmp_path / "log.pem")


def elliptic() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"Origin: log.example.eu\n\nno key",
        b"Origin: log.example.eu\n\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"Origin: log.example.eu\n\n" + elliptic(),
        elliptic(),
    ],
    ids=["empty", "binary", "no key", "no DER", "another algorithm", "no origin"],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.pem"
    path.touch(0o600)
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match="not an Origin line and an Ed25519 private key"):
        keys.load(path)


def test_an_origin_altered_by_hand_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.pem"
    keys.create(path, ORIGIN)
    path.write_text(path.read_text().replace(ORIGIN, "two words"))

    with pytest.raises(ConfigurationError, match="key name"):
        keys.load(path)


def test_a_derived_key_is_another_and_always_the_same(tmp_path: Path) -> None:
    signer = keys.create(tmp_path / "log.pem", ORIGIN)

    public = [
        keys.derive(tmp_path / "log.pem", purpose).public_key().public_bytes_raw()
        for purpose in ("one", "one", "other")
    ]

    assert public[0] == public[1]
    assert len({*public, signer.verifier.public}) == 3
