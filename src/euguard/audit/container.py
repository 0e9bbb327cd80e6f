"""The ZIP file of an export, in the one form that it may have.

Members are stored, not compressed: every byte of a record stands in the file as it was signed,
nothing needs inflating, and the same members give the same bytes on every machine. There are
no extra fields, comments, gaps, data descriptors or zip64 records, so that a reader can rebuild
every byte that is not a member's content and compare.

Source: audit/SPEC.md §6; PKWARE APPNOTE 6.3.10 §4.3 (layout), §4.4 (fields).
"""

import hashlib
import os
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from euguard.errors import ConfigurationError, ExportInvalidError

MAX_FILE = 2**32 - 1
"""Bytes of the file at most: no size or offset in it then announces zip64."""

MAX_MEMBERS = 2**16 - 2
"""Members at most, for the same reason. A reader refuses more: others would look for zip64."""

MAX_MEMBER = 64 * 1024 * 1024
"""Bytes of a member that is read into memory; all but entries.jsonl."""

_CHUNK = 1024 * 1024
_YEARS = range(1980, 2108)
_FIX = "export periods that are shorter: --from and --to"
_ZIP = b"PK"  # begins every record of a ZIP file, hence the file
_VERSION = 20  # of the format, as every archiver of the last thirty years reads it

# Rank in the file, and the only names there are: no absolute path, no "..", no backslash.
_NAMES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"README\.txt",
        r"checkpoint",
        r"keys/[A-Za-z0-9_.~%-]{1,400}\+[0-9a-f]{8}\.vkey",
        r"entries\.jsonl",
        r"indices\.txt",
        r"proofs/(?:0|[1-9][0-9]{0,18})\.tlog-proof",
        r"since-checkpoint",
        r"consistency\.txt",
        r"manifest\.json",
    )
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside the export."""

    name: str
    start: int
    """Offset of its first byte in the ZIP file."""
    size: int
    """Bytes."""
    crc: int
    """CRC-32, as the directory states it."""


def rank(name: str) -> tuple[int, int, str] | None:
    """Return what members are ordered by; None if no member may be called this."""
    for place, pattern in enumerate(_NAMES):
        if pattern.fullmatch(name) is not None:
            number = int(name[7:-11]) if name.startswith("proofs/") else 0
            return place, number, name
    return None


def dos_time(at: datetime) -> tuple[int, int]:
    """Return time and date as ZIP writes them: two seconds fine, no zone (UTC here)."""
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (at.year - 1980) << 9 | at.month << 5 | at.day


class Writer:
    """Writes the container to a file that can seek."""

    def __init__(self, file: BinaryIO, at: datetime) -> None:
        """Take the file and the time, aware, UTC, that every member gets.

        Raises:
            ConfigurationError: a year that ZIP cannot write.

        """
        if at.year not in _YEARS:
            msg = f"export: the clock says {at.year}, and a ZIP file knows 1980 to 2107"
            raise ConfigurationError(msg, fix="set the clock of this machine")
        self._file = file
        self._when = dos_time(at)
        self._directory: list[tuple[Member, int]] = []
        self.digests: list[tuple[str, int, str]] = []
        """Name, size and SHA-256 (hex) of each member so far."""

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one member; the caller adds them in the order of `rank`.

        Raises:
            ConfigurationError: the file would be larger than a plain ZIP file can be.

        """
        offset = self._file.tell()
        start = offset + len(_local(name, self._when, 0, 0))
        self._file.seek(start)
        crc, size, digest = 0, 0, hashlib.sha256()
        for chunk in chunks:
            self._file.write(chunk)
            crc = zlib.crc32(chunk, crc)
            digest.update(chunk)
            size += len(chunk)
        end = self._file.tell()
        if end > MAX_FILE or len(self._directory) >= MAX_MEMBERS:
            msg = f"export: more than {MAX_MEMBERS} members or {MAX_FILE} bytes"
            raise ConfigurationError(msg, fix=_FIX)
        self._file.seek(offset)
        self._file.write(_local(name, self._when, crc, size))
        self._file.seek(end)
        self._directory.append((Member(name, start, size, crc), offset))
        self.digests.append((name, size, digest.hexdigest()))

    def finish(self) -> None:
        """Write the directory."""
        offset = self._file.tell()
        directory = b"".join(
            _central(member, self._when, where) for member, where in self._directory
        )
        if offset + len(directory) + len(_end(0, 0, 0)) > MAX_FILE:
            msg = f"export: more than {MAX_FILE} bytes"
            raise ConfigurationError(msg, fix=_FIX)
        self._file.write(directory + _end(len(self._directory), len(directory), offset))


