import os
from pathlib import Path

import pytest

from euguard.adapters.bundle import gather
from euguard.adapters.bundle.gather import Source
from euguard.errors import ConfigurationError
from euguard.provision.manifest import Kind
from larder import deb, digest, wheel


def test_a_source_is_measured() -> None:
    file = Source("a", Kind.LOCK, b"abc").measured()

    assert (file.size, file.sha256[:8]) == (3, "ba7816bf")


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"cannot read {tmp_path}/x"):
        Source("x", Kind.LOCK, tmp_path / "x").measured()


def test_a_name_that_no_bundle_holds_is_named_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no file of such a name"):
        Source("a b", Kind.LOCK, tmp_path / "nowhere").measured()


def test_a_tree_is_walked_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b/c", "a", ".git/x", "b/.hidden", "b/__pycache__/x.pyc", "demo/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")

    found = [name for name, _ in gather.tree(tmp_path, frozenset({"demo"}))]

    assert found == ["a", "b/c"]


@pytest.mark.parametrize("kind", ["file", "folder", "dangling", "fifo"])
def test_a_link_is_not_followed(tmp_path: Path, kind: str) -> None:
    target = {"file": "/etc/passwd", "folder": "/etc", "dangling": "/nowhere"}.get(kind)
    if target:
        (tmp_path / "x").symlink_to(target)
    else:
        os.mkfifo(tmp_path / "x")

    with pytest.raises(ConfigurationError, match="neither a plain file nor a folder"):
        list(gather.tree(tmp_path))


def test_wheels_are_read_and_not_run(tmp_path: Path) -> None:
    wheel(tmp_path, "Some_Thing", "1.0", more="License: BSD")

    (found,) = gather.wheels(tmp_path, "3.11")

    assert (found.name.distribution, found.name.version) == ("some-thing", "1.0")
    assert found.licence.names == ("BSD",)


def test_two_wheels_of_one_distribution_are_refused(tmp_path: Path) -> None:
    wheel(tmp_path, "thing", "1.0")
    wheel(tmp_path, "Thing", "1.1")

    with pytest.raises(ConfigurationError, match="are of one distribution"):
        gather.wheels(tmp_path, "3.11")


@pytest.mark.parametrize("name", ["thing-1.0.tar.gz", "notes.txt"])
def test_what_is_no_wheel_is_refused(tmp_path: Path, name: str) -> None:
    wheel(tmp_path, "thing", "1.0")
    (tmp_path / name).write_text("")

    with pytest.raises(ConfigurationError, match="not the name of a wheel"):
        gather.wheels(tmp_path, "3.11")


@pytest.mark.parametrize("data", [b"", b"PK\5\6" + bytes(18)])
def test_a_wheel_without_metadata_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "thing-1.0-py3-none-any.whl").write_bytes(data)

    with pytest.raises(ConfigurationError, match="not a wheel with metadata"):
        gather.wheels(tmp_path, "3.11")


def test_an_empty_folder_has_no_wheels(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no wheel in it"):
        gather.wheels(tmp_path, "3.11")


def test_a_folder_within_is_refused(tmp_path: Path) -> None:
    wheel(tmp_path / "inner", "thing", "1.0")

    with pytest.raises(ConfigurationError, match="a folder within"):
        gather.files(tmp_path)


def test_the_control_file_of_a_package_is_read(tmp_path: Path) -> None:
    path = deb(tmp_path / "debs", "hello")

    assert "Package: hello\n" in gather.control(path)


def test_a_list_of_digests_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    one = digest(tmp_path / "x")
    (tmp_path / "SUMS").write_text(f"{one}  a\n{one} *./b/c\n")

    assert gather.digests(tmp_path / "SUMS") == {"a": one, "b/c": one}


@pytest.mark.parametrize("line", ["x", "0d  a", f"{'0d' * 32}", f"{'0D' * 32}  a"])
def test_a_list_of_another_form_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "SUMS").write_text(f"{'0d' * 32}  ok\n{line}\n")

    with pytest.raises(ConfigurationError, match="SUMS:2: not a SHA-256"):
        gather.digests(tmp_path / "SUMS")


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read"):
        gather.digests(tmp_path / "SUMS")
