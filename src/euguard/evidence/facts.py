"""Facts: the only thing a paper may say.

A fact is a value with its provenance: who or what stands behind it, where that can be looked up,
and what proves it. What nobody has said is a fact too, a GAP, with the one who can close it.

From the log a fact takes counts and identifiers, never a personal datum. The contact persons in
organisation.yaml are named because Art. 30(1)(a) GDPR asks for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from euguard.canonical import Value
from euguard.errors import ConfigurationError


class Provenance(StrEnum):
    """What stands behind a value."""

    OBSERVED = "observed"
    """Counted in the log's records, which hash to a signed checkpoint."""
    CONFIG = "config"
    """Set in a file that the program obeys."""
    UPSTREAM = "upstream"
    """Stated by a third party: the model's provider, or the law."""
    DECLARED = "declared"
    """Stated in the organisation's policies; the program cannot check it."""
    DERIVED = "derived"
    """Follows from other facts, which the source names."""
    GAP = "gap"
    """Nobody has stated it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing, and who can close it."""

    owner: str
    """A function, never a person."""
    article: str
    action: str
    """What the owner does, in one sentence."""
    place: str = ""
    """File and key where the answer is written; empty where no file closes the gap."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement."""

    id: str
    """`<subject>.<property>`, as `purpose.hr-screening.risk`."""
    value: tuple[str, ...]
    """One text, or the items of a list; a GAP may carry a draft."""
    provenance: Provenance
    source: str
    """Where it can be looked up: a file, a text with its article, the log."""
    as_of: date
    """Day on which the source was read; for UPSTREAM, on which somebody last compared."""
    proof: str
    """What proves the source: a digest, a range of records; empty where nothing can."""
    url: str | None = None
    gap: Gap | None = None
    approved: bool = True
    """False for what came with euguard and nobody of the organisation has approved."""

    def __post_init__(self) -> None:
        if (self.gap is not None) is not (self.provenance is Provenance.GAP):
            msg = f"fact {self.id}: a GAP has an owner, and nothing else has"
            raise ValueError(msg)
        if not self.value and self.gap is None:
            msg = f"fact {self.id}: neither a value nor a GAP"
            raise ValueError(msg)
        if not self.source:
            msg = f"fact {self.id}: no source"
            raise ValueError(msg)
        if not self.approved and self.provenance is not Provenance.DECLARED:
            msg = f"fact {self.id}: only what is DECLARED can wait for approval"
            raise ValueError(msg)

    def as_json(self) -> dict[str, Value]:
        """Return the fact as facts.json has it."""
        result: dict[str, Value] = {
            "id": self.id,
            "value": list(self.value),
            "provenance": self.provenance.value,
            "source": self.source,
            "as_of": self.as_of.isoformat(),
            "proof": self.proof,
        }
        if self.url:
            result["url"] = self.url
        if not self.approved:
            result["approved"] = False
        if self.gap:
            gap = self.gap
            result["gap"] = {
                "owner": gap.owner,
                "article": gap.article,
                "action": gap.action,
                "place": gap.place,
            }
        return result


Facts: TypeAlias = Mapping[str, Fact]
"""By id."""


def pick(facts: Facts, id_: str) -> Fact:
    """Return the fact of that id.

    Raises:
        ConfigurationError: nothing in the policies states it, as when a law file was removed.

    """
    fact = facts.get(id_)
    if fact is None:
        msg = f"papers: no policy file states the fact {id_}"
        raise ConfigurationError(msg, fix="restore policies/law and policies/notices from the kit")
    return fact


def missing(id_: str, gap: Gap, *, source: str, today: date, draft: tuple[str, ...] = ()) -> Fact:
    """Return the GAP of that id; `source` names the place where the value would stand."""
    return Fact(id_, draft, Provenance.GAP, source, today, "", gap=gap)


_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
}


def in_words(day: date, language: str = "en") -> str:
    """Return the day as people write it, `2 December 2027`; independent of the locale.

    In a language whose months are not listed here, as ISO 8601 has it.
    """
    if language not in _MONTHS:
        return day.isoformat()
    number = "1er" if (language, day.day) == ("fr", 1) else str(day.day)
    return f"{number} {_MONTHS[language][day.month - 1]} {day.year}"
