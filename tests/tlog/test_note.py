import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from euguard.errors import MalformedNoteError, SignatureInvalidError
from euguard.tlog import spelling
from euguard.tlog.note import (
    MAX_NOTE,
    Note,
    Signer,
    VerifierKey,
    key_id,
    open_note,
    unverified_text,
)
from judges import alone

# The example of golang.org/x/mod/sumdb/note, whose package documentation prints it.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNX"
    "gKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()


ORIGIN = "audit.example/log"


def signer(name: str = ORIGIN, seed: int = 1) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


LOG = signer()
NOTE = LOG.sign("one line\n")


def signature_line(by: Signer, text: str) -> bytes:
    return by.sign(text).rpartition(b"\n\n")[2]


def test_the_note_of_the_go_documentation_is_signed_and_opened() -> None:
    peter = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SEED))

    assert str(peter.verifier) == GO_KEY
    assert peter.sign(GO_TEXT) == GO_NOTE
    assert open_note(GO_NOTE, [VerifierKey.parse(GO_KEY)]) == Note(GO_TEXT, (peter.verifier,))


@given(
    st.integers(min_value=0, max_value=255),
    st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1),
)
def test_a_key_comes_back_from_its_line(seed: int, name: str) -> None:
    key = signer(name.replace("+", "-"), seed).verifier

    assert VerifierKey.parse(str(key)) == key


LINE = str(LOG.verifier)
NAME, ID, ENCODED = LINE.split("+", 2)


@pytest.mark.parametrize(
    "wrong, message",
    [
        ("", "not of the form"),
        (NAME, "not of the form"),
        (f"{NAME}+{ID}", "not of the form"),
        (f"+{ID}+{ENCODED}", "key name"),
        (f"a b+{ID}+{ENCODED}", "key name"),
        (f"a\u00a0b+{ID}+{ENCODED}", "key name"),
        (f"a\x1bb+{ID}+{ENCODED}", "key name"),
        (f"a\ud800b+{ID}+{ENCODED}", "key name"),
        (f"{NAME}+{ID.upper()}+{ENCODED}", "lower-case hexadecimal"),
        (f"{NAME}+{ID[1:]}+{ENCODED}", "lower-case hexadecimal"),
        (f"{NAME}+0{ID}+{ENCODED}", "lower-case hexadecimal"),
        (f"{NAME}+00000000+{ENCODED}", "the ID is not that of this name and key"),
        (f"other+{ID}+{ENCODED}", "the ID is not that of this name and key"),
        (f"{NAME}+{ID}+{ENCODED}=", "base64"),
        (f"{NAME}+{ID}+{ENCODED}\n", "base64"),
        (f"{NAME}+{ID}+", "signature type"),
        (f"{NAME}+{ID}+{spelling.to_base64(b'4' + LOG.verifier.public)}", "signature type"),
        (f"{NAME}+{ID}+{spelling.to_base64(bytes([1]) + bytes(31))}", "31 bytes"),
        (f"{NAME}+{ID}+{spelling.to_base64(bytes([1]) + bytes(33))}", "33 bytes"),
    ],
)
def test_a_wrong_spelling_of_a_key_is_refused(wrong: str, message: str) -> None:
    with pytest.raises(MalformedNoteError, match=message):
        VerifierKey.parse(wrong)
    with pytest.raises(alone.InvalidError):
        alone.read_key(wrong)


P = 2**255 - 19
ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
"""A point of order 8, from the literature on small-order points of edwards25519."""


