"""The publisher: integrates, checks what it is about to sign, and signs a checkpoint.

It trusts the database for nothing that it has signed before. What it last signed (size, root and
the peaks to go on from) lies in a state file outside the database; each step reads the new leaves
back, parses and hashes them, extends its own frontier, and signs only if that leads to the tree of
the database. A restored backup or an altered leaf therefore stops the log instead of forking it:
nothing more is signed, and `audit.log` opens no exchange while `PublishLoop.forked` says so.

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
from euguard.audit import record
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

BEHIND = 8
"""Of a backlog this part is integrated in one transaction, up to `LARGE`: what a transaction costs
is then shared by more leaves, and the rest after it is shorter."""

LARGE = 512

STEP_SECONDS = 0.5
"""How long leaves are integrated before the tree is signed, however many still wait."""

CADENCE_SECONDS = 1.0
"""How often the loop publishes."""

START_SECONDS = 3.0
"""How long the loop's start waits for another publisher on this machine."""

LOCK_SECONDS = 0.01
"""How often a publisher that waits looks whether the other has finished."""

GAP_SECONDS = 3 * LOCK_SECONDS
"""How long the lock is free between two steps, so that who waits for it gets it."""

AGAIN_SECONDS = 60.0
"""How often the log says anew that nothing is signed, while the cause stays the same."""

_logger = logging.getLogger(__name__)


