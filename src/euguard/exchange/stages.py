"""The stages of one exchange: each seals the one before.

::

    Received ──▶ Decided ──▶ Pseudonymised ──▶ Recorded

Only `exchange/steps.py` makes the last three (a test on the syntax tree holds this), and the
model port accepts only `Recorded`: to send anything unrecorded or unscanned is a type error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from euguard.audit.log import OpenedExchange
from euguard.identity.principal import Principal
from euguard.pii.body import Pseudonymisation
from euguard.policy.decide import Decision
from euguard.terms import ExchangeId, ModelId, PurposeId

Json: TypeAlias = Mapping[str, Any]
"""A JSON object of the OpenAI API."""


@dataclass(frozen=True, slots=True)
class Received:
    """An authenticated, well-formed request; its text may be personal data."""

    exchange: ExchangeId
    at: datetime
    principal: Principal
    declared: PurposeId | None = field(repr=False)
    conversation: str | None = field(repr=False)
    """The client's conversation id, if it sent one."""
    model: ModelId = field(repr=False)
    stream: bool
    body: Json = field(repr=False)
    """The request as parsed."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Policy allows it, under the decision's obligations."""

    received: Received
    decision: Decision
    body: Json = field(repr=False)
    """The request with the settings of the model's file where the client sent none."""
    instructions: str | None
    """The system prompt of the model's file, where the client gives no instructions."""
    defaults: tuple[str, ...]
    """Names of what was filled in."""


@dataclass(frozen=True, slots=True)
class Pseudonymised:
    """Names nobody; the way back stays in `pseudonymisation`, in memory."""

    decided: Decided
    pseudonymisation: Pseudonymisation = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The opening record is durable. The only thing a model accepts."""

    pseudonymised: Pseudonymised
    opened: OpenedExchange

    @property
    def body(self) -> Json:
        """What the model may see."""
        return self.pseudonymised.pseudonymisation.body

    @property
    def exchange(self) -> ExchangeId:
        """Identifier of the exchange."""
        return self.pseudonymised.decided.received.exchange
