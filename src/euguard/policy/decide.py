"""The decision on one request: pure, and it explains itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from euguard.policy.schema import Model, PolicySet, Purpose
from euguard.terms import ModelId, PurposeId


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a decision needs to know of a request; no text of it."""

    declared: PurposeId | None
    """The purpose the client declared, if any."""
    permitted: tuple[PurposeId, ...]
    """The purposes that the API key is bound to."""
    model: ModelId
    """The model the client asked for."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The request may go on, under these obligations."""

    purpose: Purpose
    model: Model
    because: tuple[str, ...]
    """Ids of the rules that decided, in order."""
    policy: str
    """SHA-256 of the policy set, hex."""
