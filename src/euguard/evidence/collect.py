"""Facts from the rules and the settings. What nobody has stated becomes a gap with an owner."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from euguard.evidence.facts import Fact, Gap, Provenance, in_words, missing
from euguard.policy.decide import accepted_languages
from euguard.policy.schema import Model, Notice, PolicySet, Provision, Purpose, Source

MANAGEMENT = "management of the controller"
OFFICER = "data protection officer"
ENGINEER = "platform engineer"


_ORGANISATION: Mapping[str, tuple[str, Gap]] = {
    "name": (
        "controller.name",
        Gap(MANAGEMENT, "Art. 30(1)(a) GDPR", "Enter the registered name."),
    ),
    "address": (
        "controller.address",
        Gap(MANAGEMENT, "Art. 30(1)(a) GDPR", "Enter the postal address."),
    ),
    "email": (
        "controller.email",
        Gap(MANAGEMENT, "Art. 30(1)(a) GDPR", "Enter an address for questions."),
    ),
    "country": ("controller.country", Gap(MANAGEMENT, "Art. 30(1)(a) GDPR", "Enter the country.")),
    "dpo_name": (
        "data_protection_officer.name",
        Gap(
            MANAGEMENT,
            "Art. 30(1)(a) and 37 GDPR",
            "Enter the data protection officer, by function or name.",
        ),
    ),
    "dpo_email": (
        "data_protection_officer.email",
        Gap(MANAGEMENT, "Art. 30(1)(a) and 37(7) GDPR", "Enter the officer's address."),
    ),
    "joint_controllers": (
        "joint_controllers",
        Gap(
            OFFICER,
            "Art. 30(1)(a) and 26 GDPR",
            "Say who decides on purposes and means besides, or that nobody does.",
        ),
    ),
    "representative": (
        "representative",
        Gap(
            OFFICER,
            "Art. 30(1)(a) and 27 GDPR",
            "Name the representative in the Union, or say that none is needed.",
        ),
    ),
    "system_name": (
        "system.name",
        Gap(
            MANAGEMENT,
            "Art. 3(3) and 50(1) AI Act",
            "Give the system the name that people will see.",
        ),
    ),
    "role": (
        "system.role",
        Gap(
            MANAGEMENT,
            "Art. 3(3) and 3(4) AI Act",
            "Choose one of the two readings of the role, and sign the choice.",
        ),
    ),
    "role_reason": (
        "system.role_reason",
        Gap(MANAGEMENT, "Art. 3(3) and 3(4) AI Act", "Write down why, and who decided."),
    ),
}
"""Field of `Organisation` → its key in the file, and the gap it leaves where it is null."""

SETTINGS: Mapping[str, Gap] = {
    "software": Gap(ENGINEER, "Art. 30(1)(g) GDPR", "State the version of euguard."),
    "origin": Gap(
        ENGINEER, "Art. 30(1)(g) GDPR", "State the name of the log.", "euguard.toml: origin"
    ),
    "database": Gap(
        ENGINEER, "Art. 30(1)(g) GDPR", "State where the log is kept.", "euguard.toml: database"
    ),
    "listen": Gap(
        ENGINEER, "Art. 30(1)(g) GDPR", "State where the gateway listens.", "euguard.toml: host"
    ),
    "upstream": Gap(
        ENGINEER, "Art. 30(1)(d) GDPR", "State where the model server is.", "euguard.toml: upstream"
    ),
    "network": Gap(
        ENGINEER,
        "Art. 30(1)(e) GDPR",
        "State every address outside this machine that is dialled, or that there is none.",
        "euguard.toml: upstream, database",
    ),
}
"""Settings that papers print → the gap that one leaves which is not given."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One file of the policy set, and the day on which it was read."""

    policies: PolicySet
    today: date
    file: str
    """Relative to the policies folder."""
    approved: bool = True
    """Whether the organisation has made the file's statements its own."""

    def declared(self, id_: str, value: str | tuple[str, ...]) -> Fact:
        """Return what the file states and the program cannot check."""
        return self._fact(id_, value, Provenance.DECLARED, approved=self.approved)

    def enforced(self, id_: str, value: str | tuple[str, ...]) -> Fact:
        """Return what the file sets and the gateway obeys."""
        return self._fact(id_, value, Provenance.CONFIG)

    def declared_or(self, id_: str, value: str | None, gap: Gap, key: str) -> Fact:
        """Return what the organisation states under that key, or the gap where it is null."""
        source = f"policies/{self.file}"
        if value is not None:
            return self._fact(id_, value, Provenance.DECLARED)
        return missing(id_, replace(gap, place=f"{source}: {key}"), source=source, today=self.today)

    def _fact(
        self,
        id_: str,
        value: str | tuple[str, ...],
        provenance: Provenance,
        *,
        approved: bool = True,
    ) -> Fact:
        lines = (value,) if isinstance(value, str) else value
        digest = self.policies.files.get(self.file, "")
        proof = f"SHA-256 {digest}" if digest else ""
        source = f"policies/{self.file}"
        return Fact(id_, lines, provenance, source, self.today, proof, approved=approved)


