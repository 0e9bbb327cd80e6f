from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carried import CREATED, manifest
from euguard import canonical
from euguard.errors import BundleInvalidError
from euguard.provision.manifest import File, Kind, Manifest, is_safe, note_text, order

DIGEST = "0d" * 32
ENTRY: dict[str, Any] = {"kind": "wheel", "path": "a", "sha256": DIGEST, "size": 1}


def test_a_manifest_comes_back_from_its_bytes() -> None:
    stated = manifest()

    assert Manifest.parse(stated.encode()) == stated


def test_a_manifest_reads_as_the_format_says() -> None:
    stated = manifest()

    fields = canonical.decode(stated.encode())
    assert fields | {"files": []} == {
        "created": "2026-11-27T09:30:00Z",
        "files": [],
        "format": "euguard-bundle-1",
        "serial": 7,
        "target": {"distribution": "debian-12", "python": "3.11"},
        "version": "0.1.0",
    }
    assert stated.size == sum(file.size for file in stated.files)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"created": "2026-11-27"}, "created: a time"),
    ({"created": "2026-02-30T09:30:00Z"}, "created: a time"),
    ({"created": "2026-11-27T09:30:00.5Z"}, "created: a time"),
    ({"created": 1}, "created: a string"),
    ({"files": None}, "files: a list"),
    ({"files": []}, "files: 1 to"),
    ({"files": [1]}, r"files\[0\]: an object"),
    ({"files": [{**ENTRY, "kind": "rootkit"}]}, r"files\[0\]\.kind: one of wheel, "),
    ({"files": [{**ENTRY, "kind": 1}]}, r"files\[0\]\.kind: a string"),
    ({"files": [{**ENTRY, "more": 1}]}, r"files\[0\]\.more: unknown field"),
    ({"files": [{**ENTRY, "size": -1}]}, r"files\[0\]\.size: a whole number"),
    ({"files": [{**ENTRY, "size": True}]}, r"files\[0\]\.size: a whole number"),
    ({"files": [{**ENTRY, "size": 2**40 + 1}]}, r"files\[0\]\.size: a whole number"),
    ({"files": [{**ENTRY, "sha256": DIGEST.upper()}]}, r"files\[0\]\.sha256: not of its form"),
    ({"files": [{**ENTRY, "sha256": DIGEST[1:]}]}, r"files\[0\]\.sha256: not of its form"),
    ({"files": [ENTRY, ENTRY]}, r"files\[1\]\.path: there already"),
    ({"files": [{**ENTRY, "path": "b"}, ENTRY]}, r"files\[1\]\.path: out of order"),
    ({"files": [ENTRY, {**ENTRY, "path": "a/b"}]}, r"files\[0\]\.path: a file and a folder"),
    ({"files": [{**ENTRY, "path": "manifest.json"}]}, r"files\[0\]\.path: the manifest"),
    ({"files": [{**ENTRY, "path": "manifest.sig"}]}, r"files\[0\]\.path: the manifest"),
    ({"files": [{k: v for k, v in ENTRY.items() if k != "path"}]}, r"files\[0\]\.path: missing"),
    ({"format": "euguard-bundle-2"}, "format: euguard-bundle-1 is expected"),
    ({"serial": 0}, "serial: a whole number"),
    ({"serial": "7"}, "serial: a whole number"),
    ({"serial": True}, "serial: a whole number"),
    ({"target": None}, "target: an object"),
    ({"target": {"distribution": "debian-12"}}, r"target\.python: missing"),
    ({"target": {"distribution": "Debian", "python": "3.11"}}, r"target\.distribution: not of"),
    ({"target": {"distribution": "debian-12", "python": "3"}}, r"target\.python: not of"),
    ({"version": "1.0"}, "version: not of its form"),
    ({"version": "01.0.0"}, "version: not of its form"),
    ({"version": "1.0.0+local"}, "version: not of its form"),
    ({"version": None}, "version: a string"),
    ({"more": 1}, "more: unknown field"),
]


@pytest.mark.parametrize("change, message", WRONG)
def test_another_manifest_is_refused_with_the_field(change: dict[str, Any], message: str) -> None:
    fields = canonical.decode(manifest().encode())

    data = canonical.encode({**fields, **change})

    with pytest.raises(BundleInvalidError, match=f"^manifest.json: {message}"):
        Manifest.parse(data)


@pytest.mark.parametrize("name", sorted(canonical.decode(manifest().encode())))
def test_no_field_may_be_missing(name: str) -> None:
    fields = dict(canonical.decode(manifest().encode()))
    del fields[name]

    with pytest.raises(BundleInvalidError, match=f"^manifest.json: {name}: missing"):
        Manifest.parse(canonical.encode(fields))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}\n", b'{"a":1.5}', manifest().encode() + b" "])
def test_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(BundleInvalidError, match=r"^manifest\.json: "):
        Manifest.parse(data)


UNSAFE = (
    "",
    ".",
    "..",
    "/etc/passwd",
    "a/../b",
    "../a",
    "a/..",
    "a/./b",
    "a//b",
    "a/",
    ".hidden",
    "a/.hidden",
    "a\\b",
    "a b",
    "a\nb",
    "a\0b",
    "-rf",
    "~root",
    "C:a",
    "ä",
    "a" * 241,
)


@pytest.mark.parametrize("path", UNSAFE)
def test_an_unsafe_path_is_in_no_manifest(path: str) -> None:
    fields = canonical.decode(manifest().encode())
    data = canonical.encode({**fields, "files": [{**ENTRY, "path": path}]})

    with pytest.raises(BundleInvalidError, match=r"files\[0\]\.path: not a safe relative path"):
        Manifest.parse(data)


@pytest.mark.parametrize(
    "path",
    ["a", "a/b_c", "debs/libc6_2.36-9+deb12u9_amd64.deb", "x/g%3a1~rc.deb", "_a/__init__.py"],
)
def test_names_of_real_files_are_safe(path: str) -> None:
    assert is_safe(path)


@given(st.text(alphabet="ab./\\ ~\0", max_size=12))
def test_a_safe_path_stays_in_its_folder(path: str) -> None:
    if is_safe(path):
        assert not path.startswith("/")
        assert not {"", ".", ".."} & set(path.split("/"))


@pytest.mark.parametrize(
    "created",
    [
        datetime(2026, 1, 1),  # noqa: DTZ001  that is what is refused
        CREATED.astimezone(timezone(timedelta(hours=1))),
        CREATED.replace(microsecond=1),
    ],
)
def test_a_time_that_has_two_spellings_is_refused(created: datetime) -> None:
    with pytest.raises(BundleInvalidError, match="created: a time in UTC"):
        Manifest(
            version="0.1.0",
            serial=1,
            created=created,
            target=manifest().target,
            files=(File("a", 1, DIGEST, Kind.WHEEL),),
        )


def test_versions_are_ordered_as_they_are_released() -> None:
    versions = [
        "0.1.0a1",
        "0.1.0a2",
        "0.1.0b1",
        "0.1.0rc1",
        "0.1.0",
        "0.2.0rc10",
        "0.2.0",
        "0.10.0",
    ]

    assert sorted(sorted(versions), key=order) == versions


def test_the_signed_text_has_four_lines() -> None:
    assert note_text("0.1.0", 7, DIGEST) == f"euguard bundle v1\n0.1.0\n7\n{DIGEST}\n"


def test_the_time_is_in_utc() -> None:
    assert Manifest.parse(manifest().encode()).created.tzinfo is UTC
