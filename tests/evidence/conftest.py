"""The shipped rules, and papers made from them and a small log."""

import shutil
from pathlib import Path

import pytest

import papers
from euguard.evidence.build import Inputs, documents, gathered
from euguard.evidence.document import Document
from euguard.evidence.facts import Facts
from euguard.policy import shipped
from euguard.policy.schema import PolicySet, load


@pytest.fixture(scope="session")
def policies() -> PolicySet:
    return load(shipped.folder())


@pytest.fixture(scope="session")
def inputs(policies: PolicySet) -> Inputs:
    return papers.inputs_of(policies, papers.log_of(*papers.RECORDS))


@pytest.fixture(scope="session")
def facts(inputs: Inputs) -> Facts:
    return gathered(inputs).facts


@pytest.fixture(scope="session")
def made(inputs: Inputs) -> dict[str, Document]:
    return {document.name: document for document in documents(gathered(inputs))}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped policies that the test may change."""
    return Path(shutil.copytree(shipped.folder(), tmp_path / "policies"))