def from_policies(policies: PolicySet, today: date) -> Iterator[Fact]:
    """Yield what the policies folder says."""
    yield from _organisation(Stated(policies, today, "organisation.yaml"))
    for purpose in policies.purposes.values():
        approved = purpose.approved_by is not None
        file = Stated(policies, today, f"purposes/{purpose.id}.yaml", approved=approved)
        yield from _purpose(file, purpose)
    for model in policies.models.values():
        approved = model.approved_by is not None
        file = Stated(policies, today, f"models/{model.id}.yaml", approved=approved)
        yield from _model(file, model)
    for provision in policies.law.values():
        yield from _provision(provision)
    for notice in policies.notices.values():
        approved = notice.reviewed_by is not None
        file = Stated(policies, today, f"notices/{notice.language}.yaml", approved=approved)
        yield from _notice(file, notice)


def from_settings(settings: Mapping[str, str], today: date) -> Iterator[Fact]:
    """Yield what the settings say, by the names in `SETTINGS`; other names are not printed."""
    for name, gap in SETTINGS.items():
        value = settings.get(name)
        if value:
            yield Fact(f"settings.{name}", (value,), Provenance.CONFIG, "settings", today, "")
        else:
            yield missing(f"settings.{name}", gap, source="settings", today=today)


def _organisation(file: Stated) -> Iterator[Fact]:
    for name, (key, gap) in _ORGANISATION.items():
        value: str | None = getattr(file.policies.organisation, name)
        yield file.declared_or(f"organisation.{name}", value, gap, key)


def _purpose(file: Stated, purpose: Purpose) -> Iterator[Fact]:
    of = f"purpose.{purpose.id}"
    accepted = accepted_languages(file.policies, purpose)
    status = f"refused: {purpose.refusal}" if purpose.refused else "allowed"
    if not purpose.refused and not accepted:
        status = "refused: no recall card shows that detection finds enough in its languages"
    yield file.declared(f"{of}.title", purpose.title)
    yield file.declared(f"{of}.description", purpose.description)
    yield file.enforced(f"{of}.status", status)
    yield file.declared(f"{of}.risk", f"{purpose.risk.value}: {purpose.risk_reason}")
    basis = f"Art. {purpose.lawful_basis.value} GDPR: {purpose.lawful_basis_reason}"
    yield file.declared(f"{of}.lawful_basis", basis)
    yield file.declared(f"{of}.data_subjects", purpose.data_subjects)
    yield file.declared(f"{of}.data_categories", purpose.data_categories)
    yield file.declared(f"{of}.special", _special(purpose))
    yield file.enforced(f"{of}.restored", _restored(purpose))
    yield file.declared(f"{of}.recipients", purpose.recipients)
    retention = f"{purpose.retention.days} days. {purpose.retention.reason}"
    yield file.declared(f"{of}.retention", retention)
    yield file.enforced(f"{of}.languages", _languages(file.policies, purpose))
    yield file.enforced(f"{of}.models", purpose.models)
    yield file.enforced(f"{of}.max_characters", f"{purpose.max_characters:,}")
    yield file.declared(f"{of}.oversight", purpose.oversight)
    compared = tuple(f"{one.title} ({in_words(one.checked)})" for one in purpose.sources)
    yield file.declared(f"{of}.sources", compared)
    action = f"Review {file.file} for this organisation, and enter who approved it and when."
    gap = Gap(OFFICER, "Art. 5(2) and 30(1)(b) GDPR", action)
    yield file.declared_or(f"{of}.approved_by", purpose.approved_by, gap, "approved_by")


