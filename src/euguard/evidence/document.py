"""A paper: sections of fields, each field one fact."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from euguard.evidence.facts import Fact, Facts, Gap, Provenance, pick


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a paper."""

    id: str
    """Stable within the paper, as `30-1-a.name`."""
    label: str
    article: str
    """What asks for the field; empty where nothing does."""
    fact: Fact
    language: str = "en"
    """ISO 639-1 code of label and value."""


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together."""

    id: str
    heading: str
    fields: tuple[Field, ...]
    language: str = "en"
    """ISO 639-1 code of the heading."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a paper was made from; the same in every paper of one build."""

    made: datetime
    """Aware, UTC."""
    software: str
    policy: str
    """SHA-256 of the policy set, hex."""
    checkpoint: str
    """One line on size and root, or that there is none yet."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One gap, and the fields that wait for it."""

    gap: Gap
    fields: tuple[Field, ...]

    def labels(self) -> tuple[tuple[str, str], ...]:
        """Return label and id of the first field of each label."""
        return tuple((field.label, field.id) for field in self.once())

    def once(self) -> tuple[Field, ...]:
        """Return the first field of each label."""
        first: dict[str, Field] = {}
        for field in self.fields:
            first.setdefault(field.label, field)
        return tuple(first.values())


@dataclass(frozen=True, slots=True)
class Document:
    """One paper."""

    name: str
    """Name of its files."""
    title: str
    basis: str
    """The provision that asks for it."""
    introduction: str
    sections: tuple[Section, ...]
    stamp: Stamp

    def fields(self) -> Iterator[Field]:
        """Yield every field in reading order."""
        for section in self.sections:
            yield from section.fields

    def open_items(self) -> tuple[OpenItem, ...]:
        """Return the gaps in reading order, each once."""
        found: dict[Gap, list[Field]] = {}
        for field in self.fields():
            if field.fact.gap is not None:
                found.setdefault(field.fact.gap, []).append(field)
        return tuple(OpenItem(gap, tuple(fields)) for gap, fields in found.items())

    def coverage(self) -> tuple[tuple[Provenance, int], ...]:
        """Return how many fields stand on what, the same order in every paper."""
        stands = [field.fact.provenance for field in self.fields()]
        return tuple((provenance, stands.count(provenance)) for provenance in Provenance)

    def unapproved(self) -> int:
        """Return how many fields state what nobody of the organisation has approved."""
        return sum(not field.fact.approved for field in self.fields())


def rows(facts: Facts, *rows: tuple[str, str, str, str]) -> tuple[Field, ...]:
    """Return fields from rows of field id, label, article and fact id."""
    return tuple(
        Field(id_, label, article, pick(facts, fact)) for id_, label, article, fact in rows
    )


def readings(facts: Facts, provision: str, article: str) -> tuple[Field, ...]:
    """Return every reading of a provision that is not settled."""
    of = f"law.{provision}.reading."
    names = [name for name in facts if name.startswith(of)]
    return tuple(
        Field(f"{provision}.reading-{number}", f"Reading {number}", article, facts[name])
        for number, name in enumerate(names, start=1)
    )
