"""From what lies before us to papers on disk."""

import dataclasses
import re
from pathlib import Path
from typing import cast

import orjson
import pytest

import papers
from euguard import canonical
from euguard.errors import ConfigurationError, IntegrityError
from euguard.evidence.build import Inputs, build, gaps
from euguard.evidence.document import Document
from euguard.evidence.facts import Facts, Provenance
from euguard.policy.schema import PolicySet, load

NAMES = {
    "facts.json",
    "index.html",
    "record-of-processing.html",
    "record-of-processing.md",
    "system-inventory.html",
    "system-inventory.md",
    "transparency-notice.html",
    "transparency-notice.md",
}


def test_all_papers_the_index_and_the_facts_are_written(inputs: Inputs, tmp_path: Path) -> None:
    summary = build(inputs, tmp_path / "a" / "b")

    assert {path.name for path in (tmp_path / "a" / "b").iterdir()} == NAMES
    assert {path.name for path in summary.files} == NAMES
    assert summary.records == 7
    assert summary.fields == sum(summary.coverage.values())
    assert summary.coverage[Provenance.OBSERVED] > 0
    assert summary.unapproved == summary.coverage[Provenance.DECLARED] > 0
    assert summary.open_items == gaps(inputs)


def test_the_same_inputs_give_the_same_files(inputs: Inputs, tmp_path: Path) -> None:
    build(inputs, tmp_path / "one")
    build(inputs, tmp_path / "two")
    build(inputs, tmp_path / "two")

    for name in NAMES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_papers_are_made_before_there_is_a_log(policies: PolicySet, tmp_path: Path) -> None:
    summary = build(papers.inputs_of(policies, None), tmp_path)

    assert summary.records == 0
    assert summary.coverage[Provenance.OBSERVED] == 0
    assert "Checkpoint: none yet" in (tmp_path / "index.html").read_text()


def test_papers_without_settings_name_the_program_alone(
    policies: PolicySet, tmp_path: Path
) -> None:
    build(Inputs(policies, {}, None, papers.NOW), tmp_path)

    assert "UTC by euguard." in (tmp_path / "system-inventory.md").read_text()


def test_the_facts_are_canonical_json_and_hold_what_the_papers_say(
    inputs: Inputs, made: dict[str, Document], tmp_path: Path
) -> None:
    build(inputs, tmp_path)

    data = (tmp_path / "facts.json").read_bytes()
    value = cast("dict[str, list[dict[str, object]]]", canonical.decode(data))
    ids = {fact["id"] for fact in value["facts"]}
    assert ids == {field.fact.id for paper in made.values() for field in paper.fields()}
    assert [fact["id"] for fact in value["facts"]] == sorted(cast("set[str]", ids))
    assert orjson.loads(data)["policy"] == inputs.policies.digest


def test_every_fact_has_a_provenance_and_a_source(facts: Facts) -> None:
    assert len(facts) > 150
    for fact in facts.values():
        assert isinstance(fact.provenance, Provenance)
        assert fact.source


def test_a_log_that_was_changed_makes_no_paper(inputs: Inputs, tmp_path: Path) -> None:
    log = papers.log_of(*papers.RECORDS)
    reader = cast("papers.Leaves", log.reader)
    changed = papers.Leaves(list(reversed(reader.entries)), reader.note)

    with pytest.raises(IntegrityError):
        build(
            dataclasses.replace(inputs, log=dataclasses.replace(log, reader=changed)),
            tmp_path / "out",
        )

    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_said_to_be_so(inputs: Inputs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="papers: cannot write"):
        build(inputs, tmp_path / "file")


def test_one_gap_of_several_papers_is_listed_once(inputs: Inputs) -> None:
    items = gaps(inputs)

    assert len({item.gap for item in items}) == len(items)
    name = next(item for item in items if item.gap.action == "Enter the registered name.")
    assert len(name.fields) == 2


# ------------------------------------------------------------------ over all output


@pytest.fixture(scope="session")
def everything(inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("papers")
    build(inputs, folder)
    return "\n".join(path.read_text() for path in sorted(folder.iterdir()))


def test_no_paper_ever_says_that_somebody_is_compliant(everything: str) -> None:
    assert not re.search("complian", everything, re.IGNORECASE)
    assert not re.search("conform[eé] (à|au|aux) ", everything, re.IGNORECASE)


def test_every_provision_in_the_law_files_is_cited_by_a_paper(
    policies: PolicySet, made: dict[str, Document]
) -> None:
    cited = {field.fact.id for paper in made.values() for field in paper.fields()}

    for provision in policies.law.values():
        assert f"law.{provision.id}" in cited
        for reading in provision.readings:
            assert f"law.{provision.id}.reading.{reading.id}" in cited


@pytest.mark.parametrize(
    "error",
    [
        r"high-risk[^.<]{0,80}2 August 2026",  # the Digital Omnibus moved it to 2 December 2027
        r"Art(\.|icle) 12[^.<]{0,80}tamper",  # Art. 12 asks for no such thing
        r"Art(\.|icle) 26\(9\)[^.<]{0,80}fundamental rights",  # it is about the DPIA
        r"\b3\(44\)",  # numbering from before publication
        r"\b10\(5\)",  # deleted; Art. 4a instead
        r"ISO(/IEC)? 42001",  # no conformity with Art. 17
        r"7 ?% ",  # a fine that is not that of every breach
        r"Annex IV\b",  # no numbers of sections that do not exist
        r"750 employees",  # not adopted
        r"96 hours",  # not adopted
        r"fully anonym|anonymi[sz]ed",  # pseudonymised data stay personal data
    ],
)
def test_the_errors_of_other_generators_do_not_occur(everything: str, error: str) -> None:
    assert not re.search(error, everything, re.IGNORECASE)


def test_the_dates_of_high_risk_are_those_of_the_amending_regulation(everything: str) -> None:
    assert "applies from 2 December 2027" in everything
    assert "Applies from 2 August 2028" in everything
    assert "Regulation (EU) 2026/1744" in everything


def test_no_key_and_no_exchange_is_named(everything: str) -> None:
    assert "a" * 16 not in everything
    assert "01980000-0000-7000" not in everything


def test_what_the_organisation_types_is_escaped_in_every_paper(
    rules: Path, inputs: Inputs, tmp_path: Path
) -> None:
    file = rules / "organisation.yaml"
    text = file.read_text().replace("name: null ", "name: '<img src=x onerror=alert(1)>' ")
    file.write_text(text)

    build(dataclasses.replace(inputs, policies=load(rules)), tmp_path / "out")

    for path in (tmp_path / "out").iterdir():
        if path.suffix != ".json":
            assert "<img" not in path.read_text().replace("\\<img", "")
