"""What a folder of weights says of itself; the shapes are the published ones."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from euguard.errors import ConfigurationError
from euguard.serving.memory import Precision, Shape
from euguard.serving.weights import (
    Described,
    Tensors,
    check_weights,
    head_size,
    joined,
    read_head,
    read_shape,
)
from profiles import SHIPPED, profile

SMALL = SHIPPED["mistral-small-3.2"]

# Mistral's own spelling of the shape, and Hugging Face's as published in config.json of
# Mistral-Small-3.1-24B-Instruct-2503.
PARAMS: dict[str, Any] = {
    "dim": 5120,
    "n_layers": 40,
    "head_dim": 128,
    "hidden_dim": 32768,
    "n_heads": 32,
    "n_kv_heads": 8,
    "vocab_size": 131072,
    "vision_encoder": {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "patch_size": 14,
        "max_image_size": 1540,
        "image_size": 1540,
    },
}
CONFIG: dict[str, Any] = {
    "text_config": {
        "hidden_size": 5120,
        "num_hidden_layers": 40,
        "head_dim": 128,
        "intermediate_size": 32768,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 131072,
    },
    "vision_config": {
        "hidden_size": 1024,
        "image_size": 1540,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "patch_size": 14,
    },
}


def test_both_spellings_are_the_shape_in_the_model_file() -> None:
    assert read_shape("params.json", orjson.dumps(PARAMS)) == SMALL.memory.shape
    assert read_shape("config.json", orjson.dumps(CONFIG)) == SMALL.memory.shape


def test_a_model_without_images_says_everything_at_the_top() -> None:
    text = {**CONFIG["text_config"], "tie_word_embeddings": True}
    del text["head_dim"]

    shape = read_shape("config.json", orjson.dumps(text))

    assert (shape.vision, shape.tied_embeddings) == (None, True)
    assert shape.head_width == 5120 // 32


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("params.json", b"{", "params.json is not JSON"),
        ("params.json", b"[]", "params.json: an object is expected"),
        ("params.json", {**PARAMS, "n_layers": None}, "params.json: n_layers is None; a whole"),
        ("params.json", {**PARAMS, "dim": "5120"}, "params.json: dim is '5120'; a whole number"),
        ("params.json", {**PARAMS, "dim": True}, "params.json: dim is True"),
        ("params.json", {**PARAMS, "n_heads": 0}, "params.json: n_heads is 0"),
        ("params.json", {**PARAMS, "tied_embeddings": 1}, "tied_embeddings is 1; true or false"),
        ("params.json", {**PARAMS, "vision_encoder": 7}, "params.json: vision_encoder: an object"),
        (
            "params.json",
            {**PARAMS, "vision_encoder": {"num_hidden_layers": 24}},
            "params.json: vision_encoder: hidden_size missing",
        ),
        ("config.json", {"text_config": {}}, "config.json: text_config: num_attention_heads miss"),
        ("config.json", {}, "config.json: num_attention_heads missing"),
    ],
)
def test_a_wrong_description_is_refused_with_file_and_field(
    name: str, text: object, message: str
) -> None:
    data = text if isinstance(text, bytes) else orjson.dumps(text)

    with pytest.raises(ConfigurationError) as caught:
        read_shape(name, data)

    assert message in caught.value.message


# ------------------------------------------------------------------ heads


def head(**tensors: Any) -> bytes:
    return orjson.dumps({"__metadata__": {"format": "pt"}, **tensors})


def test_numbers_are_counted_by_type() -> None:
    found = read_head(
        "a",
        head(
            x={"dtype": "F8_E4M3", "shape": [10, 10], "data_offsets": [0, 100]},
            y={"dtype": "BF16", "shape": [3], "data_offsets": [100, 106]},
            z={"dtype": "BF16", "shape": [], "data_offsets": [106, 108]},
        ),
    )

    assert found.numbers == {"F8_E4M3": 100, "BF16": 4}
    assert (found.count, found.bytes, found.precision) == (104, 108, Precision.FP8)
    assert joined([found, found]).count == 208


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        head(x=1),
        head(x={"dtype": "F7", "shape": [1]}),
        head(x={"dtype": "F32", "shape": 1}),
        head(x={"dtype": "F32", "shape": [-1]}),
        head(x={"dtype": "F32", "shape": ["1"]}),
    ],
)
def test_a_file_that_is_no_safetensors_file_is_named(text: bytes) -> None:
    with pytest.raises(ConfigurationError, match=r"weights: a[ :]"):
        read_head("a", text)


@pytest.mark.parametrize("first", [b"", b"1234567", bytes(8), b"\xff" * 8])
def test_a_head_of_an_impossible_size_is_not_read(first: bytes) -> None:
    with pytest.raises(ConfigurationError, match="does not begin as a safetensors file does"):
        head_size("a", first)


# ------------------------------------------------------------------ together with a profile

WHOLE = SMALL.memory.shape.parameters


def described(**numbers: int) -> Described:
    return Described("params.json", SMALL.memory.shape, Tensors(numbers))


def test_weights_of_16_bits_serve_every_profile_of_the_24b_model() -> None:
    for name in ("bf16", "fp8", "long-context", "many-users", "lora"):
        check_weights(profile("mistral-small-3.2", name), described(BF16=WHOLE))


@pytest.mark.parametrize(
    "other, name",
    [
        (replace(SMALL.memory.shape, layers=7), "n_layers"),
        (replace(SMALL.memory.shape, width=7), "dim"),
        (replace(SMALL.memory.shape, vocabulary=7), "vocab_size"),
    ],
)
def test_another_shape_is_named_as_its_file_does(other: Shape, name: str) -> None:

    with pytest.raises(ConfigurationError, match=rf"params\.json: {name} is 7, and the profile"):
        check_weights(SMALL, Described("params.json", other, None))


def test_a_missing_file_of_weights_is_noticed() -> None:
    with pytest.raises(ConfigurationError, match=r"the files hold .* numbers, and the shape has"):
        check_weights(SMALL, described(BF16=WHOLE - WHOLE // 10))


def test_weights_of_8_bits_are_not_served_as_those_of_16() -> None:
    with pytest.raises(ConfigurationError, match="stored in fp8, and profile bf16 needs bf16"):
        check_weights(SMALL, described(F8_E4M3=WHOLE))


def test_weights_of_8_bits_are_not_made_smaller_again() -> None:
    with pytest.raises(ConfigurationError, match="profile fp8 needs bf16 or fp32"):
        check_weights(profile("mistral-small-3.2", "fp8"), described(F8_E4M3=WHOLE))


def test_packed_weights_are_not_counted() -> None:
    check_weights(SMALL, described(I32=WHOLE // 8))
