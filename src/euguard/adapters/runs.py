"""The folders that runs leave on the control node (`provision.operation.Runs`).

Each is written so that a kill at any moment leaves something readable: run.json is there, whole,
from the beginning, says `running`, and is replaced at the end; events are appended line by line;
the manifest comes last. A folder without a manifest is of a run that was killed.
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from euguard import canonical
from euguard.errors import ConfigurationError, MalformedRunError, RunInProgressError
from euguard.provision.event import Event
from euguard.provision.run import Outcome, Run, manifest, parse

_RUN, _EVENTS, _MANIFEST = "run.json", "events.jsonl", "manifest.json"


class RunFolders:
    """The runs under one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def work(self) -> Path:
        """Folder for what a run needs and does not leave."""
        return self._root / ".work"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep others from running at the same time; a kill lets go.

        Raises:
            RunInProgressError: somebody is at work.
            ConfigurationError: the folder cannot be written.

        """
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            msg = f"cannot write {error.filename}: {error.strerror}"
            raise ConfigurationError(msg, fix="name another folder with --runs") from None
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                msg = f"another run is at work, as {self._root} says"
                raise RunInProgressError(msg, fix="wait for it to end, or stop it") from None
            yield
        finally:
            os.close(lock)

    def settle(self) -> None:
        """Mark as interrupted what a kill left running, and write the manifest it lacks."""
        for run in self.all():
            if run.outcome is Outcome.RUNNING:
                self.finish(dataclasses.replace(run, outcome=Outcome.INTERRUPTED), {})
            elif not (self._root / run.id / _MANIFEST).exists():
                self.finish(run, {})

    def all(self) -> Sequence[Run]:
        """Return the runs, the oldest first; a folder that holds no run is passed over."""
        found = []
        for path in sorted(self._root.glob(f"*/{_RUN}")):
            with contextlib.suppress(MalformedRunError, OSError):
                found.append(parse(path.read_bytes()))
        return found

    def begin(self, run: Run) -> Path:
        """Make the folder of a run, and return it."""
        folder = self._root / run.id
        folder.mkdir(mode=0o700)
        _write(folder / _RUN, canonical.encode(run.as_json()))
        return folder

    def note(self, run: Run, event: Event) -> None:
        """Keep one event."""
        path = self._root / run.id / _EVENTS
        line = canonical.encode(event.as_json()) + b"\n"
        with open(path, "ab", opener=_private) as file:
            file.write(line)

    def finish(self, run: Run, files: Mapping[str, bytes]) -> str:
        """Write what the run leaves, and the manifest over it; return its SHA-256, hex."""
        folder = self._root / run.id
        for name, data in {**files, _RUN: canonical.encode(run.as_json())}.items():
            _write(folder / name, data)
        kept = {
            path.name: path.read_bytes()
            for path in sorted(folder.iterdir())
            if path.name != _MANIFEST and not path.name.startswith(".")
        }
        over = manifest(run.id, kept)
        _write(folder / _MANIFEST, over)
        return hashlib.sha256(over).hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(path: Path, data: bytes) -> None:
    """Put a file in its place whole, and durable."""
    half = path.with_name(f".{path.name}.half")
    with open(half, "wb", opener=_private) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
