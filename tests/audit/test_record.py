import dataclasses
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard import canonical
from euguard.audit.record import (
    MAX_LEAF,
    Closed,
    Entry,
    ExportCreated,
    Opened,
    Outcome,
    Position,
    Record,
    Refused,
    Scope,
    WriterStarted,
    leaf,
    parse,
)
from euguard.errors import MalformedRecordError
from euguard.terms import ExchangeId, KeyId, LawfulBasis, ModelId, PurposeId
from judges import alone
from logbook import POLICY, START, closed, exchange_id, opened, refused

PLACE = Position("gateway-0", 3, 17, bytes(range(32)))
RECORDS: dict[str, Record] = {
    "opened": opened(1),
    "closed": closed(1),
    "interrupted": closed(1, Outcome.INTERRUPTED),
    "opened, of special categories": replace(opened(1), special={"health": 2}),
    "closed, withholding": replace(closed(1), withheld=3),
    "refused": refused(1),
    "refused without purpose": refused(1, None),
    "started": WriterStarted(software="0.1.0", policy=POLICY),
    "exported": ExportCreated(size=5, records=2, selection="exchange"),
}


def entry(record: Record) -> Entry:
    return Entry(START, PLACE, record)


def with_fields(record: Record, **changes: Any) -> bytes:
    """Return the canonical bytes of the record's leaf with other values in it."""
    return canonical.encode({**canonical.decode(leaf(entry(record))), **changes})


def test_a_leaf_is_one_line_of_sorted_json() -> None:
    assert leaf(entry(RECORDS["exported"])) == (
        b'{"at":"2026-11-25T09:30:00.000000Z","epoch":3,"kind":"export.created",'
        b'"previous":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",'
        b'"records":2,"selection":"exchange","sequence":17,"size":5,"v":1,"writer":"gateway-0"}'
    )


@pytest.mark.parametrize("name", RECORDS)
def test_an_entry_comes_back_from_its_leaf(name: str) -> None:
    assert parse(leaf(entry(RECORDS[name]))) == entry(RECORDS[name])


names = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}\Z")
counts = st.integers(min_value=0, max_value=canonical.MAX_INTEGER)
exchanges = st.from_regex(
    r"\A[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"
).map(ExchangeId)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
name_lists = st.lists(names, max_size=4).map(tuple)
languages = st.sets(st.from_regex(r"\A[a-z]{2}\Z"), max_size=4).map(lambda s: tuple(sorted(s)))
found = st.dictionaries(st.from_regex(r"\A[A-Z][A-Z_]{0,31}\Z"), counts.filter(bool), max_size=4)
decimals = st.none() | st.floats(0, 2).map(str) | st.integers(0, 2).map(str)

records = st.one_of(
    st.builds(
        Opened,
        exchange=exchanges,
        key=names.map(KeyId),
        purpose=names.map(PurposeId),
        lawful_basis=st.sampled_from(LawfulBasis),
        model=names.map(ModelId),
        policy=digests,
        because=name_lists,
        stream=st.booleans(),
        defaults=name_lists,
        temperature=decimals,
        scope=st.sampled_from(Scope),
        characters=counts,
        languages=languages,
        found=found,
        ignored=counts,
        special=st.dictionaries(st.from_regex(r"\A[a-z]{1,32}\Z"), counts.filter(bool), max_size=4),
    ),
    st.builds(
        Closed,
        exchange=exchanges,
        outcome=st.just(Outcome.FAILED),
        reason=names,
        input_tokens=st.none() | counts,
        output_tokens=st.none() | counts,
        finish=name_lists,
        restored=counts,
        unknown=counts,
        withheld=counts,
        milliseconds=st.none() | counts,
    ),
    st.builds(
        Refused,
        exchange=exchanges,
        key=names.map(KeyId),
        purpose=st.none() | names.map(PurposeId),
        policy=digests,
        reason=names,
        param=st.none() | st.from_regex(r"\A[A-Za-z0-9_$][A-Za-z0-9_$.\[\]-]{0,255}\Z"),
    ),
)
entries = st.builds(
    Entry,
    st.datetimes(timezones=st.just(UTC)),
    st.builds(
        Position,
        st.from_regex(r"\A[a-z0-9-]{1,64}\Z"),
        st.integers(min_value=1, max_value=canonical.MAX_INTEGER),
        counts,
        st.binary(min_size=32, max_size=32),
    ),
    records,
)


