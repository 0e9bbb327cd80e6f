import os
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from euguard.adapters import weights
from euguard.errors import ConfigurationError, WeightsInvalidError
from euguard.serving.manifest import Entry, Manifest

BLOCK = 1000


def ignore(done: int, total: int) -> None:
    del done, total


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return weights of three files: five blocks and a rest, exactly two blocks, nothing."""
    made = tmp_path / "weights"
    (made / "sub").mkdir(parents=True)
    (made / "a.bin").write_bytes(bytes(range(256)) * 21)  # 5,376 bytes
    (made / "sub" / "b.bin").write_bytes(b"b" * 2 * BLOCK)
    (made / "empty").touch()
    return made


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    return weights.describe(folder, "m", progress=ignore, block=BLOCK)


def partial(folder: Path, manifest: Manifest) -> weights.Partial:
    return weights.Partial(folder.parent / "partial", manifest, weights.seen(folder))


def check(folder: Path, manifest: Manifest) -> tuple[dict[str, str], int]:
    """Return findings and bytes read."""
    read: list[int] = []
    done = partial(folder, manifest)
    try:
        found = weights.check(folder, manifest, done, progress=lambda done, _: read.append(done))
    finally:
        done.close()
    return found, manifest.size - read[0]


def test_the_digests_are_those_of_the_files_and_of_their_blocks(
    folder: Path, manifest: Manifest
) -> None:
    a = (folder / "a.bin").read_bytes()

    entry = manifest.files[0]
    assert [one.path for one in manifest.files] == ["a.bin", "empty", "sub/b.bin"]
    assert (entry.sha256, len(entry.blocks)) == (sha256(a).hexdigest(), 6)
    assert entry.blocks[5] == sha256(a[5000:]).hexdigest()
    assert manifest.files[1] == Entry("empty", 0, sha256(b"").hexdigest())
    assert len(manifest.files[2].blocks) == 2


def test_weights_as_they_were_written_down_are_good(folder: Path, manifest: Manifest) -> None:
    assert check(folder, manifest)[0] == {}


@pytest.mark.parametrize("position", [0, 999, 1000, 5375])
def test_one_changed_byte_is_found_with_file_and_place(
    folder: Path, manifest: Manifest, position: int
) -> None:
    with (folder / "a.bin").open("r+b") as file:
        file.seek(position)
        file.write(b"\xfe")

    begin = position // BLOCK * BLOCK
    end = min(begin + BLOCK, 5376)
    assert check(folder, manifest)[0] == {
        "a.bin": f"a.bin: another content between bytes {begin:,} and {end:,}"
    }


def test_a_manifest_without_blocks_is_checked_file_by_file(
    folder: Path, manifest: Manifest
) -> None:
    plain = Manifest("m", tuple(Entry(e.path, e.size, e.sha256) for e in manifest.files))

    assert check(folder, plain)[0] == {}
    (folder / "sub" / "b.bin").write_bytes(b"c" * 2 * BLOCK)
    assert list(check(folder, plain)[0]) == ["sub/b.bin"]


def test_a_check_that_was_cut_off_goes_on_where_it_was(folder: Path, manifest: Manifest) -> None:
    begun = partial(folder, manifest)
    begun.add("a.bin", 0)
    begun.add("a.bin", 1)
    begun.close()
    cut = folder.parent / "partial"
    cut.write_bytes(cut.read_bytes() + b'["half a li')

    assert check(folder, manifest) == ({}, manifest.size - 2 * BLOCK)


def test_what_was_found_good_of_a_file_that_changed_is_read_again(
    folder: Path, manifest: Manifest
) -> None:
    begun = partial(folder, manifest)
    begun.add("a.bin", 0)
    begun.add("sub/b.bin", 0)
    begun.close()
    os.utime(folder / "a.bin", ns=(1, 1))

    assert check(folder, manifest) == ({}, manifest.size - BLOCK)


def test_what_was_found_good_under_another_manifest_is_read_again(
    folder: Path, manifest: Manifest
) -> None:
    begun = partial(folder, Manifest("other", manifest.files, BLOCK))
    begun.add("a.bin", 0)
    begun.close()

    assert check(folder, manifest) == ({}, manifest.size)


def test_an_interrupted_check_stops_at_once_and_loses_little(
    folder: Path, manifest: Manifest
) -> None:
    calls = 0

    def interrupt(done: int, total: int) -> None:
        nonlocal calls
        del done, total
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt

    begun = partial(folder, manifest)
    with pytest.raises(KeyboardInterrupt):
        weights.check(folder, manifest, begun, progress=interrupt)
    begun.close()

    found, read = check(folder, manifest)
    assert found == {}
    assert read < manifest.size


def test_a_link_in_the_folder_is_refused(folder: Path) -> None:
    (folder / "c.bin").symlink_to("/dev/null")

    with pytest.raises(WeightsInvalidError, match=r"c\.bin is a link or a device"):
        weights.seen(folder)


def test_a_folder_that_is_not_there_or_empty_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot read .*nowhere: No such file"):
        weights.seen(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match="is empty"):
        weights.describe(tmp_path / "empty", "m", progress=ignore)


def test_a_record_cannot_be_written_where_nobody_may_write(
    folder: Path, manifest: Manifest, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="cannot write"):
        weights.write(tmp_path / "no" / "record", b"")
    with pytest.raises(ConfigurationError, match="cannot write"):
        weights.Partial(tmp_path / "no" / "partial", manifest, weights.seen(folder))


# ------------------------------------------------------------------ what the files say


def safetensors(path: Path, kind: str, count: int) -> None:
    head = orjson.dumps({"x": {"dtype": kind, "shape": [count], "data_offsets": [0, 0]}})
    path.write_bytes(len(head).to_bytes(8, "little") + head)


def test_mistrals_own_files_count_before_the_others(tmp_path: Path) -> None:
    assert weights.tensors(tmp_path) is None
    safetensors(tmp_path / "model-00001-of-00002.safetensors", "F32", 3)
    safetensors(tmp_path / "model-00002-of-00002.safetensors", "F32", 4)
    found = weights.tensors(tmp_path)
    assert found is not None
    assert found.numbers == {"F32": 7}

    safetensors(tmp_path / "consolidated.safetensors", "BF16", 5)

    found = weights.tensors(tmp_path)
    assert found is not None
    assert found.numbers == {"BF16": 5}


def test_a_file_that_was_cut_off_is_named(tmp_path: Path) -> None:
    (tmp_path / "consolidated.safetensors").write_bytes(b"\x05")

    with pytest.raises(ConfigurationError, match=r"consolidated\.safetensors does not begin"):
        weights.tensors(tmp_path)


def test_the_description_is_params_json_or_config_json(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"neither params\.json nor config\.json"):
        weights.description(tmp_path)
    (tmp_path / "config.json").write_bytes(b"{}")
    assert weights.description(tmp_path) == ("config.json", b"{}")
    (tmp_path / "params.json").write_bytes(b"[]")
    assert weights.description(tmp_path) == ("params.json", b"[]")
