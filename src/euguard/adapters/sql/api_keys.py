"""API keys in SQL: `identity.keys.KeyStore` on the table `api_key`."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select, update

from euguard.adapters.sql.database import Database
from euguard.adapters.sql.tables import ApiKeyRow
from euguard.identity.keys import StoredKey
from euguard.terms import KeyId, PurposeId

API_KEY = cast("Table", ApiKeyRow.__table__)  # type: ignore[attr-defined]  # SQLModel sets it


class ApiKeyStore:
    """The keys of one installation."""

    def __init__(self, database: Database) -> None:
        """Take the database, at the newest revision (`schema.upgrade`)."""
        self._database = database

    def find(self, key: KeyId) -> StoredKey | None:
        """Return the key, revoked or not."""
        with self._database.read() as connection:
            row = connection.execute(select(API_KEY).where(API_KEY.c.id == key)).one_or_none()
        return None if row is None else _stored(row)

    def add(self, key: StoredKey) -> None:
        """Keep a new key."""
        row = {
            "id": key.id,
            "digest": key.digest,
            "label": key.label,
            "purposes": list(key.purposes),
            "created": key.created,
            "revoked": key.revoked,
        }
        with self._database.write() as connection:
            connection.execute(insert(API_KEY).values(row))

    def all(self) -> tuple[StoredKey, ...]:
        """Return every key, oldest first."""
        query = select(API_KEY).order_by(API_KEY.c.created, API_KEY.c.id)
        with self._database.read() as connection:
            return tuple(_stored(row) for row in connection.execute(query))

    def revoke(self, key: KeyId, at: datetime) -> bool:
        """Mark the key revoked; the first time counts."""
        valid = (API_KEY.c.id == key, API_KEY.c.revoked.is_(None))
        statement = update(API_KEY).where(*valid).values(revoked=at)
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1


def _stored(row: Any) -> StoredKey:
    return StoredKey(
        id=KeyId(row.id),
        digest=row.digest,
        label=row.label,
        purposes=tuple(PurposeId(purpose) for purpose in row.purposes),
        created=row.created,
        revoked=row.revoked,
    )