@given(entries)
def test_every_entry_comes_back_from_its_leaf(written: Entry) -> None:
    line = leaf(written)

    assert parse(line) == written
    assert alone.step_6_record(line) == canonical.decode(line)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("at", {"at": "2026-11-25T09:30:00Z"}),
    ("at", {"at": "2026-11-25T09:30:00.000000"}),
    ("at", {"at": "2026-11-25T09:30:00.000000+00:00"}),
    ("at", {"at": "2026-11-25t09:30:00.000000Z"}),
    ("at", {"at": "2026-02-30T09:30:00.000000Z"}),
    ("at", {"at": "2026-13-01T09:30:00.000000Z"}),
    ("at", {"at": "2026-11-25T24:00:00.000000Z"}),
    ("at", {"at": "2026-11-25T09:30:60.000000Z"}),
    ("at", {"at": "0000-11-25T09:30:00.000000Z"}),
    ("at", {"at": "٢٠٢٦-11-25T09:30:00.000000Z"}),
    ("at", {"at": 1}),
    ("epoch", {"epoch": 0}),
    ("epoch", {"epoch": True}),
    ("epoch", {"epoch": -1}),
    ("epoch", {"epoch": "1"}),
    ("sequence", {"sequence": -1}),
    ("sequence", {"sequence": None}),
    ("previous", {"previous": "00" * 31}),
    ("previous", {"previous": "AB" * 32}),
    ("writer", {"writer": ""}),
    ("writer", {"writer": "Gateway"}),
    ("writer", {"writer": "a" * 65}),
    ("version", {"v": 2}),
    ("version", {"v": True}),
    ("version", {"v": "1"}),
    ("kind", {"kind": "exchange.forgotten"}),
    ("kind", {"kind": 1}),
    ("missing", {"kind": "exchange.closed"}),
    ("exchange", {"exchange": "01980000-0000-4000-8000-000000000001"}),
    ("exchange", {"exchange": "01980000-0000-7000-c000-000000000001"}),
    ("exchange", {"exchange": "01980000-0000-7000-8000-00000000000A"}),
    ("key", {"key": ""}),
    ("key", {"key": "-x"}),
    ("key", {"key": "Anna Kowalska"}),
    ("key", {"key": "x" * 129}),
    ("purpose", {"purpose": None}),
    ("lawful_basis", {"lawful_basis": "6(1)(g)"}),
    ("lawful_basis", {"lawful_basis": None}),
    ("policy", {"policy": "5e"}),
    ("because", {"because": "purpose.declared"}),
    ("because", {"because": {"0": "x"}}),
    ("because", {"because": ["x"] * 65}),
    ("because", {"because": [1]}),
    ("stream", {"stream": 1}),
    ("stream", {"stream": None}),
    ("temperature", {"temperature": 1}),
    ("temperature", {"temperature": ".5"}),
    ("temperature", {"temperature": "nan"}),
    ("temperature", {"temperature": "0,5"}),
    ("scope", {"scope": "key"}),
    ("characters", {"characters": -1}),
    ("characters", {"characters": "1"}),
    ("languages", {"languages": ["fr", "en"]}),
    ("languages", {"languages": ["en", "en"]}),
    ("languages", {"languages": ["eng"]}),
    ("languages", {"languages": None}),
    ("found", {"found": {"PERSON": 0}}),
    ("found", {"found": {"PERSON": True}}),
    ("found", {"found": {"person": 1}}),
    ("found", {"found": {"_": 1}}),
    ("found", {"found": ["PERSON"]}),
    ("found", {"found": {f"K{'A' * n}": 1 for n in range(65)}}),
    ("missing", {"user": "k7q3"}),
    ("missing", {"withheld": 1}),
    ("special", {"special": {}}),
    ("special", {"special": None}),
    ("special", {"special": {"health": 0}}),
    ("special", {"special": {"Health": 1}}),
    ("special", {"special": {"diabetes of Anna": 1}}),
]


def test_what_says_nothing_is_left_out() -> None:
    assert b"special" not in leaf(entry(replace(opened(1), special={})))
    assert b"withheld" not in leaf(entry(replace(closed(1), withheld=0)))
    for number in (0, -1, True, "1", None):
        line = with_fields(closed(1), withheld=number)
        with pytest.raises(MalformedRecordError, match="withheld"):
            parse(line)
        with pytest.raises(alone.InvalidError):
            alone.step_6_record(line)


@pytest.mark.parametrize("field, changes", WRONG)
def test_a_field_that_is_not_of_its_form_is_refused(field: str, changes: dict[str, Any]) -> None:
    line = with_fields(RECORDS["opened"], **changes)

    with pytest.raises(MalformedRecordError, match=rf"^record: .*\b{field}\b"):
        parse(line)
    with pytest.raises(alone.InvalidError):
        alone.step_6_record(line)


