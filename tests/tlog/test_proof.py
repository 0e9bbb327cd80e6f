import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from euguard.errors import (
    MalformedCheckpointError,
    MalformedProofError,
    ProofInvalidError,
    SignatureInvalidError,
)
from euguard.tlog.checkpoint import Checkpoint, sign
from euguard.tlog.merkle import Tree, leaf_hash
from euguard.tlog.note import Signer
from euguard.tlog.proof import MAX_PROOF, Proof

ORIGIN = "audit.example/log"
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
LEAVES = [leaf_hash(bytes([number])) for number in range(11)]
TREE = Tree(LEAVES)
CHECKPOINT = Checkpoint(ORIGIN, 11, TREE.root())
NOTE = sign(CHECKPOINT, LOG)
PROOF = Proof(5, TREE.prove_inclusion(5), NOTE)
DATA = bytes(PROOF)

hashes = st.binary(min_size=32, max_size=32)
proofs = st.builds(
    Proof,
    st.integers(min_value=0, max_value=2**63 - 1),
    st.lists(hashes, max_size=63).map(tuple),
    st.binary(max_size=300),
    st.binary(max_size=50),
)


def test_a_proof_reads_as_the_specification_prints_it() -> None:
    lines = DATA.decode().split("\n")

    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 5"]
    assert [len(line) for line in lines[2:6]] == [44] * 4
    assert lines[6:9] == ["", ORIGIN, "11"]


def test_the_extra_data_stands_in_the_second_line() -> None:
    assert bytes(Proof(0, (), b"", b"\1\2\3")).split(b"\n")[1:3] == [b"extra AQID", b"index 0"]


@given(proofs)
def test_a_proof_comes_back_from_its_file(proof: Proof) -> None:
    assert Proof.parse(bytes(proof)) == proof


@pytest.mark.parametrize("index", range(11))
def test_every_entry_is_proved_offline(index: int) -> None:
    proof = Proof.parse(bytes(Proof(index, TREE.prove_inclusion(index), NOTE)))

    assert proof.verify(LEAVES[index], [LOG.verifier], ORIGIN) == CHECKPOINT


def test_the_proof_of_another_entry_proves_nothing() -> None:
    with pytest.raises(ProofInvalidError):
        PROOF.verify(LEAVES[4], [LOG.verifier], ORIGIN)


def test_the_proof_of_an_unknown_log_proves_nothing() -> None:
    with pytest.raises(SignatureInvalidError):
        PROOF.verify(LEAVES[5], [], ORIGIN)
    with pytest.raises(MalformedCheckpointError):
        PROOF.verify(LEAVES[5], [LOG.verifier], "audit.example/other")


@pytest.mark.parametrize(
    "wrong, message",
    [
        (b"", "does not begin"),
        (DATA.replace(b"@v1", b"@v2"), "does not begin"),
        (b"\n" + DATA, "does not begin"),
        (DATA.split(b"\n\n")[0], "no blank line"),
        (DATA.replace(b"index 5", b"index 05"), "decimal index"),
        (DATA.replace(b"index 5", b"index -5"), "decimal index"),
        (DATA.replace(b"index 5", b"index  5"), "decimal index"),
        (DATA.replace(b"index 5", b"Index 5"), "decimal index"),
        (DATA.replace(b"index 5\n", b""), "decimal index"),
        (DATA.replace(b"index 5", b"extra AQID"), "decimal index"),
        (b"c2sp.org/tlog-proof@v1\n\n" + NOTE, "decimal index"),
        (DATA.replace(b"index", b"extra \nindex"), "the extra data"),
        (DATA.replace(b"index", b"extra AQI\nindex"), "the extra data"),
        (DATA.replace(b"index", b"extra AQID\nextra AQID\nindex"), "decimal index"),
        (DATA.replace(b"index 5", b"index 5\nextra AQID"), "a hash"),
        (DATA.replace(b"index 5\n", b"index 5\nAQID\n"), "32 bytes"),
        (DATA.replace(b"=\n", b"\n", 1), "a hash"),
        (DATA.replace(b"index", b"ind\xe9x", 1), "ASCII"),
        (DATA + b"\n" * MAX_PROOF, "more than"),
    ],
)
def test_a_wrong_spelling_of_a_proof_is_refused(wrong: bytes, message: str) -> None:
    with pytest.raises(MalformedProofError, match=message):
        Proof.parse(wrong)


def test_an_impossible_proof_cannot_be_made() -> None:
    with pytest.raises(MalformedProofError, match="index"):
        Proof(-1, (), b"")
    with pytest.raises(MalformedProofError, match="index"):
        Proof(2**63, (), b"")
    with pytest.raises(MalformedProofError, match="64 hashes"):
        Proof(0, (LEAVES[0],) * 64, b"")
    with pytest.raises(MalformedProofError, match="32 bytes"):
        Proof(0, (b"short",), b"")


def test_every_flipped_bit_before_the_signature_is_found() -> None:
    for position in range(DATA.index(b"\n\n") * 8):
        flipped = bytearray(DATA)
        flipped[position // 8] ^= 1 << position % 8

        with pytest.raises((MalformedProofError, ProofInvalidError)):
            Proof.parse(bytes(flipped)).verify(LEAVES[5], [LOG.verifier], ORIGIN)


def test_a_proof_may_be_as_large_as_the_largest_tree_asks() -> None:
    largest = Proof(2**63 - 1, (LEAVES[0],) * 63, NOTE)

    assert Proof.parse(bytes(largest)) == largest


def test_a_proof_file_is_read_up_to_its_limit() -> None:
    assert MAX_PROOF == 2_000_000
    padded = DATA + b"x" * (MAX_PROOF - len(DATA))

    assert Proof.parse(padded).index == 5
    with pytest.raises(MalformedProofError, match="more than 2000000"):
        Proof.parse(padded + b"x")
