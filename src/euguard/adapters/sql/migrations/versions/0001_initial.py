"""The log, its checkpoint and the API keys.

The tables stand here in full, not as imports of today's models: a revision must build what it
built on its first day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

EMPTY_ROOT = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
"""SHA-256 of nothing: root of the empty tree (RFC 6962 §2.1)."""


def upgrade() -> None:
    """Build the tables and the empty tree."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "writer",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("epoch", big, nullable=False),
        sa.Column("sequence", big, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_writer")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", big, nullable=False, autoincrement=True),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_table(
        "open_exchange",
        sa.Column("exchange", sa.String(64), nullable=False),
        sa.Column("writer", sa.String(64), nullable=False),
        sa.Column("epoch", big, nullable=False),
        sa.PrimaryKeyConstraint("exchange", name=op.f("pk_open_exchange")),
    )
    op.create_index(op.f("ix_open_exchange_writer"), "open_exchange", ["writer"])
    op.create_table(
        "entry",
        sa.Column("leaf_index", big, nullable=False, autoincrement=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_entry")),
    )
    tree = op.create_table(
        "tree",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("size", big, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("peaks", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree")),
        sa.CheckConstraint("id = 1", name=op.f("ck_tree_one_row")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("size", big, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        sa.CheckConstraint("id = 1", name=op.f("ck_checkpoint_one_row")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("purposes", sa.JSON, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )
    op.bulk_insert(tree, [{"id": 1, "size": 0, "root": EMPTY_ROOT, "peaks": b""}])
