"""C2SP tlog-proof: one entry's place in a log, in a file that can be checked offline.

::

    c2sp.org/tlog-proof@v1
    extra <base64>                     optional: opaque, and authenticated by nothing
    index <decimal>
    <base64 hash>                      as many as the inclusion proof has, leaf to root
    <blank line>
    <the checkpoint, a signed note>

Source: https://c2sp.org/tlog-proof
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from euguard.errors import MalformedProofError
from euguard.tlog import merkle, spelling
from euguard.tlog.checkpoint import Checkpoint, open_checkpoint
from euguard.tlog.note import MAX_NOTE, VerifierKey

MAX_HASHES = 63
"""Hashes in an inclusion proof at most: one for each level of a tree of 2**63-1 leaves."""

MAX_PROOF = 2 * MAX_NOTE
"""Bytes in a proof file at most."""

_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proof:
    """An inclusion proof with the checkpoint it leads to."""

    index: int
    """Of the entry in the log, from 0."""
    hashes: tuple[bytes, ...]
    """From the leaf's sibling up to the root's child, each of 32 bytes."""
    checkpoint: bytes
    """A signed note, as the log published it."""
    extra: bytes = b""
    """Whatever the application added. Nothing vouches for it."""

    def __post_init__(self) -> None:
        if not 0 <= self.index <= spelling.MAX_INTEGER:
            msg = f"proof: the index {self.index} is not between 0 and 2**63-1"
            raise MalformedProofError(msg)
        if len(self.hashes) > MAX_HASHES:
            msg = f"proof: {len(self.hashes)} hashes, more than {MAX_HASHES}"
            raise MalformedProofError(msg)
        if any(len(given) != merkle.HASH_SIZE for given in self.hashes):
            msg = f"proof: a hash does not have {merkle.HASH_SIZE} bytes"
            raise MalformedProofError(msg)

    def __bytes__(self) -> bytes:
        """Return the file."""
        lines = [_HEADER]
        if self.extra:
            lines.append(f"extra {spelling.to_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(spelling.to_base64(given) for given in self.hashes)
        return ("\n".join(lines) + "\n\n").encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what `bytes` writes, and nothing else; the checkpoint is not opened yet.

        Raises:
            MalformedProofError: another spelling.

        """
        if len(data) > MAX_PROOF:
            msg = f"proof: {len(data)} bytes, more than {MAX_PROOF}"
            raise MalformedProofError(msg)
        head, blank, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            msg = "proof: the lines before the checkpoint are not ASCII"
            raise MalformedProofError(msg) from None
        if not blank or lines[0] != _HEADER:
            msg = f"proof: it does not begin with {_HEADER}, or has no blank line"
            raise MalformedProofError(msg)
        del lines[0]
        extra = _take(lines, "extra ")
        index = _take(lines, "index ")
        return cls(
            index=_index(index),
            hashes=tuple(_decoded(line, "a hash") for line in lines),
            checkpoint=checkpoint,
            extra=b"" if extra is None else _decoded(extra, "the extra data"),
        )

    def verify(self, leaf: bytes, trusted: Sequence[VerifierKey], origin: str) -> Checkpoint:
        """Check that the leaf with hash `leaf` is entry `index` of the log `origin`.

        Returns the checkpoint that says so.

        Raises:
            MalformedNoteError: the checkpoint is not a signed note.
            MalformedCheckpointError: not a checkpoint, or one of another log.
            SignatureInvalidError: no trusted key has signed the checkpoint.
            ProofInvalidError: the hashes do not lead to the checkpoint's root.

        """
        checkpoint = open_checkpoint(self.checkpoint, trusted, origin)
        merkle.verify_inclusion(
            leaf, self.index, self.hashes, size=checkpoint.size, root=checkpoint.root
        )
        return checkpoint


def _take(lines: list[str], prefix: str) -> str | None:
    """Remove the first line if it begins with `prefix`, and return the rest of it."""
    if not lines or not lines[0].startswith(prefix):
        return None
    return lines.pop(0).removeprefix(prefix)


def _index(text: str | None) -> int:
    index = None if text is None else spelling.from_decimal(text)
    if index is None:
        msg = "proof: no line with a decimal index"
        raise MalformedProofError(msg)
    return index


def _decoded(text: str, what: str) -> bytes:
    data = spelling.from_base64(text)
    if not data:
        msg = f"proof: {what} is not standard base64"
        raise MalformedProofError(msg)
    return data
