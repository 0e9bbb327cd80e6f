"""C2SP checkpoints: what a log says about itself at one size.

The signed text is three lines, each ending in a newline::

    <origin>
    <tree size, decimal>
    <root hash, base64>

The format knows further "extension" lines and advises against them, as nobody can audit
them; none is written here and any is refused.

Source: https://c2sp.org/tlog-checkpoint
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from euguard.errors import MalformedCheckpointError
from euguard.tlog import spelling
from euguard.tlog.merkle import EMPTY_ROOT, HASH_SIZE
from euguard.tlog.note import Signer, VerifierKey, open_note


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and the root of a log's tree at one moment."""

    origin: str
    """Which log: its name, the same for ever."""
    size: int
    """Number of leaves."""
    root: bytes
    """Root hash over them, 32 bytes."""

    def __post_init__(self) -> None:
        if not self.origin or any(character < " " for character in self.origin):
            msg = "checkpoint: the origin is empty or holds a control character"
            raise MalformedCheckpointError(msg)
        if not 0 <= self.size <= spelling.MAX_INTEGER:
            msg = f"checkpoint: the tree size {self.size} is not between 0 and 2**63-1"
            raise MalformedCheckpointError(msg)
        if len(self.root) != HASH_SIZE:
            msg = f"checkpoint: the root hash has {len(self.root)} bytes, not {HASH_SIZE}"
            raise MalformedCheckpointError(msg)
        if self.size == 0 and self.root != EMPTY_ROOT:
            msg = "checkpoint: the tree is empty and the root hash is not that of the empty tree"
            raise MalformedCheckpointError(msg)

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{spelling.to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `text` writes, and nothing else.

        Raises:
            MalformedCheckpointError: another spelling, or an extension line.

        """
        lines = text.split("\n")
        if len(lines) != len(("origin", "size", "root", "")) or lines[-1]:
            msg = f"checkpoint: {len(lines) - 1} lines, not 3"
            raise MalformedCheckpointError(msg)
        size = spelling.from_decimal(lines[1])
        if size is None:
            msg = "checkpoint: the tree size is not a decimal number up to 2**63-1"
            raise MalformedCheckpointError(msg)
        root = spelling.from_base64(lines[2])
        if root is None:
            msg = "checkpoint: the root hash is not standard base64"
            raise MalformedCheckpointError(msg)
        return cls(lines[0], size, root)


def sign(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the checkpoint as a signed note."""
    return signer.sign(checkpoint.text())


def open_checkpoint(data: bytes, trusted: Sequence[VerifierKey], origin: str) -> Checkpoint:
    """Return the checkpoint of the log `origin` that a trusted key has signed.

    Raises:
        MalformedNoteError: not a signed note.
        SignatureInvalidError: no trusted key has signed it.
        MalformedCheckpointError: not a checkpoint, or one of another log.

    """
    checkpoint = Checkpoint.parse(open_note(data, trusted).text)
    # A key that signs for two logs must not lend one log's history to the other.
    if checkpoint.origin != origin:
        msg = "checkpoint: the origin is that of another log"
        raise MalformedCheckpointError(msg)
    return checkpoint
