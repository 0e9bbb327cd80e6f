"""What every `audit.store.Store` keeps to: the fake, SQLite and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import fakes
from databases import Postgres, sqlite_url, upgraded
from euguard.adapters.sql.log_store import BATCH, LogStore
from euguard.audit.store import NO_TAIL, Arrival, Store, Tail, Tree
from euguard.errors import IntegrityError
from euguard.terms import ExchangeId
from euguard.tlog import merkle

ANNA, BORIS = ExchangeId("0198-anna"), ExchangeId("0198-boris")


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield fakes.InMemoryStore()
        return
    url = sqlite_url(tmp_path)
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.fresh()
    with upgraded(url) as database:
        yield LogStore(database)


def arrival(text: str, *, opens: str = "", closes: str = "") -> Arrival:
    leaf = text.encode()
    return Arrival(
        leaf,
        merkle.leaf_hash(leaf),
        opens=ExchangeId(opens) if opens else None,
        closes=ExchangeId(closes) if closes else None,
    )


def append(store: Store, *arrivals: Arrival, writer: str = "a") -> Tail:
    after = store.tail(writer)
    tail = Tail(after.epoch or 1, after.sequence + len(arrivals), arrivals[-1].leaf_hash)
    assert store.append(writer, arrivals, after=after, tail=tail)
    return tail


def log(store: Store) -> list[bytes]:
    return list(store.leaves(0, store.tree().size))


# ------------------------------------------------------------------ append


def test_a_writer_without_records_has_no_tail(store: Store) -> None:
    assert store.tail("a") == NO_TAIL


def test_an_append_moves_the_tail_of_its_writer_alone(store: Store) -> None:
    tail = append(store, arrival("one"))

    assert store.tail("a") == tail
    assert store.tail("b") == NO_TAIL


@pytest.mark.parametrize(
    "change",
    [{"epoch": 2}, {"sequence": 7}, {"leaf_hash": bytes(32)}],
    ids=["epoch", "sequence", "hash"],
)
def test_an_append_after_another_tail_changes_nothing(
    store: Store, change: dict[str, int | bytes]
) -> None:
    tail = append(store, arrival("one", opens=ANNA))
    values: dict[str, int | bytes] = {
        "epoch": tail.epoch,
        "sequence": tail.sequence,
        "leaf_hash": tail.leaf_hash,
    }
    wrong = Tail(**(values | change))  # type: ignore[arg-type]  # the table keeps the types

    appended = store.append("a", [arrival("two", closes=ANNA)], after=wrong, tail=wrong)

    assert not appended
    assert store.tail("a") == tail
    assert store.left_open("a") == {ANNA: 1}
    assert store.integrate(10) == 1


def test_an_append_of_nothing_is_compared_like_any_other(store: Store) -> None:
    tail = append(store, arrival("one"))

    assert store.append("a", [], after=tail, tail=tail)
    assert not store.append("a", [], after=NO_TAIL, tail=NO_TAIL)

    assert store.tail("a") == tail
    assert store.integrate(10) == 1


def test_a_writer_begins_once(store: Store) -> None:
    append(store, arrival("one"))

    assert not store.append("a", [arrival("two")], after=NO_TAIL, tail=Tail(1, 0, bytes(32)))

    assert store.integrate(10) == 1


def test_what_is_opened_stays_open_until_it_is_closed(store: Store) -> None:
    append(store, arrival("one", opens=ANNA), arrival("two", opens=BORIS))
    append(store, arrival("three", closes=ANNA))

    assert store.left_open("a") == {BORIS: 1}
    assert store.left_open("b") == {}


def test_an_exchange_may_be_opened_and_closed_in_one_commit(store: Store) -> None:
    append(store, arrival("one", opens=ANNA), arrival("two", closes=ANNA))

    assert store.left_open("a") == {}


# ------------------------------------------------------------------ integrate


def test_an_empty_log_is_the_empty_tree(store: Store) -> None:
    assert store.tree() == Tree(0, merkle.EMPTY_ROOT)
    assert store.integrate(10) == 0


def test_a_record_has_no_index_before_it_is_integrated(store: Store) -> None:
    append(store, arrival("one"))

    assert store.tree().size == 0

    assert store.integrate(10) == 1
    assert log(store) == [b"one"]


def test_what_waits_is_counted(store: Store) -> None:
    assert store.waiting() == 0

    append(store, arrival("one"), arrival("two"))
    assert store.waiting() == 2

    store.integrate(1)
    assert store.waiting() == 1


def test_nothing_is_integrated_when_one_leaf_does_not_pass(store: Store) -> None:
    append(store, arrival("one"), arrival("two"))
    seen: list[bytes] = []

    def check(leaf: bytes) -> None:
        seen.append(leaf)
        if leaf == b"two":
            msg = "not this one"
            raise IntegrityError(msg)

    with pytest.raises(IntegrityError, match="not this one"):
        store.integrate(10, check)

    assert seen == [b"one", b"two"]
    assert store.tree().size == 0
    assert store.integrate(1, check) == 1


def test_the_tree_is_the_one_over_all_leaves(store: Store) -> None:
    texts = [f"record {number}" for number in range(23)]
    append(store, *map(arrival, texts))
    while store.integrate(5):
        pass

    hashes = [merkle.leaf_hash(text.encode()) for text in texts]
    assert store.tree() == Tree(23, merkle.root(hashes))
    assert log(store) == [text.encode() for text in texts]


def test_no_more_is_integrated_than_asked_for(store: Store) -> None:
    append(store, *(arrival(f"{number}") for number in range(7)))

    assert [store.integrate(3) for _ in range(4)] == [3, 3, 1, 0]


def test_each_writers_records_keep_their_order(store: Store) -> None:
    for number in range(20):
        append(store, arrival(f"a{number}"), writer="a")
        append(store, arrival(f"b{number}"), writer="b")
        store.integrate(3)
    while store.integrate(3):
        pass

    leaves = [leaf.decode() for leaf in log(store)]
    for writer in "ab":
        own = [leaf for leaf in leaves if leaf.startswith(writer)]
        assert own == [f"{writer}{number}" for number in range(20)]


def test_leaves_are_read_from_any_index_to_any_other(store: Store) -> None:
    append(store, *(arrival(f"{number}") for number in range(BATCH + 3)))
    store.integrate(2 * BATCH)

    assert list(store.leaves(BATCH - 1, BATCH + 2)) == [
        f"{number}".encode() for number in range(BATCH - 1, BATCH + 2)
    ]
    assert list(store.leaves(4, 4)) == []
    assert len(log(store)) == BATCH + 3


def test_a_missing_leaf_is_an_error_and_not_an_end(store: Store) -> None:
    append(store, arrival("one"))
    store.integrate(10)

    with pytest.raises(IntegrityError, match="index 1 is missing"):
        list(store.leaves(0, 2))


# ------------------------------------------------------------------ publish


def test_before_the_first_checkpoint_there_is_none(store: Store) -> None:
    assert store.published() is None
    assert store.checkpoint() is None


def test_a_checkpoint_replaces_the_one_it_comes_after(store: Store) -> None:
    first, second = Tree(1, b"1" * 32), Tree(2, b"2" * 32)

    assert store.publish(b"first", first, after=None)
    assert store.publish(b"second", second, after=first)

    assert store.published() == second
    assert store.checkpoint() == b"second"


@pytest.mark.parametrize(
    "after",
    [None, Tree(2, b"1" * 32), Tree(1, b"2" * 32)],
    ids=["none", "size", "root"],
)
def test_a_checkpoint_after_another_changes_nothing(store: Store, after: Tree | None) -> None:
    store.publish(b"first", Tree(1, b"1" * 32), after=None)

    assert not store.publish(b"second", Tree(3, b"3" * 32), after=after)

    assert store.checkpoint() == b"first"
