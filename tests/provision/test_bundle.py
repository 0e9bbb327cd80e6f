"""Verification of a bundle, on members that come from nowhere but a list."""

import dataclasses

import pytest

from carried import (
    BUILDER,
    FILES,
    STRANGER,
    manifest,
    member,
    members,
    parts,
    signed,
)
from euguard.errors import BundleInvalidError, BundleOutdatedError, SignatureInvalidError
from euguard.provision.bundle import Form, contents, open_bundle, read_unverified, verify
from euguard.provision.manifest import MANIFEST, MAX_MANIFEST, SIGNATURE, note_text

TRUSTED = [BUILDER.verifier]
PATHS = sorted(FILES)


def test_a_bundle_verifies() -> None:
    opened = verify(members(parts()), TRUSTED, None)

    assert opened.manifest == manifest()
    assert opened.signers == (BUILDER.verifier,)


def test_a_second_signature_of_a_stranger_changes_nothing() -> None:
    both = signed(manifest()) + signed(manifest(), STRANGER).rpartition(b"\n\n")[2]

    assert verify(members(parts(note=both)), TRUSTED, None).signers == (BUILDER.verifier,)


@pytest.mark.parametrize("index", range(len(FILES)))
def test_a_changed_file_is_named(index: int) -> None:
    given = parts()
    path, data = given[2 + index]
    given[2 + index] = (path, data[:-1] + bytes([data[-1] ^ 1]))

    with pytest.raises(BundleInvalidError, match="changed") as caught:
        verify(members(given), TRUSTED, None)
    assert caught.value.where == path


@pytest.mark.parametrize("index", range(len(FILES)))
@pytest.mark.parametrize("more", [b"+", b""])
def test_a_file_of_another_size_is_named(index: int, more: bytes) -> None:
    given = parts()
    path, data = given[2 + index]
    given[2 + index] = (path, data + more if more else data[:-1])

    with pytest.raises(BundleInvalidError, match="bytes, and") as caught:
        verify(members(given), TRUSTED, None)
    assert caught.value.where == path


def test_a_size_that_its_content_does_not_have_is_found() -> None:
    given = [member(path, data) for path, data in parts()]
    given[3] = dataclasses.replace(given[3], chunks=iter([b"short"]))

    with pytest.raises(BundleInvalidError, match="5 bytes, and"):
        verify(iter(given), TRUSTED, None)


@pytest.mark.parametrize("index", range(2, 2 + len(FILES)))
def test_a_missing_file_is_named(index: int) -> None:
    given = parts()
    path, _ = given.pop(index)

    with pytest.raises(BundleInvalidError, match="missing") as caught:
        verify(members(given), TRUSTED, None)
    assert caught.value.where == path


@pytest.mark.parametrize("path", ["aaa", "deploy/playbooks/site.yml.bak", "zzz"])
def test_an_added_file_is_named(path: str) -> None:
    given = parts()
    given = given[:2] + sorted([*given[2:], (path, b"evil")])

    with pytest.raises(BundleInvalidError, match="added") as caught:
        verify(members(given), TRUSTED, None)
    assert caught.value.where == path


@pytest.mark.parametrize("index", range(2, 2 + len(FILES)))
def test_a_file_that_comes_twice_is_named(index: int) -> None:
    given = parts()
    given.insert(index, given[index])

    with pytest.raises(BundleInvalidError, match="there already") as caught:
        verify(members(given), TRUSTED, None)
    assert caught.value.where == given[index][0]


@pytest.mark.parametrize("name", [MANIFEST, SIGNATURE])
def test_a_second_manifest_is_refused(name: str) -> None:
    given = parts()
    given.append(next(part for part in given if part[0] == name))

    with pytest.raises(BundleInvalidError, match=r"manifest\.(json|sig): added"):
        verify(members(given), TRUSTED, None)


def test_files_out_of_order_are_refused() -> None:
    given = parts()
    given[2], given[3] = given[3], given[2]

    with pytest.raises(BundleInvalidError, match="missing, or out of order"):
        verify(members(given), TRUSTED, None)


@pytest.mark.parametrize(
    "path", ["../evil", "/etc/cron.d/evil", "a/../../evil", ".ssh", "weights\\echo", "\x1b[2Jx"]
)
def test_a_path_that_leads_out_is_refused_and_shown_harmlessly(path: str) -> None:
    given = parts()
    given.insert(2, (path, b"evil"))

    with pytest.raises(BundleInvalidError, match="leads out") as caught:
        verify(members(given), TRUSTED, None)
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.FILE])
@pytest.mark.parametrize("index", range(2 + len(FILES)))
def test_what_is_no_plain_file_is_refused(form: Form, index: int) -> None:
    given = [member(path, data) for path, data in parts()]
    given[index] = dataclasses.replace(given[index], form=form)

    with pytest.raises(BundleInvalidError, match=form.value) as caught:
        verify(iter(given), TRUSTED, None)
    assert caught.value.where == given[index].path


