"""What several commands and the gateway are wired from: policies, clock, key, database, log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from euguard import __version__
from euguard.audit.log import Log
from euguard.audit.publish import Publisher
from euguard.bootstrap.needing import needing
from euguard.errors import ConfigurationError, LogForkedError
from euguard.exchange.ports import Clock
from euguard.policy.schema import PolicySet, load
from euguard.settings import Settings
from euguard.tlog.note import Signer

if TYPE_CHECKING:
    from euguard.adapters.sql.log_store import LogStore


def policies(settings: Settings) -> PolicySet:
    """Load the policies."""
    return load(settings.policy_folder)


def clock() -> Clock:
    """Return the real clock."""
    from euguard.adapters.clock import SystemClock

    return SystemClock()


def signer(settings: Settings) -> Signer:
    """Load the log's signing key.

    Raises:
        ConfigurationError: no key yet, one that others can read, or one of another origin.

    """
    with needing("gateway"):
        from euguard.adapters import keys
    loaded = keys.load(settings.log_key)
    if loaded.verifier.name != settings.origin:
        msg = f"the key in {settings.log_key} is of another log than `origin` says"
        raise ConfigurationError(msg, fix="set `origin` back: the name of a log never changes")
    return loaded


def current_database(settings: Settings) -> str:
    """Return the URL of the database, which has this release's tables.

    Raises:
        ConfigurationError: it is not there, or of another version.

    """
    from euguard.adapters.sql import schema

    url = settings.database_url
    with needing("postgres"):
        current = schema.is_current(url)
    if not current:
        msg = "the database is not there, or was made by another version of euguard"
        raise ConfigurationError(msg, fix="run `euguard init` with the same settings")
    return url


@contextmanager
def log_store(settings: Settings) -> Iterator["LogStore"]:
    """Open the store of the log."""
    with needing("gateway"):
        from euguard.adapters.sql.database import Database
        from euguard.adapters.sql.log_store import LogStore
    database = Database(current_database(settings))
    try:
        yield LogStore(database)
    finally:
        database.close()


def writer(  # noqa: PLR0913  all that a writer is made of
    settings: Settings,
    store: "LogStore",
    now: Clock,
    policy: str,
    *,
    name: str,
    forked: Callable[[], LogForkedError | None] = lambda: None,
) -> Log:
    """Return a writer of the log, not started."""
    return Log(
        store,
        writer=name,
        software=__version__,
        policy=policy,
        clock=now,
        lock=settings.state / f"{name}.lock",
        forked=forked,
    )


def publisher(settings: Settings, store: "LogStore") -> Publisher:
    """Return what signs the log."""
    return Publisher(
        store,
        signer(settings),
        origin=settings.origin,
        state=settings.signed_state,
    )
