"""What a folder of weights says of itself: the model's shape, and how its numbers are stored.

The shape stands in params.json (Mistral's own format) or in config.json (Hugging Face's); how
many numbers there are, and in which type, in the head of each safetensors file::

    8 bytes, little endian: length n of the head
    n bytes: JSON {"name": {"dtype": "BF16", "shape": [5120, 4096], "data_offsets": [0, …]}, …}

Both are read before anything is loaded, so that a memory plan is that of these files. An error
names the file and the field.

Source: https://huggingface.co/docs/safetensors/index (format); vLLM 0.32.0,
transformers_utils/configs/mistral.py (params.json); published config.json of
Mistral-Small-3.1-24B-Instruct-2503.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import orjson

from euguard.errors import ConfigurationError
from euguard.serving.memory import Precision, Shape, Vision
from euguard.serving.profile import Profile

PARAMS = "params.json"
CONFIG = "config.json"
HEAD_LENGTH = 8
"""Bytes before the head of a safetensors file."""
MAX_HEAD = 100_000_000
"""Bytes of a head, at most: as the format's own reader has it."""

_BITS = {
    "F64": 64,
    "I64": 64,
    "U64": 64,
    "F32": 32,
    "I32": 32,
    "U32": 32,
    "F16": 16,
    "BF16": 16,
    "I16": 16,
    "U16": 16,
    "F8_E4M3": 8,
    "F8_E5M2": 8,
    "F8_E8M0": 8,
    "I8": 8,
    "U8": 8,
    "BOOL": 8,
    "F4": 4,
}
_STORED = {
    "F32": Precision.FP32,
    "BF16": Precision.BF16,
    "F16": Precision.BF16,
    "F8_E4M3": Precision.FP8,
}
_MISTRAL = {
    "layers": "n_layers",
    "width": "dim",
    "heads": "n_heads",
    "key_value_heads": "n_kv_heads",
    "head_width": "head_dim",
    "feed_forward": "hidden_dim",
    "vocabulary": "vocab_size",
    "tied_embeddings": "tied_embeddings",
    "vision": "vision_encoder",
}
_HUGGING_FACE = {
    "layers": "num_hidden_layers",
    "width": "hidden_size",
    "heads": "num_attention_heads",
    "key_value_heads": "num_key_value_heads",
    "head_width": "head_dim",
    "feed_forward": "intermediate_size",
    "vocabulary": "vocab_size",
    "tied_embeddings": "tie_word_embeddings",
    "vision": "vision_config",
}
"""Field of `Shape` → its name in the file."""
_TOLERANCE = 0.01
"""Share by which parameters counted and computed may differ: scales, buffers, a bias."""


@dataclass(frozen=True, slots=True)
class Tensors:
    """What the heads of all files of weights say together."""

    numbers: Mapping[str, int]
    """Type as safetensors writes it → numbers stored in it."""

    @property
    def count(self) -> int:
        """All numbers."""
        return sum(self.numbers.values())

    @property
    def bytes(self) -> int:
        """All bytes, without heads."""
        return sum(count * _BITS[kind] for kind, count in self.numbers.items()) // 8

    @property
    def precision(self) -> Precision | None:
        """How most numbers are stored; None where euguard has no word for it."""
        most = max(self.numbers, key=lambda kind: self.numbers[kind])
        return _STORED.get(most)


@dataclass(frozen=True, slots=True)
class Described:
    """What a folder of weights says of the model in it."""

    file: str
    """params.json or config.json."""
    shape: Shape
    tensors: Tensors | None
    """None where no safetensors file lies there."""


def read_shape(name: str, text: bytes) -> Shape:
    """Return the shape in the text of params.json or config.json.

    Args:
        name: of the file; decides how it is read, and begins every error.
        text: its bytes.

    Raises:
        ConfigurationError: not JSON, a field is missing, or is no whole number from 1.

    """
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        msg = f"weights: {name} is not JSON"
        raise ConfigurationError(msg, fix="get the weights once more") from None
    top = _Fields(name, value)
    return _mistral(top) if name == PARAMS else _hugging_face(top)


def read_head(name: str, head: bytes) -> Tensors:
    """Return what the head of a safetensors file says, without its first eight bytes.

    Raises:
        ConfigurationError: not JSON of this shape, or a type that the format does not have.

    """
    try:
        value = orjson.loads(head)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        msg = f"weights: {name} does not begin as a safetensors file does"
        raise ConfigurationError(msg, fix="get this file once more")
    numbers: Counter[str] = Counter()
    for tensor, entry in value.items():
        if tensor == "__metadata__":
            continue
        kind, sides = _tensor(name, tensor, entry)
        numbers[kind] += prod(sides)
    return Tensors(dict(numbers))


def joined(tensors: list[Tensors]) -> Tensors:
    """Return what several files say together."""
    numbers: Counter[str] = Counter()
    for each in tensors:
        numbers.update(each.numbers)
    return Tensors(dict(numbers))


def head_size(name: str, first: bytes) -> int:
    """Return how many bytes the head has, from the first eight of the file.

    Raises:
        ConfigurationError: fewer bytes, or a size that no head has.

    """
    size = int.from_bytes(first, "little") if len(first) == HEAD_LENGTH else 0
    if not 0 < size <= MAX_HEAD:
        msg = f"weights: {name} does not begin as a safetensors file does"
        raise ConfigurationError(msg, fix="get this file once more")
    return size


