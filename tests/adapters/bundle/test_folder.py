"""A bundle as a folder: read, and written all or nothing."""

import io
import os
from pathlib import Path

import pytest

from carried import BUILDER, FILES, manifest, members, packed, parts
from euguard.adapters.bundle import folder, tar
from euguard.errors import BundleInvalidError, ConfigurationError
from euguard.provision.bundle import Opened, contents, open_bundle, verify
from euguard.provision.manifest import MANIFEST, Manifest

TRUSTED = [BUILDER.verifier]


def unpack(place: Path, given: list[tuple[str, bytes]] | None = None) -> Path:
    rest = tar.members(io.BytesIO(packed(given or parts())))
    opened = open_bundle(rest, TRUSTED)
    return folder.unpack(opened, contents(rest, opened.manifest), place)


def opened(stated: Manifest | None = None) -> Opened:
    return open_bundle(members(parts(stated)), TRUSTED)


def test_an_unpacked_bundle_verifies_as_a_folder(tmp_path: Path) -> None:
    place = unpack(tmp_path / "bundle")

    assert place == tmp_path / "bundle" / "0.1.0"
    assert verify(folder.members(place), TRUSTED, None).manifest == manifest()
    assert [(place / path).read_bytes() for path in sorted(FILES)] == [
        data for _, (_, data) in sorted(FILES.items())
    ]
    assert sorted(path.name for path in place.parent.iterdir()) == ["0.1.0"]


def test_modes_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        place = unpack(tmp_path)
    finally:
        os.umask(before)

    assert {path.stat().st_mode & 0o777 for path in place.rglob("*") if path.is_file()} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in [place, place / "deploy"]} == {0o755}


def test_nothing_is_left_of_a_bundle_that_changes_on_its_way(tmp_path: Path) -> None:
    given = parts()
    path, data = given[-1]
    given[-1] = (path, b"-" * len(data))

    with pytest.raises(BundleInvalidError, match="changed"):
        unpack(tmp_path, given)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".0.1.0.new" / "deploy").mkdir(parents=True)
    (tmp_path / ".0.1.0.new" / "deploy" / "half").write_text("")

    unpack(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.1.0"]
    assert not (tmp_path / "0.1.0" / "deploy" / "half").exists()


def test_a_place_that_is_taken_is_kept(tmp_path: Path) -> None:
    (tmp_path / "0.1.0").mkdir()

    with pytest.raises(ConfigurationError, match="taken by another bundle"):
        unpack(tmp_path)


def test_the_same_bundle_is_there_already(tmp_path: Path) -> None:
    assert not folder.is_unpacked(opened(), tmp_path)

    unpack(tmp_path)

    assert folder.is_unpacked(opened(), tmp_path)
    assert not folder.is_unpacked(opened(manifest(serial=8)), tmp_path)


@pytest.mark.parametrize("kind", ["symlink", "fifo"])
def test_what_is_no_plain_file_is_named(tmp_path: Path, kind: str) -> None:
    place = unpack(tmp_path)
    path = place / "weights/echo/params.json"
    path.unlink()
    if kind == "symlink":
        path.symlink_to("/etc/passwd")
    else:
        os.mkfifo(path)

    with pytest.raises(BundleInvalidError, match=r"^weights/echo/params\.json: a (sym|pipe)"):
        verify(folder.members(place), TRUSTED, None)


def test_a_link_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    place = unpack(tmp_path)
    (place / "weights").rename(tmp_path / "elsewhere")
    (place / "weights").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(BundleInvalidError, match=r"^weights: a symbolic link"):
        verify(folder.members(place), TRUSTED, None)


def test_a_hidden_file_is_named(tmp_path: Path) -> None:
    place = unpack(tmp_path)
    (place / ".bashrc").write_text("evil")

    with pytest.raises(BundleInvalidError, match=r"^\.bashrc: "):
        verify(folder.members(place), TRUSTED, None)


def test_the_newest_of_what_is_unpacked_counts(tmp_path: Path) -> None:
    for version, serial in (("0.1.0", 9), ("0.2.0", 10), ("0.0.9", 3)):
        (tmp_path / version).mkdir()
        stated = manifest(version=version, serial=serial)
        (tmp_path / version / MANIFEST).write_bytes(stated.encode())
    (tmp_path / ".0.3.0.new").mkdir()
    (tmp_path / ".0.3.0.new" / MANIFEST).write_bytes(b"half")

    newest = folder.newest(tmp_path)
    alone = folder.newest(tmp_path / "0.1.0" / MANIFEST)

    assert newest is not None
    assert newest.serial == 10
    assert alone is not None
    assert alone.serial == 9


def test_nothing_is_newest_in_an_empty_folder(tmp_path: Path) -> None:
    assert folder.newest(tmp_path) is None


def test_a_broken_manifest_of_what_is_installed_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "0.1.0").mkdir()
    (tmp_path / "0.1.0" / MANIFEST).write_bytes(b"{}")

    with pytest.raises(BundleInvalidError):
        folder.newest(tmp_path)


def test_a_manifest_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read"):
        folder.newest(tmp_path / "nothing")


def test_a_disk_that_is_too_small_is_seen_before(tmp_path: Path) -> None:
    from euguard.provision.manifest import File, Kind

    huge = manifest()
    files = (File("weights/m/huge", 2**40, "0d" * 32, Kind.WEIGHT),)
    stated = Manifest(
        version=huge.version, serial=1, created=huge.created, target=huge.target, files=files
    )

    with pytest.raises(ConfigurationError, match="bytes free, and the bundle needs"):
        folder.unpack(opened(stated), iter([]), tmp_path)
    assert list(tmp_path.iterdir()) == []