class Container:
    """Reads the container. Step 2 of audit/SPEC.md §8 is its constructor and the CRC-32."""

    def __init__(self, path: Path) -> None:
        """Read the structure.

        Raises:
            ExportInvalidError: of step 2; with the byte at fault where there is one.

        """
        self._file = path.open("rb")
        try:
            self.size = os.fstat(self._file.fileno()).st_size
            self.when = (0, 0)
            """Time and date that every member carries."""
            self.members = self._read_structure()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def read(self, name: str) -> bytes | None:
        """Return a member's content; None if there is no such member."""
        member = self.members.get(name)
        return None if member is None else self._bytes(member.start, member.size)

    def chunks(self, member: Member) -> Iterator[bytes]:
        """Yield a member's content piece by piece."""
        for offset in range(0, member.size, _CHUNK):
            yield self._bytes(member.start + offset, min(_CHUNK, member.size - offset))

    def lines(self, name: str, limit: int) -> Iterator[bytes]:
        """Yield the lines of a member without their newlines.

        Raises:
            ExportInvalidError: of step 5; a line is empty, longer than `limit`, or not ended.

        """
        rest, number = b"", 1
        for chunk in self.chunks(self.members[name]):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                if not 0 < len(line) <= limit:
                    raise _not_a_line(name, number, limit)
                yield line
                number += 1
            if len(rest) > limit:
                break
        if rest:
            raise _not_a_line(name, number, limit)

    def sums(self, member: Member) -> tuple[int, str]:
        """Return CRC-32 and SHA-256 (hex) of a member's content."""
        crc, digest = 0, hashlib.sha256()
        for chunk in self.chunks(member):
            crc = zlib.crc32(chunk, crc)
            digest.update(chunk)
        return crc, digest.hexdigest()

    def place(self, member: Member, crc: int) -> str:
        """Say where a member whose content has this CRC-32 differs, if it is in one bit."""
        found = flipped_bit(crc ^ member.crc, member.size)
        if found is None:
            return member.name
        byte, bit = found
        line = 1 + self._bytes(member.start, byte).count(b"\n")
        return f"{member.name} line {line} (byte {byte}, bit {bit})"

    def _read_structure(self) -> dict[str, Member]:
        end = _end(0, 0, 0)
        if not len(end) <= self.size <= MAX_FILE:
            raise _broken(0, f"{self.size} bytes cannot be a plain ZIP file")
        if self._bytes(0, len(_ZIP)) != _ZIP:
            raise _broken(0, "not a ZIP file")
        last = self.size - len(end)
        found = self._bytes(last, len(end))
        count, size, offset = struct.unpack_from("<10xH2I", found)
        self._same(last, found, _end(count, size, offset))
        if count > MAX_MEMBERS:
            raise ExportInvalidError(2, "file", f"more than {MAX_MEMBERS} members")
        if offset + size != last or size > MAX_MEMBER:
            raise _broken(last, "the directory does not end where the end record begins")
        directory = self._bytes(offset, size)
        members: dict[str, Member] = {}
        entry, content = 0, 0
        for _ in range(count):
            member, content_start = self._read_member(directory, entry, offset, content)
            if member.name in members:
                raise ExportInvalidError(2, member.name, "there are two members of this name")
            members[member.name] = member
            entry += len(_central(member, self.when, 0))
            content = content_start + member.size
        if entry != size or content != offset:
            raise _broken(content, "bytes that belong to no member")
        _check_names(list(members.values()))
        return members

    def _read_member(
        self, directory: bytes, entry: int, offset: int, content: int
    ) -> tuple[Member, int]:
        """Read the directory's entry for the member whose header begins at `content`."""
        named = entry + _CENTRAL_SIZE
        if len(directory) < named:
            raise _broken(offset + entry, "the directory ends inside an entry")
        time, date, crc, size, length = struct.unpack_from("<12x2HI4xIH", directory, entry)
        if not entry:
            self.when = (time, date)
        name = directory[named : named + length].decode("ascii", "replace")
        start = content + _LOCAL_SIZE + length
        member = Member(name, start, size, crc)
        wanted = _central(member, self.when, content)
        self._same(offset + entry, directory[entry : entry + len(wanted)], wanted)
        if start + size > offset:
            raise _broken(offset + entry, "the member runs into the directory")
        wanted = _local(name, self.when, crc, size)
        self._same(content, self._bytes(content, len(wanted)), wanted)
        return member, start

    def _same(self, offset: int, found: bytes, wanted: bytes) -> None:
        if found == wanted:
            return
        pairs = enumerate(zip(found, wanted, strict=False))
        byte = next((i for i, (a, b) in pairs if a != b), min(len(found), len(wanted)))
        raise _broken(offset + byte, "not the byte that a header has here")

    def _bytes(self, offset: int, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, offset)


