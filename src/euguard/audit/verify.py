"""The verification of an export, step by step as audit/SPEC.md §8 numbers it.

What each step stops:

1. *The note signs this file.* Any change to the ZIP file, however small, and a file made by
   somebody without the key.
2. *The container has its one form.* Two members of one name, of which two programs read
   different ones; paths that write elsewhere; bytes between or behind members; bombs.
3. *The manifest states every member.* Members exchanged, added or left out where there is no
   note.
4. *A trusted key has signed the checkpoint.* A log made up afterwards; another log's history.
5. *The records are leaves of its tree.* A record changed, added, left out or moved.
6. *Every record is canonical and known.* Bytes that two readers read differently.
7. *Writers' records follow one another.* Records that never reached the tree, or were slipped
   into it.
8. *Exchanges end, once.* Answers given without a record; records outside the selection.
9. *The earlier checkpoint is a beginning.* A log rewritten since somebody last looked.

The first failed step decides. The later ones are still carried out as far as they can be,
since they know better where the fault lies: step 1 finds every flipped bit and cannot say
which it was.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from euguard.audit.container import Container, dos_time
from euguard.audit.export import consistency_text, key_file
from euguard.audit.forms import written
from euguard.audit.manifest import Manifest, parse_note_text, selection_as_json
from euguard.audit.verdict import Report, Verdict
from euguard.audit.walk import Walk
from euguard.errors import ExportInvalidError, IntegrityError
from euguard.tlog import merkle, spelling
from euguard.tlog.checkpoint import Checkpoint, open_checkpoint
from euguard.tlog.note import MAX_NOTE, VerifierKey, open_note


@dataclass(slots=True)
class _Established:
    """What the steps have established so far, each on what came before."""

    keys: tuple[VerifierKey, ...] = ()
    origin: str | None = None
    """As the note states it."""
    manifest: Manifest | None = None
    checkpoint: Checkpoint | None = None
    signed_by: tuple[VerifierKey, ...] = ()
    since: int | None = None


def verify_export(
    path: Path,
    *,
    note: Path | None = None,
    trusted: Sequence[VerifierKey] | None = None,
    since: bytes | None = None,
) -> Verdict:
    """Return what can be established about the export at `path`.

    `note` is by default the file `<path>.note`. `trusted` are the keys that the reader has
    from another source; without them the keys inside the export are used, and the verdict says
    so. `since` is an earlier checkpoint of the log that the reader has kept.

    Raises:
        OSError: a file cannot be read.

    """
    report, known = Report(), _Established()
    walk = Walk(report)
    try:
        container = Container(path)
    except ExportInvalidError as error:
        report.checked.add(2)
        report.fail(error.step, error.where, error.reason)
        known.keys = tuple(trusted or ())
        _check_note(report, known, path, note)  # 1
    else:
        with container:
            known.keys = tuple(trusted or _keys_inside(container))
            _check_note(report, known, path, note)  # 1
            _check_members(report, known, container)  # 2, 3
            _check_checkpoint(report, known, container)  # 4
            earlier = _open_since(report, known, since)
            walk.run(container, known.manifest, known.checkpoint, earlier)  # 5, 6, 7, 8
            _check_since(report, known, container, earlier, walk.root_at_since)  # 9
    return _verdict(report, known, walk, pinned=bool(trusted))


def _check_note(report: Report, known: _Established, path: Path, note: Path | None) -> None:
    """Step 1: the note signs this file, byte for byte."""
    beside = path.with_name(path.name + ".note")
    if note is None and not beside.exists():
        report.find(1, "note", "there is none: nothing vouches for the manifest and the README")
        return
    with (note or beside).open("rb") as file:
        data = file.read(MAX_NOTE + 1)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    with report.step(1, "note"):
        known.origin, signed_size, signed_digest = parse_note_text(open_note(data, known.keys).text)
        if size != signed_size:
            msg = f"the file has {size} bytes, and {signed_size} are signed"
            raise ExportInvalidError(1, "file", msg)
        if digest != signed_digest:
            raise ExportInvalidError(1, "file", "its SHA-256 is not the one that is signed")


def _check_members(report: Report, known: _Established, container: Container) -> None:
    """Steps 2 and 3: the members are whole, and the manifest states every one of them."""
    report.checked.add(2)  # its greater part is done: the container is open
    found = []
    for member in container.members.values():
        crc, digest = container.sums(member)
        found.append((member.name, member.size, digest))
        if crc != member.crc and not report.failed(2):  # the search for the bit takes seconds
            msg = "its CRC-32 is not the one that the directory states"
            report.fail(2, container.place(member, crc), msg)
    with report.step(3, "manifest.json"):
        known.manifest = Manifest.parse(container.read("manifest.json") or b"")
        _check_stated(known.manifest, found[:-1])  # all but the manifest itself
        if dos_time(known.manifest.created) != container.when:
            msg = "created at another time than the members carry"
            raise ExportInvalidError(3, "manifest.json", msg)


def _check_stated(manifest: Manifest, found: Sequence[tuple[str, int, str]]) -> None:
    if [name for name, _, _ in manifest.members] != [name for name, _, _ in found]:
        raise ExportInvalidError(3, "manifest.json", "it states other members than there are")
    for stated, real in zip(manifest.members, found, strict=True):
        if stated != real:
            raise ExportInvalidError(3, real[0], "its size or SHA-256 is not as stated")


def _keys_inside(container: Container) -> list[VerifierKey]:
    """Return the keys of the export that can be read; step 4 speaks of the others."""
    keys = []
    for name in container.members:
        if name.startswith("keys/"):
            with suppress(IntegrityError):
                keys.append(_key(container, name))
    return keys


def _key(container: Container, name: str) -> VerifierKey:
    try:
        text = (container.read(name) or b"").decode()
    except UnicodeDecodeError:
        raise ExportInvalidError(4, name, "not UTF-8") from None
    key = VerifierKey.parse(text.removesuffix("\n"))
    if f"{key}\n" != text or key_file(key) != name:
        raise ExportInvalidError(4, name, "not the one line of the key that it is called after")
    return key


def _check_checkpoint(report: Report, known: _Established, container: Container) -> None:
    """Step 4: a trusted key has signed the checkpoint, and it is this log's."""
    for name in container.members:
        if name.startswith("keys/"):
            with report.step(4, name):
                _key(container, name)
    with report.step(4, "checkpoint"):
        note = open_note(container.read("checkpoint") or b"", known.keys)
        known.checkpoint = checkpoint = Checkpoint.parse(note.text)
        known.signed_by = note.signers
        if known.origin not in {None, checkpoint.origin}:
            msg = "the note is on an export of another log"
            raise ExportInvalidError(4, "checkpoint", msg)
        stated = known.manifest
        if stated is not None and (stated.origin, stated.size, stated.root) != (
            checkpoint.origin,
            checkpoint.size,
            checkpoint.root,
        ):
            raise ExportInvalidError(4, "checkpoint", "the manifest states another one")


