"""The file that holds a trained name model, and its numbers as the tagger uses them.

One NumPy archive (`.npz`)::

    table      int8 (rows by width)    what parts of words mean; each row times its scale
    scale      float16 (rows)
    looks      float16 (looks by width) what words look like
    w0 b0 …    float16                 layers: (3·width by width) and (width)
    wn bn …    float16                 gain and bias of each layer's normalisation (width)
    out, bias  float16                 (width by labels) and (labels)
    about      JSON in UTF-8, uint8    format, labels, steps between neighbours, what it was
                                       trained on, licences

Half precision and single bytes keep the file small; sums are done in 32 bits.
"""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from euguard.adapters.ner.words import LOOKS
from euguard.errors import ConfigurationError

FORMAT: Final = 1
LABELS: Final = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
"""What a word can be: outside, or the begin or inside of a name."""

Floats = NDArray[np.float32]
_DAMAGED = (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class Layer:
    """Mixes each word with the words `step` before and behind it."""

    step: int
    gain: Floats
    shift: Floats
    weight: Floats
    """Shape (3·width by width): before, the word itself, behind."""
    bias: Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """All numbers of a model."""

    table: NDArray[np.int8]
    scale: Floats
    looks: Floats
    layers: tuple[Layer, ...]
    out: Floats
    bias: Floats
    about: dict[str, Any]


def load(path: Path) -> Weights:
    """Read a model.

    Raises:
        ConfigurationError: no such file, or not a model that this release reads.

    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return _weights(dict(archive))
    except _DAMAGED as error:
        msg = f"{path}: not a name model of format {FORMAT} ({type(error).__name__})"
        raise ConfigurationError(msg, fix="Train it anew with: euguard pii train") from error


def save(path: Path, weights: Weights) -> None:
    """Write a model; the same numbers give the same bytes."""
    arrays: dict[str, Any] = {
        "table": weights.table,
        "scale": _half(weights.scale),
        "looks": _half(weights.looks),
        "out": _half(weights.out),
        "bias": _half(weights.bias),
    }
    for at, layer in enumerate(weights.layers):
        arrays |= {
            f"w{at}": _half(layer.weight),
            f"b{at}": _half(layer.bias),
            f"gain{at}": _half(layer.gain),
            f"shift{at}": _half(layer.shift),
        }
    about = orjson.dumps(weights.about, option=orjson.OPT_SORT_KEYS)
    np.savez_compressed(path, about=np.frombuffer(about, dtype=np.uint8), **arrays)


def _weights(arrays: dict[str, Any]) -> Weights:
    about = orjson.loads(arrays["about"].tobytes())
    if about["format"] != FORMAT or tuple(about["labels"]) != LABELS:
        msg = "another format"
        raise ValueError(msg)
    layers = tuple(
        Layer(
            step,
            _single(arrays[f"gain{at}"]),
            _single(arrays[f"shift{at}"]),
            _single(arrays[f"w{at}"]),
            _single(arrays[f"b{at}"]),
        )
        for at, step in enumerate(about["steps"])
    )
    weights = Weights(
        table=arrays["table"],
        scale=_single(arrays["scale"]),
        looks=_single(arrays["looks"]),
        layers=layers,
        out=_single(arrays["out"]),
        bias=_single(arrays["bias"]),
        about=about,
    )
    if not _fits(weights):
        msg = "shapes that do not fit each other"
        raise ValueError(msg)
    return weights


def _fits(weights: Weights) -> bool:
    """Tell whether all sums can be done, and with the looks that this release reads."""
    rows, width = weights.table.shape
    layers = all(
        layer.weight.shape == (3 * width, width)
        and layer.gain.shape == layer.shift.shape == layer.bias.shape == (width,)
        for layer in weights.layers
    )
    return (
        layers
        and rows > 0
        and weights.table.dtype == np.int8
        and weights.scale.shape == (rows,)
        and weights.looks.shape == (LOOKS, width)
        and weights.out.shape == (width, len(LABELS))
        and weights.bias.shape == (len(LABELS),)
    )


def _half(values: Floats) -> NDArray[np.float16]:
    return values.astype(np.float16)


def _single(values: NDArray[Any]) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float32)
