import copy
from typing import Any

import pytest

from euguard.errors import ConfigurationError
from euguard.policy import shipped
from euguard.policy.schema import load
from euguard.serving.memory import Precision
from euguard.serving.options import ARGUMENTS, ENVIRONMENT, FORBIDDEN
from euguard.serving.profile import Profile
from euguard.terms import ModelId

MODELS = load(shipped.folder()).models


def serving(model: str = "mistral-small-3.2") -> dict[str, Any]:
    return copy.deepcopy(dict(MODELS[ModelId(model)].serving))


def read(section: dict[str, Any]) -> Profile:
    return Profile.from_mapping(ModelId("m"), section)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_that_comes_with_euguard_fits_where_it_is_meant_to_run(model: ModelId) -> None:
    profile = Profile.from_mapping(model, MODELS[model].serving)

    profile.plan().require(profile.max_model_len)

    assert profile.model == model


def test_the_24b_model_serves_four_full_contexts_of_64k_on_one_card() -> None:
    profile = read(serving())

    assert profile.max_model_len == 65_536
    assert profile.plan().contexts(65_536) == 4
    assert profile.pins == {"mistral_common": "1.12.0"}


def test_a_card_of_48_gb_is_too_small_for_the_24b_model() -> None:
    section = serving()
    section["memory"]["gib"] = "47.5"

    with pytest.raises(ConfigurationError, match=r"5\.0 GiB are missing"):
        read(section).plan().require(65_536)


def test_keys_and_values_in_bf16_halve_what_fits() -> None:
    section = serving()
    half = read(section).plan()
    section["arguments"]["kv-cache-dtype"] = "auto"

    full = read(section).plan()

    assert full.token_bytes == 2 * half.token_bytes
    assert read(section).memory.weights is Precision.BF16


def test_the_echo_model_keeps_its_keys_and_values_in_fp32() -> None:
    plan = read(serving("demo-echo")).plan()

    # As vLLM itself prints for this model: 65,536 tokens in one GiB.
    assert (plan.token_bytes, plan.tokens) == (16_384, 65_536)


def test_a_profile_cannot_be_changed() -> None:
    profile = read(serving())

    with pytest.raises(TypeError):
        profile.arguments["max-model-len"] = 1  # type: ignore[index]


def mistakes() -> list[tuple[list[str], Any, str]]:
    """Return (path, value, message): one mistake each; the value `...` removes the key."""
    return [
        ([], [], "m: serving: a mapping is expected"),
        (["pins"], ..., "m: serving.pins: missing"),
        (["pins"], {1: "1"}, "m: serving.pins: a mapping is expected"),
        (["extra"], 1, "m: serving.extra: unknown key"),
        (["version", "floor"], 0.33, "m: serving.version.floor: text is expected"),
        (
            ["version", "floor"],
            "v1",
            'm: serving.version.floor: a version is expected, as "0.33.0"',
        ),
        (
            ["version", "exemption"],
            {"version": "1.0.0"},
            "serving.version.exemption.reason: missing",
        ),
        (["memory", "device"], "tpu", "m: serving.memory.device: one of gpu, cpu is expected"),
        (["memory", "gib"], 79.65, "m: serving.memory.gib: a decimal in quotation marks"),
        (["memory", "gib"], "much", "m: serving.memory.gib: a decimal in quotation marks"),
        (["memory", "gib"], "NaN", "m: serving.memory.gib: a number above 0 is expected"),
        (["memory", "gib"], "-1", "m: serving.memory.gib: a number above 0 is expected"),
        (["memory", "shape", "layers"], True, "serving.memory.shape.layers: a whole number from 1"),
        (["memory", "shape", "layers"], 0, "serving.memory.shape.layers: a whole number from 1"),
        (
            ["memory", "shape", "tied_embeddings"],
            "no",
            "tied_embeddings: true or false is expected",
        ),
        (
            ["memory", "shape", "vision", "depth"],
            1,
            "serving.memory.shape.vision.depth: unknown key",
        ),
        (["arguments", "max-model-len"], ..., "m: serving.arguments.max-model-len: missing"),
        (["arguments", "max-model-len"], "1", "arguments.max-model-len: a whole number from 1"),
        (
            ["arguments", "gpu-memory-utilization"],
            ...,
            "a model on a gpu needs gpu-memory-utilization",
        ),
        (["arguments", "enforce-eager"], 1, "arguments.enforce-eager: true or false is expected"),
        (
            ["arguments", "limit-mm-per-prompt"],
            {"image": "4"},
            "limit-mm-per-prompt.image: a whole",
        ),
        (["arguments", "trust-remote-code"], True, "not an option that a model file may set"),
        (["arguments", "api-key"], "x", "not an option that a model file may set"),
        (["arguments", "host"], "0.0.0.0", "not an option that a model file may set"),
        (
            ["environment", "VLLM_LOGGING_LEVEL"],
            "DEBUG",
            "not a variable that a model file may set",
        ),
        (["environment", "HF_HUB_OFFLINE"], "0", "not a variable that a model file may set"),
        (["environment", "OMP_NUM_THREADS"], 1, "environment.OMP_NUM_THREADS: text is expected"),
        (["environment", "VLLM_CPU_KVCACHE_SPACE"], "0", "whole GiB from 1 are expected"),
        (["environment", "VLLM_CPU_KVCACHE_SPACE"], "1.5", "whole GiB from 1 are expected"),
    ]


@pytest.mark.parametrize("path, value, message", mistakes())
def test_a_mistake_is_named_with_its_place(path: list[str], value: Any, message: str) -> None:
    section = serving()
    inner: Any = section
    if not path:
        section = value
    else:
        for key in path[:-1]:
            inner = inner[key]
        if value is ...:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value

    with pytest.raises(ConfigurationError) as caught:
        read(section)

    assert message in caught.value.message


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_variable_that_opens_the_engine_is_refused_with_its_reason(name: str) -> None:
    section = serving()
    section["environment"] = {name: "1"}

    with pytest.raises(ConfigurationError) as caught:
        read(section)

    assert caught.value.message.endswith(f"{name}: forbidden: {FORBIDDEN[name]}")


def test_a_model_on_a_cpu_must_say_what_it_sets_aside() -> None:
    section = serving("demo-echo")
    del section["environment"]["VLLM_CPU_KVCACHE_SPACE"]

    with pytest.raises(ConfigurationError, match="a model on a cpu needs VLLM_CPU_KVCACHE_SPACE"):
        read(section)


def test_nothing_is_both_allowed_and_forbidden() -> None:
    assert not ENVIRONMENT & set(FORBIDDEN)
    assert not {"uds", "host", "port", "api-key", "served-model-name"} & set(ARGUMENTS)
