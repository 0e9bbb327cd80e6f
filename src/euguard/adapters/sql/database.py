"""One database, SQLite or PostgreSQL, opened so that a commit that returns is durable.

::

    sqlite:////var/lib/euguard/euguard.db
    postgresql+psycopg://euguard@/euguard?host=/run/postgresql

SQLite runs with a write-ahead log, `synchronous=FULL` and `BEGIN IMMEDIATE`; PostgreSQL must
have `fsync=on` and gets `synchronous_commit=on` where the server says less. Statements are never
logged with their parameters and results never at all, at any log level: labels of API keys may
name persons.

Source: https://www.sqlite.org/pragma.html#pragma_synchronous;
https://www.postgresql.org/docs/current/runtime-config-wal.html
"""

import contextlib
import errno
import itertools
import logging
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from euguard.errors import ConfigurationError, UnavailableError

BUSY_SECONDS = 4
"""How long SQLite waits for another process's write."""

CONNECT_SECONDS = 3
"""How long a PostgreSQL server may take to accept a connection."""

PATIENCE = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Parameters of libpq: over TCP, a server that has vanished is noticed within about ten seconds."""

STATEMENT_SECONDS = 60
"""How long one statement may run on PostgreSQL, a lock's wait included."""

_ROLE = "make it: sudo -u postgres createuser ROLE"
_NAME = "make it: sudo -u postgres createdb --owner ROLE NAME"
_SERVER = "start PostgreSQL, or set the host of `database` to the folder of its socket"
_LET_IN = "run euguard as the account of that name, or name a file with ?passfile= in the URL"

_UNCONNECTED = (
    (re.compile(r'role ".*" does not exist'), "there is no such role", _ROLE),
    (re.compile(r'database ".*" does not exist'), "there is no such database", _NAME),
    (re.compile("No such file|refused|translate host"), "no server answers there", _SERVER),
    (re.compile("authentication failed|no password"), "the role is not let in", _LET_IN),
)
"""How PostgreSQL says in English why there is no connection: libpq gives no SQLSTATE for it."""

_WRITABLE = "let the account that runs euguard read and write {path} and its folder"
_KEEP = "stop euguard, keep a copy of {path}, and find out what happened to it"

_SQLITE = {
    "SQLITE_CANTOPEN": ("the file cannot be opened", _WRITABLE),
    "SQLITE_CORRUPT": ("the file is damaged", _KEEP),
    "SQLITE_FULL": ("the disk is full", "make room on the disk of {path}"),
    "SQLITE_IOERR": ("the disk fails", _KEEP),
    "SQLITE_NOTADB": ("the file is no SQLite database", "put {path} back, or set `database`"),
    "SQLITE_READONLY": ("the file cannot be written", _WRITABLE),
}
"""Primary result code → what it means, and what to do. https://www.sqlite.org/rescode.html"""

_numbers = itertools.count()


