from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.errors import ConfigurationError, WeightsInvalidError
from euguard.serving.manifest import (
    Entry,
    Manifest,
    Record,
    Seen,
    compare,
    parse,
    parse_record,
    refuse,
    unchanged,
)

A, B = "a" * 64, "b" * 64
MANIFEST = Manifest("m", (Entry("a.bin", 5, A, (A, B, A)), Entry("sub/b.json", 2, B)), block=2)


def test_a_manifest_has_one_spelling() -> None:
    text = MANIFEST.text()

    assert text.startswith(b'{"block":2,"files":[{"blocks":["aaaa')
    assert parse(text, name="x") == MANIFEST
    assert MANIFEST.size == 7


names = st.text(st.sampled_from("abz09._-"), min_size=1, max_size=8).filter(
    lambda name: name not in {".", ".."}
)
digests = st.text(st.sampled_from("0123456789abcdef"), min_size=64, max_size=64)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    block = draw(st.integers(1, 100))
    entries = []
    for name in sorted(draw(st.sets(names, min_size=1, max_size=5))):
        size = draw(st.integers(0, 300))
        count = -(-size // block)
        blocks = draw(st.just(()) | st.tuples(*[digests] * count))
        entries.append(Entry(name, size, draw(digests), blocks))
    return Manifest(draw(st.text(max_size=5)), tuple(entries), block)


@given(manifests())
def test_what_is_written_is_read(made: Manifest) -> None:
    assert parse(made.text(), name="x") == made


def changed(**changes: Any) -> dict[str, Any]:
    entry = {"path": "a", "size": 5, "sha256": A, **changes}
    return {"format": "euguard-weights-1", "model": "m", "block": 2, "files": [entry]}


@pytest.mark.parametrize(
    "value, message",
    [
        ([], "not of the format euguard-weights-1"),
        ({"format": "other"}, "not of the format euguard-weights-1"),
        ({**changed(), "block": 0}, "x: block"),
        ({**changed(), "model": 1}, "x: model"),
        ({**changed(), "files": []}, "x: files"),
        ({**changed(), "files": changed()["files"] * 2}, "a path appears twice"),
        (changed(path="../a"), r"files\[0\]: path"),
        (changed(path="/a"), r"files\[0\]: path"),
        (changed(path="a//b"), r"files\[0\]: path"),
        (changed(path="a\\b"), r"files\[0\]: path"),
        (changed(path="ä"), r"files\[0\]: path"),
        (changed(size="5"), r"files\[0\]: size"),
        (changed(size=-1), r"files\[0\]: size"),
        (changed(sha256=A.upper()), r"files\[0\]: sha256"),
        (changed(blocks=[A]), r"files\[0\]: blocks: 1, and 5 bytes have 3"),
        (changed(blocks=["x"]), r"files\[0\]: blocks"),
        ({**changed(), "files": [1]}, r"files\[0\]: an object"),
    ],
)
def test_what_is_no_manifest_is_refused_with_its_place(value: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse(orjson.dumps(value), name="x")


def test_missing_added_and_resized_files_are_all_named() -> None:
    found = compare(MANIFEST, {"a.bin": 6, "extra.py": 1})

    assert found == [
        "a.bin: 6 bytes, not 5",
        "extra.py: not in the manifest",
        "sub/b.json: missing",
    ]
    assert compare(MANIFEST, {"a.bin": 5, "sub/b.json": 2}) == []


NOW = {"a.bin": Seen(5, 1, 1), "sub/b.json": Seen(2, 1, 1)}
RECORD = Record(
    MANIFEST.digest(), {"a.bin": (NOW["a.bin"], A), "sub/b.json": (NOW["sub/b.json"], B)}
)


def test_a_record_is_read_as_it_was_written() -> None:
    assert parse_record(RECORD.text(), name="x") == RECORD


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"format": "euguard-weights-checked-1"},
        {"format": "euguard-weights-checked-1", "manifest": A, "files": {"a": {"size": "x"}}},
    ],
)
def test_what_is_no_record_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="weights: x"):
        parse_record(orjson.dumps(value), name="x")


def test_nothing_changed_is_no_finding() -> None:
    assert unchanged(MANIFEST, RECORD, NOW) == []


@pytest.mark.parametrize(
    "now",
    [Seen(6, 1, 1), Seen(5, 2, 1), Seen(5, 1, 2)],
    ids=["size", "modified", "changed, though its time was set back"],
)
def test_whatever_the_file_system_says_differently_is_a_finding(now: Seen) -> None:
    assert unchanged(MANIFEST, RECORD, {**NOW, "a.bin": now}) == [
        "a.bin: changed since it was checked"
    ]


def test_a_manifest_that_was_exchanged_is_a_finding() -> None:
    other = replace(MANIFEST, files=(replace(MANIFEST.files[0], sha256=B), MANIFEST.files[1]))

    assert unchanged(other, RECORD, NOW) == [
        "a.bin: another digest was found than the manifest has"
    ]
    assert unchanged(MANIFEST, Record(A), NOW) == [
        "a.bin: never checked",
        "sub/b.json: never checked",
    ]


def test_an_error_names_five_files_and_counts_the_others() -> None:
    refuse([], fix="")

    with pytest.raises(WeightsInvalidError) as caught:
        refuse([f"f{n}: missing" for n in range(7)], fix="get them")

    assert caught.value.message.endswith("f4: missing; and 2 more")
    assert (caught.value.code, caught.value.exit_code) == ("weights_invalid", 5)
