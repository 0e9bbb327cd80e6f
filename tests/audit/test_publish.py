import contextlib
import fcntl
import stat
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import fakes
from chains import POLICY
from euguard.audit import publish, record
from euguard.audit.publish import Publisher, PublishLoop
from euguard.audit.record import Entry, Position, WriterStarted
from euguard.audit.store import Arrival, Tail, Tree
from euguard.errors import (
    ConfigurationError,
    IntegrityError,
    LogForkedError,
    LogUnavailableError,
    SignatureInvalidError,
)
from euguard.tlog import checkpoint, merkle
from euguard.tlog.checkpoint import Checkpoint
from euguard.tlog.note import Signer

ORIGIN = "log.example.eu"
PATIENCE = 20.0
"""Seconds until a test that waits for something gives up; nothing takes that long."""


@pytest.fixture
def signer() -> Signer:
    return Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture
def store() -> "AlterableStore":
    return AlterableStore()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "publisher.json"


class AlterableStore(fakes.InMemoryStore):
    """A store whose owner can do to it what a restored backup or an intruder does."""

    def __init__(self) -> None:
        super().__init__()
        self.claimed: Tree | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        self.at_each_commit: Callable[[], object] = lambda: None
        self.at_each_look: Callable[[], object] = lambda: None

    def truncate(self, size: int) -> None:
        del self._entries[size:]

    def alter(self, index: int) -> None:
        self._entries[index] = leaf("altered")

    def lose_checkpoint(self) -> None:
        self._checkpoint = None

    def replace_note(self, note: bytes) -> None:
        assert self._checkpoint is not None
        self._checkpoint = (note, self._checkpoint[1])

    def integrate(self, limit: int, check: Callable[[bytes], object] = bytes) -> int:
        taken = super().integrate(limit, check)
        self.at_each_commit()
        return taken

    def checkpoint(self) -> bytes | None:
        self.at_each_look()
        return super().checkpoint()

    def tree(self) -> Tree:
        return self.claimed or super().tree()

    def publish(self, note: bytes, tree: Tree, *, after: Tree | None) -> bool:
        self.meanwhile()
        return super().publish(note, tree, after=after)


def leaf(text: str) -> bytes:
    """Return a record that says `text`."""
    place = Position("a", 1, 0, bytes(32))
    said = WriterStarted(software=text, policy=POLICY)
    return record.leaf(Entry(datetime(2026, 11, 25, tzinfo=UTC), place, said))


def append(store: fakes.InMemoryStore, *texts: str) -> None:
    append_leaves(store, *map(leaf, texts))


def append_leaves(store: fakes.InMemoryStore, *leaves: bytes) -> None:
    after = store.tail("a")
    arrivals = [Arrival(leaf, merkle.leaf_hash(leaf)) for leaf in leaves]
    tail = Tail(1, after.sequence + len(leaves), arrivals[-1].leaf_hash)
    assert store.append("a", arrivals, after=after, tail=tail)


def says(texts: list[str]) -> Checkpoint:
    root = merkle.root([merkle.leaf_hash(leaf(text)) for text in texts])
    return Checkpoint(ORIGIN, len(texts), root)


def published(store: fakes.InMemoryStore, signer: Signer) -> Checkpoint:
    note = store.checkpoint()
    assert note is not None
    return checkpoint.open_checkpoint(note, [signer.verifier], ORIGIN)


# ------------------------------------------------------------------ the ordinary case


def test_an_empty_log_is_not_signed(store: AlterableStore, signer: Signer, state: Path) -> None:
    assert Publisher(store, signer, origin=ORIGIN, state=state).publish() is None

    assert store.checkpoint() is None


