"""Takes an export apart and puts it together again, as somebody with bad intentions would."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from euguard import canonical
from euguard.audit.container import Writer
from euguard.audit.export import export
from euguard.audit.manifest import note_text
from euguard.audit.selection import All, Selection
from euguard.tlog.note import Signer
from logbook import LOG_KEY, ORIGIN, START, Logbook

Members = list[tuple[str, bytes]]


def exported(
    log: Logbook, folder: Path, selection: Selection | None = None, since: bytes | None = None
) -> Path:
    """Export an honest log honestly."""
    path = folder / "export.zip"
    export(
        log,
        origin=log.origin,
        trusted=[log.signer.verifier],
        signer=log.signer,
        selection=selection or All(),
        at=START,
        software="euguard 0.1.0",
        destination=path,
        since=since,
    )
    return path


def data_of(
    log: Logbook, folder: Path, selection: Selection | None = None, since: bytes | None = None
) -> bytes:
    return exported(log, folder, selection, since).read_bytes()


def taken_apart(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def put_together(members: Members, at: datetime = START) -> bytes:
    """Write a ZIP file of these members, whatever they are called."""
    file = io.BytesIO()
    writer = Writer(file, at)
    for name, content in members:
        writer.add(name, [content])
    writer.finish()
    return file.getvalue()


def restated(members: Members, change: Callable[[dict[str, Any]], None] | None = None) -> Members:
    """Let the manifest state the members as they are now, and `change` the rest of it."""
    parts = io.BytesIO()
    writer = Writer(parts, START)
    for name, content in members[:-1]:
        writer.add(name, [content])
    name, content = members[-1]
    manifest = json.loads(content)
    manifest["members"] = [
        {"name": name, "sha256": digest, "size": size} for name, size, digest in writer.digests
    ]
    if change is not None:
        change(manifest)
    return [*members[:-1], (name, canonical.encode(manifest))]


def replaced(members: Members, name: str, content: bytes) -> Members:
    return [(own, content if own == name else old) for own, old in members]


def content_of(members: Members, name: str) -> bytes:
    return dict(members)[name]


def written(path: Path, data: bytes, signer: Signer | None = LOG_KEY, origin: str = ORIGIN) -> Path:
    """Write the file, and a note of its own over it."""
    path.write_bytes(data)
    note = path.with_name(path.name + ".note")
    if signer is not None:
        digest = hashlib.sha256(data).hexdigest()
        note.write_bytes(signer.sign(note_text(origin, len(data), digest)))
    return path


def lines_of(members: Members, name: str = "entries.jsonl") -> Sequence[bytes]:
    return content_of(members, name).split(b"\n")[:-1]


def as_lines(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)
