"""Policy files as frozen values: YAML in, `PolicySet` out, file:line:column in every error.

::

    policies/
      organisation.yaml       who answers for the processing; null is a gap that papers print
      purposes/<id>.yaml      one processing purpose each; <id>.cases.yaml beside it
      models/<id>.yaml        one served model each
      law/<id>.yaml           dated provisions and, where the law is unsettled, both readings
      notices/<language>.yaml what people are told, in words somebody reviewed
      recall-card.json        how well detection does, measured: `euguard pii evaluate`

Source: the JSON Schemas in policies/schema, draft 2020-12.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from euguard.policy.folder import read_folder
from euguard.policy.places import Placed
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
    joint_controllers: str | None = None
    """Art. 26 GDPR; the declaration may be that there are none."""
    representative: str | None = None
    """Art. 27 GDPR; the declaration may be that none is needed."""
    system_name: str | None = None
    """The name under which the organisation puts the AI system into service, Art. 3(3) AI Act."""
    role: str | None = None
    """`provider-and-deployer` or `deployer`: the reading the organisation chose."""
    role_reason: str | None = None
    statements: Mapping[str, str] = field(default_factory=dict)
    """Id → what the organisation states of what no file shows; only what is stated."""


@dataclass(frozen=True, slots=True)
class SpecialCategories:
    """Data of Art. 9(1) or Art. 10 GDPR that a purpose expects, and what that asks for."""

    categories: tuple[str, ...]
    condition: str
    """The point of Art. 9(2), or Art. 10."""
    reason: str
    lowest_recall: int
    """Per cent of persons' names that detection finds at least, at the lower end of the interval
    in the recall card; a language below is refused, and so is one that nobody measured."""


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
    provisions: tuple[str, ...]
    """Ids of the provisions of `law` that bind this use."""
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
    """Of the refusal, if it is refused, and of the other statements."""
    approved_by: str | None = None
    """Who approved the file for the organisation; None as delivered (a GAP)."""
    also_replace: frozenset[str] = frozenset()
    """Kinds of personal data that are replaced on request only: DATE, ORGANISATION."""
    keep_format: frozenset[str] = frozenset()
    """Kinds whose pseudonyms look like the kind: EMAIL, IBAN."""
    restore_arguments: bool = True
    """Whether values go back into the arguments of tool calls."""
    restore_links: frozenset[str] = frozenset()
    """Host names into whose addresses values may go back."""
    special: SpecialCategories | None = None
    """Present where data of Art. 9(1) or Art. 10 GDPR are expected."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the model's file fills in where the client sends none.

    A fact of the file says where each comes from, the provider or the kit.
    """

    temperature: str | None
    """Decimal, as `0.15`."""
    system_prompt: str | None


@dataclass(frozen=True, slots=True)
class ModelFact:
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
    facts: tuple[ModelFact, ...]
    serving: Mapping[str, object]
    """What `serving.profile` reads: vLLM arguments, environment, memory."""
    approved_by: str | None = None
    """Who approved the file for the organisation; None as delivered (a GAP)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a provision that is not settled."""

    id: str
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Provision:
    """What one provision asks, of whom and since when; where unsettled, every reading."""

    id: str
    article: str
    """As cited in papers: `Art. 50(1), Regulation (EU) 2024/1689`."""
    summary: str
    applies_from: date | None
    """None where the date itself is unsettled: the readings say more."""
    transition: str | None
    """Who has until when after that day; None where nobody has."""
    readings: tuple[Reading, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are told in one language; `{system}` and `{organisation}` are filled in."""

    language: str
    """ISO 639-1."""
    heading: str
    banner_label: str
    source_label: str
    reviewed_label: str
    banner: str
    """Shown before the first exchange, Art. 50(1) and (5) AI Act."""
    sections: tuple[tuple[str, str, str], ...]
    """(id, heading, text) each, in reading order."""
    recorded_heading: str
    recorded: Mapping[str, str]
    """Field of the log's records → what it is, in plain words."""
    source: Source
    """What the wording was checked against."""
    reviewed_by: str | None
    """None until the organisation's own reviewer signs the wording (a GAP)."""


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Everything in the policies folder."""

    organisation: Organisation
    purposes: Mapping[PurposeId, Purpose]
    models: Mapping[ModelId, Model]
    digest: str
    """SHA-256 over the names and bytes of all files read, hex."""
    law: Mapping[str, Provision] = field(default_factory=dict)
    notices: Mapping[str, Notice] = field(default_factory=dict)
    recall: Mapping[str, float] = field(default_factory=dict)
    """Language → share of persons' names that detection finds, the lower end of the interval
    with 95 %, from the recall card; only languages that were measured."""
    recall_of: str | None = None
    """SHA-256 of the model of names that the card measured, hex; None without a card."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Name of each file read, relative to the folder → SHA-256, hex."""


def load(folder: Path) -> PolicySet:
    """Return the policy set in the folder.

    Raises:
        ConfigurationError: there is no such folder.
        PolicyFileError: a file is wrong at a line and column; `also` holds the other places.

    """
    checked = read_folder(folder)
    purposes = [_purpose(placed.value) for placed in checked.files["purpose"]]
    models = [_model(placed.value) for placed in checked.files["model"]]
    notices = [_notice(placed.value) for placed in checked.files["notice"]]
    provisions = [
        _provision(value) for placed in checked.files["law"] for value in placed.value["provisions"]
    ]
    return PolicySet(
        organisation=_organisation(checked.organisation.value),
        purposes=MappingProxyType({purpose.id: purpose for purpose in purposes}),
        models=MappingProxyType({model.id: model for model in models}),
        digest=checked.digest(),
        law=MappingProxyType({provision.id: provision for provision in provisions}),
        notices=MappingProxyType({notice.language: notice for notice in notices}),
        recall=MappingProxyType(_recall(checked.card)),
        recall_of=checked.card.value["model"] if checked.card else None,
        files=MappingProxyType(dict(checked.digests)),
    )


