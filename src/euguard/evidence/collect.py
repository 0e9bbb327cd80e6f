"""Facts from the rules and the settings. What nobody has stated becomes a gap with an owner."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from euguard.evidence.facts import Fact, Gap, Provenance, in_words, missing
from euguard.policy.schema import Model, Notice, PolicySet, Provision, Purpose, Source

MANAGEMENT = "management of the controller"
OFFICER = "data protection officer"
ENGINEER = "platform engineer"

_ORGANISATION: Mapping[str, Gap] = {
    "name": Gap(MANAGEMENT, "Art. 30(1)(a) GDPR", "Enter the registered name."),
    "address": Gap(MANAGEMENT, "Art. 30(1)(a) GDPR", "Enter the postal address."),
    "email": Gap(MANAGEMENT, "Art. 30(1)(a) GDPR", "Enter an address for questions."),
    "country": Gap(MANAGEMENT, "Art. 30(1)(a) GDPR", "Enter the country."),
    "dpo_name": Gap(
        MANAGEMENT,
        "Art. 30(1)(a) and 37 GDPR",
        "Enter the data protection officer, by function or name.",
    ),
    "dpo_email": Gap(MANAGEMENT, "Art. 30(1)(a) and 37(7) GDPR", "Enter the officer's address."),
    "joint_controllers": Gap(
        OFFICER,
        "Art. 30(1)(a) and 26 GDPR",
        "Say who decides on purposes and means besides, or that nobody does.",
    ),
    "representative": Gap(
        OFFICER,
        "Art. 30(1)(a) and 27 GDPR",
        "Name the representative in the Union, or say that none is needed.",
    ),
    "system_name": Gap(
        MANAGEMENT,
        "Art. 3(3) and 50(1) AI Act",
        "Give the system the name that people will see.",
    ),
    "role": Gap(
        MANAGEMENT,
        "Art. 3(3) and 3(4) AI Act",
        "Choose one of the two readings of the role, and sign the choice.",
    ),
    "role_reason": Gap(MANAGEMENT, "Art. 3(3) and 3(4) AI Act", "Write down why, and who decided."),
}
"""Field of `Organisation` → the gap it leaves where it is null."""

SETTINGS: Mapping[str, Gap] = {
    "software": Gap(ENGINEER, "Art. 30(1)(g) GDPR", "State the version of euguard."),
    "origin": Gap(ENGINEER, "Art. 30(1)(g) GDPR", "State the name of the log."),
    "database": Gap(ENGINEER, "Art. 30(1)(g) GDPR", "State where the log is kept."),
    "listen": Gap(ENGINEER, "Art. 30(1)(g) GDPR", "State where the gateway listens."),
    "upstream": Gap(ENGINEER, "Art. 30(1)(d) GDPR", "State where the model server is."),
    "network": Gap(
        ENGINEER,
        "Art. 30(1)(e) GDPR",
        "State every address outside this machine that is dialled, or that there is none.",
    ),
}
"""Settings that papers print → the gap that one leaves which is not given."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The policy set, and the day on which it was read."""

    policies: PolicySet
    today: date

    def _stated(
        self, id_: str, value: str | tuple[str, ...], provenance: Provenance, file: str
    ) -> Fact:
        lines = (value,) if isinstance(value, str) else value
        digest = self.policies.files.get(file, "")
        proof = f"SHA-256 {digest}" if digest else ""
        return Fact(id_, lines, provenance, f"policies/{file}", self.today, proof)

    def declared(self, id_: str, value: str | tuple[str, ...], file: str) -> Fact:
        """Return what the organisation states in that file."""
        return self._stated(id_, value, Provenance.DECLARED, file)

    def enforced(self, id_: str, value: str | tuple[str, ...], file: str) -> Fact:
        """Return what that file sets and the gateway obeys."""
        return self._stated(id_, value, Provenance.CONFIG, file)

    def declared_or(self, id_: str, value: str | None, gap: Gap, file: str) -> Fact:
        """Return what the organisation states in that file, or the gap where it is null."""
        if value is not None:
            return self.declared(id_, value, file)
        return missing(id_, gap, source=f"policies/{file}", today=self.today)


def from_policies(policies: PolicySet, today: date) -> Iterator[Fact]:
    """Yield what the policies folder says."""
    reading = Reading(policies, today)
    yield from _organisation(reading)
    for purpose in policies.purposes.values():
        yield from _purpose(reading, purpose)
    for model in policies.models.values():
        yield from _model(reading, model)
    for provision in policies.law.values():
        yield from _provision(provision)
    for notice in policies.notices.values():
        yield from _notice(reading, notice)


def from_settings(settings: Mapping[str, str], today: date) -> Iterator[Fact]:
    """Yield what the settings say, by the names in `SETTINGS`; other names are not printed."""
    for name, gap in SETTINGS.items():
        value = settings.get(name)
        if value:
            yield Fact(f"settings.{name}", (value,), Provenance.CONFIG, "settings", today, "")
        else:
            yield missing(f"settings.{name}", gap, source="settings", today=today)


