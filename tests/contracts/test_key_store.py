"""What every `identity.keys.KeyStore` keeps to: the fake, SQLite and PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import fakes
from databases import Postgres, sqlite_url, upgraded
from euguard.adapters.sql.api_keys import ApiKeyStore
from euguard.identity.keys import KeyStore, StoredKey, mint
from euguard.terms import KeyId, PurposeId

NOW = datetime(2026, 11, 25, 9, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyStore]:
    if request.param == "memory":
        yield fakes.InMemoryKeyStore()
        return
    url = sqlite_url(tmp_path)
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.fresh()
    with upgraded(url) as database:
        yield ApiKeyStore(database)


def key(*purposes: str, at: datetime = NOW, label: str = "the town's letters") -> StoredKey:
    return mint(label=label, purposes=[PurposeId(name) for name in purposes or ("a",)], now=at)[1]


def test_a_key_comes_back_as_it_was_added(store: KeyStore) -> None:
    kept = key("drafting-letters", "public-information", label="Bürgerbüro, 2. Stock")

    store.add(kept)

    assert store.find(kept.id) == kept


def test_an_unknown_id_is_no_key(store: KeyStore) -> None:
    store.add(key())

    assert store.find(KeyId("a" * 16)) is None


def test_an_empty_store_has_no_keys(store: KeyStore) -> None:
    assert store.all() == ()


def test_all_keys_come_oldest_first(store: KeyStore) -> None:
    third, first, second = (key(at=NOW + timedelta(seconds=n)) for n in (3, 1, 2))
    for one in (third, first, second):
        store.add(one)

    assert store.all() == (first, second, third)


def test_a_revoked_key_is_found_with_its_time(store: KeyStore) -> None:
    kept = key()
    store.add(kept)

    assert store.revoke(kept.id, NOW + timedelta(hours=1))

    found = store.find(kept.id)
    assert found is not None
    assert found.revoked == NOW + timedelta(hours=1)
    assert (found.digest, found.created) == (kept.digest, kept.created)


def test_a_key_is_revoked_once_and_the_first_time_stays(store: KeyStore) -> None:
    kept = key()
    store.add(kept)
    store.revoke(kept.id, NOW)

    assert not store.revoke(kept.id, NOW + timedelta(days=1))

    found = store.find(kept.id)
    assert found is not None
    assert found.revoked == NOW


def test_what_does_not_exist_cannot_be_revoked(store: KeyStore) -> None:
    assert not store.revoke(KeyId("a" * 16), NOW)


def test_times_come_back_aware_and_to_the_microsecond(store: KeyStore) -> None:
    kept = key()
    store.add(kept)

    found = store.find(kept.id)

    assert found is not None
    assert found.created == NOW
    assert found.created.utcoffset() == timedelta(0)
