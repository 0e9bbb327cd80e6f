import logging
import sqlite3
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from databases import Postgres, sqlite_url, upgraded
from euguard.adapters.sql import schema
from euguard.adapters.sql.api_keys import ApiKeyStore
from euguard.adapters.sql.database import Database
from euguard.errors import ConfigurationError, LogUnavailableError, UnavailableError
from euguard.identity.keys import mint
from euguard.terms import PurposeId

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    with upgraded(sqlite_url(tmp_path)) as database:
        yield database


def asked(database: Database, question: str) -> object:
    with database.read() as connection:
        return connection.execute(text(question)).scalar_one()


# ------------------------------------------------------------------ durability


@pytest.mark.parametrize(
    "pragma, value",
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 4000)],
)
def test_sqlite_commits_to_the_disk(sqlite: Database, pragma: str, value: object) -> None:
    assert asked(sqlite, f"PRAGMA {pragma}") == value


def test_a_sqlite_writer_has_the_lock_before_its_first_statement(
    sqlite: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "euguard.db", timeout=0, isolation_level=None)
    with sqlite.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


@pytest.mark.postgres
def test_postgresql_commits_to_the_disk(postgres: Postgres) -> None:
    with upgraded(postgres.fresh()) as database:
        assert asked(database, "SHOW fsync") == "on"
        assert asked(database, "SHOW synchronous_commit") == "on"


@pytest.mark.postgres
def test_a_server_that_promises_less_is_asked_for_more(postgres: Postgres) -> None:
    url = postgres.fresh()
    with upgraded(url) as database, database.write() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit TO off"))

    with upgraded(url) as database:
        assert asked(database, "SHOW synchronous_commit") == "on"


@pytest.mark.postgres
def test_a_server_that_promises_more_keeps_its_promise(postgres: Postgres) -> None:
    url = postgres.fresh()
    with upgraded(url) as database, database.write() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit TO remote_apply"))

    with upgraded(url) as database:
        assert asked(database, "SHOW synchronous_commit") == "remote_apply"


@pytest.mark.postgres
def test_a_server_without_fsync_is_refused(postgres: Postgres) -> None:
    url = postgres.fresh()
    with postgres.without_fsync(), pytest.raises(ConfigurationError, match="fsync=off"):
        schema.upgrade(url)


# ------------------------------------------------------------------ the setting


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sesame",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:sesame?uri=true",
        "sqlite+aiosqlite:////srv/sesame.db",
        "mysql://euguard:sesame@db/log",
        "postgresql://euguard:sesame@db/log",
        "postgresql+asyncpg://euguard:sesame@db/log",
        "postgresql+psycopg://euguard:sesame@db:port/log",
    ],
)
def test_a_url_of_another_kind_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Database(url)

    assert "sesame" not in caught.value.message
    assert "sqlite:////path" in caught.value.fix


# ------------------------------------------------------------------ what is said of a failure


def test_a_database_that_has_gone_is_not_made_anew(sqlite: Database, tmp_path: Path) -> None:
    sqlite.close()
    (tmp_path / "euguard.db").unlink()

    for transaction in (sqlite.read, sqlite.write):
        with (
            pytest.raises(LogUnavailableError, match="ENOENT") as caught,
            transaction(LogUnavailableError),
        ):
            pass
        assert str(tmp_path / "euguard.db") in caught.value.fix

    assert not (tmp_path / "euguard.db").exists()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "euguard.db").write_text("not a database, " * 1000)

    database = Database(sqlite_url(tmp_path))

    with pytest.raises(UnavailableError, match="SQLITE_NOTADB") as caught, database.read():
        pass

    assert "no SQLite database" in caught.value.message
    assert str(tmp_path) not in caught.value.message
    assert str(tmp_path / "euguard.db") in caught.value.fix


def test_a_file_that_is_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "euguard.db").mkdir()

    with (
        pytest.raises(UnavailableError, match="cannot be opened: SQLITE_CANTOPEN") as caught,
        Database(sqlite_url(tmp_path)).read(),
    ):
        pass

    assert f"read and write {tmp_path / 'euguard.db'} and its folder" in caught.value.fix


@pytest.mark.postgres
def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path: Path) -> None:
    database = Database(f"postgresql+psycopg://euguard:sesame@/log?host={tmp_path}")

    with pytest.raises(UnavailableError) as caught, database.read():
        pass

    assert "no server answers there" in caught.value.message
    assert "sesame" not in caught.value.message + caught.value.fix


def test_the_values_of_a_refused_statement_are_not_quoted(sqlite: Database) -> None:
    keys = ApiKeyStore(sqlite)
    _, key = mint(label="Anna Vogelsang", purposes=[PurposeId("a")], now=NOW)
    keys.add(key)

    with pytest.raises(UnavailableError, match="SQLITE_CONSTRAINT") as caught:
        keys.add(key)

    assert "Anna" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.postgres
def test_no_value_reaches_a_log_line_at_any_level(
    postgres: Postgres, sqlite: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy.engine", "sqlalchemy.pool", "alembic", "psycopg"):
        caplog.set_level(logging.DEBUG, logger=name)
    with upgraded(postgres.fresh()) as other:
        for database in (sqlite, other):
            keys = ApiKeyStore(database)
            _, key = mint(label="Anna Vogelsang", purposes=[PurposeId("a")], now=NOW)
            keys.add(key)
            assert keys.find(key.id) == key
            assert keys.all() == (key,)

    assert caplog.records
    assert "Vogelsang" not in caplog.text


@pytest.mark.postgres
def test_a_connection_that_is_refused_its_settings_is_closed(postgres: Postgres) -> None:
    url = postgres.fresh()
    with postgres.without_fsync():
        for _ in range(3):
            database = Database(url)
            with pytest.raises(ConfigurationError), database.read():
                pass
        with psycopg.connect(postgres.conninfo, autocommit=True) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE starts_with(datname, 'test_')"
            ).fetchone()
    assert row == (0,)
