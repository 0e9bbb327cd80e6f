"""What goes into a bundle, as it lies on the builder's disk: read, measured, never run."""

import hashlib
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from euguard.errors import ConfigurationError
from euguard.provision import wheel
from euguard.provision.manifest import File, Kind, is_safe

CHUNK = 1024 * 1024
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA", re.ASCII)
_MOST_METADATA = 4 * 1024 * 1024
_DIGEST_LINE = re.compile(r"([0-9a-f]{64}) [ *](?:\./)?([^\n]+)", re.ASCII)
_DPKG_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the bundle to be, and where its bytes come from."""

    path: str
    """In the bundle."""
    kind: Kind
    origin: Path | bytes

    def measured(self) -> File:
        """Return it with size and SHA-256.

        Raises:
            ConfigurationError: it cannot be read, or a bundle cannot hold its path.

        """
        if not is_safe(self.path):
            msg = f"{self.path!a}: a bundle holds no file of such a name"
            raise ConfigurationError(msg, fix="rename the file, or take it out of the folder")
        digest, size = hashlib.sha256(), 0
        for chunk in self.chunks():
            digest.update(chunk)
            size += len(chunk)
        return File(self.path, size, digest.hexdigest(), self.kind)

    def chunks(self) -> Iterator[bytes]:
        """Yield its bytes.

        Raises:
            ConfigurationError: it cannot be read.

        """
        if isinstance(self.origin, bytes):
            yield self.origin
            return
        try:
            with self.origin.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            msg = f"cannot read {self.origin}: {error.strerror}"
            raise ConfigurationError(msg) from None


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel in a folder."""

    path: Path
    name: wheel.Name
    licence: wheel.Licence


def wheels(folder: Path, python: str) -> list[Wheel]:
    """Return the wheels in a folder, which must hold nothing else.

    Raises:
        ConfigurationError: something else lies there, a wheel is for another machine or Python,
            or there are two of one distribution.

    """
    found = [_wheel(path, python) for path in files(folder)]
    seen: dict[str, Path] = {}
    for one in found:
        if one.name.distribution in seen:
            other = seen[one.name.distribution].name
            msg = f"{folder}: {other} and {one.path.name} are of one distribution"
            raise ConfigurationError(msg, fix="keep the one that is to be installed")
        seen[one.name.distribution] = one.path
    if not found:
        msg = f"{folder}: no wheel in it"
        raise ConfigurationError(msg)
    return found


def files(folder: Path) -> list[Path]:
    """Return the files of a folder that has no folders in it.

    Raises:
        ConfigurationError: it is none, or it has folders or links.

    """
    found = [path for _, path in tree(folder)]
    for path in found:
        if path.parent != folder:
            msg = f"{path}: a folder within {folder}"
            raise ConfigurationError(msg, fix="put the files themselves into one folder")
    return found


def tree(folder: Path, leave_out: frozenset[str] = frozenset()) -> Iterator[tuple[str, Path]]:
    """Yield the files below a folder, path within it first; hidden ones are left out.

    Args:
        folder: to walk.
        leave_out: names of folders at its top that are not walked.

    Raises:
        ConfigurationError: no such folder, or a link, a device or a pipe in it.

    """
    if not folder.is_dir():
        msg = f"no folder at {folder}"
        raise ConfigurationError(msg)
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder)
        if within.parts[0] in leave_out or any(_is_left_out(part) for part in within.parts):
            continue
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            msg = f"{path}: neither a plain file nor a folder"
            raise ConfigurationError(msg, fix="a bundle holds plain files: copy what it leads to")
        if path.is_file():
            yield within.as_posix(), path


def control(path: Path) -> str:
    """Return the control file of a Debian package.

    Raises:
        ConfigurationError: not one, or dpkg-deb is not installed.

    """
    try:
        done = subprocess.run(  # noqa: S603  a fixed program, and a path as one argument
            ["dpkg-deb", "--field", str(path.absolute())],  # noqa: S607  where the system has it
            capture_output=True,
            check=False,
            timeout=_DPKG_SECONDS,
        )
    except FileNotFoundError:
        msg = "dpkg-deb is not installed"
        raise ConfigurationError(msg, fix="build on Debian or Ubuntu, or without --debs") from None
    if done.returncode:
        msg = f"{path}: not a Debian package"
        raise ConfigurationError(msg, fix="put packages only into the folder")
    return done.stdout.decode("utf-8", "replace")


def digests(path: Path) -> dict[str, str]:
    """Return file name → SHA-256 (hex) of a list in the form of sha256sum(1).

    Raises:
        ConfigurationError: it cannot be read, or a line is of another form.

    """
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        msg = f"cannot read {path}"
        raise ConfigurationError(msg) from None
    found = {}
    for number, line in enumerate(lines, 1):
        match = _DIGEST_LINE.fullmatch(line)
        if match is None:
            msg = f"{path}:{number}: not a SHA-256 and a file's name"
            raise ConfigurationError(msg, fix="write it as `sha256sum FILE…` prints it")
        found[match[2]] = match[1]
    return found


def _wheel(path: Path, python: str) -> Wheel:
    name = wheel.parse_name(path.name)
    wheel.require_fits(name, path.name, python)
    return Wheel(path, name, wheel.licence(_metadata(path)))


def _metadata(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            found = [one for one in archive.infolist() if _METADATA.fullmatch(one.filename)]
            if len(found) == 1 and found[0].file_size <= _MOST_METADATA:
                return archive.read(found[0]).decode("utf-8", "replace")
    except (OSError, zipfile.BadZipFile):
        pass
    msg = f"{path}: not a wheel with metadata"
    raise ConfigurationError(msg, fix="get it again")


def _is_left_out(part: str) -> bool:
    return part.startswith(".") or part == "__pycache__"