@pytest.mark.parametrize(
    "public",
    [
        pytest.param(bytes([1]) + bytes(31), id="order 1"),
        pytest.param(bytes([1]) + bytes(30) + b"\x80", id="order 1, the other sign"),
        pytest.param((P - 1).to_bytes(32, "little"), id="order 2"),
        pytest.param(bytes(32), id="order 4"),
        pytest.param(bytes(31) + b"\x80", id="order 4, the other sign"),
        pytest.param(bytes.fromhex(ORDER_8), id="order 8"),
        pytest.param(
            (P - int.from_bytes(bytes.fromhex(ORDER_8), "little")).to_bytes(32, "little"),
            id="order 8, other",
        ),
        pytest.param(P.to_bytes(32, "little"), id="y is p"),
        pytest.param((P + 3).to_bytes(32, "little"), id="y beyond p"),
        pytest.param(b"\xff" * 32, id="all bits"),
        pytest.param(bytes([2]) + bytes(31), id="not on the curve"),
    ],
)
def test_a_key_that_can_hold_no_private_key_is_refused(public: bytes) -> None:
    with pytest.raises(MalformedNoteError, match="not an Ed25519 point"):
        VerifierKey("easy.example", key_id("easy.example", public), public)


@given(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters=[chr(c) for c in range(32)])
        | st.just("\n"),
        min_size=1,
    )
)
def test_every_text_comes_back_from_its_note(text: str) -> None:
    text = text + "\n"
    if text == "\n":
        return

    assert open_note(LOG.sign(text), [LOG.verifier]).text == text
    assert alone.open_note(LOG.sign(text), [alone.read_key(LINE)])[0] == text


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "empty"),
        ("\n", "empty"),
        ("no newline", "newline"),
        ("a tab\t\n", "control"),
        ("\r\n", "control"),
        ("\ud800\n", "UTF-8"),
    ],
)
def test_a_text_that_no_note_may_hold_is_not_signed(text: str, message: str) -> None:
    with pytest.raises(MalformedNoteError, match=message):
        LOG.sign(text)


@pytest.mark.parametrize(
    "wrong, message",
    [
        (b"", "blank line"),
        (b"one line\n", "blank line"),
        (NOTE[:-1], "newline"),
        (NOTE.replace(b"\n\n", b"\n"), "blank line"),
        (b"\n\n" + NOTE.rpartition(b"\n\n")[2], "empty"),
        (NOTE.replace(b"one", b"o\0e"), "control"),
        (NOTE.replace(b"one", b"o\xffe"), "the text is not UTF-8"),
        (NOTE[:-1] + b"\xff\n", "signature line is not UTF-8"),
        (NOTE + b"\n", "newline|blank line|dash"),
        (NOTE + b"trailing\n", "line 2 is not a dash"),
        (NOTE.replace("— ".encode(), b"- "), "line 1 is not a dash"),
        (NOTE.replace("— ".encode(), "—  ".encode()), "line 1 is not a dash"),
        (NOTE.replace(b"log ", b"log"), "line 1 is not a dash"),
        (NOTE.replace(b"log ", b"l+g "), "key name"),
        (NOTE.replace(b"==\n", b"=\n").replace(b"=\n", b"\n"), "not base64"),
        (NOTE[: NOTE.rindex(b" ") + 1] + b"AAAAAA==\n", "not base64"),
        (b"x" * (MAX_NOTE + 1), "more than"),
        (NOTE + NOTE.rpartition(b"\n\n")[2] * 100, "more than 100"),
        (NOTE + NOTE.rpartition(b"\n\n")[2], "signs twice"),
    ],
)
def test_what_is_not_a_note_is_refused(wrong: bytes, message: str) -> None:
    with pytest.raises(MalformedNoteError, match=message):
        open_note(wrong, [LOG.verifier])
    with pytest.raises(alone.InvalidError):
        alone.open_note(wrong, [alone.read_key(LINE)])