class Database:
    """Hands out transactions; thread-safe.

    Raises:
        ConfigurationError: the URL is not one of the two above, or the server has `fsync=off`.

    """

    def __init__(self, url: str) -> None:
        """Take the URL; nothing is opened before the first transaction."""
        parsed = _checked(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._path = Path(parsed.database or "") if self.is_sqlite else None
        # Python's threads share the writes of one SQLite file without polling for its lock.
        self._writing = threading.Lock() if self.is_sqlite else contextlib.nullcontext()
        name = f"euguard-{next(_numbers)}"
        # At DEBUG the engine would log the rows it reads, whatever hide_parameters says.
        logging.getLogger(f"sqlalchemy.engine.Engine.{name}").setLevel(logging.WARNING)
        self._engine = create_engine(
            parsed,
            hide_parameters=True,
            logging_name=name,
            pool_size=4,
            max_overflow=4,
            pool_timeout=CONNECT_SECONDS,
            connect_args={} if self.is_sqlite else PATIENCE,
        )
        prepare = _prepare_sqlite if self.is_sqlite else _prepare_postgresql
        event.listen(self._engine, "connect", prepare)
        if self.is_sqlite:
            event.listen(self._engine, "begin", _begin_sqlite)

    @contextlib.contextmanager
    def write(self, unavailable: type[UnavailableError] = UnavailableError) -> Iterator[Connection]:
        """Open a transaction that may write; durable once the block has ended.

        Raises:
            UnavailableError: nothing is known to be written; or the subclass asked for.

        """
        with self._writing, _translated(unavailable, self._path):
            self._check_present()
            with self._engine.connect() as plain:
                connection = plain.execution_options(euguard_writes=True)
                with connection.begin():
                    yield connection

    @contextlib.contextmanager
    def read(self, unavailable: type[UnavailableError] = UnavailableError) -> Iterator[Connection]:
        """Open a transaction that only reads.

        Raises:
            UnavailableError: the database does not answer; or the subclass asked for.

        """
        with _translated(unavailable, self._path):
            self._check_present()
            with self._engine.connect() as connection, connection.begin():
                yield connection

    def exists(self) -> bool:
        """Tell whether the SQLite file is there; of PostgreSQL the server knows."""
        return self._path is None or self._path.exists()

    def create(self) -> None:
        """Make sure that the SQLite file is there, for its owner alone.

        Raises:
            UnavailableError: it cannot be created.

        """
        if self._path is not None:
            # SQLite would create it for everybody to read; its -wal and -shm inherit the mode.
            with _translated(UnavailableError, self._path), contextlib.suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _check_present(self) -> None:
        # SQLite would put an empty database where the file has gone.
        if not self.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def _checked(url: str) -> URL:
    fix = "write sqlite:////path/to/euguard.db or postgresql+psycopg://user@/name?host=/socket"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # not quoted: a URL may hold a password
        msg = "database: the setting is not a URL"
        raise ConfigurationError(msg, fix=fix) from None
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        msg = "database: the URL is neither of SQLite nor of PostgreSQL with psycopg"
        raise ConfigurationError(msg, fix=fix)
    if parsed.get_backend_name() == "sqlite" and (
        parsed.database in (None, "", ":memory:") or str(parsed.database).startswith("file:")
    ):
        msg = "database: the SQLite URL names no file"
        raise ConfigurationError(msg, fix=fix)
    return parsed


@contextlib.contextmanager
def _translated(unavailable: type[UnavailableError], path: Path | None) -> Iterator[None]:
    """Turn what the libraries raise into what a caller expects.

    The path stands in the fix alone: a message is also what a client of the gateway reads.
    """
    try:
        yield
    except SQLAlchemyError as error:  # its text may quote a row: the code alone goes on
        cause, fix = _cause(error, path)
        msg = f"database: it does not answer or refuses ({cause})"
        raise unavailable(msg, fix=fix) from None
    except OSError as error:
        named = errno.errorcode.get(error.errno or 0, "OSError")
        msg = f"database: its file cannot be had ({named})"
        raise unavailable(msg, fix=_WRITABLE.format(path=path)) from None


def _cause(error: SQLAlchemyError, path: Path | None) -> tuple[str, str]:
    """Name the cause as its maker does (SQLITE_FULL, 57P01, a class), and what to do about it."""
    original = error.orig if isinstance(error, DBAPIError) else None
    named = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None)
    if named:
        # An extended code begins with its primary one: SQLITE_READONLY_DIRECTORY.
        known = next((code for code in _SQLITE if str(named).startswith(code)), None)
        if known is None:
            return str(named), ""
        meaning, fix = _SQLITE[known]
        return f"{meaning}: {named}", fix.format(path=path)
    for pattern, cause, fix in _UNCONNECTED:
        if pattern.search(str(original)):
            return cause, fix
    return type(original or error).__name__, ""


def _begin_sqlite(connection: Connection) -> None:
    # Deferred, two writers that both read first would deadlock and one be refused.
    writes = connection.get_execution_options().get("euguard_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    with _closed_on_error(connection):
        connection.isolation_level = None  # the begin event says BEGIN, the driver does not
        for pragma, wanted in (
            (f"busy_timeout={BUSY_SECONDS * 1000}", BUSY_SECONDS * 1000),
            ("journal_mode=WAL", "wal"),
            ("synchronous=FULL", None),
            ("foreign_keys=ON", None),
        ):
            answer = connection.execute(f"PRAGMA {pragma}").fetchone()
            if wanted is not None and answer != (wanted,):
                msg = f"database: SQLite does not accept PRAGMA {pragma}"
                raise ConfigurationError(msg, fix="put the file on a local file system")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with _closed_on_error(connection), connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        if cursor.fetchone() != ("on",):
            msg = "database: PostgreSQL runs with fsync=off, so no record would be durable"
            raise ConfigurationError(msg, fix="set fsync = on in postgresql.conf")
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone() not in (("on",), ("remote_apply",)):
            cursor.execute("SET synchronous_commit TO on")
        cursor.execute(f"SET statement_timeout TO {STATEMENT_SECONDS * 1000}")
        connection.commit()


@contextlib.contextmanager
def _closed_on_error(connection: Any) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise
