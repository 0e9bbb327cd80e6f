import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from euguard.errors import MalformedCheckpointError, SignatureInvalidError
from euguard.tlog.checkpoint import Checkpoint, open_checkpoint, sign
from euguard.tlog.merkle import EMPTY_ROOT
from euguard.tlog.note import Signer
from judges import alone

ORIGIN = "audit.example/log"
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
ROOT = bytes(range(32))
TEXT = Checkpoint(ORIGIN, 42, ROOT).text()

checkpoints = st.builds(
    Checkpoint,
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
    st.integers(min_value=1, max_value=2**63 - 1),
    st.binary(min_size=32, max_size=32),
)


def test_the_example_of_the_specification_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

    checkpoint = Checkpoint.parse(text)

    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a91863e8e1d90c808014aa89b")
    assert checkpoint.text() == text


@given(checkpoints)
def test_a_checkpoint_comes_back_from_its_text(checkpoint: Checkpoint) -> None:
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


@given(checkpoints)
def test_a_checkpoint_comes_back_from_its_note(checkpoint: Checkpoint) -> None:
    note = sign(checkpoint, LOG)

    assert open_checkpoint(note, [LOG.verifier], checkpoint.origin) == checkpoint


def test_an_empty_log_has_a_checkpoint() -> None:
    checkpoint = Checkpoint(ORIGIN, 0, EMPTY_ROOT)

    assert Checkpoint.parse(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    "wrong, message",
    [
        ("", "0 lines"),
        (TEXT[:-1], "2 lines"),
        (TEXT + "extension\n", "4 lines"),
        (TEXT + "\n", "4 lines"),
        (TEXT.replace(ORIGIN, ""), "origin"),
        (TEXT.replace(ORIGIN, "a\tb"), "origin"),
        (TEXT.replace("\n42\n", "\n042\n"), "tree size"),
        (TEXT.replace("\n42\n", "\n+42\n"), "tree size"),
        (TEXT.replace("\n42\n", "\n42 \n"), "tree size"),
        (TEXT.replace("\n42\n", "\n٤٢\n"), "tree size"),
        (TEXT.replace("\n42\n", "\n-1\n"), "tree size"),
        (TEXT.replace("\n42\n", f"\n{2**63}\n"), "tree size"),
        (TEXT.replace("\n42\n", "\n0\n"), "empty tree"),
        (TEXT.replace("=", ""), "base64"),
        (TEXT.replace("=", "=="), "base64"),
        (f"{ORIGIN}\n42\nAAAA\n", "3 bytes, not 32"),
        (f"{ORIGIN}\n42\n\n", "0 bytes, not 32"),
    ],
)
def test_a_wrong_spelling_of_a_checkpoint_is_refused(wrong: str, message: str) -> None:
    with pytest.raises(MalformedCheckpointError, match=message):
        Checkpoint.parse(wrong)
    if wrong.endswith("\n") and "\t" not in wrong:  # else it is no text for a note
        with pytest.raises(alone.InvalidError):
            alone.open_checkpoint(LOG.sign(wrong), [alone.read_key(str(LOG.verifier))])


@pytest.mark.parametrize("size", [-1, 2**63])
def test_a_size_that_no_log_has_cannot_be_made(size: int) -> None:
    with pytest.raises(MalformedCheckpointError, match=r"between 0 and 2\*\*63-1"):
        Checkpoint(ORIGIN, size, ROOT)


def test_the_checkpoint_of_another_log_is_refused() -> None:
    note = sign(Checkpoint("audit.example/other", 42, ROOT), LOG)

    with pytest.raises(MalformedCheckpointError, match="another log"):
        open_checkpoint(note, [LOG.verifier], ORIGIN)


def test_an_unsigned_checkpoint_is_refused() -> None:
    with pytest.raises(SignatureInvalidError):
        open_checkpoint(sign(Checkpoint(ORIGIN, 42, ROOT), LOG), [], ORIGIN)


def test_an_origin_may_hold_spaces_and_no_control_characters() -> None:
    assert Checkpoint.parse(Checkpoint("the log of 2026", 42, ROOT).text()).origin
    with pytest.raises(MalformedCheckpointError, match="control"):
        Checkpoint("a\x1fb", 42, ROOT)
