"""The log in SQL: `audit.store.Store` and `audit.reader.Reader` on the tables of tables.py."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError as ConstraintError

from euguard.adapters.sql.database import Database
from euguard.adapters.sql.tables import (
    CheckpointRow,
    EntryRow,
    InboxRow,
    OpenExchangeRow,
    Row,
    TreeRow,
    WriterRow,
)
from euguard.audit.store import NO_TAIL, Arrival, Tail, Tree
from euguard.errors import IntegrityError, LogUnavailableError
from euguard.terms import ExchangeId
from euguard.tlog import merkle
from euguard.tlog.merkle import Frontier

BATCH = 1000
"""Leaves read in one query; at 16 KiB each, 16 MiB at most."""

Values: TypeAlias = Sequence[Mapping[str, Any]]


def _table(row: type[Row]) -> Table:
    return cast("Table", row.__table__)  # type: ignore[attr-defined]  # SQLModel sets it


WRITER, INBOX, OPEN = _table(WriterRow), _table(InboxRow), _table(OpenExchangeRow)
ENTRY, TREE, CHECKPOINT = _table(EntryRow), _table(TreeRow), _table(CheckpointRow)

_CLOSE = delete(OPEN).where(OPEN.c.exchange == bindparam("closed"))
# One statement: SQLite's driver gives the interpreter away at each, and has to wait for it again.
# By id, for of another writer a smaller one may appear only now.
_TAKEN = delete(INBOX).where(INBOX.c.id.in_(bindparam("taken", expanding=True)))


class LogStore:
    """One log in one database."""

    def __init__(self, database: Database) -> None:
        """Take the database, at the newest revision (`schema.upgrade`)."""
        self._database = database

    # ------------------------------------------------------------------ writers

    def tail(self, writer: str) -> Tail:
        """Return where the writer's chain ends."""
        query = select(WRITER.c.epoch, WRITER.c.sequence, WRITER.c.leaf_hash)
        with self._database.read(LogUnavailableError) as connection:
            row = connection.execute(query.where(WRITER.c.name == writer)).one_or_none()
        return NO_TAIL if row is None else Tail(row.epoch, row.sequence, row.leaf_hash)

    def append(self, writer: str, arrivals: Sequence[Arrival], *, after: Tail, tail: Tail) -> bool:
        """Make the leaves durable, if the writer's chain ends at `after`."""
        opened = [
            {"exchange": arrival.opens, "writer": writer, "epoch": tail.epoch}
            for arrival in arrivals
            if arrival.opens
        ]
        closed = [{"closed": arrival.closes} for arrival in arrivals if arrival.closes]
        with self._database.write(LogUnavailableError) as connection:
            # First of all: PostgreSQL then holds the row against a rival until the commit.
            if not _move_tail(connection, writer, after, tail):
                return False
            _many(connection, insert(INBOX), [{"leaf": arrival.leaf} for arrival in arrivals])
            _many(connection, insert(OPEN), opened)
            _many(connection, _CLOSE, closed)
        return True

    def left_open(self, writer: str) -> Mapping[ExchangeId, int]:
        """Return what the writer has opened and not closed, oldest epoch first."""
        query = select(OPEN.c.exchange, OPEN.c.epoch).where(OPEN.c.writer == writer)
        with self._database.read(LogUnavailableError) as connection:
            rows = connection.execute(query.order_by(OPEN.c.epoch, OPEN.c.exchange)).all()
        return {ExchangeId(row.exchange): row.epoch for row in rows}

    # ------------------------------------------------------------------ the tree

    def waiting(self) -> int:
        """Return how many leaves the inbox holds."""
        with self._database.read(LogUnavailableError) as connection:
            return connection.execute(select(func.count()).select_from(INBOX)).scalar_one()

    def integrate(self, limit: int, check: Callable[[bytes], object] = bytes) -> int:
        """Give the next indices to up to `limit` leaves of the inbox."""
        # Read and hash before the write, which everybody who appends waits for. The tree comes
        # first: while it is the same, nobody has taken a leaf from the inbox.
        with self._database.read(LogUnavailableError) as connection:
            row = connection.execute(select(TREE)).one()
            query = select(INBOX.c.id, INBOX.c.leaf).order_by(INBOX.c.id).limit(limit)
            taken = connection.execute(query).all()
        if not taken:
            return 0
        for each in taken:
            _check_waiting(each.id, each.leaf, check)
        hashes = [merkle.leaf_hash(each.leaf) for each in taken]
        grown = Frontier.parse(row.size, row.peaks).extend(hashes)
        moved = {
            "size": grown.size,
            "root": grown.root(),
            "peaks": grown.joined(),
        }
        found = (TREE.c.size == row.size, TREE.c.root == row.root)
        with self._database.write(LogUnavailableError) as connection:
            # PostgreSQL: a slower rival waits at this line for our commit, and then finds
            # another size. (SQLite lets it in only afterwards.)
            swapped = connection.execute(update(TREE).where(*found).values(moved)).rowcount
            if swapped != 1:
                return 0
            entries = [
                {"leaf_index": index, "leaf": each.leaf, "leaf_hash": leaf_hash}
                for index, (each, leaf_hash) in enumerate(zip(taken, hashes, strict=True), row.size)
            ]
            connection.execute(insert(ENTRY), entries)
            connection.execute(_TAKEN, {"taken": [each.id for each in taken]})
        return len(taken)

    def tree(self) -> Tree:
        """Return the tree over all entries."""
        with self._database.read(LogUnavailableError) as connection:
            row = connection.execute(select(TREE.c.size, TREE.c.root)).one()
        return Tree(row.size, row.root)

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the leaves of [start, end) in batches; an entry once written never changes."""
        for first in range(start, end, BATCH):
            after = min(first + BATCH, end)
            query = select(ENTRY.c.leaf_index, ENTRY.c.leaf).order_by(ENTRY.c.leaf_index)
            within = query.where(ENTRY.c.leaf_index >= first, ENTRY.c.leaf_index < after)
            with self._database.read(LogUnavailableError) as connection:
                rows = connection.execute(within).all()
            for index, row in itertools.zip_longest(range(first, after), rows):
                # SQLite keeps whatever it is given: who tampers may leave text.
                whole = row is not None and row.leaf_index == index and type(row.leaf) is bytes
                if not whole:
                    msg = f"log: the leaf of index {index} is missing"
                    raise IntegrityError(msg)
                yield row.leaf

    # ------------------------------------------------------------------ the checkpoint

    def published(self) -> Tree | None:
        """Return size and root of the last checkpoint."""
        with self._database.read(LogUnavailableError) as connection:
            query = select(CHECKPOINT.c.size, CHECKPOINT.c.root)
            row = connection.execute(query).one_or_none()
        return None if row is None else Tree(row.size, row.root)

    def checkpoint(self) -> bytes | None:
        """Return the last checkpoint as a signed note."""
        with self._database.read(LogUnavailableError) as connection:
            note = connection.execute(select(CHECKPOINT.c.note)).scalar_one_or_none()
        if note is not None and type(note) is not bytes:
            msg = f"log: the checkpoint is {type(note).__name__}, not bytes"
            raise IntegrityError(msg)
        return note

    def publish(self, note: bytes, tree: Tree, *, after: Tree | None) -> bool:
        """Replace the checkpoint `after` by `note`."""
        said = {"size": tree.size, "root": tree.root, "note": note}
        with self._database.write(LogUnavailableError) as connection:
            if after is None:
                return _inserted(connection, CHECKPOINT, {"id": 1, **said})
            found = (CHECKPOINT.c.size == after.size, CHECKPOINT.c.root == after.root)
            return connection.execute(update(CHECKPOINT).where(*found).values(said)).rowcount == 1


def _move_tail(connection: Connection, writer: str, after: Tail, tail: Tail) -> bool:
    place = {"epoch": tail.epoch, "sequence": tail.sequence, "leaf_hash": tail.leaf_hash}
    if after == NO_TAIL:
        return _inserted(connection, WRITER, {"name": writer, **place})
    expected = (
        WRITER.c.name == writer,
        WRITER.c.epoch == after.epoch,
        WRITER.c.sequence == after.sequence,
        WRITER.c.leaf_hash == after.leaf_hash,
    )
    return connection.execute(update(WRITER).where(*expected).values(place)).rowcount == 1


def _check_waiting(row: int, leaf: object, check: Callable[[bytes], object]) -> None:
    if type(leaf) is not bytes:  # SQLite keeps whatever it is given
        raise _no_record(row, f"{type(leaf).__name__}, not bytes")
    try:
        check(leaf)
    except IntegrityError as error:
        raise _no_record(row, error.message) from None


def _no_record(row: int, finding: str) -> IntegrityError:
    msg = f"log: row {row} of the table inbox is no record: {finding}"
    return IntegrityError(msg, fix="find out what wrote it; once it is gone, signing goes on")


def _inserted(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert the first row; False if somebody has done so."""
    try:
        with connection.begin_nested():  # PostgreSQL refuses all that follows an error
            connection.execute(insert(table).values(row))
    except ConstraintError:
        return False
    return True


def _many(connection: Connection, statement: Any, values: Values) -> None:
    if values:  # without values the statement would run once, for a row of defaults
        connection.execute(statement, values)
