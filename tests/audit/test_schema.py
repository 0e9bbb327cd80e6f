"""The JSON Schemas, the dataclasses and the leaves say the same."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from euguard import canonical
from euguard.audit import manifest
from euguard.audit.record import (
    Closed,
    ExportCreated,
    Opened,
    Outcome,
    Record,
    Refused,
    WriterStarted,
)
from euguard.audit.selection import All, OneExchange, OnePurpose, Selection
from euguard.terms import PurposeId
from forge import content_of, exported, lines_of, taken_apart
from logbook import POLICY, START, Logbook, closed, exchange_id, opened, ordinary_log

FOLDER = Path(__file__).parent.parent.parent / "audit"
KINDS: tuple[type[Record], ...] = (Opened, Closed, Refused, WriterStarted, ExportCreated)
PLACE = {"at", "epoch", "kind", "previous", "sequence", "v", "writer"}


def schema(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / "schema" / f"{name}.schema.json").read_text())
    return read


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def good_lines() -> Iterator[bytes]:
    for path in sorted(FOLDER.glob("vectors/good/*/export.zip")):
        yield from lines_of(taken_apart(path))


def test_there_is_a_schema_for_each_kind_and_for_the_manifest() -> None:
    names = {path.name.removesuffix(".schema.json") for path in FOLDER.glob("schema/*.json")}

    assert names == {"manifest", *(kind.kind for kind in KINDS)}


@pytest.mark.parametrize("name", ["manifest", *(kind.kind for kind in KINDS)])
def test_every_schema_is_one_and_explains_every_field(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))

    assert all(field["description"] for field in schema(name)["properties"].values())


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_has_the_fields_of_the_record(kind: type[Record]) -> None:
    own = {field.name for field in dataclasses.fields(kind)}

    assert set(schema(kind.kind)["properties"]) == own | PLACE
    assert set(schema(kind.kind)["required"]) == own - {"special", "withheld"} | PLACE
    assert schema(kind.kind)["additionalProperties"] is False


def test_every_leaf_of_the_vectors_follows_its_schema() -> None:
    seen = set()
    for line in good_lines():
        fields = json.loads(line)
        validator(fields["kind"]).validate(fields)
        seen.add(fields["kind"])

    assert seen == {kind.kind for kind in KINDS} - {ExportCreated.kind}


def test_leaves_of_every_outcome_follow_their_schema() -> None:
    log = Logbook()
    log.start()
    log.write(ExportCreated(size=1, records=1, selection="all"))
    for outcome in Outcome:
        log.write(closed(1, outcome))
    log.write(dataclasses.replace(opened(2), special={"health": 2}))
    log.write(dataclasses.replace(closed(2), withheld=1))
    for line in log.lines:
        fields = json.loads(line)
        validator(fields["kind"]).validate(fields)


@pytest.mark.parametrize(
    "selection",
    [All(), OneExchange(exchange_id(1)), OnePurpose(PurposeId("drafting-letters"))],
)
def test_the_manifest_follows_its_schema(selection: Selection, tmp_path: Path) -> None:
    members = taken_apart(exported(ordinary_log(), tmp_path, selection))

    validator("manifest").validate(json.loads(content_of(members, "manifest.json")))


def test_every_manifest_of_the_good_vectors_follows_its_schema() -> None:
    kinds = set()
    for path in FOLDER.glob("vectors/good/*/export.zip"):
        stated = json.loads(content_of(taken_apart(path), "manifest.json"))
        validator("manifest").validate(stated)
        kinds.add(stated["selection"]["kind"])

    assert kinds == {"all", "exchange", "period", "purpose"}


def test_the_schema_of_the_manifest_has_its_fields() -> None:
    stated = json.loads(
        manifest.Manifest(
            origin="o",
            size=0,
            root=bytes(32),
            since=None,
            selection=All(),
            records=0,
            counts={},
            indices=None,
            software="",
            created=START,
            members=(),
        ).encode()
    )

    assert (
        set(stated) == set(schema("manifest")["properties"]) == set(schema("manifest")["required"])
    )


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2026-11-25 09:30"},
        {"epoch": 0},
        {"v": 2},
        {"found": {"PERSON": 0}},
        {"found": {"person": 1}},
        {"languages": ["en", "en"]},
        {"temperature": 0.15},
        {"key": "Anna Kowalska"},
        {"lawful_basis": "6(1)(g)"},
        {"more": 1},
        {"policy": POLICY.upper()},
        {"exchange": "1"},
    ],
)
def test_the_schema_refuses_what_the_verifiers_refuse(change: dict[str, Any]) -> None:
    log = Logbook()
    log.start()
    fields = canonical.decode(log.write(opened(1)))

    assert not validator("exchange.opened").is_valid({**fields, **change})
