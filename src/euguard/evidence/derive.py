"""Facts that follow from other facts."""

import dataclasses
from collections.abc import Iterator
from datetime import date

from euguard.audit.record import Closed, Opened, Refused
from euguard.errors import ConfigurationError
from euguard.evidence.collect import OFFICER
from euguard.evidence.facts import Fact, Gap, Provenance, in_words, missing
from euguard.evidence.observe import Observation
from euguard.policy.schema import Notice, PolicySet, Provision, Purpose
from euguard.terms import RiskClass

_ORDER = (RiskClass.MINIMAL, RiskClass.TRANSPARENCY, RiskClass.HIGH_RISK, RiskClass.PROHIBITED)


def derived(policies: PolicySet, observation: Observation | None, today: date) -> Iterator[Fact]:
    """Yield everything that follows."""
    yield _status(observation, today)
    yield _risk(policies, today)
    for purpose in policies.purposes.values():
        yield _dates(policies, purpose, today)
    for notice in policies.notices.values():
        yield _recorded(notice, today)
    yield from _measures(policies, today)


def _follows(id_: str, value: tuple[str, ...], source: str, today: date) -> Fact:
    return Fact(id_, value, Provenance.DERIVED, source, today, "")


def _status(observation: Observation | None, today: date) -> Fact:
    completed = observation.total.outcomes["completed"] if observation else 0
    text = "in use: at least one exchange was completed" if completed else "not yet in use"
    return _follows("system.status", (text,), "follows from the log (log.use)", today)


def _risk(policies: PolicySet, today: date) -> Fact:
    allowed = [purpose for purpose in policies.purposes.values() if not purpose.refused]
    refused = [purpose for purpose in policies.purposes.values() if purpose.refused]
    highest = max((purpose.risk for purpose in allowed), key=_ORDER.index, default=None)
    lines = [highest.value if highest else "no purpose is allowed"]
    lines += [f"refused, and not counted: {one.id} ({one.risk.value})" for one in refused]
    source = "highest class of the purposes that are allowed (purpose.*.risk)"
    return _follows("system.risk", tuple(lines), source, today)


def _dates(policies: PolicySet, purpose: Purpose, today: date) -> Fact:
    lines = tuple(_dated(_provision(policies, id_), today) for id_ in purpose.provisions)
    source = f"provisions in policies/purposes/{purpose.id}.yaml, dates in policies/law"
    return _follows(f"purpose.{purpose.id}.dates", lines, source, today)


def _provision(policies: PolicySet, id_: str) -> Provision:
    provision = policies.law.get(id_)
    if provision is None:
        msg = f"papers: no policy file states the provision {id_}"
        raise ConfigurationError(msg, fix="restore policies/law from the kit")
    return provision


def _dated(provision: Provision, today: date) -> str:
    since = provision.applies_from
    if since is None:
        return f"{provision.article}: the date is unsettled; the readings are printed below"
    verb = "applies since" if since <= today else "applies from"
    later = f"; {provision.transition}" if provision.transition else ""
    return f"{provision.article}: {verb} {in_words(since)}{later}"


def _recorded(notice: Notice, today: date) -> Fact:
    """Return what the log keeps, from the program's own record types, in the notice's words."""
    fields = (one.name for kind in (Opened, Closed, Refused) for one in dataclasses.fields(kind))
    names = dict.fromkeys(("at", *fields))
    id_ = f"notice.{notice.language}.recorded"
    source = f"fields of the log's records, worded in policies/notices/{notice.language}.yaml"
    wordless = sorted(set(names) - set(notice.recorded))
    lines = tuple(notice.recorded[name] for name in names if name in notice.recorded)
    if not wordless:
        return _follows(id_, lines, source, today)
    action = f"Say in plain words what these fields are: {', '.join(wordless)}."
    place = f"policies/notices/{notice.language}.yaml: recorded.fields"
    gap = Gap(OFFICER, "Art. 13 GDPR, Art. 50(1) AI Act", action, place)
    return missing(id_, gap, source=source, today=today, draft=lines)


def _measures(policies: PolicySet, today: date) -> Iterator[Fact]:
    source = "design of the program, audit/SPEC.md"
    yield _follows(
        "security.pseudonymisation",
        (
            "every text field is searched for personal data before it reaches the model",
            "what is found is replaced by a keyed code; the way back stays in memory",
            "a request that cannot be searched is refused",
        ),
        "design of the program; how often it happened is counted in log.found",
        today,
    )
    yield _follows(
        "security.record",
        (
            "no request reaches the model before its record is durable",
            "records form a Merkle tree with signed checkpoints, so that a change shows",
        ),
        source,
        today,
    )
    keys = ", ".join(sorted(policies.purposes))
    yield _follows(
        "security.access",
        (f"API keys are bound to purposes ({keys}), stored as hashes, and can be revoked",),
        "design of the program and the files in policies/purposes",
        today,
    )
