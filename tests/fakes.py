"""Stand-ins for the outside, shared by tests; each is held to its port's contract tests."""

import asyncio
import dataclasses
import re
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from euguard.audit.store import NO_TAIL, Arrival, Tail, Tree
from euguard.errors import (
    DetectionUnavailableError,
    IntegrityError,
    LogUnavailableError,
    ModelUnavailableError,
    UnavailableError,
)
from euguard.exchange.stages import Recorded
from euguard.identity.keys import StoredKey
from euguard.pii.detect import Detection
from euguard.pii.span import PersonalDataKind, Span
from euguard.pii.special.category import SpecialCategory
from euguard.provision.event import Event
from euguard.provision.operation import Job, Request, Seal, Status
from euguard.provision.plan import Plan
from euguard.provision.progress import Progress, Timed
from euguard.provision.run import Run
from euguard.terms import ExchangeId, KeyId, ModelId
from euguard.tlog import merkle


class InMemoryKeyStore:
    """`identity.keys.KeyStore`; counts look-ups and can be told to be down."""

    def __init__(self, *keys: StoredKey) -> None:
        self._keys = {key.id: key for key in keys}
        self._lock = threading.Lock()
        self.lookups = 0
        self.threads: set[int] = set()
        self.down = False

    def find(self, key: KeyId) -> StoredKey | None:
        with self._lock:
            self.lookups += 1
            self.threads.add(threading.get_ident())
        if self.down:
            msg = "key store: down"
            raise UnavailableError(msg)
        return self._keys.get(key)

    def add(self, key: StoredKey) -> None:
        self._keys[key.id] = key

    def all(self) -> tuple[StoredKey, ...]:
        return tuple(sorted(self._keys.values(), key=lambda key: (key.created, key.id)))

    def revoke(self, key: KeyId, at: datetime) -> bool:
        stored = self._keys.get(key)
        if stored is None or stored.revoked is not None:
            return False
        self._keys[key] = dataclasses.replace(stored, revoked=at)
        return True


class InMemoryStore:
    """`audit.store.Store`; `down` refuses all, `in_doubt` writes and then says that it failed."""

    def __init__(self) -> None:
        self.down = False
        self.in_doubt = False
        self.commits: list[int] = []
        self._lock = threading.Lock()
        self._tails: dict[str, Tail] = {}
        self._open: dict[ExchangeId, tuple[str, int]] = {}
        self._inbox: list[bytes] = []
        self._entries: list[bytes] = []
        self._checkpoint: tuple[bytes, Tree] | None = None

    def tail(self, writer: str) -> Tail:
        self._check()
        return self._tails.get(writer, NO_TAIL)

    def append(self, writer: str, arrivals: Sequence[Arrival], *, after: Tail, tail: Tail) -> bool:
        self._check()
        with self._lock:
            if self._tails.get(writer, NO_TAIL) != after:
                return False
            self._tails[writer] = tail
            for arrival in arrivals:
                self._inbox.append(arrival.leaf)
                if arrival.opens:
                    self._open[arrival.opens] = (writer, tail.epoch)
                if arrival.closes:
                    self._open.pop(arrival.closes, None)
            self.commits.append(len(arrivals))
        if self.in_doubt:
            self.down = True
            self._check()
        return True

    def left_open(self, writer: str) -> Mapping[ExchangeId, int]:
        self._check()
        return {key: epoch for key, (name, epoch) in self._open.items() if name == writer}

    def waiting(self) -> int:
        self._check()
        return len(self._inbox)

    def integrate(self, limit: int, check: Callable[[bytes], object] = bytes) -> int:
        self._check()
        with self._lock:
            for leaf in self._inbox[:limit]:
                check(leaf)
            taken, self._inbox = self._inbox[:limit], self._inbox[limit:]
            self._entries += taken
        return len(taken)

    def tree(self) -> Tree:
        self._check()
        hashes = [merkle.leaf_hash(leaf) for leaf in self._entries]
        return Tree(len(hashes), merkle.root(hashes))

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        self._check()
        for index in range(start, end):
            if index >= len(self._entries):
                msg = f"log: the leaf of index {index} is missing"
                raise IntegrityError(msg)
            yield self._entries[index]

    def published(self) -> Tree | None:
        self._check()
        return self._checkpoint and self._checkpoint[1]

    def checkpoint(self) -> bytes | None:
        self._check()
        return self._checkpoint and self._checkpoint[0]

    def publish(self, note: bytes, tree: Tree, *, after: Tree | None) -> bool:
        with self._lock:
            if self.published() != after:
                return False
            self._checkpoint = (note, tree)
        return True

    def _check(self) -> None:
        if self.down:
            msg = "store: down"
            raise LogUnavailableError(msg)


