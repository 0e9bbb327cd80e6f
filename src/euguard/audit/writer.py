"""One writer: the thread that makes records durable, many in one commit.

::

    put ──▶ queue ──▶ [ the one commit in flight ] ──▶ settled
                        while it runs, others queue; the next commit takes them all

Nobody lingers: a lone record is committed at once, and a batch is what came meanwhile. The
thread alone knows where the writer's chain ends, so a record's place is given where the order
is made.

After a commit that failed, or of which nobody knows, everybody who waited is refused, and the
next attempt goes the way of a start: read where the chain ends in the database, go on from there,
close what was opened and will not be closed by its owner. What became of a commit in doubt
shows in the chain's end. The epoch stays: it is one life of the process, and what the process
has opened and still serves is not interrupted.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from euguard.audit import record
from euguard.audit.record import Closed, Entry, Opened, Outcome, Position, Record, WriterStarted
from euguard.audit.store import Arrival, Store, Tail
from euguard.errors import EuguardError, LogUnavailableError
from euguard.terms import ExchangeId
from euguard.tlog import merkle

BATCH = 512
"""Records in one commit at most."""

QUEUE = 4096
"""Records that may wait. Closing records are always let in: they are as many as were opened."""

PROBE_SECONDS = 1.0
"""How often an idle writer looks whether the database answers and its chain is its own; and one
that has failed, whether it can write again."""

DOUBTS = 64
"""Commits in doubt that are remembered: a later one waits in the database for an earlier one."""

GATEWAY_DIED = "gateway_died"
"""Reason of the closing record that a start writes for an earlier process."""

NOT_SENT = "not_sent"
"""Reason where an opening record became durable after its exchange had been refused."""

_logger = logging.getLogger(__name__)


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        ...


@dataclass(slots=True, eq=False)
class Pending:
    """A record on its way."""

    record: Record
    at: datetime
    future: asyncio.Future[bytes] | None
    """Where its leaf hash goes; None where nobody waits."""
    result: bytes | EuguardError | None = None
    given_up: bool = False
    """Whoever waited was told that it is not durable."""


class Writer:
    """One writer's chain, over all epochs of this process; all methods are thread-safe."""

    def __init__(  # noqa: PLR0913  all but the store are named at the call
        self,
        store: Store,
        *,
        name: str,
        started: WriterStarted,
        clock: Clock,
        settled: Callable[[Sequence[Pending]], None],
        probe: float = PROBE_SECONDS,
    ) -> None:
        """Take the store and what every epoch begins with; `settled` is called in the thread."""
        self._store = store
        self._name = name
        self._started = started
        self._clock = clock
        self._settled = settled
        self._probe = probe
        self._thread = threading.Thread(target=self._run, name=f"log {name}", daemon=True)
        self._turn = threading.Condition()
        # Under self._turn:
        self._queue: deque[Pending] = deque()
        self._stopping = True
        self._busy_since: float | None = None
        self._live: set[ExchangeId] = set()  # opened, acknowledged, not asked to be closed
        # The thread's own:
        self._tail: Tail | None = None  # None: to be found first
        self._confirmed: Tail | None = None  # where the chain ended when it was last known
        self._doubtful: deque[Tail] = deque(maxlen=DOUBTS)  # where it may end since
        self._epoch = 0  # until it has begun
        self._unclosed: set[ExchangeId] = set()  # durably opened here, not durably closed
        self._owed: dict[ExchangeId, Closed] = {}  # closing records whose commit failed
        self._fenced = False
        self._down = True

    def start(self) -> None:
        """Begin an epoch and close what the writer's dead processes left open; then serve.

        Raises:
            LogUnavailableError: the database does not answer or refuses.

        """
        try:
            self._catch_up()
        except LogUnavailableError:
            # A killed predecessor's last commit may have landed between our look and our write,
            # which has waited for it: the second look sees it.
            self._catch_up()
        self._stopping = False
        self._thread.start()

    def put(self, pending: Pending) -> None:
        """Queue a record; `settled` will have it, unless it is given up.

        Raises:
            LogUnavailableError: too many wait, or the writer is not running.
            ValueError: a closing record of an exchange that is not open here.

        """
        with self._turn:
            if self._stopping:
                msg = f"log: the writer {self._name} is not running"
                raise LogUnavailableError(msg)
            if isinstance(pending.record, Closed):
                if pending.record.exchange not in self._live:
                    msg = f"log: the exchange {pending.record.exchange} is not open here"
                    raise ValueError(msg)
                self._live.remove(pending.record.exchange)
            elif len(self._queue) >= QUEUE:
                msg = f"log: {QUEUE} records wait already"
                raise LogUnavailableError(msg)
            self._queue.append(pending)
            self._turn.notify()

    def give_up(self, pending: Pending) -> None:
        """Stop waiting for a record: its caller acts as if it were not written.

        An exchange whose opening record is durable all the same is closed as interrupted. A
        closing record is still written.
        """
        with self._turn:
            pending.given_up = True
            if isinstance(pending.record, Opened) and pending.record.exchange in self._live:
                self._live.remove(pending.record.exchange)
                self._close_unsent(pending.record.exchange)

    def ready(self, deadline: float) -> bool:
        """Tell whether records become durable; False if a commit takes over `deadline` seconds."""
        busy = self._busy_since
        stuck = busy is not None and time.monotonic() - busy > deadline
        return not self._down and self._thread.is_alive() and not stuck

    def stop(self, deadline: float) -> None:
        """Let nothing more in, write what waits, and end the thread."""
        with self._turn:
            self._stopping = True
            self._turn.notify()
        if self._thread.is_alive():
            self._thread.join(deadline)

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        while (batch := self._take()) is not None:
            try:
                self._serve(batch)
            except LogUnavailableError as error:
                self._fail(batch, error)
            except Exception as error:  # noqa: BLE001  a dead thread would hang every caller
                msg = f"log: the writer {self._name} failed ({type(error).__name__})"
                self._fail(batch, LogUnavailableError(msg))
            self._busy_since = None
            self._settled([pending for pending in batch if pending.future is not None])

    def _take(self) -> list[Pending] | None:
        """Return what waits, now and then nothing; None when it is time to end."""
        with self._turn:
            if not self._queue and not self._stopping:
                self._turn.wait(self._probe)
            if not self._queue and self._stopping:
                return None
            taken = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            self._busy_since = time.monotonic()
        return [each for each in taken if isinstance(each.record, Closed) or not each.given_up]

    def _serve(self, batch: Sequence[Pending]) -> None:
        if self._tail is None or (not batch and self._store.tail(self._name) != self._tail):
            self._catch_up()
        if batch and self._tail is not None:
            self._append(self._tail, batch)

    def _append(self, after: Tail, batch: Sequence[Pending]) -> None:
        tail = after
        placed: list[Pending] = []
        arrivals: list[Arrival] = []
        for pending in batch:
            place = self._place(tail, self._epoch)
            try:
                arrival = _arrival(Entry(pending.at, place, pending.record))
            except EuguardError as error:  # this record's own fault: the others go on
                self._set_aside(pending, error)
                continue
            tail = Tail(place.epoch, place.sequence, arrival.leaf_hash)
            placed.append(pending)
            arrivals.append(arrival)
        if arrivals:
            self._commit(arrivals, after, tail)
        self._acknowledge(placed, arrivals)

    def _commit(self, arrivals: Sequence[Arrival], after: Tail, tail: Tail) -> None:
        """Append; if that fails, `_tail` stays None and `tail` is where the chain may end."""
        self._tail = None
        self._doubtful.append(tail)
        if not self._store.append(self._name, arrivals, after=after, tail=tail):
            msg = f"log: the chain of the writer {self._name} has moved"
            raise LogUnavailableError(msg)
        self._tail = self._confirmed = tail
        self._doubtful.clear()

    def _acknowledge(self, placed: Sequence[Pending], arrivals: Sequence[Arrival]) -> None:
        with self._turn:
            for pending, arrival in zip(placed, arrivals, strict=True):
                pending.result = arrival.leaf_hash
                if arrival.closes:
                    self._unclosed.discard(arrival.closes)
                elif arrival.opens:
                    self._unclosed.add(arrival.opens)
                    if pending.given_up:
                        self._close_unsent(arrival.opens)
                    else:
                        self._live.add(arrival.opens)

    def _close_unsent(self, exchange: ExchangeId) -> None:
        closed = _interrupted(exchange, NOT_SENT)
        self._queue.append(Pending(closed, self._clock.now(), None))
        self._turn.notify()

    def _set_aside(self, pending: Pending, error: EuguardError) -> None:
        pending.result = error
        if isinstance(pending.record, Closed):
            # It will never be written as it is, and yet the exchange has ended.
            closed = _interrupted(pending.record.exchange, error.code)
            with self._turn:
                self._queue.append(Pending(closed, pending.at, None))

    def _fail(self, batch: Sequence[Pending], error: LogUnavailableError) -> None:
        if not self._down:
            self._down = True
            _logger.warning("%s: %s", self._name, error.message)
        self._tail = None
        for pending in batch:
            if pending.result is None:
                pending.result = LogUnavailableError(error.message)
                if isinstance(pending.record, Closed):
                    self._owed[pending.record.exchange] = _writable(pending.record)

    # ------------------------------------------------------------------ start and recovery

    def _catch_up(self) -> None:
        self._tail = None
        tail = self._found_tail()
        epoch = self._epoch or tail.epoch + 1
        closing = self._closing()
        records: list[Record] = [*closing] if self._epoch else [self._started, *closing]
        # Without a record an empty commit, to see that the database can be written.
        for first in range(0, len(records) or 1, BATCH):
            after, arrivals = tail, list[Arrival]()
            for each in records[first : first + BATCH]:
                place = self._place(tail, epoch)
                arrivals.append(_arrival(Entry(self._clock.now(), place, each)))
                tail = Tail(place.epoch, place.sequence, arrivals[-1].leaf_hash)
            self._commit(arrivals, after, tail)
        self._epoch = epoch
        self._unclosed -= self._owed.keys()
        self._owed.clear()
        self._down = False
        _logger.info("%s: epoch %d, %d exchanges closed", self._name, epoch, len(closing))

    def _place(self, tail: Tail, epoch: int) -> Position:
        """Return the place after `tail`."""
        sequence = tail.sequence + 1 if tail.epoch == epoch else 0
        return Position(self._name, epoch, sequence, tail.leaf_hash)

    def _found_tail(self) -> Tail:
        """Return where the chain ends in the database, if this process may go on from there."""
        found = self._store.tail(self._name)
        known = self._confirmed is None or found in (self._confirmed, *self._doubtful)
        if not known and not self._fenced:
            self._fenced = True
            _logger.error("%s: the chain is not where this process left it", self._name)
        if self._fenced:
            # To go on would close what the other has open, and be fenced by it in turn.
            msg = f"log: another process writes as {self._name}, or the database was restored"
            fix = "give each process a writer name of its own, then start this one again"
            raise LogUnavailableError(msg, fix=fix)
        return found

    def _closing(self) -> list[Closed]:
        """Return the closing records of what is open and will not be closed by its owner."""
        closing: list[Closed] = []
        for exchange, epoch in self._store.left_open(self._name).items():
            if exchange in self._owed:
                closing.append(self._owed[exchange])
            elif exchange not in self._unclosed:
                reason = NOT_SENT if epoch == self._epoch else GATEWAY_DIED
                closing.append(_interrupted(exchange, reason))
        return closing


def _arrival(entry: Entry) -> Arrival:
    leaf = record.leaf(entry)
    exchange = entry.record.exchange if isinstance(entry.record, Opened | Closed) else None
    opens = isinstance(entry.record, Opened)
    return Arrival(
        leaf,
        merkle.leaf_hash(leaf),
        opens=exchange if opens else None,
        closes=None if opens else exchange,
    )


def _writable(closed: Closed) -> Closed:
    """Return the record, or if it cannot be written one that can."""
    try:
        record.leaf(Entry(datetime.fromtimestamp(0, UTC), Position("w", 1, 0, bytes(32)), closed))
    except EuguardError as error:
        return _interrupted(closed.exchange, error.code)
    return closed


def _interrupted(exchange: ExchangeId, reason: str) -> Closed:
    return Closed(
        exchange=exchange,
        outcome=Outcome.INTERRUPTED,
        reason=reason,
        input_tokens=None,
        output_tokens=None,
        finish=(),
        restored=0,
        unknown=0,
        milliseconds=None,
    )
