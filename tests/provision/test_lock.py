from pathlib import Path

import pytest

from euguard.errors import ConfigurationError
from euguard.provision.lock import Locked, parse, require_locked, write

ROOT = Path(__file__).parents[2]
A, B = "a" * 64, "b" * 64
TEXT = f"""# written by a program
cffi==2.1.1 ; platform_python_implementation != 'PyPy' \\
    --hash=sha256:{A} \\
    --hash=sha256:{B}
    # via cryptography
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{A}
tomli==2.0 ; python_full_version < '3.11' \\
    --hash=sha256:{A}
yarl==1.25.1 \\
    --hash=sha256:{A}
"""
CFFI = Locked("cffi", "2.1.1", B, "cffi-2.1.1-cp311-cp311-linux_x86_64.whl")
YARL = Locked("yarl", "1.25.1", A, "yarl-1.25.1-py3-none-any.whl")


def test_a_lock_is_read_with_what_may_be_missing() -> None:
    pins = parse(TEXT)

    assert {name: pin.optional for name, pin in pins.items()} == {
        "cffi": False,
        "colorama": True,
        "tomli": True,
        "yarl": False,
    }
    assert pins["cffi"].digests == {A, B}


def test_every_pin_of_the_servers_lock_is_read() -> None:
    text = (ROOT / "requirements.server.lock").read_text()

    assert len(parse(text)) == sum("==" in line for line in text.splitlines() if line[:1].isalnum())


def test_the_wheels_of_the_lock_are_taken() -> None:
    require_locked([CFFI, YARL], parse(TEXT))


@pytest.mark.parametrize(
    "wheels, message",
    [
        ([CFFI], "yarl missing, 1 in all"),
        ([CFFI, Locked("yarl", "1.25.1", B, "yarl.whl")], "yarl.whl: its SHA-256"),
        ([CFFI, YARL, Locked("evil", "1.0", A, "evil.whl")], "does not name evil"),
    ],
)
def test_other_wheels_than_the_locked_are_refused(wheels: list[Locked], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        require_locked(wheels, parse(TEXT))


def test_a_lock_without_digests_is_none() -> None:
    with pytest.raises(ConfigurationError, match="no pin with a digest"):
        parse("cffi==2.1.1\n")


def test_the_written_lock_names_exactly_these_wheels() -> None:
    assert write([YARL, CFFI]).decode() == (
        f"cffi==2.1.1 --hash=sha256:{B}\nyarl==1.25.1 --hash=sha256:{A}\n"
    )
