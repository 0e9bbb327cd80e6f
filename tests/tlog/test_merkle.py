from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.errors import ProofInvalidError
from euguard.tlog import merkle
from euguard.tlog.merkle import EMPTY_ROOT, Frontier, Tree, leaf_hash, node_hash

REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The leaves with which the Certificate Transparency implementations test."""

REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Their roots, one for each size."""

LEAVES = [leaf_hash(bytes([number])) for number in range(140)]
TREE = Tree(LEAVES)

sizes = st.integers(min_value=0, max_value=len(LEAVES))


def textbook_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word by word."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(textbook_root(hashes[:split]), textbook_root(hashes[split:]))


@pytest.mark.parametrize("size", range(9))
def test_the_reference_leaves_have_the_reference_roots(size: int) -> None:
    hashes = [leaf_hash(leaf) for leaf in REFERENCE_LEAVES[:size]]

    assert merkle.root(hashes).hex() == REFERENCE_ROOTS[size]


@pytest.mark.parametrize(
    "index, proof",
    [
        (
            0,
            (
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
            ),
        ),
        (
            5,
            (
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
            ),
        ),
    ],
)
def test_the_reference_leaves_have_the_reference_inclusion_proofs(index: int, proof: str) -> None:
    hashes = [leaf_hash(leaf) for leaf in REFERENCE_LEAVES]

    assert b"".join(merkle.Tree(hashes).prove_inclusion(index)).hex() == proof


def test_the_reference_leaves_have_the_reference_consistency_proof() -> None:
    hashes = [leaf_hash(leaf) for leaf in REFERENCE_LEAVES[:5]]

    proof = merkle.Tree(hashes).prove_consistency(2)

    assert [step.hex() for step in proof] == [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]


@pytest.mark.parametrize("size", range(len(LEAVES) + 1))
def test_every_way_to_a_root_leads_to_the_textbooks(size: int) -> None:
    expected = textbook_root(LEAVES[:size])

    assert merkle.root(LEAVES[:size]) == expected
    assert TREE.root(size) == expected
    assert Tree(LEAVES[:size]).root() == expected


@given(sizes, sizes)
def test_a_frontier_goes_on_where_it_stood(first: int, then: int) -> None:
    first, then = sorted((first, then))
    early = Frontier.empty().extend(LEAVES[:first])

    late = early.extend(LEAVES[first:then])

    assert late.root() == TREE.root(then)
    assert (late.size, early.size) == (then, first)
    assert early.root() == TREE.root(first)


@pytest.mark.parametrize(
    "size, peaks", [(-1, 0), (0, 1), (1, 0), (2, 2), (3, 1), (3, 3), (7, 2), (8, 3)]
)
def test_an_impossible_frontier_cannot_be_made(size: int, peaks: int) -> None:
    with pytest.raises(ValueError, match=r"^frontier: "):
        Frontier(size, (LEAVES[0],) * peaks)


@given(sizes)
def test_a_frontier_is_read_as_it_was_joined(size: int) -> None:
    frontier = Frontier.empty().extend(LEAVES[:size])

    assert Frontier.parse(size, frontier.joined()) == frontier
    with pytest.raises(ValueError, match=r"^frontier: "):
        Frontier.parse(size, frontier.joined() + b"\0")


def test_a_frontier_has_hashes_of_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier(1, (b"short",))


def test_a_tree_has_hashes_of_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tree([LEAVES[0], b"short"])


@given(sizes, sizes)
def test_every_leaf_is_proved_in_every_later_tree(index: int, size: int) -> None:
    index, size = min(index, size), max(index, size)
    if index == size:
        with pytest.raises(ValueError, match="no leaf"):
            TREE.prove_inclusion(index, size)
        return

    proof = TREE.prove_inclusion(index, size)

    assert proof == merkle.Tree(LEAVES[:size]).prove_inclusion(index)
    merkle.verify_inclusion(LEAVES[index], index, proof, size=size, root=TREE.root(size))


@given(sizes, sizes)
def test_every_tree_begins_with_every_earlier_one(old: int, size: int) -> None:
    old, size = sorted((old, size))

    proof = TREE.prove_consistency(old, size)

    assert proof == merkle.Tree(LEAVES[:size]).prove_consistency(old)
    merkle.verify_consistency(
        proof, old_size=old, old_root=TREE.root(old), size=size, root=TREE.root(size)
    )


def test_there_is_no_proof_of_what_is_not_there() -> None:
    with pytest.raises(ValueError, match="no leaf -1"):
        TREE.prove_inclusion(-1)
    with pytest.raises(ValueError, match="does not come before"):
        TREE.prove_consistency(8, 7)
    with pytest.raises(ValueError, match="does not come before"):
        TREE.prove_consistency(-1)
    with pytest.raises(ValueError, match="no size 141"):
        TREE.root(len(LEAVES) + 1)
    with pytest.raises(ValueError, match="no size -1"):
        TREE.root(-1)


