"""The tables: rows, not domain values (SQLModel does not validate a table row).

::

    writer            one row per writer: where its chain ends; the fence of every append
    inbox             durable and acknowledged, not yet in the tree
    open_exchange     opened and not closed; what start-up closes after a crash
    entry             the log: index, leaf, leaf hash
    tree              one row: size, root and peaks over `entry`
    checkpoint        one row: the last signed note
    api_key           who may call

A record moves writer → inbox → entry and nowhere else; no row of `entry` is ever changed.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    TypeDecorator,
)
from sqlmodel import Field, SQLModel

BIG = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both; SQLite numbers its rows by itself only where the type reads INTEGER."""

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that a later migration can find them on either database."""


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC on the way in."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Make aware, in UTC, on the way out."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Row(SQLModel):
    """What the tables share: their own metadata, apart from any other SQLModel program's."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


class WriterRow(Row, table=True):
    """Where a writer's chain ends."""

    __tablename__ = "writer"

    name: str = Field(primary_key=True, max_length=64)
    epoch: int = Field(sa_type=BIG)
    """From 1; a row exists from the first record on."""
    sequence: int = Field(sa_type=BIG)
    """Sequence of its last record in that epoch."""
    leaf_hash: bytes = Field(sa_type=LargeBinary)
    """Leaf hash of that record, 32 bytes."""


class InboxRow(Row, table=True):
    """A record that is durable and waits for its index."""

    __tablename__ = "inbox"

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    """Rises along each writer's chain. Between writers a smaller id may appear later, and an
    aborted transaction leaves a gap: neither matters to the order within a chain."""
    leaf: bytes = Field(sa_type=LargeBinary)


class OpenExchangeRow(Row, table=True):
    """An exchange whose opening record is durable and whose closing record is not."""

    __tablename__ = "open_exchange"

    exchange: str = Field(primary_key=True, max_length=64)
    writer: str = Field(index=True, max_length=64)
    epoch: int = Field(sa_type=BIG)


class EntryRow(Row, table=True):
    """One leaf of the log."""

    __tablename__ = "entry"

    leaf_index: int = Field(
        primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False}
    )
    """From 0, without gaps."""
    leaf: bytes = Field(sa_type=LargeBinary)
    leaf_hash: bytes = Field(sa_type=LargeBinary)
    """SHA-256(0x00 || leaf); the publisher computes it again from `leaf` before it signs."""


class TreeRow(Row, table=True):
    """The tree over all entries; its (size, root) fences the integrators."""

    __tablename__ = "tree"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    size: int = Field(sa_type=BIG)
    root: bytes = Field(sa_type=LargeBinary)
    peaks: bytes = Field(sa_type=LargeBinary)
    """Roots of the complete subtrees, largest first, 32 bytes each, joined."""


class CheckpointRow(Row, table=True):
    """The last checkpoint; its (size, root) fences the publishers."""

    __tablename__ = "checkpoint"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    size: int = Field(sa_type=BIG)
    root: bytes = Field(sa_type=LargeBinary)
    note: bytes = Field(sa_type=LargeBinary)
    """The signed note, UTF-8."""


class ApiKeyRow(Row, table=True):
    """An API key, without what is needed to use it."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True, max_length=64)
    digest: bytes = Field(sa_type=LargeBinary)
    label: str
    purposes: list[str] = Field(sa_type=JSON)
    created: datetime = Field(sa_type=Moment)
    revoked: datetime | None = Field(default=None, sa_type=Moment)
