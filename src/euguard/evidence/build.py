"""From what lies before us to papers on disk."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from euguard import canonical
from euguard.errors import ConfigurationError
from euguard.evidence.collect import from_policies, from_settings
from euguard.evidence.counted import from_log
from euguard.evidence.derive import derived
from euguard.evidence.document import Document, OpenItem, Stamp
from euguard.evidence.documents import record_of_processing, system_inventory, transparency_notice
from euguard.evidence.facts import Fact, Facts, Provenance
from euguard.evidence.observe import Log, Observation, observe
from euguard.evidence.render import index_html, to_html, to_markdown
from euguard.evidence.statements import statements
from euguard.policy.schema import PolicySet


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that papers are made from."""

    policies: PolicySet
    settings: Mapping[str, str]
    """By the names in `collect.SETTINGS`; one that is missing becomes a gap."""
    log: Log | None
    """None where there is no log yet."""
    now: datetime
    """When the papers are made, aware, UTC."""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What was written."""

    files: tuple[Path, ...]
    fields: int
    coverage: Mapping[Provenance, int]
    """Fields on each provenance, over all papers; those on GAP are open."""
    unapproved: int
    """DECLARED fields whose file nobody of the organisation has approved."""
    open_items: tuple[OpenItem, ...]
    records: int
    """Records of the log that were counted."""


def build(inputs: Inputs, destination: Path) -> BuildSummary:
    """Write every paper as Markdown and HTML, the index and the facts.

    Raises:
        ConfigurationError: the folder cannot be written, or a law file is missing.
        LogUnavailableError: the database does not answer.
        IntegrityError: the log is not what its checkpoint says; nothing is written.

    """
    gathering = gathered(inputs)
    papers = documents(gathering)
    files = {f"{paper.name}.md": to_markdown(paper) for paper in papers}
    files |= {f"{paper.name}.html": to_html(paper) for paper in papers}
    files["index.html"] = index_html(papers)
    contents = {name: text.encode() for name, text in files.items()}
    contents["facts.json"] = _facts_json(papers)
    written = _write(contents, destination)
    coverage = {
        provenance: sum(dict(paper.coverage())[provenance] for paper in papers)
        for provenance in Provenance
    }
    return BuildSummary(
        files=written,
        fields=sum(coverage.values()),
        coverage=coverage,
        unapproved=sum(paper.unapproved() for paper in papers),
        open_items=_open_items(papers),
        records=gathering.records,
    )


def gaps(inputs: Inputs) -> tuple[OpenItem, ...]:
    """Return what is open over all papers, each gap once; raises as `build` does."""
    return _open_items(documents(gathered(inputs)))


@dataclass(frozen=True, slots=True)
class Gathering:
    """All facts, and what they were gathered from."""

    policies: PolicySet
    facts: Facts
    stamp: Stamp
    records: int


def gathered(inputs: Inputs) -> Gathering:
    """Return every fact that the inputs hold; raises as `build` does."""
    policies, today = inputs.policies, inputs.now.date()
    observation = None if inputs.log is None else observe(inputs.log)
    facts = (
        *from_policies(policies, today),
        *from_settings(inputs.settings, today),
        *statements(policies, today),
        *from_log(observation, policies, today),
        *derived(policies, observation, today),
    )
    return Gathering(
        policies=policies,
        facts={fact.id: fact for fact in facts},
        stamp=_stamp(inputs, observation),
        records=observation.checkpoint.size if observation else 0,
    )


def documents(gathering: Gathering) -> tuple[Document, ...]:
    """Return every paper; raises ConfigurationError where a law file is missing."""
    kinds = (record_of_processing, transparency_notice, system_inventory)
    return tuple(kind.build(gathering.policies, gathering.facts, gathering.stamp) for kind in kinds)


def _stamp(inputs: Inputs, observation: Observation | None) -> Stamp:
    if observation is None:
        checkpoint = "none yet"
    else:
        one = observation.checkpoint
        checkpoint = f"{one.origin}, size {one.size}, root {one.root.hex()}"
    software = inputs.settings.get("software") or "euguard"
    return Stamp(inputs.now, software, inputs.policies.digest, checkpoint)


def _open_items(papers: Sequence[Document]) -> tuple[OpenItem, ...]:
    found: dict[object, OpenItem] = {}
    for paper in papers:
        for item in paper.open_items():
            earlier = found[item.gap].fields if item.gap in found else ()
            found[item.gap] = OpenItem(item.gap, earlier + item.fields)
    return tuple(found.values())


def _facts_json(papers: Sequence[Document]) -> bytes:
    facts: dict[str, Fact] = {
        field.fact.id: field.fact for paper in papers for field in paper.fields()
    }
    stamp = papers[0].stamp
    return canonical.encode(
        {
            "made": f"{stamp.made:%Y-%m-%dT%H:%M:%SZ}",
            "software": stamp.software,
            "policy": stamp.policy,
            "checkpoint": stamp.checkpoint,
            "facts": [facts[id_].as_json() for id_ in sorted(facts)],
        }
    )


def _write(contents: Mapping[str, bytes], destination: Path) -> tuple[Path, ...]:
    """Put each file in its place whole; not synced, for what a crash takes is made again."""
    written = []
    try:
        destination.mkdir(parents=True, exist_ok=True)
        for name, data in sorted(contents.items()):
            path = destination / name
            half = path.with_name(f".{name}.{hashlib.sha256(data).hexdigest()[:8]}")
            half.write_bytes(data)
            half.replace(path)  # nobody reads half a paper
            written.append(path)
    except OSError as error:
        msg = f"papers: cannot write {error.filename}: {error.strerror}"
        raise ConfigurationError(msg, fix="name a folder that can be written") from None
    return tuple(written)
