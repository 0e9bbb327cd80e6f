"""Verifying a bundle, before anything of it is unpacked.

    1. The first two members are manifest.json and manifest.sig, plain files of bounded size.
    2. A trusted key has signed the note. (A stranger's bundle ends here, unread.)
    3. The note is over this manifest.json, and says its version and serial.
    4. The manifest is in its one spelling, with safe paths only. (A path that leads out.)
    5. Neither version nor serial is below what is installed. (A replayed old bundle, whose
       known holes somebody wants back.)
    6. Every further member is the next file of the manifest: a plain file with that path, size
       and SHA-256. (Changed, added, doubled, reordered, missing; links and devices.)

Members come from an iterator, in the order of the bundle, each read once and never kept: weights
have tens of gigabytes.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from euguard.errors import (
    BundleInvalidError,
    BundleOutdatedError,
    MalformedNoteError,
    SignatureInvalidError,
)
from euguard.provision.manifest import (
    MANIFEST,
    MAX_MANIFEST,
    SIGNATURE,
    File,
    Manifest,
    is_safe,
    note_text,
    order,
)
from euguard.tlog.note import MAX_NOTE, VerifierKey, open_note, unverified_text

_SHOWN = 120
"""Characters of a stranger's path that an error shows."""


class Form(StrEnum):
    """What a member is, in the words of an error."""

    FILE = "a file"
    SYMBOLIC_LINK = "a symbolic link"
    HARD_LINK = "a hard link"
    FOLDER = "a folder"
    DEVICE = "a device"
    PIPE = "a pipe"
    UNKNOWN = "of an unknown kind"


@dataclass(frozen=True, slots=True)
class Member:
    """One member as it is found, trusted in nothing."""

    path: str
    form: Form
    size: int
    """Bytes, as its header or its folder says."""
    chunks: Iterator[bytes]
    """Its content; gone once the next member is asked for."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file of the manifest whose bytes are checked while they are read."""

    file: File
    chunks: Iterator[bytes]
    """Raises BundleInvalidError at its end if size or SHA-256 are not those signed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A manifest that a trusted key has signed; the files are not looked at yet."""

    manifest: Manifest
    signers: tuple[VerifierKey, ...]
    data: bytes
    """Of manifest.json."""
    note: bytes
    """Of manifest.sig."""


def verify(
    members: Iterable[Member], trusted: Sequence[VerifierKey], installed: Manifest | None
) -> Opened:
    """Establish that the bundle is what a trusted key has signed, whole, and not outdated.

    Args:
        members: of the bundle, in its order.
        trusted: whose signature counts; received on another way than the bundle.
        installed: manifest of what is installed; None if nothing is.

    Raises:
        BundleInvalidError: of steps 1, 3, 4 and 6; names the file.
        SignatureInvalidError: of step 2.
        BundleOutdatedError: of step 5.

    """
    rest = iter(members)
    opened = open_bundle(rest, trusted)
    require_not_outdated(opened.manifest, installed)
    for content in contents(rest, opened.manifest):
        for _ in content.chunks:
            pass
    return opened


def open_bundle(members: Iterator[Member], trusted: Sequence[VerifierKey]) -> Opened:
    """Take the first two members: steps 1 to 4.

    Raises:
        BundleInvalidError: of steps 1, 3 and 4.
        SignatureInvalidError: of step 2.

    """
    data, note = front(members)
    try:
        signed = open_note(note, trusted)
    except SignatureInvalidError as error:
        msg = f"{SIGNATURE}: {error.message}"
        fix = "give the builder's public key, received on another way; else do not use the bundle"
        raise SignatureInvalidError(msg, fix=fix) from None
    except MalformedNoteError as error:
        raise BundleInvalidError(SIGNATURE, error.message) from None
    lines = signed.text.split("\n")
    # The digest before the manifest: only bytes that were signed are parsed.
    if hashlib.sha256(data).hexdigest() not in lines:
        raise BundleInvalidError(MANIFEST, "not the manifest that was signed")
    manifest = Manifest.parse(data)
    if signed.text != note_text(manifest.version, manifest.serial, manifest.digest):
        raise BundleInvalidError(SIGNATURE, "signed, and not for a bundle of this manifest")
    return Opened(manifest, signed.signers, data, note)