def test_every_flipped_bit_of_a_note_is_found() -> None:
    key = alone.read_key(LINE)
    for position in range(len(NOTE) * 8):
        flipped = bytearray(NOTE)
        flipped[position // 8] ^= 1 << position % 8

        with pytest.raises(alone.InvalidError):
            alone.open_note(bytes(flipped), [key])
        with pytest.raises((MalformedNoteError, SignatureInvalidError)):
            open_note(bytes(flipped), [LOG.verifier])


def test_signatures_of_unknown_keys_are_ignored_up_to_the_limit() -> None:
    witnesses = [signer(f"witness.example/{number}", number) for number in range(2, 32)]
    note = NOTE + b"".join(signature_line(one, "another text\n") for one in witnesses)

    assert open_note(note, [LOG.verifier]).signers == (LOG.verifier,)
    assert alone.open_note(note, [alone.read_key(LINE)])[0] == "one line\n"


def test_a_key_of_the_same_name_is_another_key() -> None:
    stranger = signer(seed=2)

    assert open_note(NOTE + signature_line(stranger, "x\n"), [LOG.verifier]).text == "one line\n"
    with pytest.raises(SignatureInvalidError, match="no trusted key"):
        open_note(NOTE, [stranger.verifier])


def test_all_trusted_signers_are_named_in_order() -> None:
    witness = signer("witness.example", 3)
    note = NOTE + signature_line(witness, "one line\n")

    opened = open_note(note, [witness.verifier, LOG.verifier])

    assert opened.signers == (LOG.verifier, witness.verifier)


def test_a_bad_signature_of_a_trusted_key_spoils_the_note() -> None:
    witness = signer("witness.example", 3)
    note = NOTE + signature_line(witness, "another text\n")

    with pytest.raises(SignatureInvalidError, match="not over this text"):
        open_note(note, [LOG.verifier, witness.verifier])
    with pytest.raises(alone.InvalidError, match="not over this text"):
        alone.open_note(note, [alone.read_key(str(one.verifier)) for one in (LOG, witness)])


def test_a_note_needs_somebody_to_trust() -> None:
    with pytest.raises(SignatureInvalidError, match="no trusted key"):
        open_note(NOTE, [])


def test_the_same_key_may_be_trusted_twice() -> None:
    assert open_note(NOTE, [LOG.verifier, LOG.verifier]).signers == (LOG.verifier,)


def test_the_last_blank_line_ends_the_text() -> None:
    text = "one\n\n— audit.example/log AAAA\n\ntwo\n"

    assert open_note(LOG.sign(text), [LOG.verifier]).text == text


def test_two_keys_under_one_name_and_id_cannot_both_be_trusted() -> None:
    # 32 bits of ID: these two private keys were found by trying some thousands.
    one, other = (
        Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))).verifier
        for number in (13893, 16389)
    )

    assert one.key_id == other.key_id
    with pytest.raises(SignatureInvalidError, match="share a name and an ID"):
        open_note(NOTE, [one, other])


def test_a_note_is_read_up_to_its_limits() -> None:
    strangers = b"".join(signature_line(signer(f"w.example/{n}", 2), "x\n") for n in range(99))
    assert open_note(NOTE + strangers, [LOG.verifier]).signers == (LOG.verifier,)

    text = "x" * (MAX_NOTE - len(LOG.sign("x\n")) + 1) + "\n"
    note = LOG.sign(text)
    assert len(note) == MAX_NOTE
    assert open_note(note, [LOG.verifier]).text == text
    with pytest.raises(MalformedNoteError, match="more than 1000000"):
        open_note(LOG.sign("x" + text), [LOG.verifier])


@pytest.mark.parametrize("code_point", [0xD800, 0xDFFF, 0x1F, 0x00])
def test_no_key_is_called_what_cannot_be_written(code_point: int) -> None:
    with pytest.raises(MalformedNoteError, match="key name"):
        signer(f"a{chr(code_point)}b")


@pytest.mark.parametrize("character", ["!", "~", "\ud7ff", "\ue000"])
def test_a_key_may_be_called_what_can(character: str) -> None:
    key = signer(f"a{character}b").verifier

    assert VerifierKey.parse(str(key)) == key


def test_the_text_of_a_note_is_read_whoever_has_signed_it() -> None:
    note = Signer("a.example/log", Ed25519PrivateKey.generate()).sign("text\n")

    assert unverified_text(note) == "text\n"
    for wrong in (b"text\n", note[:-1], note + b"\xe2\x80\x94 a AAAA\n"):
        with pytest.raises(MalformedNoteError):
            unverified_text(wrong)
