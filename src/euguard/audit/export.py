"""Exports: a copy of the log, or of a part of it, that a stranger can check.

Two files: a ZIP file with records, proofs, keys and a manifest, and beside it `<name>.note`,
a signed note over the whole of it. What a reader does with them is audit/SPEC.md §8.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BufferedRandom
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from euguard.audit import container, readme
from euguard.audit.manifest import Manifest, note_text
from euguard.audit.reader import Reader
from euguard.audit.record import parse
from euguard.audit.selection import All, Selection, selector
from euguard.errors import ConfigurationError, LogUnavailableError, ProofInvalidError
from euguard.tlog import spelling
from euguard.tlog.checkpoint import Checkpoint, open_checkpoint
from euguard.tlog.merkle import Tree, leaf_hash, verify_consistency
from euguard.tlog.note import Signer, VerifierKey
from euguard.tlog.proof import Proof

MAX_SELECTED = 65_000
"""Records in a part at most: each has a member of its own (container.MAX_MEMBERS)."""


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export holds, for the person who made it and for the record `export.created`."""

    destination: Path
    note: Path
    checkpoint: Checkpoint
    records: int
    counts: dict[str, int]
    """Kind of record → how many."""
    bytes: int
    """Size of the ZIP file."""
    digest: str
    """SHA-256 of the ZIP file, hex."""


def export(  # noqa: PLR0913  each is a different thing that an export needs
    reader: Reader,
    *,
    origin: str,
    trusted: Sequence[VerifierKey],
    signer: Signer,
    selection: Selection,
    at: datetime,
    software: str,
    destination: Path,
    since: bytes | None = None,
    record: Callable[[ExportSummary], object] = lambda _: None,
) -> ExportSummary:
    """Write the selected records up to the last checkpoint to `destination` and its note.

    `trusted` are the keys that sign the log's checkpoints, `signer` vouches for the export;
    `at` is when, aware, UTC; `since` an earlier checkpoint, as an auditor kept it, that the
    export shall prove to be a beginning of this log. `record` is called when everything is on
    the disk and nothing has its name yet: if it raises, there is no export.

    Raises:
        ConfigurationError: the destination exists or cannot be written, or the selection is too
            large for one file.
        LogUnavailableError: the log does not answer, or has not published a checkpoint yet.
        IntegrityError: the log does not hold what its checkpoint signs.

    """
    check_destination(destination)
    signed = reader.checkpoint()
    if signed is None:
        msg = "export: the log has not published a checkpoint yet"
        raise LogUnavailableError(msg)
    made = _Export(
        reader=reader,
        signed=signed,
        checkpoint=open_checkpoint(signed, trusted, origin),
        since=since,
        earlier=None if since is None else open_checkpoint(since, trusted, origin),
        keys=tuple(dict.fromkeys([*trusted, signer.verifier])),
        selection=selection,
        at=at,
        software=software,
    )
    note = _note(destination)
    unfinished, unfinished_note = _unfinished(destination), _unfinished(note)
    with _writing(destination):
        try:
            with unfinished.open("w+b") as file:
                made.write(file)
                size, digest = _digest(file)
                _to_disk(file)
            with unfinished_note.open("wb") as file:
                file.write(signer.sign(note_text(origin, size, digest)))
                _to_disk(file)
            summary = ExportSummary(
                destination=destination,
                note=note,
                checkpoint=made.checkpoint,
                records=made.counts.total(),
                counts=dict(made.counts),
                bytes=size,
                digest=digest,
            )
            record(summary)
            # The note first: a crash between the two leaves a note without a file.
            unfinished_note.replace(note)
            unfinished.replace(destination)
            _directory_to_disk(destination.parent)
        finally:
            unfinished.unlink(missing_ok=True)
            unfinished_note.unlink(missing_ok=True)
    return summary


def check_destination(destination: Path) -> None:
    """Check that an export can be written there; nothing is left behind.

    Raises:
        ConfigurationError: there is one already, or the folder cannot be written.

    """
    with _writing(destination):
        for path in (destination, _note(destination)):
            if path.exists():
                msg = f"export: {path} exists already"
                fix = "choose another name; exports are never overwritten"
                raise ConfigurationError(msg, fix=fix)
        for path in map(_unfinished, (destination, _note(destination))):
            path.touch()
            path.unlink()


def _note(destination: Path) -> Path:
    return destination.parent / (destination.name + ".note")  # "/" has no name to change


def _unfinished(path: Path) -> Path:
    """Return a name that no reader takes for an export, until everything is on the disk."""
    return path.parent / f".{path.name}.unfinished"


