import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from euguard import canonical
from euguard.audit.manifest import Manifest, note_text, parse_note_text
from euguard.audit.selection import All, OneExchange, OnePurpose, Period, Selection
from euguard.errors import MalformedNoteError, MalformedRecordError
from judges import alone
from logbook import INFORMATION, ORIGIN, START, exchange_id

DIGEST = "0d" * 32


def manifest(selection: Selection | None = None, *, empty: bool = False) -> Manifest:
    return Manifest(
        origin=ORIGIN,
        size=10,
        root=bytes(range(32)),
        since=None if empty else (4, bytes(32)),
        selection=selection or All(),
        records=0 if empty else 2,
        counts={} if empty else {"exchange.closed": 1, "exchange.opened": 1},
        indices=None if empty else (3, 4),
        software="euguard 0.1.0",
        created=START,
        members=(("README.txt", 5, DIGEST),),
    )


SELECTIONS: list[Selection] = [
    All(),
    OneExchange(exchange_id(1)),
    OnePurpose(INFORMATION),
    Period(START, START + timedelta(hours=1)),
]


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("empty", [True, False])
def test_a_manifest_comes_back_from_its_bytes(selection: Selection, *, empty: bool) -> None:
    stated = manifest(selection, empty=empty)

    assert Manifest.parse(stated.encode()) == stated
    assert alone.is_of(alone.read_json(stated.encode()), alone.MANIFEST)


def test_a_manifest_reads_as_the_specification_says() -> None:
    period = Period(START, START + timedelta(hours=1))

    assert json.loads(manifest(period).encode()) == {
        "checkpoint": {"root": bytes(range(32)).hex(), "size": 10},
        "counts": {"exchange.closed": 1, "exchange.opened": 1},
        "created": "2026-11-25T09:30:00.000000Z",
        "format": "euguard export v1",
        "indices": {"first": 3, "last": 4},
        "members": [{"name": "README.txt", "sha256": DIGEST, "size": 5}],
        "origin": ORIGIN,
        "records": 2,
        "selection": {
            "from": "2026-11-25T09:30:00.000000Z",
            "kind": "period",
            "to": "2026-11-25T10:30:00.000000Z",
        },
        "since": {"root": "00" * 32, "size": 4},
        "software": "euguard 0.1.0",
    }


WRONG: list[dict[str, Any]] = [
    {"checkpoint": None},
    {"checkpoint": []},
    {"checkpoint": {"root": "00" * 32}},
    {"checkpoint": {"root": "00" * 31, "size": 1}},
    {"checkpoint": {"root": "AA" * 32, "size": 1}},
    {"checkpoint": {"root": 1, "size": 1}},
    {"checkpoint": {"root": "00" * 32, "size": -1}},
    {"checkpoint": {"root": "00" * 32, "size": True}},
    {"checkpoint": {"root": "00" * 32, "size": 1, "more": 1}},
    {"counts": []},
    {"counts": {"exchange.closed": "1"}},
    {"created": "2026-11-25"},
    {"created": "2026-02-30T09:30:00.000000Z"},
    {"created": 1},
    {"format": "euguard export v2"},
    {"indices": {"first": 1}},
    {"indices": [1, 2]},
    {"members": None},
    {"members": [{"name": "a", "size": 1}]},
    {"members": [{"name": 1, "size": 1, "sha256": DIGEST}]},
    {"members": [{"name": "a", "size": 1, "sha256": DIGEST, "more": 1}]},
    {"origin": None},
    {"records": "2"},
    {"selection": None},
    {"selection": {}},
    {"selection": {"kind": "some"}},
    {"selection": {"kind": "all", "more": 1}},
    {"selection": {"kind": "exchange"}},
    {"selection": {"kind": "purpose", "purpose": 1}},
    {"selection": {"kind": "period", "from": "2026-11-25T09:30:00.000000Z"}},
    {
        "selection": {
            "kind": "period",
            "from": "2026-11-25T09:30:00.000000Z",
            "to": "2026-11-25T09:30:00.000000Z",
        }
    },
    {"since": 0},
    {"since": {"root": "00" * 32}},
    {"software": None},
    {"more": 1},
]


@pytest.mark.parametrize("change", WRONG)
def test_another_manifest_is_refused(change: dict[str, Any]) -> None:
    fields = canonical.decode(manifest().encode())

    data = canonical.encode({**fields, **change})

    with pytest.raises(MalformedRecordError, match=r"^manifest: a field"):
        Manifest.parse(data)
    assert not alone.is_of(alone.read_json(data), alone.MANIFEST)


@pytest.mark.parametrize("name", sorted(canonical.decode(manifest().encode())))
def test_no_field_of_the_manifest_may_be_missing(name: str) -> None:
    fields = dict(canonical.decode(manifest().encode()))
    del fields[name]

    with pytest.raises(MalformedRecordError, match=r"^manifest: a field"):
        Manifest.parse(canonical.encode(fields))


def test_another_spelling_of_the_manifest_is_refused() -> None:
    with pytest.raises(MalformedRecordError, match="RFC 8785"):
        Manifest.parse(manifest().encode() + b"\n")


def test_the_text_of_the_note_comes_back() -> None:
    text = note_text(ORIGIN, 17, DIGEST)

    assert text == f"euguard export v1\n{ORIGIN}\n17\n{DIGEST}\n"
    assert parse_note_text(text) == (ORIGIN, 17, DIGEST)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        note_text(ORIGIN, 17, DIGEST)[:-1],
        note_text(ORIGIN, 17, DIGEST) + "\n",
        note_text(ORIGIN, 17, DIGEST).replace("v1", "v2"),
        note_text(ORIGIN, 17, DIGEST).replace("17", "017"),
        note_text(ORIGIN, 17, DIGEST).replace("17", "-17"),
        note_text(ORIGIN, 17, DIGEST.upper()),
        note_text(ORIGIN, 17, DIGEST[1:]),
        note_text("", 17, DIGEST),
    ],
)
def test_another_text_of_a_note_is_refused(wrong: str) -> None:
    with pytest.raises(MalformedNoteError, match=r"^note: "):
        parse_note_text(wrong)


def test_a_manifest_is_made_at_a_time_in_utc() -> None:
    assert isinstance(Manifest.parse(manifest().encode()).created, datetime)
