"""The schema of the database: the revisions under migrations/, applied from code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, select, text

from euguard.adapters.sql.database import Database
from euguard.adapters.sql.tables import Row
from euguard.errors import ConfigurationError

_LOCK = 0x65756775617264
"""Key of the advisory lock under which PostgreSQL is upgraded: "euguard" in ASCII."""


def upgrade(url: str) -> None:
    """Bring the database to the newest revision; nothing happens if it is there.

    Raises:
        ConfigurationError: the URL is not one that `Database` takes, or a later version of euguard
            has made the database; nothing is changed.
        UnavailableError: the database does not answer; nothing is changed.

    """
    database = Database(url)
    try:
        database.create()
        with database.write() as connection:
            if not database.is_sqlite:  # two gateways may start at once
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            command.upgrade(_config(connection), "head")
    except CommandError:
        msg = "database: it is at a revision that this version of euguard does not know"
        raise ConfigurationError(msg, fix="install the version that made it") from None
    finally:
        database.close()


def is_current(url: str) -> bool:
    """Tell whether the database is at the newest revision.

    Raises:
        ConfigurationError: the URL is not one that `Database` takes.
        UnavailableError: the database does not answer.

    """
    database = Database(url)
    if not database.exists():
        return False
    try:
        with database.read() as connection:
            found = MigrationContext.configure(connection).get_current_heads()
            return set(found) == set(ScriptDirectory.from_config(_config(connection)).get_heads())
    finally:
        database.close()


def holds_records(url: str) -> bool:
    """Tell whether somebody has ever written to the log in this database, of any revision.

    Raises:
        ConfigurationError: the URL is not one that `Database` takes.
        UnavailableError: the database does not answer.

    """
    writer = Row.metadata.tables["writer"]
    database = Database(url)
    if not database.exists():
        return False
    try:
        with database.read() as connection:
            if not inspect(connection).has_table(writer.name):
                return False
            return connection.execute(select(writer.c.name).limit(1)).first() is not None
    finally:
        database.close()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
