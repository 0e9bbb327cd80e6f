"""The files of a model on disk: what they say of themselves, and their digests.

A digest is computed by as many threads as there are cores (hashlib lets them run at once), each
with one buffer of 4 MiB, so that memory does not grow with the model. What was found good is
written down block by block: a check that was cut off goes on where it was.

A symbolic link is refused: it could lead elsewhere tomorrow.
"""

import os
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias, TypeVar

import orjson

from euguard.errors import ConfigurationError, WeightsInvalidError
from euguard.serving.manifest import BLOCK, MAX_BYTES, Entry, Manifest, Record, Seen
from euguard.serving.weights import (
    CONFIG,
    HEAD_LENGTH,
    PARAMS,
    Tensors,
    head_size,
    joined,
    read_head,
)

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes done and all bytes, from any thread, once for each buffer."""

BUFFER = 4 * 2**20
"""Bytes that one thread holds."""
MOST_THREADS = 16
"""No disk that we know feeds more."""
_DESCRIPTION_BYTES = 16 * 2**20
"""Of params.json or config.json, at most."""


# ------------------------------------------------------------------ what the files say


def description(folder: Path) -> tuple[str, bytes]:
    """Return name and bytes of params.json, or of config.json where there is no other.

    Raises:
        ConfigurationError: neither is there, or it cannot be read.

    """
    for name in (PARAMS, CONFIG):
        if (folder / name).exists():
            return name, _read(folder / name, _DESCRIPTION_BYTES)
    msg = f"weights: {folder} has neither {PARAMS} nor {CONFIG}"
    raise ConfigurationError(msg, fix="give the folder that holds the weights")


def tensors(folder: Path) -> Tensors | None:
    """Return what the heads of the safetensors files say; None where there is no such file.

    Where weights lie there in Mistral's format and in Hugging Face's, Mistral's count.

    Raises:
        ConfigurationError: a file is no safetensors file, or cannot be read.

    """
    files = sorted(folder.glob("consolidated*.safetensors")) or sorted(folder.glob("*.safetensors"))
    return joined([_head(path) for path in files]) if files else None


def _head(path: Path) -> Tensors:
    try:
        with path.open("rb") as file:
            size = head_size(path.name, file.read(HEAD_LENGTH))
            return read_head(path.name, file.read(size))
    except OSError as error:
        raise _unreadable(path, error) from None


# ------------------------------------------------------------------ what lies there


def seen(folder: Path) -> dict[str, Seen]:
    """Return path → what the file system says of every file in the folder.

    Raises:
        ConfigurationError: there is no such folder, or it cannot be read.
        WeightsInvalidError: a link or a device lies in it.

    """
    found = {}
    try:
        for path in _walk(folder):
            status = path.lstat()
            name = path.relative_to(folder).as_posix()
            if not stat.S_ISREG(status.st_mode):
                msg = f"weights: {name} is a link or a device, not a file"
                raise WeightsInvalidError(msg, fix="copy the file itself into the folder")
            found[name] = Seen(status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    except OSError as error:
        raise _unreadable(folder, error) from None
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


# ------------------------------------------------------------------ digests


@dataclass(frozen=True, slots=True)
class _Piece:
    """One block of a file, or a whole file whose manifest has no blocks."""

    path: str
    index: int
    offset: int
    length: int
    digest: str


class Partial:
    """What a check has found good so far; a line for each piece, so that a cut loses one."""

    def __init__(self, path: Path, manifest: Manifest, now: Mapping[str, Seen]) -> None:
        """Open it; what is there of another manifest, or of files changed since, is dropped."""
        self._path = path
        self._name = manifest.digest()
        self._now = now
        self._lock = threading.Lock()
        self.good = set(self._lines())
        """(path, index) of pieces that need not be read again."""
        try:
            self._file = path.open("wb")
        except OSError as error:
            msg = f"weights: cannot write {path}: {error.strerror}"
            raise ConfigurationError(msg, fix="name a writable place with --record") from None
        for name, index in sorted(self.good):
            self._write(name, index)

    def add(self, path: str, index: int) -> None:
        """Write down that a piece is good."""
        with self._lock:
            self._write(path, index)

    def close(self) -> None:
        """Close it; it stays for the next check."""
        self._file.close()

    def remove(self) -> None:
        """Remove it: the check is over, and found nothing."""
        self._path.unlink(missing_ok=True)

    def _write(self, path: str, index: int) -> None:
        self._file.write(orjson.dumps([self._name, path, index, *self._times(path)]) + b"\n")
        self._file.flush()

    def _times(self, path: str) -> list[str]:
        one = self._now[path]
        return [str(one.size), str(one.modified_ns), str(one.changed_ns)]

    def _lines(self) -> Iterator[tuple[str, int]]:
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return
        for line in lines:
            # The last line of a check that was cut off may be half a line.
            with suppress(orjson.JSONDecodeError, ValueError, TypeError):
                name, path, index, *times = orjson.loads(line)
                if name == self._name and path in self._now and times == self._times(path):
                    yield str(path), int(index)


def check(
    folder: Path, manifest: Manifest, partial: Partial, *, progress: Progress
) -> dict[str, str]:
    """Read every byte that was not found good before; return path → finding.

    Raises:
        ConfigurationError: a file cannot be read.

    """
    pieces = [piece for entry in manifest.files for piece in _pieces(entry, manifest.block)]
    todo = [piece for piece in pieces if (piece.path, piece.index) not in partial.good]
    meter = _Meter(manifest.size, progress)
    meter.add(manifest.size - sum(piece.length for piece in todo))
    findings: dict[str, str] = {}

    def one(piece: _Piece) -> None:
        if _digest(folder / piece.path, piece.offset, piece.length, meter) == piece.digest:
            partial.add(piece.path, piece.index)
            return
        end = piece.offset + piece.length
        where = f" between bytes {piece.offset:,} and {end:,}" if piece.digest else ""
        findings.setdefault(piece.path, f"{piece.path}: another content{where}")

    _each(one, todo)
    return findings


def describe(folder: Path, model: str, *, progress: Progress, block: int = BLOCK) -> Manifest:
    """Return the manifest of a folder as it is now.

    Raises:
        ConfigurationError: the folder is empty, or cannot be read.
        WeightsInvalidError: see `seen`.

    """
    there = seen(folder)
    if not there:
        msg = f"weights: {folder} is empty"
        raise ConfigurationError(msg)
    meter = _Meter(sum(one.size for one in there.values()), progress)

    def one(name: str) -> Entry:
        return _describe(folder, name, there[name].size, block, meter)

    return Manifest(model=model, files=tuple(_each(one, sorted(there))), block=block)


def threads() -> int:
    """Return how many threads compute digests: one for each core this process may use."""
    return min(MOST_THREADS, len(os.sched_getaffinity(0)))


def _each(work: Callable[[_Given], _Made], given: Iterable[_Given]) -> list[_Made]:
    """Return what the work makes of each, by all threads; the first error stops the rest."""
    pool = ThreadPoolExecutor(threads())
    try:
        return [done.result() for done in [pool.submit(work, one) for one in given]]
    finally:
        # Else an interrupted check would read on to the end before it stopped.
        pool.shutdown(cancel_futures=True)


def _pieces(entry: Entry, block: int) -> Iterator[_Piece]:
    if not entry.blocks:
        yield _Piece(entry.path, 0, 0, entry.size, entry.sha256)
        return
    for index, digest in enumerate(entry.blocks):
        offset = index * block
        yield _Piece(entry.path, index, offset, min(block, entry.size - offset), digest)


def _digest(path: Path, offset: int, length: int, meter: "_Meter") -> str:
    digest = sha256()
    for part in _parts(path, offset, length):
        digest.update(part)
        meter.add(len(part))
    return digest.hexdigest()


def _describe(folder: Path, name: str, size: int, block: int, meter: "_Meter") -> Entry:
    """Return the entry of one file, read once for both kinds of digest."""
    whole, blocks = sha256(), []
    for offset in range(0, size, block):
        one = sha256()
        for part in _parts(folder / name, offset, min(block, size - offset)):
            whole.update(part)
            one.update(part)
            meter.add(len(part))
        blocks.append(one.hexdigest())
    return Entry(name, size, whole.hexdigest(), tuple(blocks))


def _parts(path: Path, offset: int, length: int) -> Iterator[memoryview]:
    """Yield the bytes of a stretch of a file, in one buffer that is used again."""
    buffer = memoryview(bytearray(min(BUFFER, max(1, length))))
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(offset)
            while length > 0:
                count = file.readinto(buffer[: min(len(buffer), length)])
                if not count:
                    return
                length -= count
                yield buffer[:count]
    except OSError as error:
        raise _unreadable(path, error) from None


class _Meter:
    """Counts the bytes of all threads."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total = total
        self._progress = progress
        self._done = 0
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self._done += count
            done = self._done
        self._progress(done, self._total)


# ------------------------------------------------------------------ manifest and record


def read(path: Path) -> bytes:
    """Return the bytes of a manifest or a record.

    Raises:
        ConfigurationError: it is not there, or has more bytes than any.

    """
    return _read(path, MAX_BYTES)


def write(path: Path, text: bytes) -> None:
    """Write a manifest or a record: the old file or the new one is there, never half of it.

    Raises:
        ConfigurationError: it cannot be written.

    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        msg = f"weights: cannot write {path}: {error.strerror}"
        raise ConfigurationError(msg, fix="name another place") from None


def record_of(manifest: Manifest, now: Mapping[str, Seen]) -> Record:
    """Return the record of a full check that found nothing."""
    files = {entry.path: (now[entry.path], entry.sha256) for entry in manifest.files}
    return Record(manifest.digest(), files)


def _read(path: Path, most: int) -> bytes:
    try:
        if path.stat().st_size > most:
            msg = f"weights: {path} has more than {most:,} bytes"
            raise ConfigurationError(msg)
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"weights: cannot read {error.filename or path}: {error.strerror}")
