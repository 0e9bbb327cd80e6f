"""A folder with a model: made in full or not at all, and known by its digests."""

import hashlib
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def program(
    arguments: Sequence[str], digests: Mapping[str, str], write: Callable[[Path], None]
) -> None:
    """Make the folder that the arguments name; what a builder does as a program.

    Raises:
        SystemExit: no one folder is named, it was interrupted (130), or see `make`.

    """
    match arguments:
        case [folder]:
            try:
                make(Path(folder).resolve(), digests, write)
            except KeyboardInterrupt:
                print("interrupted; the same command goes on from here", file=sys.stderr)
                sys.exit(128 + signal.SIGINT)
        case _:
            sys.exit("usage: give the FOLDER to make")


def make(folder: Path, digests: Mapping[str, str], write: Callable[[Path], None]) -> None:
    """Fill `folder` by `write`, unless it holds these files already.

    Args:
        folder: of the model.
        digests: name of each file that matters → its SHA-256, hex.
        write: writes the model into the folder it is given.

    Raises:
        SystemExit: what was written is another model than `digests` tell.

    """
    if _wrong(folder, digests) == {}:
        print(f"{folder}: complete")
        return
    print(f"{folder}: building …", flush=True)
    began = time.monotonic()
    folder.parent.mkdir(parents=True, exist_ok=True)
    half_made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write(half_made)
        wrong = _wrong(half_made, digests)
        if wrong:
            found = ", ".join(f"{name} is {digest}" for name, digest in wrong.items())
            sys.exit(f"{folder}: not the model that the tests know: {found}")
        half_made.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        half_made.rename(folder)
    finally:
        shutil.rmtree(half_made, ignore_errors=True)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(f"{folder}: {size:.0f} MB after {time.monotonic() - began:.1f} s")


def _wrong(folder: Path, digests: Mapping[str, str]) -> dict[str, str]:
    found = {name: _digest(folder / name) for name in digests}
    return {name: digest for name, digest in found.items() if digest != digests[name]}


def _digest(path: Path) -> str:
    if not path.is_file():
        return "missing"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