@contextmanager
def _writing(destination: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = f"export: cannot write {destination}: {error.strerror}"
        raise ConfigurationError(msg, fix="name a folder that can be written") from None


@dataclass(slots=True)
class _Export:
    """One pass over the log: hashes of all records, bytes of the selected ones."""

    reader: Reader
    signed: bytes
    checkpoint: Checkpoint
    since: bytes | None
    earlier: Checkpoint | None
    keys: tuple[VerifierKey, ...]
    selection: Selection
    at: datetime
    software: str
    counts: Counter[str] = field(default_factory=Counter)
    _hashes: list[bytes] = field(default_factory=list)
    _indices: list[int] = field(default_factory=list)

    def write(self, file: BinaryIO) -> None:
        """Write the ZIP file.

        Raises:
            IntegrityError: the log does not hold what its checkpoint signs.

        """
        zipped = container.Writer(file, self.at)
        files = {key_file(key): f"{key}\n".encode() for key in self.keys}
        text = readme.write(self.checkpoint, self.selection, sorted(files))
        zipped.add("README.txt", [text.encode()])
        zipped.add("checkpoint", [self.signed])
        for name in sorted(files):
            zipped.add(name, [files[name]])
        zipped.add("entries.jsonl", self._entries())
        tree = self._tree()
        if not isinstance(self.selection, All):
            zipped.add("indices.txt", (f"{index}\n".encode() for index in self._indices))
            for index in self._indices:
                proof = Proof(index, tree.prove_inclusion(index), self.signed)
                zipped.add(f"proofs/{index}.tlog-proof", [bytes(proof)])
        if self.since is not None and self.earlier is not None:
            proven = self._prove_since(tree, self.earlier)
            zipped.add("since-checkpoint", [self.since])
            zipped.add("consistency.txt", [consistency_text(self.earlier.size, proven)])
        zipped.add("manifest.json", [self._manifest(zipped.digests)])
        zipped.finish()

    def _entries(self) -> Iterator[bytes]:
        """Yield the lines of entries.jsonl; remember the hash of every record passed."""
        chosen = selector(self.selection)
        for index, leaf in enumerate(self.reader.leaves(0, self.checkpoint.size)):
            self._hashes.append(leaf_hash(leaf))
            entry = parse(leaf)
            if chosen.selects(entry):
                self.counts[entry.record.kind] += 1
                self._indices.append(index)
                self._check_room()
                yield leaf + b"\n"

    def _check_room(self) -> None:
        """Refuse at once what would not fit in the end: a part has a member for each record."""
        if not isinstance(self.selection, All) and len(self._indices) > MAX_SELECTED:
            msg = f"export: more than {MAX_SELECTED} records, and a part has a proof for each"
            raise ConfigurationError(msg, fix="export the whole log, or periods that are shorter")

    def _tree(self) -> Tree:
        # What is on the disk today must be what was signed: a bit that has rotted since would
        # otherwise first be found by the auditor.
        tree = Tree(self._hashes)
        if (tree.size, tree.root()) != (self.checkpoint.size, self.checkpoint.root):
            msg = f"export: the {tree.size} records in the log are not those of its checkpoint"
            raise ProofInvalidError(msg)
        return tree

    def _prove_since(self, tree: Tree, earlier: Checkpoint) -> tuple[bytes, ...]:
        if earlier.size > tree.size:
            msg = f"export: the earlier checkpoint has size {earlier.size}, the log {tree.size}"
            raise ProofInvalidError(msg)
        proven = tree.prove_consistency(earlier.size)
        verify_consistency(
            proven,
            old_size=earlier.size,
            old_root=earlier.root,
            size=tree.size,
            root=self.checkpoint.root,
        )
        return proven

    def _manifest(self, members: Sequence[tuple[str, int, str]]) -> bytes:
        return Manifest(
            origin=self.checkpoint.origin,
            size=self.checkpoint.size,
            root=self.checkpoint.root,
            since=None if self.earlier is None else (self.earlier.size, self.earlier.root),
            selection=self.selection,
            records=len(self._indices),
            counts=self.counts,
            indices=(self._indices[0], self._indices[-1]) if self._indices else None,
            software=self.software,
            created=self.at,
            members=tuple(members),
        ).encode()


def key_file(key: VerifierKey) -> str:
    """Return the name of a key's member: the key's name percent-encoded, and its ID."""
    return f"keys/{quote(key.name, safe='')}+{key.key_id:08x}.vkey"


def consistency_text(old_size: int, proof: Iterable[bytes]) -> bytes:
    """Return consistency.txt: the first lines of a C2SP tlog-witness request."""
    lines = [f"old {old_size}", *map(spelling.to_base64, proof)]
    return "".join(f"{line}\n" for line in lines).encode()


def _digest(file: BufferedRandom) -> tuple[int, str]:
    file.flush()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return file.tell(), digest


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _directory_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