@pytest.mark.parametrize("name", RECORDS)
def test_no_field_may_be_missing(name: str) -> None:
    fields = canonical.decode(leaf(entry(RECORDS[name])))
    for field in fields.keys() - {"special", "withheld"}:
        fewer = canonical.encode({key: value for key, value in fields.items() if key != field})

        with pytest.raises(MalformedRecordError):
            parse(fewer)
        with pytest.raises(alone.InvalidError):
            alone.step_6_record(fewer)


@pytest.mark.parametrize(
    "record, changes, message",
    [
        (closed(1), {"reason": "model_unavailable"}, "a completed exchange has no reason"),
        (closed(1, Outcome.FAILED), {"reason": None}, "interrupted exchange has a reason"),
        (closed(1, Outcome.INTERRUPTED), {"reason": None}, "interrupted exchange has a reason"),
        (closed(1), {"outcome": "refused"}, "the field outcome"),
        (closed(1), {"finish": [""]}, "the field finish"),
        (closed(1), {"milliseconds": -1}, "the field milliseconds"),
        (refused(1), {"param": "a b"}, "the field param"),
        (refused(1), {"param": ""}, "the field param"),
        (refused(1), {"reason": None}, "the field reason"),
        (RECORDS["started"], {"software": ""}, "the field software"),
        (RECORDS["exported"], {"selection": "some"}, "the field selection"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(
    record: Record, changes: dict[str, Any], message: str
) -> None:
    line = with_fields(record, **changes)

    with pytest.raises(MalformedRecordError, match=message):
        parse(line)
    with pytest.raises(alone.InvalidError):
        alone.step_6_record(line)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 25, 9, 30),  # noqa: DTZ001  naive on purpose
        datetime(2026, 11, 25, 9, 30, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_a_time_that_is_not_in_utc_is_not_written(at: datetime) -> None:
    with pytest.raises(MalformedRecordError, match="the field at"):
        leaf(Entry(at, PLACE, RECORDS["exported"]))


def test_what_could_not_be_read_is_not_written() -> None:
    nobody = dataclasses.replace(opened(1), key=KeyId("Anna Kowalska"))
    with pytest.raises(MalformedRecordError, match="the field key") as caught:
        leaf(entry(nobody))
    assert "Anna" not in str(caught.value)

    with pytest.raises(MalformedRecordError, match="the field exchange"):
        leaf(entry(dataclasses.replace(opened(1), exchange=ExchangeId("17"))))


def test_a_leaf_has_at_most_16_kib() -> None:
    long = dataclasses.replace(opened(1), because=("a" * 128,) * 64, defaults=("b" * 128,) * 64)

    with pytest.raises(MalformedRecordError, match=f"more than {MAX_LEAF}"):
        leaf(entry(long))
    with pytest.raises(MalformedRecordError, match=f"more than {MAX_LEAF}"):
        parse(b"{" + b" " * MAX_LEAF)


def test_another_spelling_of_a_leaf_is_refused() -> None:
    with pytest.raises(MalformedRecordError, match="RFC 8785"):
        parse(leaf(entry(refused(1))).replace(b'"v":1', b'"v": 1'))


def test_every_flipped_bit_of_a_leaf_gives_no_record_or_another_one() -> None:
    written = entry(refused(1))
    line = leaf(written)
    for position in range(len(line) * 8):
        flipped = bytearray(line)
        flipped[position // 8] ^= 1 << position % 8
        try:
            read = parse(bytes(flipped))
        except MalformedRecordError:
            continue
        assert read != written


@pytest.mark.parametrize("kind", [Opened, Closed, Refused, WriterStarted, ExportCreated])
def test_no_field_of_a_record_takes_free_text(kind: type[Record]) -> None:
    """A record's texts are identifiers, digests and words of a list, so that no name fits in."""
    example = next(record for record in RECORDS.values() if isinstance(record, kind))
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if hints[field.name] in {int, bool} or field.name in {"found", "special"}:
            continue
        listed = isinstance(getattr(example, field.name), tuple)
        text = "Anna Kowalska, ul. Długa 5"
        with pytest.raises(MalformedRecordError):
            parse(with_fields(example, **{field.name: [text] if listed else text}))


def test_the_exchange_of_the_examples_is_a_uuid_of_version_7() -> None:
    assert exchange_id(1)[14] == "7"