def _open_since(report: Report, known: _Established, since: bytes | None) -> Checkpoint | None:
    """Open the checkpoint that the reader has kept: before step 5, which needs its size."""
    if since is None or known.checkpoint is None:
        return None
    opened: list[Checkpoint] = []
    with report.step(9, "the reader's checkpoint"):
        opened.append(open_checkpoint(since, known.keys, known.checkpoint.origin))
    return next(iter(opened), None)


def _check_since(
    report: Report,
    known: _Established,
    container: Container,
    kept: Checkpoint | None,
    root_at_kept: bytes | None,
) -> None:
    """Step 9: the earlier checkpoint is a beginning of this log."""
    if known.checkpoint is None:
        return
    embedded = None
    if {"since-checkpoint", "consistency.txt"} & container.members.keys():
        with report.step(9, "since-checkpoint"):
            embedded = _embedded(known, container, known.checkpoint)
            known.since = embedded.size
    if known.manifest is not None and not report.failed(9):
        stated = known.manifest.since
        if stated != (None if embedded is None else (embedded.size, embedded.root)):
            report.fail(9, "since-checkpoint", "not the one that the manifest states")
    if kept is not None:
        with report.step(9, "the reader's checkpoint"):
            if _begins_with(known.checkpoint, kept, embedded, root_at_kept):
                known.since = kept.size
            else:
                msg = f"nothing here connects it (size {kept.size}): ask for an export since then"
                report.find(9, "the reader's checkpoint", msg)


def _embedded(known: _Established, container: Container, checkpoint: Checkpoint) -> Checkpoint:
    """Return the earlier checkpoint inside the export, which consistency.txt connects."""
    signed, text = container.read("since-checkpoint"), container.read("consistency.txt")
    if signed is None or text is None:
        raise ExportInvalidError(9, "since-checkpoint", "there is no proof to it, or only a proof")
    earlier = open_checkpoint(signed, known.keys, checkpoint.origin)
    proof = _consistency_proof(text)
    if consistency_text(earlier.size, proof) != text:
        raise ExportInvalidError(9, "consistency.txt", "not a size and hashes, one a line")
    merkle.verify_consistency(
        proof,
        old_size=earlier.size,
        old_root=earlier.root,
        size=checkpoint.size,
        root=checkpoint.root,
    )
    return earlier


def _consistency_proof(text: bytes) -> tuple[bytes, ...]:
    lines = text.decode("ascii", "replace").split("\n")[1:-1]
    return tuple(spelling.from_base64(line) or b"" for line in lines)


def _begins_with(
    checkpoint: Checkpoint,
    kept: Checkpoint,
    embedded: Checkpoint | None,
    root_at_kept: bytes | None,
) -> bool:
    """Tell whether the reader's checkpoint is connected; raise if it contradicts this log."""
    if kept.size > checkpoint.size:
        msg = f"the log had {kept.size} records then and has {checkpoint.size} here"
        raise ExportInvalidError(9, "the reader's checkpoint", msg)
    known = {checkpoint.size: checkpoint.root, 0: merkle.EMPTY_ROOT}
    if embedded is not None:
        known[embedded.size] = embedded.root
    if root_at_kept is not None:  # computed from the records themselves
        known[kept.size] = root_at_kept
    if kept.size not in known:
        return False
    if known[kept.size] != kept.root:
        msg = f"at size {kept.size} this log had another root: its history has been rewritten"
        raise ExportInvalidError(9, "the reader's checkpoint", msg)
    return True


def _verdict(report: Report, known: _Established, walk: Walk, *, pinned: bool) -> Verdict:
    checkpoint, manifest = known.checkpoint, known.manifest
    return Verdict(
        checked=frozenset(report.checked),
        failures=tuple(report.failures[step] for step in sorted(report.failures)),
        findings=tuple(report.findings),
        pinned=pinned,
        signed_by=tuple(map(str, known.signed_by)),
        origin=None if checkpoint is None else checkpoint.origin,
        size=None if checkpoint is None else checkpoint.size,
        root=None if checkpoint is None else checkpoint.root.hex(),
        records=walk.records,
        counts=dict(walk.counts),
        selection=None if manifest is None else selection_as_json(manifest.selection),
        created=None if manifest is None else written(manifest.created),
        since=known.since,
        still_open=walk.still_open,
    )
