"""Run by alembic: applies the revisions on the connection that `schema.py` hands over."""

from alembic import context

from euguard.adapters.sql.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    compare_type=True,
    render_as_batch=True,
)
context.run_migrations()
