"""The publisher: integrates, checks what it is about to sign, and signs a checkpoint.

It trusts the database for nothing that it has signed before. What it last signed (size, root and
the peaks to go on from) lies in a state file outside the database; each round reads the new leaves
back, hashes them, extends its own frontier, and signs only if that leads to the tree of the
database. A restored backup or an altered leaf therefore stops the log instead of forking it.

What a crash leaves behind: after the state file, before the checkpoint, the next round finds the
tree it signed and signs it again, the same bytes (Ed25519 is deterministic). Before the state
file nothing has been signed.

Source: https://c2sp.org/tlog-checkpoint; RFC 6962 §3 (a log must not sign two histories).
"""

import contextlib
import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from euguard import canonical
from euguard.audit.store import Store, Tree
from euguard.errors import (
    ConfigurationError,
    EuguardError,
    IntegrityError,
    LogForkedError,
    LogUnavailableError,
)
from euguard.tlog import checkpoint, merkle
from euguard.tlog.checkpoint import Checkpoint
from euguard.tlog.merkle import Frontier
from euguard.tlog.note import Signer

BATCH = 128
"""Leaves integrated in one transaction: SQLite's writers wait for it, and so does this
process's interpreter."""

CADENCE_SECONDS = 1.0
"""How often the loop publishes."""

LOCK_SECONDS = 0.01
"""How often a publisher that waits looks whether the other has finished."""

_logger = logging.getLogger(__name__)


class Publisher:
    """Signs for one log. Blocking: run it off the event loop."""

    def __init__(self, store: Store, signer: Signer, *, origin: str, state: Path) -> None:
        """Take the log's key and name, and the state file: outside the database, never restored.

        The file and its directory are made at the first round, for their owner alone.
        """
        self._store = store
        self._signer = signer
        self._origin = origin
        self._state = state

    def publish(self, *, wait: float = 0.0) -> Checkpoint | None:
        """Integrate what has arrived and sign the tree; None if there is nothing new to sign.

        None also if another publisher is faster, or on this machine still at work after `wait`
        seconds.

        Raises:
            LogForkedError: the database is not a continuation of what was signed; nothing
                has been signed.
            LogUnavailableError: the database does not answer.
            ConfigurationError: the state file cannot be read or written.

        """
        with _alone(self._state, wait) as alone:
            if not alone:
                return None
            self._integrate()
            published = self._store.published()
            signed = self._signed(published)
            return self._sign(published, signed, self._store.tree())

    def adopt(self) -> Checkpoint:
        """Start a new state file from the last checkpoint, after checking every leaf under it.

        For an operator who has lost the state file, and knows that the database is no backup.

        Raises:
            LogForkedError: there is a state file, no checkpoint, or the leaves do not lead to it.
            SignatureInvalidError: the checkpoint is not of this log's key.
            LogUnavailableError: the database does not answer.

        """
        with _alone(self._state, 0.0) as alone:
            note = self._store.checkpoint()
            if not alone or self._state.exists() or note is None:
                msg = "publisher: there is a state file, or no checkpoint to start one from"
                raise LogForkedError(msg)
            said = checkpoint.open_checkpoint(note, [self._signer.verifier], self._origin)
            frontier = self._extended(Frontier.empty(), said.size)
            if frontier.root() != said.root:
                raise _forked(said.size, "its leaves do not lead to the checkpoint's root")
            _write(self._state, frontier)
            return said

    # ------------------------------------------------------------------ one round

    def _integrate(self) -> None:
        start = time.monotonic()
        while self._store.integrate(BATCH) == BATCH:
            # Rest as long as it took: whoever waits to append gets in.
            time.sleep(time.monotonic() - start)
            start = time.monotonic()

    def _signed(self, published: Tree | None) -> Frontier:
        """Return the frontier of what was last signed, from the state file."""
        frontier = _read(self._state)
        if frontier is None and published is not None:
            msg = f"publisher: {self._state} is missing, and a checkpoint says {published.size}"
            raise LogForkedError(msg, fix="put the state file back, or adopt the checkpoint")
        return frontier or Frontier.empty()

    def _sign(self, published: Tree | None, signed: Frontier, tree: Tree) -> Checkpoint | None:
        if tree.size < signed.size:
            raise _forked(tree.size, f"size {signed.size} was signed before")
        grown = signed
        if published is not None and signed.size < published.size <= tree.size:
            # Another publisher has signed since; its checkpoint must lie on our way.
            grown = self._extended(grown, published.size)
            _compare(grown, published, "the checkpoint of another publisher has another root")
        grown = self._extended(grown, tree.size)
        _compare(grown, tree, "the leaves do not lead to the root of the database")
        if published is not None and published.size >= tree.size:
            if published != tree:
                raise _forked(tree.size, f"the last checkpoint says size {published.size}")
            return None
        if published is None and tree.size == 0:
            return None
        # From here on this history is ours: the state is on the disk before a signature exists.
        _write(self._state, grown)
        said = Checkpoint(self._origin, grown.size, grown.root())
        note = checkpoint.sign(said, self._signer)
        won = self._store.publish(note, tree, after=published)
        return said if won else None

    def _extended(self, frontier: Frontier, size: int) -> Frontier:
        """Extend over the leaves up to `size`, hashed anew from their bytes."""
        try:
            leaves = self._store.leaves(frontier.size, size)
            return frontier.extend(merkle.leaf_hash(leaf) for leaf in leaves)
        except IntegrityError as error:
            raise _forked(size, error.message) from None


