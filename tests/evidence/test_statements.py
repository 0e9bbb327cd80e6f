"""What only people can say."""

from pathlib import Path

import pytest

from euguard.errors import PolicyFileError
from euguard.evidence.facts import Facts, Provenance
from euguard.evidence.statements import STATEMENTS, statements
from euguard.policy.folder import schema
from euguard.policy.schema import load
from papers import NOW


def test_what_nobody_has_stated_is_open_has_an_owner_and_a_place(facts: Facts) -> None:
    for name in STATEMENTS:
        gap = facts[name].gap
        assert gap is not None
        assert gap.owner
        assert gap.article
        assert gap.place == f"policies/organisation.yaml: statements.{name}"


def test_every_statement_can_be_written_and_no_other() -> None:
    assert list(schema("organisation")["properties"]["statements"]["properties"]) == [*STATEMENTS]


def test_every_statement_stands_in_the_shipped_file_to_be_filled_in(rules: Path) -> None:
    text = (rules / "organisation.yaml").read_text()

    assert [name for name in STATEMENTS if f"  {name}: null " not in text] == []


def test_what_the_organisation_states_closes_the_gap(rules: Path) -> None:
    file = rules / "organisation.yaml"
    before = "  security.encryption: null "
    file.write_text(file.read_text().replace(before, "  security.encryption: LUKS, keys in a TPM "))

    facts = {fact.id: fact for fact in statements(load(rules), NOW.date())}

    assert facts["security.encryption"].value == ("LUKS, keys in a TPM",)
    assert facts["security.encryption"].provenance is Provenance.DECLARED
    assert facts["security.encryption"].approved
    assert facts["security.restore"].gap is not None


def test_a_statement_that_no_paper_asks_for_is_refused(rules: Path) -> None:
    file = rules / "organisation.yaml"
    file.write_text(file.read_text().replace("security.encryption:", "security.encrypton:"))

    with pytest.raises(PolicyFileError, match=r"unknown key 'security\.encrypton'") as caught:
        load(rules)

    assert caught.value.fix == "did you mean 'security.encryption'?"