def changed(proof: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """Return proofs that differ from this one in a hash, in their order or in their length."""
    other = leaf_hash(b"other")
    wrong = [(*proof[:i], other, *proof[i + 1 :]) for i in range(len(proof))]
    wrong += [(*proof[:i], *proof[i + 1 :]) for i in range(len(proof))]
    wrong += [(*proof[:i], other, *proof[i:]) for i in range(len(proof) + 1)]
    wrong += [
        (*proof[:i], b, a, *proof[i + 2 :]) for i, (a, b) in enumerate(pairwise(proof)) if a != b
    ]
    return wrong


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 100])
def test_a_changed_inclusion_proof_leads_elsewhere(size: int) -> None:
    for index in range(size):
        proof = TREE.prove_inclusion(index, size)
        for wrong in changed(proof):
            with pytest.raises(ProofInvalidError):
                merkle.verify_inclusion(
                    LEAVES[index], index, wrong, size=size, root=TREE.root(size)
                )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 20])
def test_a_changed_consistency_proof_leads_elsewhere(size: int) -> None:
    for old in range(size + 1):
        proof = TREE.prove_consistency(old, size)
        for wrong in changed(proof):
            with pytest.raises(ProofInvalidError):
                merkle.verify_consistency(
                    wrong, old_size=old, old_root=TREE.root(old), size=size, root=TREE.root(size)
                )


@pytest.mark.parametrize("size", range(1, 18))
def test_an_inclusion_proof_is_of_one_leaf_at_one_index_in_one_tree(size: int) -> None:
    for index in range(size):
        proof = TREE.prove_inclusion(index, size)
        for leaf, at, in_size in (
            (LEAVES[index + 1], index, size),
            *((LEAVES[index], other, size) for other in range(-1, size + 2) if other != index),
        ):
            with pytest.raises(ProofInvalidError):
                merkle.verify_inclusion(leaf, at, proof, size=in_size, root=TREE.root(size))
        with pytest.raises(ProofInvalidError):
            merkle.verify_inclusion(
                LEAVES[index], index, proof, size=size, root=TREE.root(size + 1)
            )


@pytest.mark.parametrize("size", range(1, 18))
def test_a_consistency_proof_is_of_two_trees(size: int) -> None:
    for old in range(1, size):
        proof = TREE.prove_consistency(old, size)
        for old_size, old_root, new_root in (
            (old + 1, TREE.root(old), TREE.root(size)),
            (old, TREE.root(old - 1), TREE.root(size)),
            (old, TREE.root(old), TREE.root(size + 1)),
            (0, EMPTY_ROOT, TREE.root(size)),
        ):
            with pytest.raises(ProofInvalidError):
                merkle.verify_consistency(
                    proof, old_size=old_size, old_root=old_root, size=size, root=new_root
                )


def test_a_tree_does_not_begin_with_a_larger_one() -> None:
    with pytest.raises(ProofInvalidError, match="does not come before"):
        merkle.verify_consistency((), old_size=2, old_root=TREE.root(2), size=1, root=TREE.root(1))
    with pytest.raises(ProofInvalidError, match="does not come before"):
        merkle.verify_consistency((), old_size=-1, old_root=EMPTY_ROOT, size=1, root=TREE.root(1))


def test_only_the_empty_root_stands_at_size_0() -> None:
    with pytest.raises(ProofInvalidError, match="does not connect size 0"):
        merkle.verify_consistency((), old_size=0, old_root=LEAVES[0], size=1, root=TREE.root(1))


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_hash_of_another_length_is_refused(position: int) -> None:
    leaf, step, root = [b"short" if place == position else LEAVES[0] for place in range(3)]

    with pytest.raises(ProofInvalidError, match="inclusion: a hash does not have 32 bytes"):
        merkle.verify_inclusion(leaf, 0, (step,), size=2, root=root)
    with pytest.raises(ProofInvalidError, match="consistency: a hash does not have 32 bytes"):
        merkle.verify_consistency((step,), old_size=1, old_root=leaf, size=2, root=root)


def test_a_node_is_not_taken_for_a_leaf() -> None:
    left, right = LEAVES[:2]

    assert leaf_hash(left + right) != node_hash(left, right)


def test_a_proof_of_absurd_length_ends_at_once() -> None:
    with pytest.raises(ProofInvalidError, match="number of hashes"):
        merkle.verify_inclusion(LEAVES[0], 0, (LEAVES[1],) * 10_000, size=2**63 - 1, root=LEAVES[2])


def test_a_proof_for_each_of_many_leaves_is_short() -> None:
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(20_000)]
    tree = Tree(leaves)
    root = tree.root()

    for index in range(0, len(leaves), 7):
        proof = tree.prove_inclusion(index)
        assert len(proof) <= 15
        merkle.verify_inclusion(leaves[index], index, proof, size=len(leaves), root=root)