def flipped_bit(difference: int, size: int) -> tuple[int, int] | None:
    """Return byte and bit in which two contents of `size` bytes differ, if in a single bit.

    `difference` is the exclusive or of their CRC-32. A flipped bit leaves a trace in it that
    each later byte shifts on in a known way; shifted back, it shows where it began. The guess
    is right if it was one bit, and only ever a help to the reader.
    """
    first = {_CRC[1 << bit]: bit for bit in range(8)}
    for byte in range(size - 1, max(-1, size - MAX_MEMBER), -1):
        if difference in first:
            return byte, first[difference]
        low = _CRC_BY_TOP[difference >> 24]
        difference = ((difference ^ _CRC[low]) << 8 | low) & 0xFFFFFFFF
    return None


def _check_names(members: list[Member]) -> None:
    before: tuple[int, int, str] | None = None
    for member in members:
        own = rank(member.name)
        if own is None:
            raise ExportInvalidError(2, "directory", "a member has a name that none may have")
        if before is not None and own <= before:
            raise ExportInvalidError(2, member.name, "the member is out of order")
        if member.size > MAX_MEMBER and member.name != "entries.jsonl":
            raise ExportInvalidError(2, member.name, f"more than {MAX_MEMBER} bytes")
        before = own
    names = {member.name for member in members}
    for name in ("README.txt", "checkpoint", "entries.jsonl", "manifest.json"):
        if name not in names:
            raise ExportInvalidError(2, name, "the member is missing")
    if not any(name.startswith("keys/") for name in names):
        raise ExportInvalidError(2, "keys/", "the member is missing")


def _local(name: str, when: tuple[int, int], crc: int, size: int) -> bytes:
    fields = (_VERSION, 0, 0, *when, crc, size, size, len(name), 0)
    return struct.pack("<4s5H3I2H", b"PK\3\4", *fields) + name.encode("ascii", "replace")


def _central(member: Member, when: tuple[int, int], offset: int) -> bytes:
    fields = (_VERSION, _VERSION, 0, 0, *when, member.crc, member.size, member.size)
    tail = (len(member.name), 0, 0, 0, 0, 0, offset)
    return struct.pack("<4s6H3I5H2I", b"PK\1\2", *fields, *tail) + member.name.encode(
        "ascii", "replace"
    )


def _end(count: int, size: int, offset: int) -> bytes:
    return struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, size, offset, 0)


def _broken(byte: int, message: str) -> ExportInvalidError:
    return ExportInvalidError(2, f"byte {byte} of the file", message)


def _not_a_line(name: str, number: int, limit: int) -> ExportInvalidError:
    msg = f"not a line of 1 to {limit} bytes that ends in a newline"
    return ExportInvalidError(5, f"{name} line {number}", msg)


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_CRC = _crc_table()
_CRC_BY_TOP = {value >> 24: byte for byte, value in enumerate(_CRC)}
_LOCAL_SIZE = struct.calcsize("<4s5H3I2H")
_CENTRAL_SIZE = struct.calcsize("<4s6H3I5H2I")
