"""Facts from what was counted in the log."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from euguard.evidence.collect import ENGINEER, OFFICER
from euguard.evidence.facts import Fact, Gap, Provenance, missing
from euguard.evidence.observe import Observation, Use
from euguard.pii.span import PersonalDataKind
from euguard.policy.schema import PolicySet, Purpose

KINDS: Mapping[str, str] = {
    PersonalDataKind.PERSON: "names of persons",
    PersonalDataKind.LOCATION: "names of places",
    PersonalDataKind.ADDRESS: "postal addresses",
    PersonalDataKind.ORGANISATION: "names of organisations",
    PersonalDataKind.BIRTH: "dates of birth",
    PersonalDataKind.DATE: "dates",
    PersonalDataKind.EMAIL: "e-mail addresses",
    PersonalDataKind.PHONE: "telephone numbers",
    PersonalDataKind.URL: "web addresses that name a user",
    PersonalDataKind.IP: "IP addresses",
    PersonalDataKind.DEVICE: "device numbers",
    PersonalDataKind.IBAN: "bank account numbers",
    PersonalDataKind.BIC: "bank codes",
    PersonalDataKind.CARD: "payment card numbers",
    PersonalDataKind.IDENTITY: "national identity numbers",
    PersonalDataKind.TAX: "tax numbers",
    PersonalDataKind.INSURANCE: "social security and health insurance numbers",
    PersonalDataKind.PASSPORT: "passport numbers",
    PersonalDataKind.DOCUMENT: "identity card numbers",
    PersonalDataKind.LICENCE: "driving licence numbers",
    PersonalDataKind.PERMIT: "residence permit numbers",
    PersonalDataKind.PLATE: "vehicle registration numbers",
    PersonalDataKind.COMPANY: "business numbers",
    PersonalDataKind.CASE: "case, file and customer numbers",
    PersonalDataKind.SECRET: "passwords, keys and tokens",
    PersonalDataKind.OTHER: "what the organisation's own recognisers find",
}
"""What recognisers can find → how papers call it."""

_NO_LOG = Gap(
    ENGINEER,
    "Art. 5(2) GDPR",
    "Start the gateway and let it publish a checkpoint, then build the papers again.",
)


def from_log(observation: Observation | None, policies: PolicySet, today: date) -> Iterator[Fact]:
    """Yield what the log says on use; gaps where there is no checkpoint yet."""
    if observation is None:
        yield from _nothing(policies, today)
        return
    told = _Telling(observation, today)
    checkpoint = observation.checkpoint
    lines = (
        f"log {checkpoint.origin}",
        f"{_count(checkpoint.size, 'record')}",
        f"root {checkpoint.root.hex()}",
        "signed by a trusted key; all records were read and hash to this root",
    )
    yield told.fact("log.checkpoint", lines)
    yield told.fact("log.period", _period(observation))
    yield told.fact("log.use", _use(observation.total))
    yield told.fact("log.found", _found(observation.total))
    for purpose in policies.purposes:
        use = observation.purposes.get(purpose, Use())
        of = f"log.purpose.{purpose}"
        yield told.fact(f"{of}.use", _use(use))
        yield told.fact(f"{of}.found", _found(use))
        yield _special(told, policies.purposes[purpose], use, today)
        yield told.fact(f"{of}.models", _table(use.models, "no exchange was opened"))
        yield told.fact(f"{of}.languages", _table(use.languages, "none was recognised"))
    yield _strangers(told, observation, policies, today)


class _Telling:
    def __init__(self, observation: Observation, today: date) -> None:
        checkpoint = observation.checkpoint
        self._today = today
        last = checkpoint.size - 1
        records = f"records 0 to {last}" if checkpoint.size else "no record"
        root = checkpoint.root.hex()
        self._proof = f"{records} of checkpoint size {checkpoint.size}, root {root}"

    def fact(self, id_: str, value: tuple[str, ...]) -> Fact:
        return Fact(id_, value, Provenance.OBSERVED, "audit log", self._today, self._proof)


def _nothing(policies: PolicySet, today: date) -> Iterator[Fact]:
    names = ["checkpoint", "period", "use", "found", "strangers"]
    names += [
        f"purpose.{purpose}.{part}"
        for purpose in policies.purposes
        for part in ("use", "found", "special", "models", "languages")
    ]
    for name in names:
        yield missing(f"log.{name}", _NO_LOG, source="audit log", today=today)


def _special(told: _Telling, purpose: Purpose, use: Use, today: date) -> Fact:
    """Return what was mentioned of special categories; a gap where nobody expected it."""
    id_ = f"log.purpose.{purpose.id}.special"
    lines = _table(use.special, "no word on the lists was noticed")
    expected = purpose.special.categories if purpose.special else ()
    unexpected = sorted(set(use.special) - set(expected))
    if not unexpected:
        return told.fact(id_, lines)
    action = (
        f"Find out whether personal data on {', '.join(unexpected)} are sent for this purpose; "
        "then name them in special_categories with a condition of Art. 9(2) or Art. 10, or stop it."
    )
    gap = Gap(OFFICER, "Art. 9(1), 10 GDPR", action, f"purposes/{purpose.id}.yaml")
    return missing(id_, gap, source="audit log", today=today, draft=lines)


def _strangers(told: _Telling, observation: Observation, policies: PolicySet, today: date) -> Fact:
    """Return the purposes that were used and have no file (any more)."""
    unknown = sorted(set(observation.purposes) - set(policies.purposes))
    if not unknown:
        return told.fact("log.strangers", ("every purpose in the log has its policy file",))
    files = ", ".join(f"purposes/{purpose}.yaml" for purpose in unknown)
    action = f"Bring back {files}, or describe that past use."
    gap = Gap(OFFICER, "Art. 30(1)(b) GDPR", action, "policies/purposes")
    draft = tuple(f"{purpose}: {_use(observation.purposes[purpose])[0]}" for purpose in unknown)
    return missing("log.strangers", gap, source="audit log", today=today, draft=draft)


def _period(observation: Observation) -> tuple[str, ...]:
    if observation.first is None or observation.last is None:
        return ("no record yet",)
    return (f"from {_time(observation.first)} to {_time(observation.last)}",)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _use(use: Use) -> tuple[str, ...]:
    still_open = use.opened - use.outcomes.total()
    parts = [f"{number:,} {outcome}" for outcome, number in sorted(use.outcomes.items())]
    parts += [f"{still_open:,} still open"] if still_open else []
    opened = _count(use.opened, "exchange") + (f": {', '.join(parts)}" if parts else "")
    codes = ", ".join(f"{number:,} {code}" for code, number in sorted(use.refused.items()))
    refused = _count(use.refused.total(), "request") + " refused" + (f": {codes}" if codes else "")
    return opened, refused


def _found(use: Use) -> tuple[str, ...]:
    named = Counter({KINDS.get(kind, kind): number for kind, number in use.found.items()})
    return _table(named, "none was found and replaced")


def _table(counts: Counter[str], nothing: str) -> tuple[str, ...]:
    return tuple(f"{name}: {number:,}" for name, number in sorted(counts.items())) or (nothing,)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
