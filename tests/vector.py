"""What a vector is: an export in a folder of its own, with the verdict that is expected."""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from euguard.tlog.note import Signer
from forge import written
from logbook import LOG_KEY


@dataclass(frozen=True)
class Vector:
    """One export, as it stands in a folder of its own."""

    data: bytes
    about: str
    exit_code: int = 0
    steps: tuple[int, ...] = ()
    """The steps that fail, or (exit code 4) that have a finding."""
    signer: Signer | None = LOG_KEY
    """Who signs the note; None: nobody."""
    note_over: bytes | None = None
    """What the note is on, if not on `data`."""
    kept: bytes | None = None
    """A checkpoint that the reader has kept."""
    pinned: bool = True


@dataclass
class Collection:
    """The vectors by name, each made when asked for."""

    makers: dict[str, Callable[[Path], Vector]] = field(default_factory=dict)

    def __call__(self, name: str) -> Callable[[Callable[[Path], Vector]], None]:
        def register(make: Callable[[Path], Vector]) -> None:
            self.makers[name] = make

        return register


vector = Collection()
"""The one collection; `vectors_good` and `vectors_bad` add to it."""


def write_all(folder: Path) -> None:
    """Write every vector under `folder`."""
    for name, make in vector.makers.items():
        with tempfile.TemporaryDirectory() as scratch:
            _write(folder / name, make(Path(scratch)))


def _write(folder: Path, made: Vector) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / "export.zip"
    written(path, made.note_over or made.data, made.signer)
    path.write_bytes(made.data)
    (folder / "key.vkey").write_text(f"{LOG_KEY.verifier}\n")
    if made.kept is not None:
        (folder / "kept-checkpoint").write_bytes(made.kept)
    expected = {
        "about": made.about,
        "exit_code": made.exit_code,
        "pinned": made.pinned,
        "status": {0: "verified", 4: "findings", 5: "failed"}[made.exit_code],
        "steps": list(made.steps),
    }
    text = json.dumps(expected, indent=2, sort_keys=True)  # noqa: TID251  read by people
    (folder / "expected.json").write_text(text + "\n")
