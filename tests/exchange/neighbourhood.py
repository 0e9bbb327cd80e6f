"""An exchange with everything it needs, in memory; tests change one thing."""

import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from euguard.audit import record
from euguard.audit.log import Log
from euguard.audit.record import Record
from euguard.exchange.run import run
from euguard.exchange.stages import Received
from euguard.exchange.steps import Steps
from euguard.identity.principal import Principal
from euguard.pii.span import PersonalDataKind
from euguard.policy import shipped
from euguard.policy.schema import PolicySet, load
from euguard.terms import ExchangeId, KeyId, ModelId, PurposeId
from fakes import FakeClock, FakeDetector, FakeModel, InMemoryStore

ANNA = "Anna Kowalska"
MODEL = ModelId("demo-echo")
LETTERS = PurposeId("drafting-letters")
SCREENING = PurposeId("hr-screening")
RULES: PolicySet = load(shipped.folder())
POLICIES: PolicySet = replace(
    RULES,
    purposes={
        id_: replace(purpose, models=(*purpose.models, MODEL))
        for id_, purpose in RULES.purposes.items()
    },
)
"""The shipped rules, with the echo model permitted."""


@dataclass
class Neighbourhood:
    """One gateway's worth of neighbours around one log."""

    policies: PolicySet = POLICIES
    store: InMemoryStore = field(default_factory=InMemoryStore)
    detector: FakeDetector = field(
        default_factory=lambda: FakeDetector({ANNA: PersonalDataKind.PERSON})
    )
    model: FakeModel = field(default_factory=FakeModel)
    clock: FakeClock = field(default_factory=FakeClock)
    log: Log = field(init=False)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Steps]:
        """Start the log, hand over the steps, stop the log."""
        with tempfile.TemporaryDirectory() as folder:
            self.log = Log(
                self.store,
                writer="test",
                software="0",
                policy=self.policies.digest,
                clock=self.clock,
                lock=Path(folder) / "test.lock",
                deadline=1.0,
            )
            await self.log.start()
            try:
                yield Steps(
                    policies=self.policies,
                    detector=self.detector,
                    log=self.log,
                    model=self.model,
                    clock=self.clock,
                )
            finally:
                await self.log.stop()

    def records(self) -> list[Record]:
        """Return what the log holds, without the writer's own records."""
        while self.store.integrate(100):
            pass
        entries = [record.parse(leaf) for leaf in self.store.leaves(0, self.store.tree().size)]
        return [e.record for e in entries if e.record.kind != "writer.started"]


def received(text: str = f"Dear {ANNA}, get well.", **changes: Any) -> Received:
    """Return a request; `body` adds fields to it."""
    body: Mapping[str, Any] = changes.pop("body", {})
    whole = {"model": MODEL, "messages": [{"role": "user", "content": text}], **body}
    made = Received(
        exchange=ExchangeId("01936d5e-0000-7000-8000-000000000001"),
        at=FakeClock().now(),
        principal=Principal(KeyId("key"), (LETTERS, SCREENING), b"s" * 32),
        declared=LETTERS,
        conversation=None,
        model=MODEL,
        stream=bool(whole.get("stream")),
        body=whole,
    )
    return replace(made, **changes)


async def collect(request: Received, steps: Steps) -> list[Mapping[str, Any]]:
    """Run an exchange to its end."""
    async with aclosing(run(request, steps)) as pieces:
        return [piece async for piece in pieces]


def text_of(pieces: list[Mapping[str, Any]]) -> str:
    """Return the text of a streamed answer."""
    return "".join(
        choice["delta"].get("content", "") for piece in pieces for choice in piece["choices"]
    )
