"""A bundle as a folder: what a tar unpacks to, and what is installed from.

A folder is unpacked beside its place, put on the disk, and renamed: whoever looks sees all of it
or nothing. A killed run leaves `.<version>.new`, which the next one removes.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from euguard.errors import BundleInvalidError, ConfigurationError
from euguard.provision.bundle import Content, Form, Member, Opened, shown
from euguard.provision.manifest import MANIFEST, SIGNATURE, Manifest

CHUNK = 1024 * 1024
_FORMS = (
    (stat.S_ISREG, Form.FILE),
    (stat.S_ISLNK, Form.SYMBOLIC_LINK),
    (stat.S_ISDIR, Form.FOLDER),
    (stat.S_ISFIFO, Form.PIPE),
    (stat.S_ISBLK, Form.DEVICE),
    (stat.S_ISCHR, Form.DEVICE),
)
_SPARE = 64 * 1024 * 1024
"""Bytes that stay free on the disk besides: for folders and what else is written meanwhile."""


def members(folder: Path) -> Iterator[Member]:
    """Yield what lies in the folder, manifest and signature first, the rest sorted by path.

    Raises:
        BundleInvalidError: a file goes away meanwhile.
        ConfigurationError: a folder cannot be read.

    """
    found = {path.relative_to(folder).as_posix(): path for path in _walk(folder)}
    for name in (MANIFEST, SIGNATURE):
        if name in found:
            yield _member(name, found.pop(name))
    for name in sorted(found):
        yield _member(name, found[name])


def unpack(opened: Opened, contents: Iterator[Content], folder: Path) -> Path:
    """Write a bundle that was verified into `folder`/<version>, all or nothing; return that.

    The bytes are checked once more on their way: the file may have changed since.

    Raises:
        BundleInvalidError: they are others than those verified.
        ConfigurationError: the place is taken by another bundle, too small, or not writable.

    """
    place = folder / opened.manifest.version
    fresh = folder / f".{opened.manifest.version}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if fresh.exists():
            shutil.rmtree(fresh)
        _require_place(place, opened)
        _require_room(folder, opened.manifest.size)
        fresh.mkdir(mode=0o700)
        try:
            _fill(fresh, opened, contents)
            fresh.rename(place)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        _sync_folder(folder)
    except OSError as error:
        msg = f"cannot write {error.filename or folder}: {error.strerror}"
        raise ConfigurationError(msg) from None
    return place


def is_unpacked(opened: Opened, folder: Path) -> bool:
    """Tell whether this very bundle lies in `folder`/<version> already; its files are not read."""
    manifest = folder / opened.manifest.version / MANIFEST
    return manifest.is_file() and manifest.read_bytes() == opened.data


def newest(folder: Path) -> Manifest | None:
    """Return the manifest with the highest serial of what is unpacked in `folder`; None if nothing.

    `folder` may also be one manifest.json.

    Raises:
        BundleInvalidError: a manifest there is broken: what is installed cannot be told.
        ConfigurationError: it cannot be read.

    """
    paths = sorted(folder.glob(f"[!.]*/{MANIFEST}")) if folder.is_dir() else [folder]
    try:
        found = [Manifest.parse(path.read_bytes()) for path in paths]
    except OSError as error:
        msg = f"cannot read {error.filename}: {error.strerror}"
        raise ConfigurationError(msg) from None
    return max(found, key=lambda manifest: manifest.serial, default=None)


def _walk(folder: Path) -> Iterator[Path]:
    """Yield everything but folders; nothing is followed."""
    try:
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))
            else:
                yield Path(entry.path)
    except OSError as error:
        msg = f"cannot read {error.filename}: {error.strerror}"
        raise ConfigurationError(msg) from None


def _member(name: str, path: Path) -> Member:
    try:
        status = path.lstat()
    except OSError as error:
        raise BundleInvalidError(shown(name), f"cannot be read: {error.strerror}") from None
    form = next((form for is_it, form in _FORMS if is_it(status.st_mode)), Form.UNKNOWN)
    return Member(name, form, status.st_size, _content(name, path))


def _content(name: str, path: Path) -> Iterator[bytes]:
    try:
        # NOFOLLOW, NONBLOCK: what is no plain file any more is not waited for.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        with os.fdopen(os.open(path, flags), "rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise BundleInvalidError(shown(name), f"cannot be read: {error.strerror}") from None


def _require_place(place: Path, opened: Opened) -> None:
    if place.exists() or place.is_symlink():
        msg = f"{place} is taken by another bundle of version {opened.manifest.version}"
        raise ConfigurationError(msg, fix="remove it if nothing was installed from it")


def _require_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        msg = f"{folder} has {free:,} bytes free, and the bundle needs {size + _SPARE:,}"
        raise ConfigurationError(msg, fix="make room, or give another folder")


def _fill(fresh: Path, opened: Opened, contents: Iterator[Content]) -> None:
    _put(fresh / MANIFEST, iter([opened.data]))
    _put(fresh / SIGNATURE, iter([opened.note]))
    for content in contents:
        path = fresh / content.file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        _put(path, content.chunks)
    for folder in [fresh, *(path for path in fresh.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)
        _sync_folder(folder)


def _put(path: Path, chunks: Iterator[bytes]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
