"""The file of a name model: it comes back as it went, and nothing else passes for one."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from euguard.adapters.ner.weights import Weights, load, save
from euguard.errors import ConfigurationError
from small_model import by_hand


def arrays(weights: Weights, folder: Path) -> dict[str, Any]:
    save(folder / "whole.npz", weights)
    with np.load(folder / "whole.npz") as archive:
        return dict(archive)


def said(**about: object) -> Any:
    return np.frombuffer(orjson.dumps(about), dtype=np.uint8)


def test_a_model_comes_back_as_it_went(tmp_path: Path) -> None:
    weights = by_hand((1, 4))
    save(tmp_path / "names.npz", weights)

    back = load(tmp_path / "names.npz")

    for name in ("table", "scale", "looks", "out", "bias"):
        assert np.array_equal(getattr(back, name), getattr(weights, name))
    for ours, theirs in zip(weights.layers, back.layers, strict=True):
        for field in dataclasses.fields(ours):
            ours_, theirs_ = getattr(ours, field.name), getattr(theirs, field.name)
            assert np.array_equal(ours_, theirs_)
            assert np.asarray(theirs_).dtype != np.float16
    assert back.table.dtype == np.int8
    assert back.about["steps"] == [1, 4]


def test_numbers_are_kept_to_three_digits(tmp_path: Path) -> None:
    exact = (np.arange(-3, 4) / 7).astype(np.float32)
    save(tmp_path / "names.npz", dataclasses.replace(by_hand(), bias=exact))

    assert np.allclose(load(tmp_path / "names.npz").bias, exact, rtol=1e-3)


def test_the_same_model_is_the_same_bytes_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "one.npz", by_hand((1,)))
    later = time.time() + 1e7
    monkeypatch.setattr(time, "time", lambda: later)
    save(tmp_path / "two.npz", by_hand((1,)))

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize(
    "kept,other",
    [
        (slice(0), b""),
        (slice(0), b"not an archive"),
        (slice(0), b"PK\x03\x04 not an archive either"),
        (slice(-100), b""),
        (slice(400), bytes(100_000)),
    ],
    ids=["empty", "text", "looks like one", "cut off", "overwritten"],
)
def test_a_damaged_file_is_named(tmp_path: Path, kept: slice, other: bytes) -> None:
    path = tmp_path / "names.npz"
    save(path, by_hand((1,)))
    path.write_bytes(path.read_bytes()[kept] + other)

    with pytest.raises(ConfigurationError, match=r"names\.npz: not a name model of format 1"):
        load(path)


def test_a_file_with_other_bytes_in_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "names.npz"
    save(path, by_hand((1,)))
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes(40) + whole[middle + 40 :])

    with pytest.raises(ConfigurationError, match=r"names\.npz: not a name model of format 1"):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.npz: .* \(FileNotFoundError\)"):
        load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    "change",
    [
        {"about": None},
        {"table": None},
        {"w0": None},
        {"about": np.frombuffer(b"{", dtype=np.uint8)},
        {"about": np.frombuffer(b"[]", dtype=np.uint8)},
        {"about": said(format=2, labels=["O"], steps=[1])},
        {"about": said(format=1, labels=["O", "B-PER"], steps=[1])},
        {"table": np.zeros(9, dtype=np.int8)},
        {"table": np.zeros((0, 8), dtype=np.int8)},
        {"table": np.zeros((1 << 15, 8), dtype=np.float32)},
        {"table": np.zeros((9, 8), dtype=np.int8)},
        {"looks": np.zeros((9, 8), dtype=np.float16)},
        {"w0": np.zeros((8, 8), dtype=np.float16)},
        {"bias": np.zeros(9, dtype=np.float16)},
        {"bias": np.array(["O"] * 7)},
    ],
    ids=str,
)
def test_a_model_of_another_kind_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    changed = arrays(by_hand((1,)), tmp_path) | change
    kept = {name: value for name, value in changed.items() if value is not None}
    np.savez(tmp_path / "other.npz", **kept)

    with pytest.raises(ConfigurationError, match=r"other\.npz: not a name model"):
        load(tmp_path / "other.npz")


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
            return (Path.touch, (str(tmp_path / "sprung"),))  # type: ignore[return-value]

    np.savez(tmp_path / "trap.npz", table=np.array([Trap()], dtype=object))

    with pytest.raises(ConfigurationError):
        load(tmp_path / "trap.npz")
    assert not (tmp_path / "sprung").exists()