def read_unverified(members: Iterator[Member]) -> tuple[Manifest, str]:
    """Return what the manifest says, and the signed text, whoever signed it: to look, not to trust.

    Raises:
        BundleInvalidError: not a bundle.

    """
    data, note = front(members)
    try:
        return Manifest.parse(data), unverified_text(note)
    except MalformedNoteError as error:
        raise BundleInvalidError(SIGNATURE, error.message) from None


def front(members: Iterator[Member]) -> tuple[bytes, bytes]:
    """Return the bytes of the first two members: step 1.

    Raises:
        BundleInvalidError: they are others, or too large.

    """
    return _whole(members, MANIFEST, MAX_MANIFEST), _whole(members, SIGNATURE, MAX_NOTE)


def require_not_outdated(manifest: Manifest, installed: Manifest | None) -> None:
    """Check step 5; the very bundle that is installed may come again.

    Raises:
        BundleOutdatedError: version or serial is lower, or another bundle has the same serial.

    """
    if installed is None or manifest == installed:
        return
    if manifest.serial < installed.serial:
        msg = f"serial {manifest.serial} is below the installed {installed.serial}: a replay"
        raise BundleOutdatedError(msg, fix="get the newest bundle from whoever builds it")
    if manifest.serial == installed.serial:
        msg = f"another bundle than the installed, with the same serial {manifest.serial}"
        raise BundleOutdatedError(msg, fix="build it again, with a serial of its own")
    if order(manifest.version) < order(installed.version):
        msg = f"version {manifest.version} is below the installed {installed.version}: a downgrade"
        raise BundleOutdatedError(msg, fix="to go back, use the rollback, which keeps the records")


def contents(members: Iterator[Member], manifest: Manifest) -> Iterator[Content]:
    """Yield every file of the manifest with its bytes, checked as step 6 says.

    Whatever a caller leaves unread is read and checked before the next.

    Raises:
        BundleInvalidError: names the file.

    """
    known = {file.path: index for index, file in enumerate(manifest.files)}
    files = iter(manifest.files)
    for member in members:
        file = next(files, None)
        _check_member(member, file, known)
        assert file is not None
        chunks = _checked(member, file)
        yield Content(file, chunks)
        for _ in chunks:
            pass
    missing = next(files, None)
    if missing is not None:
        raise BundleInvalidError(missing.path, "missing")


def _check_member(member: Member, expected: File | None, known: dict[str, int]) -> None:
    """Check all but the content; the errors say what a person would say."""
    where = shown(member.path)
    if not is_safe(member.path):
        raise BundleInvalidError(where, "a path that leads out of the bundle, or is not safe")
    if member.form is not Form.FILE:
        raise BundleInvalidError(where, f"{member.form.value}; a bundle holds plain files only")
    if member.path not in known:
        raise BundleInvalidError(where, "added: the manifest does not know it")
    if expected is None or known[member.path] < known[expected.path]:
        raise BundleInvalidError(where, "there already, or out of order")
    if member.path != expected.path:
        raise BundleInvalidError(expected.path, f"missing, or out of order: {where} is next")
    if member.size != expected.size:
        raise BundleInvalidError(where, f"{member.size} bytes, and {expected.size} were signed")


def _checked(member: Member, file: File) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for chunk in member.chunks:
        size += len(chunk)
        digest.update(chunk)
        yield chunk
    if size != file.size:
        raise BundleInvalidError(file.path, f"{size} bytes, and {file.size} were signed")
    if digest.hexdigest() != file.sha256:
        raise BundleInvalidError(file.path, "changed: its SHA-256 is not the one that was signed")


def _whole(members: Iterator[Member], path: str, most: int) -> bytes:
    member = next(members, None)
    if member is None:
        raise BundleInvalidError(path, "missing")
    if member.path != path:
        raise BundleInvalidError(path, f"missing: {shown(member.path)} is in its place")
    if member.form is not Form.FILE:
        raise BundleInvalidError(path, f"{member.form.value}; a bundle holds plain files only")
    if member.size > most:
        raise BundleInvalidError(path, f"{member.size} bytes, more than {most}")
    data = b"".join(member.chunks)
    if len(data) != member.size:
        raise BundleInvalidError(path, f"{len(data)} bytes, not {member.size}")
    return data


def shown(path: str) -> str:
    """Return a stranger's path as it may be printed: no control character moves a terminal."""
    return ascii(path)[1:-1][:_SHOWN]