def _languages(policies: PolicySet, purpose: Purpose) -> tuple[str, ...]:
    accepted = accepted_languages(policies, purpose)
    refused = [language for language in purpose.languages if language not in accepted]
    lines = [", ".join(accepted) or "none"]
    if refused:
        lines.append(f"refused, detection is not known to find enough: {', '.join(refused)}")
    return tuple(lines)


def _restored(purpose: Purpose) -> tuple[str, ...]:
    """Return where values go back to, beside the text that people read."""
    arguments = "are" if purpose.restore_arguments else "are not"
    links = ", ".join(sorted(purpose.restore_links))
    return (
        f"values {arguments} put into the arguments of tool calls",
        f"into web addresses on {links} and their subdomains" if links else "into no web address",
    )


def _special(purpose: Purpose) -> str:
    """Return what a purpose expects of Art. 9(1) and Art. 10 GDPR, and what is asked for it."""
    special = purpose.special
    if special is None:
        return "none are expected"
    condition = f"Art. {special.condition} GDPR: {special.reason}"
    return (
        f"{', '.join(special.categories)}. {condition} Languages in which detection is not known "
        f"to find {special.lowest_recall} % of names are refused."
    )


def _model(file: Stated, model: Model) -> Iterator[Fact]:
    of = f"model.{model.id}"
    yield file.declared(f"{of}.title", model.title)
    yield file.declared(f"{of}.provider", model.provider)
    yield file.declared(f"{of}.licence", model.licence)
    for number, stated in enumerate(model.facts):
        yield _upstream(f"{of}.fact.{number:02}", (stated.value,), stated.source)
    action = f"Review {file.file} for this organisation, and enter who approved it and when."
    gap = Gap(OFFICER, "Art. 5(2) and 24(1) GDPR", action)
    yield file.declared_or(f"{of}.approved_by", model.approved_by, gap, "approved_by")


def _provision(provision: Provision) -> Iterator[Fact]:
    of = f"law.{provision.id}"
    since = provision.applies_from
    when = f"Applies from {in_words(since)}." if since else "The date is unsettled."
    later = f"Later: {provision.transition}." if provision.transition else ""
    text = " ".join(filter(None, (f"{provision.article}: {provision.summary}", when, later)))
    yield _upstream(of, (text,), provision.source)
    for reading in provision.readings:
        yield _upstream(f"{of}.reading.{reading.id}", (reading.text,), reading.source)


def _notice(file: Stated, notice: Notice) -> Iterator[Fact]:
    of = f"notice.{notice.language}"
    texts = [("banner", notice.banner)]
    texts += [(f"section.{id_}", text) for id_, _, text in notice.sections]
    for name, text in texts:
        yield _worded(file, f"{of}.{name}", text)
    day = in_words(notice.source.checked, notice.language)
    yield file.declared(f"{of}.source", f"{notice.source.title} ({day})")
    action = f"Have the wording in {file.file} approved, and enter who approved it."
    gap = Gap(OFFICER, "Art. 50(5) AI Act, Art. 12(1) GDPR", action)
    yield file.declared_or(f"{of}.reviewed_by", notice.reviewed_by, gap, "reviewed_by")


def _worded(file: Stated, id_: str, text: str) -> Fact:
    """Return the text with the names in it, or the gap that a name leaves."""
    organisation = file.policies.organisation
    lacking = {}
    for word, key, name in (
        ("system", "system.name", organisation.system_name),
        ("organisation", "controller.name", organisation.name),
    ):
        mark = f"{{{word}}}"
        if mark in text and name is None:
            lacking[word] = key
        text = text.replace(mark, name or f"[{word}: not declared]")
    if not lacking:
        return file.declared(id_, text)
    action = f"Declare the name of the {' and '.join(lacking)}."
    place = f"policies/organisation.yaml: {', '.join(lacking.values())}"
    gap = Gap(MANAGEMENT, "Art. 50(1) AI Act", action, place)
    return missing(id_, gap, source=f"policies/{file.file}", today=file.today, draft=(text,))


def _upstream(id_: str, value: tuple[str, ...], source: Source) -> Fact:
    return Fact(id_, value, Provenance.UPSTREAM, source.title, source.checked, "", url=source.url)