class FakeDetector:
    """`pii.detect.Detector`; finds the values it was given, as spelt, and remembers the texts."""

    def __init__(
        self,
        values: Mapping[str, PersonalDataKind] | None = None,
        *,
        language: str | None = None,
        probability: float = 1.0,
        special: Mapping[str, SpecialCategory] | None = None,
    ) -> None:
        self._values = dict(values or {})
        self._special = dict(special or {})
        self._language = language
        self._probability = probability
        self.asked: list[tuple[str, ...]] = []
        self.down = False

    async def detect(self, texts: Sequence[str]) -> Sequence[Detection]:
        if self.down:
            msg = "detection: down"
            raise DetectionUnavailableError(msg)
        self.asked.append(tuple(texts))
        return [self._detection(text) for text in texts]

    async def ready(self) -> bool:
        return not self.down

    def _detection(self, text: str) -> Detection:
        spans = tuple(
            Span(kind, match.start(), match.end(), 0.9, "fake")
            for value, kind in self._values.items()
            for match in re.finditer(re.escape(value), text)
        )
        special = {
            category: text.count(word) for word, category in self._special.items() if word in text
        }
        sure = self._probability if self._language else 0.0
        return Detection(spans, self._language, sure, special)


class FakeModel:
    """The model port: answers with the last user message, in as many pieces as asked for."""

    def __init__(self, *, piece: int = 5, failure: Exception | None = None) -> None:
        self.seen: list[Mapping[str, Any]] = []
        self.piece = piece
        self.failure = failure
        """Raised after the first piece."""
        self.models: frozenset[ModelId] | None = frozenset({ModelId("demo-echo")})
        """What it serves; None: it does not answer."""
        self.silent: asyncio.Event | None = None
        """Set when it falls silent for good: after the first piece, or instead of an only one."""
        self.journal: list[str] = []

    async def reply(self, recorded: Recorded) -> AsyncGenerator[Mapping[str, Any]]:
        self.seen.append(recorded.body)
        self.journal.append("sent")
        content: str = recorded.body["messages"][-1]["content"]
        usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
        if not recorded.body.get("stream"):
            await self._wait()
            message = {"role": "assistant", "content": content}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            yield {"choices": [choice], "usage": usage}
            return
        for start in range(0, len(content), self.piece):
            delta = {"content": content[start : start + self.piece]}
            yield {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
            await self._wait()
        yield {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        yield {"choices": [], "usage": usage}

    async def _wait(self) -> None:
        if self.failure is not None:
            raise self.failure
        if self.silent is not None:
            self.silent.set()
            await asyncio.Event().wait()

    async def served(self) -> frozenset[ModelId]:
        if self.models is None:
            msg = "model: down"
            raise ModelUnavailableError(msg)
        return self.models


class FakeClock:
    """The clock port; the time stands still unless somebody moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds


class FakePlayer:
    """The player port: each play hands over the next list of events, and ends as told."""

    def __init__(self) -> None:
        self.script: list[list[Event]] = []
        self.statuses: list[Status] = []
        self.jobs: list[Job] = []

    def play(self, job: Job, observe: Callable[[Event], None]) -> Status:
        number = len(self.jobs)
        self.jobs.append(job)
        for event in self.script[number % len(self.script)]:
            observe(event)
        return self.statuses[number] if number < len(self.statuses) else Status.SUCCESSFUL

    def kit(self) -> str:
        return "kit"

    def versions(self) -> Mapping[str, str]:
        return {"ansible-core": "2.19.14"}


class FakeRuns:
    """The port to what runs leave, in memory."""

    def __init__(self) -> None:
        self.kept: list[Run] = []
        self.events: list[Event] = []
        self.finished: list[Run] = []
        self.files: Mapping[str, bytes] = {}

    def held(self) -> AbstractContextManager[None]:
        return nullcontext()

    def settle(self) -> None:
        """Nothing is ever killed here."""

    def all(self) -> Sequence[Run]:
        return tuple(self.kept)

    def begin(self, run: Run) -> Path:
        self.kept.append(run)
        return Path(run.id)

    def note(self, run: Run, event: Event) -> None:
        del run
        self.events.append(event)

    def finish(self, run: Run, files: Mapping[str, bytes]) -> str:
        self.finished.append(run)
        self.files = files
        return "manifest"


class FakeBundles:
    """The port to bundles: every one has the same seal, or the same fault."""

    def __init__(self, seal: Seal) -> None:
        self.seal = seal
        self.error: Exception | None = None

    def verify(self, bundle: Path) -> Seal:
        del bundle
        if self.error:
            raise self.error
        return self.seal


class FakeWatcher:
    """The port to whoever looks on."""

    def __init__(self) -> None:
        self.agrees = True
        self.plans: list[Plan] = []
        self.last: list[Sequence[Timed]] = []

    def phase(self, words: str) -> None:
        """Hear it."""

    def event(self, event: Event, progress: Progress, last: Sequence[Timed]) -> None:
        del event, progress
        self.last.append(last)

    def agree(self, request: Request, plan: Plan) -> bool:
        del request
        self.plans.append(plan)
        return self.agrees