def _organisation(reading: Reading) -> Iterator[Fact]:
    file = "organisation.yaml"
    for name, gap in _ORGANISATION.items():
        value: str | None = getattr(reading.policies.organisation, name)
        yield reading.declared_or(f"organisation.{name}", value, gap, file)


def _purpose(reading: Reading, purpose: Purpose) -> Iterator[Fact]:
    file = f"purposes/{purpose.id}.yaml"
    of = f"purpose.{purpose.id}"
    status = f"refused: {purpose.refusal}" if purpose.refused else "allowed"
    yield reading.declared(f"{of}.title", purpose.title, file)
    yield reading.declared(f"{of}.description", purpose.description, file)
    yield reading.enforced(f"{of}.status", status, file)
    yield reading.declared(f"{of}.risk", f"{purpose.risk.value}: {purpose.risk_reason}", file)
    basis = f"Art. {purpose.lawful_basis.value} GDPR: {purpose.lawful_basis_reason}"
    yield reading.declared(f"{of}.lawful_basis", basis, file)
    yield reading.declared(f"{of}.data_subjects", purpose.data_subjects, file)
    yield reading.declared(f"{of}.data_categories", purpose.data_categories, file)
    yield reading.declared(f"{of}.recipients", purpose.recipients, file)
    retention = f"{purpose.retention.days} days. {purpose.retention.reason}"
    yield reading.declared(f"{of}.retention", retention, file)
    yield reading.enforced(f"{of}.languages", purpose.languages, file)
    yield reading.enforced(f"{of}.models", purpose.models, file)
    yield reading.enforced(f"{of}.max_characters", f"{purpose.max_characters:,}", file)
    yield reading.declared(f"{of}.oversight", purpose.oversight, file)
    compared = tuple(f"{one.title} ({in_words(one.checked)})" for one in purpose.sources)
    yield reading.declared(f"{of}.sources", compared, file)
    action = f"Review {file} for this organisation, and enter who approved it and when."
    gap = Gap(OFFICER, "Art. 5(2) and 30(1)(b) GDPR", action)
    yield reading.declared_or(f"{of}.approved_by", purpose.approved_by, gap, file)


def _model(reading: Reading, model: Model) -> Iterator[Fact]:
    file = f"models/{model.id}.yaml"
    of = f"model.{model.id}"
    yield reading.declared(f"{of}.title", model.title, file)
    yield reading.declared(f"{of}.provider", model.provider, file)
    yield reading.declared(f"{of}.licence", model.licence, file)
    for number, stated in enumerate(model.facts):
        yield _upstream(f"{of}.fact.{number:02}", (stated.value,), stated.source)


def _provision(provision: Provision) -> Iterator[Fact]:
    of = f"law.{provision.id}"
    since = provision.applies_from
    when = f"Applies from {in_words(since)}." if since else "The date is unsettled."
    later = f"Later: {provision.transition}." if provision.transition else ""
    text = " ".join(filter(None, (f"{provision.article}: {provision.summary}", when, later)))
    yield _upstream(of, (text,), provision.source)
    for reading in provision.readings:
        yield _upstream(f"{of}.reading.{reading.id}", (reading.text,), reading.source)


def _notice(reading: Reading, notice: Notice) -> Iterator[Fact]:
    file = f"notices/{notice.language}.yaml"
    of = f"notice.{notice.language}"
    organisation = reading.policies.organisation
    names = {
        "{system}": organisation.system_name,
        "{organisation}": organisation.name,
    }
    texts = [("banner", notice.banner)]
    texts += [(f"section.{id_}", text) for id_, _, text in notice.sections]
    for name, text in texts:
        yield _worded(reading, f"{of}.{name}", text, names, file)
    compared = f"{notice.source.title} ({in_words(notice.source.checked, notice.language)})"
    yield reading.declared(f"{of}.source", compared, file)
    action = f"Have the wording in {file} approved, and enter who approved it."
    gap = Gap(OFFICER, "Art. 50(5) AI Act, Art. 12(1) GDPR", action)
    yield reading.declared_or(f"{of}.reviewed_by", notice.reviewed_by, gap, file)


def _worded(
    reading: Reading, id_: str, text: str, names: Mapping[str, str | None], file: str
) -> Fact:
    lacking = [mark for mark, name in names.items() if mark in text and name is None]
    for mark, name in names.items():
        text = text.replace(mark, name or f"[{mark.strip('{}')}: not declared]")
    if not lacking:
        return reading.declared(id_, text, file)
    words = " and ".join(mark.strip("{}") for mark in lacking)
    gap = Gap(MANAGEMENT, "Art. 50(1) AI Act", f"Declare the name of the {words}.")
    source = f"policies/{file}"
    return missing(id_, gap, source=source, today=reading.today, draft=(text,))


def _upstream(id_: str, value: tuple[str, ...], source: Source) -> Fact:
    return Fact(id_, value, Provenance.UPSTREAM, source.title, source.checked, "", url=source.url)
