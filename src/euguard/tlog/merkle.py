r"""Merkle trees: one hash for a whole log, and short proofs against it.

The hash of a leaf is SHA-256(0x00 || leaf), of a node SHA-256(0x01 || left || right). A tree of
more than one leaf splits at the largest power of two below its size::

    size 7            root
                   /        \
              [0, 4)          [4, 7)
              /    \          /    \
          [0, 2)  [2, 4)  [4, 6)    6
           / \     / \     / \
          0   1   2   3   4   5

Prover and verifier of each proof are the same recursion, one taking hashes from the tree and
the other from the proof, so that either can be checked by reading the other.

Source: RFC 6962 §2.1, the same hashing as RFC 9162 §2.1.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from euguard.errors import ProofInvalidError

HASH_SIZE = 32
"""Bytes of a SHA-256 hash."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves (RFC 6962 §2.1)."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash the bytes of a leaf."""
    # The prefixes keep a node from being passed off as a leaf (second preimage).
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    return Frontier.empty().extend(hashes).root()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed of a tree to append to it and to name its root.

    A tree of size 7 keeps the roots of [0, 4), [4, 6) and [6, 7): one complete subtree for
    each bit set in its size, largest first.
    """

    size: int
    peaks: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if self.size < 0:
            msg = f"frontier: the size {self.size} is negative"
            raise ValueError(msg)
        if len(self.peaks) != self.size.bit_count():
            msg = f"frontier: {len(self.peaks)} peaks do not make size {self.size}"
            raise ValueError(msg)
        if any(len(peak) != HASH_SIZE for peak in self.peaks):
            msg = f"frontier: a peak does not have {HASH_SIZE} bytes"
            raise ValueError(msg)

    @classmethod
    def empty(cls) -> Self:
        """Return the frontier of the tree without leaves."""
        return cls(0, ())

    @classmethod
    def parse(cls, size: int, peaks: bytes) -> Self:
        """Read the peaks of a tree of this size from what `joined` writes.

        Raises:
            ValueError: these bytes are not the peaks of a tree of this size.

        """
        starts = range(0, len(peaks), HASH_SIZE)
        return cls(size, tuple(peaks[start : start + HASH_SIZE] for start in starts))

    def joined(self) -> bytes:
        """Return the peaks, one behind the other."""
        return b"".join(self.peaks)

    def extend(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier after these leaves; this one stays as it is."""
        size = self.size
        peaks = list(self.peaks)
        for leaf in leaf_hashes:
            carry = leaf
            # Adding one in binary: each trailing 1 of the size is a peak that is now complete.
            ones = size
            while ones & 1:
                carry = node_hash(peaks.pop(), carry)
                ones >>= 1
            peaks.append(carry)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        if not self.peaks:
            return EMPTY_ROOT
        *higher, whole = self.peaks
        for peak in reversed(higher):
            whole = node_hash(peak, whole)
        return whole


class Tree:
    """A tree in memory, 64 bytes a leaf, that proves in O(log n)."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        """Build from leaf hashes, each of 32 bytes."""
        level = list(hashes)
        if any(len(leaf) != HASH_SIZE for leaf in level):
            msg = f"tree: a leaf hash does not have {HASH_SIZE} bytes"
            raise ValueError(msg)
        self.size = len(level)
        self._levels = [level]
        while len(level) > 1:
            pairs = zip(level[::2], level[1::2], strict=False)  # an odd last one waits
            level = [node_hash(left, right) for left, right in pairs]
            self._levels.append(level)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first `size` leaves, of all by default."""
        size = self.size if size is None else self._checked_size(size)
        return self._hash(0, size) if size else EMPTY_ROOT

    def prove_inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Prove leaf `index` in the tree of the first `size` leaves, of all by default."""
        size = self.size if size is None else self._checked_size(size)
        if not 0 <= index < size:
            msg = f"inclusion: there is no leaf {index} in a tree of size {size}"
            raise ValueError(msg)
        return self._path(index, 0, size)

    def prove_consistency(self, old_size: int, size: int | None = None) -> tuple[bytes, ...]:
        """Prove that the first `old_size` leaves begin the tree of the first `size`."""
        size = self.size if size is None else self._checked_size(size)
        if not 0 <= old_size <= size:
            msg = f"consistency: size {old_size} does not come before size {size}"
            raise ValueError(msg)
        return self._subproof(old_size, 0, size, known=True) if old_size else ()

    def _path(self, index: int, start: int, end: int) -> tuple[bytes, ...]:
        if end - start == 1:
            return ()
        middle = _split(start, end)
        if index < middle:
            return (*self._path(index, start, middle), self._hash(middle, end))
        return (*self._path(index, middle, end), self._hash(start, middle))

    def _subproof(self, old: int, start: int, end: int, *, known: bool) -> tuple[bytes, ...]:
        if old == end:
            return () if known else (self._hash(start, end),)
        middle = _split(start, end)
        if old <= middle:
            inner = self._subproof(old, start, middle, known=known)
            return (*inner, self._hash(middle, end))
        inner = self._subproof(old, middle, end, known=False)
        return (*inner, self._hash(start, middle))

    def _hash(self, start: int, end: int) -> bytes:
        """Return the root of the leaves [start, end), a subtree of some size's tree."""
        width = end - start
        if width.bit_count() == 1:  # complete, hence aligned
            height = width.bit_length() - 1
            return self._levels[height][start >> height]
        middle = _split(start, end)
        return node_hash(self._hash(start, middle), self._hash(middle, end))

    def _checked_size(self, size: int) -> int:
        if not 0 <= size <= self.size:
            msg = f"tree: no size {size} in a tree of size {self.size}"
            raise ValueError(msg)
        return size


def verify_inclusion(
    leaf: bytes, index: int, proof: Sequence[bytes], *, size: int, root: bytes
) -> None:
    """Check that the leaf with hash `leaf` is entry `index` of the tree (`size`, `root`).

    Raises:
        ProofInvalidError: the proof has the wrong length, or leads elsewhere.

    """
    _check_hashes("inclusion", (leaf, root, *proof))
    if not 0 <= index < size:
        msg = f"inclusion: there is no leaf {index} in a tree of size {size}"
        raise ProofInvalidError(msg)
    if _follow_path(leaf, index, proof, 0, size) != root:
        msg = f"inclusion: the proof of leaf {index} does not lead to the root of size {size}"
        raise ProofInvalidError(msg)


def verify_consistency(
    proof: Sequence[bytes], *, old_size: int, old_root: bytes, size: int, root: bytes
) -> None:
    """Check that the tree (`size`, `root`) begins with the leaves of (`old_size`, `old_root`).

    Raises:
        ProofInvalidError: the proof has the wrong length, or leads elsewhere.

    """
    _check_hashes("consistency", (old_root, root, *proof))
    if not 0 <= old_size <= size:
        msg = f"consistency: size {old_size} does not come before size {size}"
        raise ProofInvalidError(msg)
    if old_size == 0:
        # Every tree begins with the empty one; RFC 6962 has no proof of it, so none may be given.
        _check_length("consistency", matches=not proof)
        found = (EMPTY_ROOT, root)
    else:
        found = _follow_subproof(proof, old_size, old_root, 0, size, known=True)
    if found != (old_root, root):
        msg = f"consistency: the proof does not connect size {old_size} to size {size}"
        raise ProofInvalidError(msg)


def _follow_path(leaf: bytes, index: int, proof: Sequence[bytes], start: int, end: int) -> bytes:
    if end - start == 1:
        _check_length("inclusion", matches=not proof)
        return leaf
    _check_length("inclusion", matches=bool(proof))
    middle = _split(start, end)
    if index < middle:
        return node_hash(_follow_path(leaf, index, proof[:-1], start, middle), proof[-1])
    return node_hash(proof[-1], _follow_path(leaf, index, proof[:-1], middle, end))


def _follow_subproof(  # noqa: PLR0913  the recursion of the RFC has these parameters
    proof: Sequence[bytes], old: int, old_root: bytes, start: int, end: int, *, known: bool
) -> tuple[bytes, bytes]:
    """Return the roots that the proof gives to [start, old) and [start, end)."""
    if old == end:
        _check_length("consistency", matches=len(proof) == (0 if known else 1))
        same = old_root if known else proof[0]
        return same, same
    _check_length("consistency", matches=bool(proof))
    middle = _split(start, end)
    if old <= middle:
        before, after = _follow_subproof(proof[:-1], old, old_root, start, middle, known=known)
        return before, node_hash(after, proof[-1])
    before, after = _follow_subproof(proof[:-1], old, old_root, middle, end, known=False)
    return node_hash(proof[-1], before), node_hash(proof[-1], after)


def _split(start: int, end: int) -> int:
    """Return where the tree over [start, end) splits: the largest power of two below its size."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _check_hashes(what: str, hashes: Sequence[bytes]) -> None:
    if any(len(given) != HASH_SIZE for given in hashes):
        msg = f"{what}: a hash does not have {HASH_SIZE} bytes"
        raise ProofInvalidError(msg)


def _check_length(what: str, *, matches: bool) -> None:
    if not matches:
        msg = f"{what}: the proof has the wrong number of hashes"
        raise ProofInvalidError(msg)
