"""A small bundle, made by hand: what tests of its reading change in one place each."""

import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from euguard.adapters.bundle import tar
from euguard.provision.bundle import Form, Member
from euguard.provision.manifest import (
    MANIFEST,
    SIGNATURE,
    File,
    Kind,
    Manifest,
    Target,
    note_text,
)
from euguard.tlog.note import Signer

CREATED = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
BUILDER = Signer("builder.example.eu", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = Signer("builder.example.eu", Ed25519PrivateKey.from_private_bytes(bytes(32)))
FILES: Mapping[str, tuple[Kind, bytes]] = {
    "deploy/playbooks/site.yml": (Kind.PLAYBOOK, b"- hosts: all\n"),
    "policies/organisation.yaml": (Kind.POLICY, b"name: null\n"),
    "weights/echo/params.json": (Kind.WEIGHT, b'{"dim":192}'),
    "wheels/gateway/euguard-0.1.0-py3-none-any.whl": (Kind.WHEEL, b"wheel" * 200),
}


def manifest(
    files: Mapping[str, tuple[Kind, bytes]] = FILES, *, version: str = "0.1.0", serial: int = 7
) -> Manifest:
    return Manifest(
        version=version,
        serial=serial,
        created=CREATED,
        target=Target("debian-12", "3.11"),
        files=tuple(
            File(path, len(data), hashlib.sha256(data).hexdigest(), kind)
            for path, (kind, data) in sorted(files.items())
        ),
    )


def signed(stated: Manifest, signer: Signer = BUILDER) -> bytes:
    return signer.sign(note_text(stated.version, stated.serial, stated.digest))


def member(path: str, data: bytes, form: Form = Form.FILE) -> Member:
    return Member(path, form, len(data), iter([data[:3], data[3:]]))


def parts(stated: Manifest | None = None, note: bytes | None = None) -> list[tuple[str, bytes]]:
    """Return path and bytes of every member, in the order of a bundle."""
    stated = stated or manifest()
    return [
        (MANIFEST, stated.encode()),
        (SIGNATURE, note or signed(stated)),
        *((path, data) for path, (_, data) in sorted(FILES.items())),
    ]


def members(given: Sequence[tuple[str, bytes]]) -> Iterator[Member]:
    return iter([member(path, data) for path, data in given])


def packed(given: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the tar of these members."""
    file = io.BytesIO()
    tar.write(file, ((path, len(data), [data]) for path, data in given))
    return file.getvalue()


def special(path: str, kind: bytes, target: str = "") -> bytes:
    """Return the header of a member that is no plain file."""
    info = tarfile.TarInfo(path)
    info.type, info.linkname, info.mode, info.mtime = kind, target, 0o644, 0
    return info.tobuf(tarfile.PAX_FORMAT)