def test_what_has_arrived_is_integrated_and_signed(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one", "two", "three")

    said = Publisher(store, signer, origin=ORIGIN, state=state).publish()

    assert said == says(["one", "two", "three"])
    assert published(store, signer) == said
    assert store.published() == Tree(3, said.root)


def test_the_log_grows_from_checkpoint_to_checkpoint(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    texts: list[str] = []
    for size in (1, 2, 5, publish.BATCH + 1):
        fresh = [f"{len(texts) + n}" for n in range(size)]
        append(store, *fresh)
        texts += fresh

        assert publisher.publish() == says(texts)


def test_nothing_new_is_not_signed_again(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one")
    publisher.publish()

    assert publisher.publish() is None


def test_what_arrives_during_a_round_is_for_the_next(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    arriving = iter(range(publish.BATCH * 20))
    store.at_each_commit = lambda: append(store, *(f"{next(arriving)}" for _ in range(5)))
    append(store, "one", "two")

    said = Publisher(store, signer, origin=ORIGIN, state=state).publish()

    assert said == says(["one", "two"])


def test_a_backlog_is_signed_in_steps(store: AlterableStore, signer: Signer, state: Path) -> None:
    sizes: list[int] = []
    store.meanwhile = lambda: sizes.append(store.tree().size)
    texts = [f"{number}" for number in range(2 * publish.BATCH + 44)]
    append(store, *texts)

    said = Publisher(store, signer, origin=ORIGIN, state=state, step=0.0).publish()

    assert said == says(texts)
    assert sizes == [publish.BATCH, 2 * publish.BATCH, len(texts)]


def test_a_large_backlog_is_integrated_in_larger_transactions(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    sizes: list[int] = []
    store.at_each_commit = lambda: sizes.append(store.tree().size)
    texts = [f"{number}" for number in range(publish.LARGE * publish.BEHIND)]
    append(store, *texts)

    said = Publisher(store, signer, origin=ORIGIN, state=state).publish(most=1000)

    assert said == says(texts[:1000])
    assert sizes == [publish.LARGE, 1000]


def test_what_is_in_the_tree_is_signed_without_taking_in_more(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")
    store.integrate(1)
    append(store, "two")

    said = Publisher(store, signer, origin=ORIGIN, state=state).publish(most=0)

    assert said == says(["one"])
    assert store.waiting() == 1


def test_an_integrator_that_is_faster_leaves_nothing_to_wait_for(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")

    said = Publisher(store, signer, origin=ORIGIN, state=state).publish(most=5)

    assert said == says(["one"])


def test_another_process_goes_on_from_the_state_file(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")
    Publisher(store, signer, origin=ORIGIN, state=state).publish()
    append(store, "two")

    said = Publisher(store, signer, origin=ORIGIN, state=state).publish()

    assert said == says(["one", "two"])


def test_the_state_is_for_its_owner_alone(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")
    Publisher(store, signer, origin=ORIGIN, state=state).publish()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.parent.iterdir()}
    assert modes == {"publisher.json": 0o600, "publisher.json.lock": 0o600}
    assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700


# ------------------------------------------------------------------ crashes


def test_after_a_crash_between_state_and_checkpoint_the_same_bytes_are_signed(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one", "two")
    publisher.publish()
    lost = store.checkpoint()
    store.lose_checkpoint()

    assert publisher.publish() == says(["one", "two"])

    assert store.checkpoint() == lost


def test_the_state_is_on_the_disk_before_the_signature_leaves(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    seen: list[bytes] = []
    store.meanwhile = lambda: seen.append(state.read_bytes())
    append(store, "one")

    Publisher(store, signer, origin=ORIGIN, state=state).publish()

    assert seen == [state.read_bytes()]


# ------------------------------------------------------------------ forks


def test_a_restored_backup_is_not_signed(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one", "two")
    publisher.publish()
    note = store.checkpoint()
    store.truncate(1)

    with pytest.raises(LogForkedError, match="will not sign size 1: size 2 was signed before"):
        publisher.publish()

    assert store.checkpoint() == note


def test_a_restored_backup_that_has_grown_again_is_not_signed(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one", "two")
    publisher.publish()
    store.truncate(1)
    append(store, "another two", "three")

    with pytest.raises(LogForkedError, match="size 3"):
        publisher.publish()


def test_a_leaf_altered_before_it_is_signed_is_not_signed(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one", "two")
    while store.integrate(10):
        pass
    store.claimed = store.tree()
    store.alter(0)

    with pytest.raises(LogForkedError, match="do not lead to the root"):
        Publisher(store, signer, origin=ORIGIN, state=state).publish()

    assert store.checkpoint() is None
    assert not state.exists()


def test_what_is_no_record_stays_in_the_inbox(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")
    append_leaves(store, b"garbage")

    with pytest.raises(IntegrityError, match="not JSON") as caught:
        Publisher(store, signer, origin=ORIGIN, state=state).publish()

    assert not isinstance(caught.value, LogForkedError)
    assert store.tree().size == 0
    assert store.waiting() == 2


def test_what_is_no_record_is_not_signed_whoever_let_it_in(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append_leaves(store, leaf("one"), b"garbage")
    store.integrate(10)

    with pytest.raises(LogForkedError, match=r"size 2: index 1 is no record: .* not JSON"):
        Publisher(store, signer, origin=ORIGIN, state=state).publish()

    assert store.checkpoint() is None
    assert not state.exists()


def test_a_leaf_that_is_missing_is_not_signed_over(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one", "two")
    store.integrate(10)
    store.claimed = store.tree()
    store.truncate(1)

    with pytest.raises(LogForkedError, match="index 1 is missing"):
        Publisher(store, signer, origin=ORIGIN, state=state).publish()


def test_a_checkpoint_beyond_the_tree_is_a_fork(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one")
    publisher.publish()
    store.publish(b"note", Tree(7, b"7" * 32), after=store.published())

    with pytest.raises(LogForkedError, match="the last checkpoint says size 7"):
        publisher.publish()


def test_a_note_rolled_back_under_its_row_is_a_fork(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one")
    publisher.publish()
    old = store.checkpoint()
    assert old is not None
    append(store, "two")
    publisher.publish()
    store.replace_note(old)

    with pytest.raises(LogForkedError, match="size 2: the last checkpoint's note says size 1"):
        publisher.publish()


@pytest.mark.parametrize("note", [b"", b"not a note"])
def test_a_note_that_is_none_is_a_fork(
    store: AlterableStore, signer: Signer, state: Path, note: bytes
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one")
    publisher.publish()
    store.replace_note(note)

    with pytest.raises(LogForkedError, match="the last checkpoint's note"):
        publisher.publish()


def test_a_note_that_another_machine_replaces_meanwhile_is_no_fork(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one")
    publisher.publish()

    def overtake() -> None:
        store.at_each_look = lambda: None
        append(store, "two")
        store.integrate(1)
        note = checkpoint.sign(says(["one", "two"]), signer)
        assert store.publish(note, store.tree(), after=store.published())

    store.at_each_look = overtake

    assert publisher.publish() is None
    assert published(store, signer) == says(["one", "two"])


def test_a_lost_state_file_stops_the_signing(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one")
    publisher.publish()
    state.unlink()
    append(store, "two")

    with pytest.raises(LogForkedError, match="is missing, and a checkpoint says 1") as caught:
        publisher.publish()

    assert "adopt" in caught.value.fix


# ------------------------------------------------------------------ adopting


def test_an_operator_may_adopt_the_last_checkpoint(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one", "two")
    publisher.publish()
    state.unlink()
    append(store, "three")

    assert publisher.adopt() == says(["one", "two"])
    assert publisher.publish() == says(["one", "two", "three"])


def test_what_the_leaves_do_not_bear_out_is_not_adopted(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    append(store, "one", "two")
    publisher.publish()
    state.unlink()
    store.alter(0)

    with pytest.raises(LogForkedError, match="do not lead to the checkpoint's root"):
        publisher.adopt()

    assert not state.exists()


def test_a_checkpoint_of_another_key_is_not_adopted(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")
    Publisher(store, signer, origin=ORIGIN, state=state).publish()
    other = Signer(ORIGIN, Ed25519PrivateKey.generate())

    with pytest.raises(SignatureInvalidError):
        Publisher(store, other, origin=ORIGIN, state=state.with_name("other")).adopt()


def test_nothing_is_adopted_over_a_state_file_or_without_a_checkpoint(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    with pytest.raises(LogForkedError):
        publisher.adopt()
    append(store, "one")
    publisher.publish()

    with pytest.raises(LogForkedError):
        publisher.adopt()


# ------------------------------------------------------------------ two publishers


def test_of_two_publishers_on_one_machine_one_waits_for_its_next_round(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")
    second = Publisher(store, signer, origin=ORIGIN, state=state)
    answers: list[Checkpoint | None] = []
    store.meanwhile = lambda: answers.append(second.publish())

    said = Publisher(store, signer, origin=ORIGIN, state=state).publish()

    assert said == says(["one"])
    assert answers == [None]


def test_of_two_publishers_on_two_machines_one_wins_and_both_go_on(
    store: AlterableStore, signer: Signer, tmp_path: Path
) -> None:
    first = Publisher(store, signer, origin=ORIGIN, state=tmp_path / "a" / "state")
    second = Publisher(store, signer, origin=ORIGIN, state=tmp_path / "b" / "state")
    append(store, "one")
    answers: list[Checkpoint | None] = []

    def overtake() -> None:
        store.meanwhile = lambda: None
        answers.append(second.publish())

    store.meanwhile = overtake

    assert first.publish() is None
    assert answers == [says(["one"])]
    append(store, "two")
    assert first.publish() == says(["one", "two"])
    append(store, "three", "four")
    assert second.publish() == says(["one", "two", "three", "four"])
    assert first.publish() is None


def test_another_publishers_checkpoint_must_lie_on_our_way(
    store: AlterableStore, signer: Signer, tmp_path: Path
) -> None:
    first = Publisher(store, signer, origin=ORIGIN, state=tmp_path / "state")
    append(store, "one")
    first.publish()
    append(store, "two", "three")
    store.publish(b"note", Tree(2, b"2" * 32), after=store.published())

    with pytest.raises(LogForkedError, match="checkpoint of another publisher"):
        first.publish()


# ------------------------------------------------------------------ the state file


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"peaks":"zz","root":"","size":1}',
        b'{"peaks":"","root":"","size":1}',
        b'{"peaks":"","root":"00","size":0}',
        b'{"peaks":"","root":"00","size":-1}',
        b'{"peaks":"","root":"00","size":"0"}',
    ],
)
def test_a_state_file_of_another_kind_is_refused(
    store: AlterableStore, signer: Signer, state: Path, content: bytes
) -> None:
    state.parent.mkdir()
    state.write_bytes(content)

    with pytest.raises(ConfigurationError, match="not a publisher's state"):
        Publisher(store, signer, origin=ORIGIN, state=state).publish()


def test_a_state_that_cannot_be_read_is_said(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    state.mkdir(parents=True)

    with pytest.raises(ConfigurationError, match="cannot read the publisher's state"):
        Publisher(store, signer, origin=ORIGIN, state=state).publish()


def test_a_state_that_cannot_be_written_keeps_the_signature_back(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    state.with_name("publisher.json.new").mkdir(parents=True)
    append(store, "one")

    with pytest.raises(ConfigurationError, match="cannot write the publisher's state"):
        Publisher(store, signer, origin=ORIGIN, state=state).publish()

    assert store.checkpoint() is None


def test_a_state_that_cannot_be_locked_is_said(
    store: AlterableStore, signer: Signer, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match="cannot lock the publisher's state"):
        Publisher(store, signer, origin=ORIGIN, state=tmp_path / "file" / "state").publish()


def test_a_publisher_that_is_locked_out_signs_nothing(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")
    state.parent.mkdir()
    with state.with_name("publisher.json.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert Publisher(store, signer, origin=ORIGIN, state=state).publish() is None

    assert store.checkpoint() is None


def test_a_publisher_that_has_waited_in_vain_says_so(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")
    state.parent.mkdir()
    with state.with_name("publisher.json.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(LogUnavailableError, match=r"signing for 0\.02 s"):
            Publisher(store, signer, origin=ORIGIN, state=state).publish(wait=0.02)


def test_a_publisher_that_waits_signs_after_the_other(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    first = Publisher(store, signer, origin=ORIGIN, state=state)
    second = Publisher(store, signer, origin=ORIGIN, state=state)
    answers: list[Checkpoint | None] = []
    waiting = threading.Thread(target=lambda: answers.append(second.publish(wait=PATIENCE)))

    def arrive_meanwhile() -> None:
        store.meanwhile = lambda: None
        waiting.start()
        append(store, "two")
        time.sleep(0.03)

    store.meanwhile = arrive_meanwhile
    append(store, "one")

    assert first.publish() == says(["one"])
    waiting.join()
    assert answers == [says(["one", "two"])]


# ------------------------------------------------------------------ the loop


@contextlib.contextmanager
def running(loop: PublishLoop) -> Iterator[PublishLoop]:
    loop.start()
    try:
        yield loop
    finally:
        loop.stop()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def loop_over(
    store: AlterableStore, signer: Signer, state: Path, *, every: float = 0.01, again: float = 60.0
) -> PublishLoop:
    publisher = Publisher(store, signer, origin=ORIGIN, state=state)
    return PublishLoop(publisher, every=every, again=again)


def test_the_loop_publishes_what_arrives(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    with running(loop_over(store, signer, state)) as loop:
        append(store, "one")
        until(lambda: loop.published == says(["one"]))
        append(store, "two")
        until(lambda: loop.published == says(["one", "two"]))


def test_the_loop_ends_with_what_has_arrived_by_then(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one")
    with running(loop_over(store, signer, state, every=PATIENCE)) as loop:
        until(lambda: loop.published == says(["one"]))
        append(store, "two")

    assert loop.published == says(["one", "two"])


def test_the_loop_outlives_a_database_that_is_down(
    store: AlterableStore, signer: Signer, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.down = True
    with running(loop_over(store, signer, state)) as loop:
        assert isinstance(loop.failing, LogUnavailableError)
        since = loop.failing_seconds()
        until(lambda: loop.failing_seconds() > since)
        store.down = False
        append(store, "one")
        until(lambda: loop.published == says(["one"]))
        until(lambda: loop.failing is None)
        assert loop.failing_seconds() == 0

    said = [each.getMessage() for each in caplog.records]
    assert len(said) == 2  # not one for each round
    assert said[0] == "nothing signed for 0 s (log_unavailable): store: down"
    assert said[1].startswith("signing again after")


def test_the_loop_repeats_that_nothing_is_signed(
    store: AlterableStore, signer: Signer, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.down = True
    with running(loop_over(store, signer, state, again=0.0)):
        until(lambda: len(caplog.records) > 2)

    assert {each.levelname for each in caplog.records} == {"ERROR"}


def test_the_loop_stops_signing_when_the_log_has_forked(
    store: AlterableStore, signer: Signer, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(loop_over(store, signer, state, again=0.0)) as loop:
        append(store, "one", "two")
        until(lambda: loop.published is not None)
        store.truncate(1)
        until(lambda: loop.forked is not None)
        note = store.checkpoint()
        append(store, "another two", "three")
        until(lambda: len(caplog.records) > 2)

        assert store.checkpoint() == note
        assert loop.failing is loop.forked

    assert {each.levelname for each in caplog.records} == {"CRITICAL"}
    assert "(log_forked): publisher: will not sign size 1" in caplog.text
    assert "find out what became of the database" in caplog.text


def test_whoever_has_started_the_loop_knows_whether_the_log_has_forked(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    append(store, "one", "two")
    Publisher(store, signer, origin=ORIGIN, state=state).publish()
    store.truncate(1)
    loop = loop_over(store, signer, state)

    loop.start()

    assert loop.forked is not None
    loop.stop()


def test_the_loop_outlives_a_fault_of_the_program(
    store: AlterableStore, signer: Signer, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = threading.Event()

    def break_once() -> None:
        if not broken.is_set():
            broken.set()
            msg = "quotes a row"
            raise RuntimeError(msg)

    store.meanwhile = break_once
    append(store, "one")
    with running(loop_over(store, signer, state)) as loop:
        until(lambda: loop.published == says(["one"]))

    assert "RuntimeError" in caplog.text
    assert "quotes a row" not in caplog.text


def test_a_loop_that_was_never_started_may_be_stopped(
    store: AlterableStore, signer: Signer, state: Path
) -> None:
    loop = loop_over(store, signer, state)

    loop.stop()

    assert loop.published is None
