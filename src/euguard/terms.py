"""Words of the GDPR and the AI Act as types, each citing its article.

A word that stands here is spelt the same in code, policies, records and documents.
Sources: Regulation (EU) 2016/679 (GDPR), Regulation (EU) 2024/1689 (AI Act).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

PurposeId = NewType("PurposeId", str)
"""A processing purpose, Art. 5(1)(b) GDPR: the name of its file in policies/purposes."""

ModelId = NewType("ModelId", str)
"""Identifier of a served model; the name of its file in policies/models."""

KeyId = NewType("KeyId", str)
"""Identifier of an API key: random, names nobody; the part between the underscores."""

ExchangeId = NewType("ExchangeId", str)
"""Identifier of one exchange (a request with its reply): a UUID version 7, RFC 9562 §5.7."""


class LawfulBasis(StrEnum):
    """Lawfulness of processing, Art. 6(1) GDPR."""

    CONSENT = "6(1)(a)"
    CONTRACT = "6(1)(b)"
    LEGAL_OBLIGATION = "6(1)(c)"
    VITAL_INTERESTS = "6(1)(d)"
    PUBLIC_TASK = "6(1)(e)"
    LEGITIMATE_INTERESTS = "6(1)(f)"


class RiskClass(StrEnum):
    """How the AI Act classifies one use of the system."""

    PROHIBITED = "prohibited"
    """Art. 5."""
    HIGH_RISK = "high-risk"
    """Art. 6(2) with Annex III, or Art. 6(1)."""
    TRANSPARENCY = "transparency"
    """Art. 50: people must know that they deal with an AI system."""
    MINIMAL = "minimal"
    """None of the above."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a category is kept, Art. 5(1)(e) GDPR."""

    days: int
    reason: str
