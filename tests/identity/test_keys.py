"""The spelling of API keys."""

import hashlib
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.errors import AuthenticationError
from euguard.identity.keys import PresentedKey, StoredKey, mint, parse
from euguard.terms import PurposeId

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LETTERS = PurposeId("drafting-letters")

KNOWN = "eg_aaaqeayeaudaocaj_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh83SCfS5"
"""Id 00 01 … 09, secret 00 01 … 1f; computed with base32, base64, gzip and perl."""


def counting(count: int) -> bytes:
    return bytes(range(count))


def made() -> tuple[str, StoredKey]:
    return mint(label="town hall", purposes=[LETTERS], now=NOW, random=counting)


def test_a_key_is_spelt_as_documented() -> None:
    presented, stored = made()

    assert presented == KNOWN
    assert stored.id == "aaaqeayeaudaocaj"
    assert stored.digest == hashlib.sha256(bytes(range(32))).digest()
    assert stored.created == NOW
    assert stored.revoked is None


def test_the_key_itself_is_not_in_what_is_stored() -> None:
    presented, stored = mint(label="", purposes=[LETTERS], now=NOW)

    assert presented.split("_", 2)[2][:43] not in repr(stored)


def test_a_parsed_key_does_not_show_its_secret() -> None:
    presented, _ = made()

    assert repr(parse(presented)) == "PresentedKey(id='aaaqeayeaudaocaj')"


def test_purposes_are_kept_sorted_and_once() -> None:
    purposes = [PurposeId("b"), PurposeId("a"), PurposeId("b")]

    _, stored = mint(label="", purposes=purposes, now=NOW)

    assert stored.purposes == ("a", "b")


def test_a_key_without_a_purpose_is_not_made() -> None:
    with pytest.raises(ValueError, match="one purpose at least"):
        mint(label="", purposes=[], now=NOW)


def test_a_key_without_a_time_zone_is_not_made() -> None:
    with pytest.raises(ValueError, match="no zone"):
        mint(label="", purposes=[LETTERS], now=NOW.replace(tzinfo=None))


def test_no_two_keys_are_alike() -> None:
    keys = [mint(label="", purposes=[LETTERS], now=NOW) for _ in range(100)]

    assert len({presented for presented, _ in keys}) == 100
    assert len({stored.id for _, stored in keys}) == 100


@settings(max_examples=200)
@given(name=st.binary(min_size=10, max_size=10), secret=st.binary(min_size=32, max_size=32))
def test_what_is_minted_parses_to_what_is_stored(name: bytes, secret: bytes) -> None:
    parts = iter([name, secret])

    presented, stored = mint(label="", purposes=[LETTERS], now=NOW, random=lambda _: next(parts))

    key = parse(presented)
    assert key == PresentedKey(stored.id, secret)
    assert key.digest() == stored.digest
    assert len(presented) == 69


def respelt(*, trailing: str) -> str:
    word = KNOWN[:62] + trailing
    rest, digits = zlib.crc32(word.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        digits = alphabet[digit] + digits
    return word + digits


@pytest.mark.parametrize(
    "presented",
    [
        "",
        "eg_",
        "sk-abcdef",
        KNOWN[:-1],
        KNOWN + "A",
        KNOWN + "\n",
        " " + KNOWN,
        KNOWN.upper(),
        KNOWN.replace("eg_", "EG_"),
        KNOWN.replace("aaaq", "aaa1"),
        KNOWN[:-1] + "6",
        KNOWN.replace("AAEC", "AAED"),
        KNOWN.replace("aaaq", "aaar"),
        KNOWN.replace("AAEC", "AA+C"),
        KNOWN.replace("AAEC", "AAE="),
        KNOWN.replace("a", "а", 1),  # noqa: RUF001 - a Cyrillic letter that looks like a
        respelt(trailing="9"),
    ],
)
def test_any_other_spelling_is_refused_without_saying_what_is_wrong(presented: str) -> None:
    with pytest.raises(AuthenticationError) as caught:
        parse(presented)

    assert str(caught.value) == "API key: missing, unknown or revoked"
    assert presented not in (caught.value.fix or "-") or presented in ("", "eg_")


def test_the_respelling_helper_makes_valid_checksums() -> None:
    assert respelt(trailing=KNOWN[62]) == KNOWN


@settings(max_examples=200)
@given(at=st.integers(0, 68), letter=st.sampled_from("AZaz059_-"))
def test_no_single_wrong_letter_passes(at: int, letter: str) -> None:
    mistyped = KNOWN[:at] + letter + KNOWN[at + 1 :]
    if mistyped == KNOWN:
        return

    with pytest.raises(AuthenticationError):
        parse(mistyped)
