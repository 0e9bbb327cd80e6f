import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from databases import Postgres, sqlite_url, upgraded
from euguard.adapters.sql import schema
from euguard.adapters.sql.database import Database
from euguard.adapters.sql.tables import Row
from euguard.errors import ConfigurationError, UnavailableError


def sqlite(request: pytest.FixtureRequest) -> str:
    folder: Path = request.getfixturevalue("tmp_path")
    return sqlite_url(folder)


def postgresql(request: pytest.FixtureRequest) -> str:
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh()


@pytest.fixture(params=[sqlite, pytest.param(postgresql, marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    build: Callable[[pytest.FixtureRequest], str] = request.param
    return build(request)


def test_an_empty_database_is_not_current_until_it_is_upgraded(url: str) -> None:
    assert not schema.is_current(url)

    schema.upgrade(url)

    assert schema.is_current(url)


def test_an_upgrade_of_a_current_database_changes_nothing(url: str) -> None:
    schema.upgrade(url)

    schema.upgrade(url)

    assert schema.is_current(url)


def test_the_revisions_build_exactly_the_tables(url: str) -> None:
    schema.upgrade(url)

    database = Database(url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Row.metadata)
    database.close()
    assert differences == []


def test_a_database_of_an_unknown_revision_is_neither_current_nor_upgraded(url: str) -> None:
    schema.upgrade(url)
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    assert not schema.is_current(url)
    with pytest.raises(ConfigurationError, match="does not know"):
        schema.upgrade(url)


def test_asking_for_a_file_does_not_create_it(tmp_path: Path) -> None:
    assert not schema.is_current(sqlite_url(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_the_file_and_its_log_are_for_their_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        schema.upgrade(sqlite_url(tmp_path))
        database = Database(sqlite_url(tmp_path))
        with database.write() as connection:
            connection.execute(text("DELETE FROM inbox"))
        modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        database.close()
    finally:
        os.umask(old)

    assert modes == {0o600}


def test_a_folder_that_is_missing_is_said_by_its_cause(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="ENOENT"):
        schema.upgrade(sqlite_url(tmp_path / "missing"))


def test_a_database_holds_records_once_somebody_has_written_to_it(url: str) -> None:
    empty = schema.holds_records(url)
    with upgraded(url) as database:
        upgraded_only = schema.holds_records(url)
        with database.write() as connection:
            row = "INSERT INTO writer (name, epoch, sequence, leaf_hash) VALUES ('g', 1, 0, '')"
            connection.execute(text(row))

    assert (empty, upgraded_only, schema.holds_records(url)) == (False, False, True)