_Yaml: TypeAlias = Mapping[str, Any]
"""A mapping that its JSON Schema has accepted: the keys used below exist, with their types."""


def _source(value: _Yaml) -> Source:
    return Source(value["title"], value.get("url"), date.fromisoformat(value["checked"]))


def _organisation(value: _Yaml) -> Organisation:
    controller, officer = value["controller"], value["data_protection_officer"]
    return Organisation(
        name=controller["name"],
        address=controller["address"],
        email=controller["email"],
        country=controller["country"],
        dpo_name=officer["name"],
        dpo_email=officer["email"],
        joint_controllers=value["joint_controllers"],
        representative=value["representative"],
        system_name=value["system"]["name"],
        role=value["system"]["role"],
        role_reason=value["system"]["role_reason"],
        statements=MappingProxyType(
            {id_: said for id_, said in value.get("statements", {}).items() if said is not None}
        ),
    )


def _purpose(value: _Yaml) -> Purpose:
    refusal, restore = value.get("refusal"), value.get("restore", {})
    special = value.get("special_categories")
    sources = [*([refusal["source"]] if refusal else []), *value["sources"]]
    return Purpose(
        id=PurposeId(value["id"]),
        title=value["title"],
        description=value["description"],
        refused=refusal is not None,
        refusal=f"{refusal['reason']} ({refusal['article']})" if refusal else None,
        risk=RiskClass(value["risk"]["class"]),
        provisions=tuple(value["risk"]["provisions"]),
        risk_reason=value["risk"]["reason"],
        lawful_basis=LawfulBasis(value["lawful_basis"]["article"]),
        lawful_basis_reason=value["lawful_basis"]["reason"],
        data_subjects=tuple(value["data_subjects"]),
        data_categories=tuple(value["data_categories"]),
        recipients=tuple(value["recipients"]),
        retention=Retention(value["retention"]["days"], value["retention"]["reason"]),
        languages=tuple(value["languages"]),
        models=tuple(ModelId(model) for model in value["models"]),
        max_characters=value["max_characters"],
        also_replace=frozenset(value.get("also_replace", ())),
        keep_format=frozenset(value.get("keep_format", ())),
        restore_arguments=restore.get("tool_arguments", True),
        restore_links=frozenset(restore.get("links", ())),
        special=None if special is None else _special(special),
        oversight=value["oversight"],
        sources=tuple(_source(source) for source in sources),
        approved_by=value["approved_by"],
    )


def _special(value: _Yaml) -> SpecialCategories:
    return SpecialCategories(
        tuple(value["categories"]),
        value["condition"],
        value["reason"],
        value["lowest_recall_percent"],
    )


_MAKER = "euguard"
"""Who annotated a set, in the recall card, where the maker of the program did."""


def _recall(card: Placed | None) -> dict[str, float]:
    """Return the worst lower bound of any set for each language that has one.

    What the maker of the program made does not count.
    """
    worst: dict[str, float] = {}
    sets = [one for one in card.value["sets"] if one["authors"] != _MAKER] if card else []
    rows = [row for one in sets for row in one["rows"]]
    for row in rows:
        if row["kind"] == "PERSON":
            language, low = row["language"], row["covered"]["low"]
            worst[language] = min(low, worst.get(language, low))
    return worst


def _model(value: _Yaml) -> Model:
    defaults = value["defaults"]
    temperature = defaults.get("temperature")
    return Model(
        id=ModelId(value["id"]),
        title=value["title"],
        provider=value["provider"],
        licence=value["licence"],
        defaults=Defaults(
            temperature=None if temperature is None else str(temperature),
            system_prompt=defaults.get("system_prompt"),
        ),
        facts=tuple(
            ModelFact(fact["name"], fact["value"], _source(fact["source"]))
            for fact in value["facts"]
        ),
        serving=MappingProxyType(dict(value["serving"])),
        approved_by=value.get("approved_by"),
    )


def _provision(value: _Yaml) -> Provision:
    since = value["applies_from"]
    return Provision(
        id=value["id"],
        article=value["article"],
        summary=value["summary"],
        applies_from=None if since is None else date.fromisoformat(since),
        transition=value.get("transition"),
        readings=tuple(
            Reading(reading["id"], reading["text"], _source(reading["source"]))
            for reading in value.get("readings", [])
        ),
        source=_source(value["source"]),
    )


def _notice(value: _Yaml) -> Notice:
    return Notice(
        language=value["language"],
        heading=value["heading"],
        banner_label=value["labels"]["banner"],
        source_label=value["labels"]["source"],
        reviewed_label=value["labels"]["reviewed"],
        banner=value["banner"],
        sections=tuple((part["id"], part["heading"], part["text"]) for part in value["sections"]),
        recorded_heading=value["recorded"]["heading"],
        recorded=MappingProxyType(dict(value["recorded"]["fields"])),
        source=_source(value["source"]),
        reviewed_by=value["reviewed_by"],
    )