def test_a_strangers_signature_is_refused() -> None:
    given = parts(note=signed(manifest(), STRANGER))

    with pytest.raises(SignatureInvalidError, match=r"^manifest\.sig: "):
        verify(members(given), TRUSTED, None)


def test_nothing_is_trusted_where_no_key_is() -> None:
    with pytest.raises(SignatureInvalidError):
        verify(members(parts()), [], None)


def test_a_manifest_that_was_not_signed_is_refused() -> None:
    given = parts(note=signed(manifest()))
    given[0] = (MANIFEST, manifest(serial=8).encode())

    with pytest.raises(BundleInvalidError, match="not the manifest that was signed"):
        verify(members(given), TRUSTED, None)


@pytest.mark.parametrize("version, serial", [("0.1.0", 8), ("0.2.0", 7)])
def test_a_note_with_another_version_or_serial_is_refused(version: str, serial: int) -> None:
    note = BUILDER.sign(note_text(version, serial, manifest().digest))

    with pytest.raises(BundleInvalidError, match="signed, and not for a bundle"):
        verify(members(parts(note=note)), TRUSTED, None)


def test_a_note_on_something_else_is_refused() -> None:
    note = BUILDER.sign(f"euguard export v1\norigin\n7\n{manifest().digest}\n")

    with pytest.raises(BundleInvalidError, match="signed, and not for a bundle"):
        verify(members(parts(note=note)), TRUSTED, None)


@pytest.mark.parametrize("note", [b"", b"no note\n", signed(manifest())[:-1]])
def test_a_signature_that_is_no_note_is_refused(note: bytes) -> None:
    given = parts()
    given[1] = (SIGNATURE, note)

    with pytest.raises(BundleInvalidError, match=r"^manifest\.sig: note: "):
        verify(members(given), TRUSTED, None)


@pytest.mark.parametrize("count", [0, 1])
def test_a_bundle_without_its_first_members_is_refused(count: int) -> None:
    given = parts()
    missing = given.pop(count)[0]

    with pytest.raises(BundleInvalidError, match="missing") as caught:
        verify(members(given), TRUSTED, None)
    assert caught.value.where == missing


def test_an_empty_bundle_is_refused() -> None:
    with pytest.raises(BundleInvalidError, match=r"^manifest\.json: missing"):
        verify(iter([]), TRUSTED, None)


def test_a_huge_manifest_is_not_read() -> None:
    huge = dataclasses.replace(member(MANIFEST, b""), size=MAX_MANIFEST + 1)

    with pytest.raises(BundleInvalidError, match="more than"):
        verify(iter([huge]), TRUSTED, None)


@pytest.mark.parametrize(
    "version, serial, message",
    [
        ("0.1.0", 6, "replay"),
        ("0.3.0", 6, "replay"),
        ("0.2.0", 7, "same serial"),
        ("0.0.9", 8, "downgrade"),
        ("0.1.0rc1", 8, "downgrade"),
    ],
)
def test_an_outdated_bundle_is_refused(version: str, serial: int, message: str) -> None:
    stated = manifest(version=version, serial=serial)

    with pytest.raises(BundleOutdatedError, match=message):
        verify(members(parts(stated)), TRUSTED, manifest())


@pytest.mark.parametrize("version, serial", [("0.1.0", 7), ("0.1.0", 8), ("0.2.0", 8)])
def test_the_same_bundle_and_a_newer_one_are_taken(version: str, serial: int) -> None:
    stated = manifest(version=version, serial=serial)

    assert verify(members(parts(stated)), TRUSTED, manifest()).manifest == stated


def test_what_is_left_unread_is_checked_nevertheless() -> None:
    given = parts()
    given[2] = (PATHS[0], b"-" * len(given[2][1]))
    rest = members(given)
    opened = open_bundle(rest, TRUSTED)

    with pytest.raises(BundleInvalidError, match="changed"):
        list(contents(rest, opened.manifest))


def test_a_bundle_can_be_looked_at_without_a_key() -> None:
    stated, text = read_unverified(members(parts(note=signed(manifest(), STRANGER))))

    assert (stated, text.split("\n")[0]) == (manifest(), "euguard bundle v1")
