"""A bundle as one tar, in the one form that it may have.

Headers are those of POSIX pax with mode 0644, owner 0 and time 0; an extended header stands only
before a file of 8 GiB or more, or with a path of more than 100 characters. Between contents stand
zero bytes, and two zero blocks end the file. Hence the manifest determines every byte, and a
reader needs to believe none: it writes each header anew and compares.

Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format".
"""

import re
import tarfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol

from euguard.errors import BundleInvalidError
from euguard.provision.bundle import Form, Member, shown

BLOCK = 512
CHUNK = 1024 * 1024
_MAX_EXTENSION = 4096
"""Bytes of an extended header at most: a path and a size."""

_RECORD = re.compile(rb"([1-9][0-9]{0,3}) (path|size)=([^\n]*)\n")
_FORMS = {
    tarfile.REGTYPE: Form.FILE,
    tarfile.AREGTYPE: Form.FILE,
    tarfile.SYMTYPE: Form.SYMBOLIC_LINK,
    tarfile.LNKTYPE: Form.HARD_LINK,
    tarfile.DIRTYPE: Form.FOLDER,
    tarfile.CHRTYPE: Form.DEVICE,
    tarfile.BLKTYPE: Form.DEVICE,
    tarfile.FIFOTYPE: Form.PIPE,
}


def header(path: str, size: int) -> bytes:
    """Return the header of a plain file, with its extended header if it needs one."""
    info = tarfile.TarInfo(path)
    info.size, info.mode, info.mtime = size, 0o644, 0
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


class Writable(Protocol):
    """What a tar is written to."""

    def write(self, data: bytes, /) -> int:
        """Write all of it."""
        ...


def write(file: Writable, members: Iterable[tuple[str, int, Iterable[bytes]]]) -> None:
    """Write members, each a path, its size and its bytes, in the order given.

    Raises:
        BundleInvalidError: one has another size than was said.

    """
    for path, size, chunks in members:
        file.write(header(path, size))
        written = 0
        for chunk in chunks:
            file.write(chunk)
            written += len(chunk)
        if written != size:
            raise BundleInvalidError(path, f"{written} bytes, and {size} were announced")
        file.write(bytes(-size % BLOCK))
    file.write(bytes(2 * BLOCK))


def members(file: BinaryIO) -> Iterator[Member]:
    """Yield the members of a tar, read once from its beginning to its end.

    Raises:
        BundleInvalidError: the file breaks off, or a byte is not where the one form has it.

    """
    last = "its first header"
    while True:
        block = file.read(BLOCK)
        if block == bytes(BLOCK):
            _require_end(file, last)
            return
        member = _member(file, block, last)
        yield member
        for _ in member.chunks:
            pass
        if any(_exactly(file, -member.size % BLOCK, shown(member.path))):
            raise BundleInvalidError(shown(member.path), "the filling behind it is not zero")
        last = shown(member.path)


def _member(file: BinaryIO, block: bytes, last: str) -> Member:
    info = _info(block, last)
    raw, path, size = block, info.name, info.size
    if info.type == tarfile.XHDTYPE:
        extension = _extension(file, info.size, last)
        block = file.read(BLOCK)
        info = _info(block, last)
        path, size = _extended(extension, info, last)
        raw += extension + block
    form = _FORMS.get(info.type, Form.UNKNOWN)
    if form is Form.FILE and raw != _written(path, size):
        raise BundleInvalidError(shown(path), "its header is not in the one form of a bundle")
    return Member(path, form, size, _content(file, size, shown(path)))


def _info(block: bytes, last: str) -> tarfile.TarInfo:
    if len(block) < BLOCK:
        raise _after(last, "the file breaks off")
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, ValueError):  # of ValueError: not UTF-8, not a number
        raise _after(last, "not the header of a tar") from None


def _extension(file: BinaryIO, size: int, last: str) -> bytes:
    if not 0 < size <= _MAX_EXTENSION:
        raise _after(last, "an extended header that is too large")
    return _exactly(file, size + -size % BLOCK, f"after {last}")


def _extended(extension: bytes, info: tarfile.TarInfo, last: str) -> tuple[str, int]:
    """Return path and size, where the extended header says them."""
    said = {match[2]: match[3] for match in _RECORD.finditer(extension)}
    try:
        return said.get(b"path", info.name.encode()).decode(), int(said.get(b"size", info.size))
    except ValueError:  # a UnicodeDecodeError is one
        raise _after(last, "an extended header that says nothing") from None


def _written(path: str, size: int) -> bytes:
    try:
        return header(path, size)
    except ValueError:  # what no header can say
        return b""


def _content(file: BinaryIO, size: int, where: str) -> Iterator[bytes]:
    left = size
    while left > 0:
        chunk = _exactly(file, min(CHUNK, left), where)
        left -= len(chunk)
        yield chunk


def _exactly(file: BinaryIO, size: int, where: str) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise BundleInvalidError(where, "the file breaks off within it")
    return data


def _require_end(file: BinaryIO, last: str) -> None:
    if file.read(BLOCK) != bytes(BLOCK):
        raise _after(last, "the file breaks off, or does not end as a tar")
    if file.read(1):
        raise _after(last, "bytes that belong to no file")


def _after(last: str, reason: str) -> BundleInvalidError:
    return BundleInvalidError(f"after {last}", reason)
