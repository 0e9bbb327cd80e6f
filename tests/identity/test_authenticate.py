"""From the word in the header to the principal."""

import asyncio
import hashlib
import hmac
import threading
from base64 import b32decode
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import fakes
from euguard.errors import AuthenticationError, UnavailableError
from euguard.identity.authenticate import CACHED_KEYS, CACHED_MISSES, LOOKUPS, Authenticator
from euguard.identity.keys import StoredKey, mint
from euguard.identity.principal import Principal
from euguard.terms import KeyId, PurposeId

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LETTERS = PurposeId("drafting-letters")


class Ticking:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


def minted() -> tuple[str, StoredKey]:
    return mint(label="town hall", purposes=[LETTERS], now=NOW)


def same_id(name: KeyId) -> Callable[[int], bytes]:
    return lambda size: b32decode(name.upper()) if size == 10 else bytes(size)


class House:
    """One valid key, its store, a clock and the authenticator between them."""

    def __init__(self) -> None:
        self.presented, self.stored = minted()
        self.store = fakes.InMemoryKeyStore(self.stored)
        self.clock = Ticking()
        self.door = Authenticator(self.store, self.clock)

    async def knock(self, presented: str | None = None) -> Principal:
        return await self.door.authenticate(presented or self.presented)


def test_a_valid_key_is_its_principal() -> None:
    house = House()

    principal = asyncio.run(house.knock())

    assert principal.key == house.stored.id
    assert principal.purposes == (LETTERS,)


def test_the_secret_of_a_principal_is_derived_and_not_the_stored_hash() -> None:
    presented, stored = mint(
        label="", purposes=[LETTERS], now=NOW, random=lambda size: bytes(range(size))
    )
    door = Authenticator(fakes.InMemoryKeyStore(stored), Ticking())

    principal = asyncio.run(door.authenticate(presented))

    expected = hmac.new(bytes(range(32)), b"euguard/v1/pseudonyms", hashlib.sha256).digest()
    assert principal.secret == expected
    assert principal.secret != stored.digest
    assert "secret" not in repr(principal)


@pytest.mark.parametrize("presented", [None, "", "eg_", "sk-none"])
def test_no_key_and_nonsense_are_answered_alike_and_ask_nobody(presented: str | None) -> None:
    house = House()

    with pytest.raises(AuthenticationError, match="missing, unknown or revoked"):
        asyncio.run(house.door.authenticate(presented))

    assert house.store.lookups == 0


def test_an_unknown_key_a_wrong_secret_and_a_revoked_key_are_answered_alike() -> None:
    house = House()
    unknown, _ = minted()
    wrong, _ = mint(label="", purposes=[LETTERS], now=NOW, random=same_id(house.stored.id))
    revoked, kept = minted()
    house.store.add(kept)
    house.store.revoke(kept.id, NOW)
    answers = set()

    for presented in (unknown, wrong, revoked):
        with pytest.raises(AuthenticationError) as caught:
            asyncio.run(house.knock(presented))
        answers.add((str(caught.value), caught.value.fix))

    assert len(answers) == 1


def test_a_busy_key_is_looked_up_once_in_two_seconds() -> None:
    house = House()

    async def busy() -> None:
        for _ in range(100):
            await house.knock()

    asyncio.run(busy())

    assert house.store.lookups == 1


def test_a_revoked_key_stops_working_within_two_seconds() -> None:
    house = House()

    async def revoke_and_wait() -> None:
        await house.knock()
        house.store.revoke(house.stored.id, NOW)
        house.clock.seconds += 1.9
        await house.knock()
        house.clock.seconds += 0.1
        with pytest.raises(AuthenticationError):
            await house.knock()

    asyncio.run(revoke_and_wait())


def test_a_slow_look_up_does_not_lengthen_the_life_of_what_it_found() -> None:
    house = House()
    find = house.store.find

    class Slow(fakes.InMemoryKeyStore):
        def find(self, key: KeyId) -> StoredKey | None:
            house.clock.seconds += 1.5
            return find(key)

    door = Authenticator(Slow(), house.clock)

    async def twice() -> None:
        await door.authenticate(house.presented)
        house.clock.seconds += 0.6
        await door.authenticate(house.presented)

    asyncio.run(twice())

    assert house.store.lookups == 2


def test_a_new_key_works_at_once_and_a_missed_one_within_two_seconds() -> None:
    house = House()
    presented, stored = minted()

    async def missed_then_added() -> Principal:
        with pytest.raises(AuthenticationError):
            await house.knock(presented)
        house.store.add(stored)
        house.clock.seconds += 2.0
        return await house.knock(presented)

    assert asyncio.run(missed_then_added()).key == stored.id


def test_the_store_is_asked_off_the_event_loop() -> None:
    house = House()

    asyncio.run(house.knock())

    assert threading.get_ident() not in house.store.threads


def test_a_store_that_is_down_is_said_to_be_down() -> None:
    house = House()
    house.store.down = True

    with pytest.raises(UnavailableError):
        asyncio.run(house.knock())


def test_a_key_seen_just_now_outlives_a_short_outage_and_then_fails_closed() -> None:
    house = House()

    async def outage() -> None:
        await house.knock()
        house.store.down = True
        await house.knock()
        house.clock.seconds += 2.0
        with pytest.raises(UnavailableError):
            await house.knock()
        house.store.down = False
        await house.knock()

    asyncio.run(outage())


def test_invented_keys_fill_a_shelf_of_their_own_and_no_more() -> None:
    house = House()

    async def flood() -> None:
        await house.knock()
        for _ in range(CACHED_MISSES + 200):
            presented, _ = minted()
            with pytest.raises(AuthenticationError):
                await house.knock(presented)
        await house.knock()

    asyncio.run(flood())

    assert house.store.lookups == 1 + CACHED_MISSES + 200
    assert len(house.door._misses._entries) == CACHED_MISSES
    assert len(house.door._keys._entries) == 1 <= CACHED_KEYS


def test_a_repeated_invented_key_costs_one_look_up() -> None:
    house = House()
    presented, _ = minted()

    async def again() -> None:
        for _ in range(5):
            with pytest.raises(AuthenticationError):
                await house.knock(presented)

    asyncio.run(again())

    assert house.store.lookups == 1


def test_a_hundred_requests_at_once_share_few_look_ups() -> None:
    house = House()
    at_once, most, lock = 0, 0, threading.Lock()
    find = house.store.find

    class Counting(fakes.InMemoryKeyStore):
        def find(self, key: KeyId) -> StoredKey | None:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            found = find(key)
            with lock:
                at_once -= 1
            return found

    door = Authenticator(Counting(), house.clock)

    async def crowd() -> list[Principal]:
        return await asyncio.gather(*(door.authenticate(house.presented) for _ in range(100)))

    assert len(asyncio.run(crowd())) == 100
    assert most <= LOOKUPS
    assert house.store.lookups <= LOOKUPS
