"""Real databases for tests: a SQLite file, and a PostgreSQL server of the tests' own."""

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psutil
import psycopg
from sqlalchemy import make_url

from euguard.adapters.sql import schema
from euguard.adapters.sql.database import Database

START_SECONDS = 60.0


class Postgres:
    """A PostgreSQL server of the test's own, on a Unix socket, with fsync on."""

    def __init__(self, folder: Path) -> None:
        self._bin = _binaries()
        self._folder = folder
        self._numbers = itertools.count()
        self._run("initdb", "-D", self.data, "-U", "euguard", "-A", "trust", "--no-instructions")
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{folder}'\n")
            settings.write("shared_buffers = 64MB\nmax_connections = 60\n")
        self.start()

    @property
    def data(self) -> str:
        return str(self._folder / "data")

    def start(self) -> None:
        """Start, after a crash with its recovery."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._control("start", "-w", "-t", "240", "-l", str(self._folder / "log"))
            except AssertionError:
                # Processes that die slowly on a busy disk still hold the old server's memory.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
            else:
                return

    def stop(self, mode: str = "immediate") -> None:
        self._control("stop", "-w", "-m", mode)

    @property
    def conninfo(self) -> str:
        """How a test that looks inside connects."""
        return f"host={self._folder} user=euguard dbname=postgres"

    def fresh(self) -> str:
        """Return the URL of a new and empty database."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://euguard@/{name}?host={self._folder}"

    def copy(self, url: str) -> str:
        """Return the URL of a copy of a database that nobody is connected to."""
        name = str(make_url(url).database)
        copy = f"{name}_copy"
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name}".encode())
        return url.replace(f"/{name}?", f"/{copy}?")

    def freeze(self) -> None:
        """Stop every process of the server where it is, as a machine that is out of memory does."""
        for process in self._processes():
            process.suspend()

    def thaw(self) -> None:
        """Let them go on."""
        for process in self._processes():
            process.resume()

    def _processes(self) -> list[psutil.Process]:
        number = Path(self.data, "postmaster.pid").read_text().split()[0]
        master = psutil.Process(int(number))
        return [master, *master.children(recursive=True)]

    def cut_connections(self) -> None:
        """End every connection but this one's own, whatever it is doing."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )

    @contextlib.contextmanager
    def without_fsync(self) -> Iterator[None]:
        """Run as nobody should."""
        self._set("ALTER SYSTEM SET fsync TO off")
        try:
            yield
        finally:
            self._set("ALTER SYSTEM RESET fsync")

    def _set(self, statement: LiteralString) -> None:
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(statement)
        self._control("reload")
        deadline = time.monotonic() + 10
        wanted = "off" if statement.endswith("off") else "on"
        while not self._shows(wanted):
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def _shows(self, fsync: str) -> bool:
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            return connection.execute("SHOW fsync").fetchone() == (fsync,)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", self.data, *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_unprivileged(), str(self._bin / program), *arguments]
        # A server would keep a pipe open for its whole life; it has a log file.
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", check=False
        )
        log = self._folder / "log"
        said = log.read_text()[-2000:] if done.returncode and log.exists() else ""
        assert done.returncode == 0, f"{program} {arguments[2:]} ended so: {done}\n{said}"


def _binaries() -> Path:
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    places += [version.parent for version in versions]
    assert places, "these tests need PostgreSQL (initdb on the PATH or in /usr/lib/postgresql)"
    return places[-1]


def _unprivileged() -> list[str]:
    """Return what starts a program as somebody else: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    user = _user()
    numbers = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return ["setpriv", *numbers]


def _user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    # A socket's path has at most 107 bytes: not under pytest's own folder.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        os.chown(folder, _user().pw_uid, _user().pw_gid)
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def sqlite_url(folder: Path) -> str:
    """Return the URL of a file that does not exist yet."""
    return f"sqlite:///{folder / 'euguard.db'}"


@contextlib.contextmanager
def upgraded(url: str) -> Iterator[Database]:
    """Give the database at the newest revision, and close it."""
    schema.upgrade(url)
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