class Publisher:
    """Signs for one log. Blocking: run it off the event loop."""

    def __init__(
        self,
        store: Store,
        signer: Signer,
        *,
        origin: str,
        state: Path,
        step: float = STEP_SECONDS,
    ) -> None:
        """Take the log's key and name, and the state file: outside the database, never restored.

        The file and its directory are made at the first round, for their owner alone.
        """
        self._store = store
        self._signer = signer
        self._origin = origin
        self._state = state
        self._step = step
        self._parsed: set[bytes] = set()  # leaf hashes of what this step has integrated

    def publish(self, *, wait: float | None = None, most: int | None = None) -> Checkpoint | None:
        """Integrate what has arrived by now and sign the tree; None if there is nothing to sign.

        What arrives meanwhile is for the next call: under load there is always more. A backlog
        is signed in steps. `most` leaves are integrated, if it is given.

        `wait` is how many seconds another publisher on this machine may still be at work. None:
        it does what this one would, so leave it alone and return None.

        Raises:
            LogForkedError: the database is not a continuation of what was signed; nothing
                has been signed.
            IntegrityError: the inbox holds something that is no record; it stays there.
            LogUnavailableError: the database does not answer, or another publisher was still at
                work after `wait` seconds.
            ConfigurationError: the state file cannot be read or written.

        """
        left, said = most, None
        while True:
            with _alone(self._state, wait or 0.0) as alone:
                if not alone:
                    return _busy(said, wait)
                if left is None:
                    left = self._store.waiting()
                taken = self._integrate(left) if left > 0 else 0
                said = self._sign_tree() or said
            left -= taken
            if left <= 0 or not taken:
                return said
            time.sleep(GAP_SECONDS)

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

    # ------------------------------------------------------------------ one step

    def _integrate(self, left: int) -> int:
        """Integrate up to `left` leaves, for about the time of a step; return how many."""
        self._parsed.clear()
        taken, start = 0, time.monotonic()
        end = start + self._step
        batch = min(max(BATCH, self._store.waiting() // BEHIND), LARGE)
        while got := self._store.integrate(min(batch, left - taken), self._parse):
            taken += got
            now = time.monotonic()
            if taken >= left or now >= end:
                break
            # Rest as long as it took, so that whoever waits to append gets in; less behind a
            # backlog, for others may append faster than half of our time would do for.
            time.sleep((now - start) * BATCH / batch)
            start = time.monotonic()
        return taken

    def _sign_tree(self) -> Checkpoint | None:
        published = self._store.published()
        return self._sign(published, self._signed(published), self._store.tree())

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
            self._check_note(published)
            return None
        if published is None and tree.size == 0:
            return None
        # From here on this history is ours: the state is on the disk before a signature exists.
        _write(self._state, grown)
        said = Checkpoint(self._origin, grown.size, grown.root())
        note = checkpoint.sign(said, self._signer)
        won = self._store.publish(note, tree, after=published)
        return said if won else None

    def _check_note(self, published: Tree) -> None:
        """Check that the note which readers get says what its row says."""
        try:
            note = self._store.checkpoint() or b""
            said = checkpoint.open_checkpoint(note, [self._signer.verifier], self._origin)
        except IntegrityError as error:
            raise _forked(published.size, f"the last checkpoint's note: {error.message}") from None
        same = Tree(said.size, said.root) == published
        # A publisher on another machine may have replaced both since we looked.
        if not same and self._store.published() == published:
            raise _forked(published.size, f"the last checkpoint's note says size {said.size}")

    def _extended(self, frontier: Frontier, size: int) -> Frontier:
        """Extend over the leaves up to `size`, parsed and hashed anew from their bytes."""
        try:
            leaves = self._store.leaves(frontier.size, size)
            return frontier.extend(
                self._read(index, leaf) for index, leaf in enumerate(leaves, frontier.size)
            )
        except IntegrityError as error:
            raise _forked(size, error.message) from None

    def _parse(self, leaf: bytes) -> None:
        record.parse(leaf)
        self._parsed.add(merkle.leaf_hash(leaf))

    def _read(self, index: int, leaf: bytes) -> bytes:
        """Return the hash of a leaf that is a record; what was parsed a moment ago is not again."""
        leaf_hash = merkle.leaf_hash(leaf)
        if leaf_hash not in self._parsed:
            try:
                record.parse(leaf)
            except IntegrityError as error:
                msg = f"index {index} is no record: {error.message}"
                raise IntegrityError(msg) from None
        return leaf_hash


def _compare(frontier: Frontier, tree: Tree, message: str) -> None:
    if frontier.root() != tree.root:
        raise _forked(tree.size, message)


def _busy(said: Checkpoint | None, wait: float | None) -> Checkpoint | None:
    if wait is None:
        return said
    msg = f"log: another process has been signing for {wait:g} s, so this is not its last size"
    raise LogUnavailableError(msg, fix="try again")


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
                frontier = Frontier.parse(size, bytes.fromhex(peaks))
                if frontier.root().hex() == root:
                    return frontier
            case _:  # refused below, like a root that is not the peaks'
                pass
    except (IntegrityError, ValueError):
        pass
    msg = f"{path}: not a publisher's state"
    raise ConfigurationError(msg)


def _write(path: Path, frontier: Frontier) -> None:
    """Replace the state file, all or nothing, and wait for the disk."""
    peaks = frontier.joined().hex()
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

    def __init__(
        self,
        publisher: Publisher,
        *,
        every: float = CADENCE_SECONDS,
        again: float = AGAIN_SECONDS,
    ) -> None:
        """Take the publisher, and the seconds between two rounds and between two complaints."""
        self.published: Checkpoint | None = None
        """The last checkpoint that this loop has signed."""
        self.forked: LogForkedError | None = None
        """Why signing has stopped for good; only an operator can go on from there."""
        self.failing: EuguardError | None = None
        """Why nothing is signed now; None while signing works. Unless forked, it is tried again."""
        self._publisher = publisher
        self._every = every
        self._again = again
        self._failing_since: float | None = None
        self._quiet_until = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publish", daemon=True)

    def failing_seconds(self) -> float:
        """Return for how long nothing has been signed; 0 while signing works."""
        since = self._failing_since
        return 0.0 if since is None else time.monotonic() - since

    def start(self) -> None:
        """Sign what is in the tree, which tells whether the log has forked; then begin."""
        self._round(wait=START_SECONDS, most=0)
        self._thread.start()

    def stop(self) -> None:
        """End, after the round that runs and one over what has arrived by now."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
            self._round()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            start = time.monotonic()
            self._round()
            pause = max(GAP_SECONDS, start + self._every - time.monotonic())

    def _round(self, *, wait: float | None = None, most: int | None = None) -> None:
        if self.forked is not None:
            self._fail(self.forked)
            return
        try:
            self.published = self._publisher.publish(wait=wait, most=most) or self.published
        except LogForkedError as error:
            self.forked = error
            self._fail(error)
        except EuguardError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001  a dead thread would say nothing
            # Its text is not quoted: it might be about a record.
            self._fail(LogUnavailableError(f"publisher: failed ({type(error).__name__})"))
        else:
            self._recover()

    def _fail(self, error: EuguardError) -> None:
        """Remember the failure; say it if it is new, and again every minute."""
        now = time.monotonic()
        known = self.failing is not None and self.failing.code == error.code
        if self._failing_since is None:
            self._failing_since = now
        self.failing = error
        if known and now < self._quiet_until:
            return
        self._quiet_until = now + self._again
        level = logging.CRITICAL if self.forked else logging.ERROR
        message = f"{error.message}; {error.fix}" if error.fix else error.message
        seconds = self.failing_seconds()
        _logger.log(level, "nothing signed for %.0f s (%s): %s", seconds, error.code, message)

    def _recover(self) -> None:
        if self.failing is not None:
            _logger.warning("signing again after %.0f s", self.failing_seconds())
        self.failing = self._failing_since = None
