"""The API keys, for the commands that manage them."""

from collections.abc import Iterator
from contextlib import contextmanager

from euguard.bootstrap.needing import needing
from euguard.bootstrap.shared import current_database
from euguard.identity.keys import KeyStore
from euguard.settings import Settings


@contextmanager
def key_store(settings: Settings) -> Iterator[KeyStore]:
    """Open the API keys."""
    with needing("gateway"):
        from euguard.adapters.sql.api_keys import ApiKeyStore
        from euguard.adapters.sql.database import Database
    database = Database(current_database(settings))
    try:
        yield ApiKeyStore(database)
    finally:
        database.close()
