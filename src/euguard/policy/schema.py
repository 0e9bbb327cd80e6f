"""Policy files as frozen values: YAML in, `PolicySet` out, file:line:column in every error."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from euguard.terms import LawfulBasis, ModelId, PurposeId, Retention, RiskClass


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from, and when somebody last looked."""

    title: str
    url: str | None
    checked: date


@dataclass(frozen=True, slots=True)
class Organisation:
    """The controller, Art. 4(7) GDPR; every field None until somebody declares it (a GAP)."""

    name: str | None
    address: str | None
    email: str | None
    dpo_name: str | None
    dpo_email: str | None
    country: str | None
    """ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """One processing purpose, Art. 5(1)(b) GDPR."""

    id: PurposeId
    title: str
    description: str
    refused: bool
    refusal: str | None
    """Why it is refused, with the article; None where it is not."""
    risk: RiskClass
    risk_reason: str
    lawful_basis: LawfulBasis
    lawful_basis_reason: str
    data_subjects: tuple[str, ...]
    data_categories: tuple[str, ...]
    recipients: tuple[str, ...]
    retention: Retention
    """Of the log records."""
    languages: tuple[str, ...]
    """ISO 639-1 codes in which text is accepted."""
    models: tuple[ModelId, ...]
    max_characters: int
    """Code points of text in one exchange at most."""
    oversight: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the model's provider recommends; applies where the client sends none."""

    temperature: str | None
    """Decimal, as `0.15`."""
    system_prompt: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement on the model with its source (an UPSTREAM fact)."""

    name: str
    value: str
    source: Source


@dataclass(frozen=True, slots=True)
class Model:
    """One served model."""

    id: ModelId
    """Also the name under which the gateway and vLLM serve it."""
    title: str
    provider: str
    licence: str
    """SPDX identifier."""
    defaults: Defaults
    facts: tuple[Fact, ...]
    serving: Mapping[str, object]
    """What `serving.profile` reads: vLLM arguments, environment, memory."""


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Everything in the policies folder."""

    organisation: Organisation
    purposes: Mapping[PurposeId, Purpose]
    models: Mapping[ModelId, Model]
    digest: str
    """SHA-256 over the names and bytes of all files read, hex."""