def check_weights(profile: Profile, found: Described) -> None:
    """Establish that the profile's memory plan is that of these weights.

    Raises:
        ConfigurationError: another shape, with file and field; another number of parameters than
            the shape has; or numbers stored in a type from which the profile cannot be served.

    """
    spelt = _MISTRAL if found.file == PARAMS else _HUGGING_FACE
    fix = "give the weights of this model, or correct serving.memory.shape in its file"
    for field, name in spelt.items():
        told, said = getattr(found.shape, field), getattr(profile.memory.shape, field)
        if told != said:
            msg = f"weights: {found.file}: {name} is {told}, and the profile says {said}"
            raise ConfigurationError(msg, fix=fix)
    if found.tensors is not None:
        _check_tensors(profile, found.tensors)


def _check_tensors(profile: Profile, tensors: Tensors) -> None:
    computed, counted = profile.memory.shape.parameters, tensors.count
    served, stored = profile.memory.weights, tensors.precision
    packed = stored is None or served is Precision.W4A16
    if not packed and abs(counted - computed) > computed * _TOLERANCE:
        msg = f"weights: the files hold {counted:,} numbers, and the shape has {computed:,}"
        raise ConfigurationError(msg, fix="files are missing, or belong to another model")
    possible = {Precision.BF16, Precision.FP32} if profile.quantised_at_start else {served}
    if stored is not None and stored not in possible:
        msg = f"weights: stored in {stored}, and profile {profile.name} needs {_or(possible)}"
        fix = "choose a profile for these weights: `euguard serving plan` lists them"
        raise ConfigurationError(msg, fix=fix)


def _or(choices: set[Precision]) -> str:
    return " or ".join(sorted(choices))


def _tensor(name: str, tensor: str, entry: object) -> tuple[str, list[int]]:
    kind = entry.get("dtype") if isinstance(entry, dict) else None
    sides = entry.get("shape") if isinstance(entry, dict) else None
    whole = isinstance(sides, list) and all(type(side) is int and side >= 0 for side in sides)
    if kind not in _BITS or not isinstance(sides, list) or not whole:
        msg = f"weights: {name}: {tensor[:64]!a} has no type and shape that euguard knows"
        raise ConfigurationError(msg, fix="get this file once more")
    return str(kind), sides


# ------------------------------------------------------------------ the two spellings


class _Fields:
    """A JSON object of the file, whose fields are taken with an error that names both."""

    def __init__(self, place: str, value: object) -> None:
        if not isinstance(value, Mapping):
            msg = f"weights: {place}: an object is expected"
            raise ConfigurationError(msg)
        self._place = place
        self._value = value

    def has(self, key: str) -> bool:
        return self._value.get(key) is not None

    def count(self, key: str) -> int:
        value = self._value.get(key)
        if type(value) is not int or value < 1:
            found = "missing" if key not in self._value else f"is {ascii(value)[:32]}"
            msg = f"weights: {self._place}: {key} {found}; a whole number from 1 is expected"
            raise ConfigurationError(msg, fix="get the weights once more")
        return value

    def switch(self, key: str, *, otherwise: bool) -> bool:
        value = self._value.get(key, otherwise)
        if not isinstance(value, bool):
            msg = f"weights: {self._place}: {key} is {ascii(value)[:32]}; true or false is expected"
            raise ConfigurationError(msg, fix="get the weights once more")
        return value

    def inner(self, key: str) -> "_Fields":
        return _Fields(f"{self._place}: {key}", self._value.get(key))


def _mistral(top: _Fields) -> Shape:
    seen = top.inner("vision_encoder") if top.has("vision_encoder") else None
    vision = (
        None
        if seen is None
        else Vision(
            layers=seen.count("num_hidden_layers"),
            width=seen.count("hidden_size"),
            feed_forward=seen.count("intermediate_size"),
            patch=seen.count("patch_size"),
            side=seen.count("max_image_size" if seen.has("max_image_size") else "image_size"),
        )
    )
    return Shape(
        layers=top.count("n_layers"),
        width=top.count("dim"),
        heads=top.count("n_heads"),
        key_value_heads=top.count("n_kv_heads"),
        head_width=top.count("head_dim"),
        feed_forward=top.count("hidden_dim"),
        vocabulary=top.count("vocab_size"),
        tied_embeddings=top.switch("tied_embeddings", otherwise=False),
        vision=vision,
    )


def _hugging_face(top: _Fields) -> Shape:
    text = top.inner("text_config") if top.has("text_config") else top
    seen = top.inner("vision_config") if top.has("vision_config") else None
    vision = (
        None
        if seen is None
        else Vision(
            layers=seen.count("num_hidden_layers"),
            width=seen.count("hidden_size"),
            feed_forward=seen.count("intermediate_size"),
            patch=seen.count("patch_size"),
            side=seen.count("image_size"),
        )
    )
    heads, width = text.count("num_attention_heads"), text.count("hidden_size")
    return Shape(
        layers=text.count("num_hidden_layers"),
        width=width,
        heads=heads,
        key_value_heads=text.count("num_key_value_heads"),
        head_width=text.count("head_dim") if text.has("head_dim") else width // heads,
        feed_forward=text.count("intermediate_size"),
        vocabulary=text.count("vocab_size"),
        tied_embeddings=text.switch("tie_word_embeddings", otherwise=False),
        vision=vision,
    )