def _compare(frontier: Frontier, tree: Tree, message: str) -> None:
    if frontier.root() != tree.root:
        raise _forked(tree.size, message)


def _forked(size: int, message: str) -> LogForkedError:
    msg = f"publisher: will not sign size {size}: {message}"
    return LogForkedError(msg, fix="find out what became of the database before anything else")


# ------------------------------------------------------------------ the state file


def _read(path: Path) -> Frontier | None:
    """Return the frontier in the state file; None if there is no file.

    Raises:
        ConfigurationError: it cannot be read, or is not what `_write` writes.

    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"{path}: cannot read the publisher's state: {error.strerror}"
        raise ConfigurationError(msg) from None
    try:
        match canonical.decode(data):
            case {"peaks": str(peaks), "root": str(root), "size": int(size)}:
                frontier = Frontier(size, _split(bytes.fromhex(peaks)))
                if frontier.root().hex() == root:
                    return frontier
            case _:  # refused below, like a root that is not the peaks'
                pass
    except (IntegrityError, ValueError):
        pass
    msg = f"{path}: not a publisher's state"
    raise ConfigurationError(msg)


def _split(peaks: bytes) -> tuple[bytes, ...]:
    size = merkle.HASH_SIZE
    return tuple(peaks[at : at + size] for at in range(0, len(peaks), size))


def _write(path: Path, frontier: Frontier) -> None:
    """Replace the state file, all or nothing, and wait for the disk."""
    peaks = b"".join(frontier.peaks).hex()
    data = canonical.encode({"peaks": peaks, "root": frontier.root().hex(), "size": frontier.size})
    fresh = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        fresh.replace(path)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        msg = f"{path}: cannot write the publisher's state: {error.strerror}"
        raise ConfigurationError(msg) from None


@contextlib.contextmanager
def _alone(state: Path, wait: float) -> Iterator[bool]:
    """Lock the state; False if another publisher on this machine keeps it for `wait` seconds."""
    lock = state.with_name(state.name + ".lock")
    try:
        state.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        msg = f"{lock}: cannot lock the publisher's state: {error.strerror}"
        raise ConfigurationError(msg) from None
    try:
        yield _locked(descriptor, time.monotonic() + wait)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOCK_SECONDS)
        else:
            return True


# ------------------------------------------------------------------ the loop


class PublishLoop:
    """Publishes once a second in a thread of its own, until it is stopped or the log has forked."""

    def __init__(self, publisher: Publisher, *, every: float = CADENCE_SECONDS) -> None:
        """Take the publisher and the seconds between two rounds."""
        self.published: Checkpoint | None = None
        """The last checkpoint that this loop has signed."""
        self.forked: LogForkedError | None = None
        """Why signing has stopped for good; only an operator can go on from there."""
        self.failing: EuguardError | None = None
        """Why the last round failed; the next tries again."""
        self._publisher = publisher
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publish", daemon=True)

    def start(self) -> None:
        """Begin; the first round runs at once."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the round that runs."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while self.forked is None:
            self._round()
            if self._stopped.wait(self._every):
                return

    def _round(self) -> None:
        try:
            self.published = self._publisher.publish() or self.published
            self.failing = None
        except LogForkedError as error:
            self.forked = error
            _logger.critical("%s; %s", error.message, error.fix)
        except EuguardError as error:
            if self.failing is None:
                _logger.warning("publisher: %s", error.message)
            self.failing = error
        except Exception as error:  # noqa: BLE001  a dead thread would say nothing
            msg = f"publisher: failed ({type(error).__name__})"
            _logger.error(msg)  # noqa: TRY400  a traceback might quote what it was about
            self.failing = LogUnavailableError(msg)
