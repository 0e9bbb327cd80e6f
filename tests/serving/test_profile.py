import copy
from decimal import Decimal
from typing import Any

import pytest

from euguard.errors import ConfigurationError, ModelDoesNotFitError
from euguard.policy import shipped
from euguard.policy.schema import load
from euguard.serving.memory import Precision
from euguard.serving.options import ARGUMENTS, ENVIRONMENT, FORBIDDEN
from euguard.serving.profile import Profile
from euguard.terms import ModelId
from profiles import EVERY, profile

MODELS = load(shipped.folder()).models


def serving(model: str = "mistral-small-3.2") -> dict[str, Any]:
    return copy.deepcopy(dict(MODELS[ModelId(model)].serving))


def read(section: dict[str, Any]) -> Profile:
    return Profile.from_mapping(ModelId("m"), section)


@pytest.mark.parametrize("shown", EVERY, ids=lambda one: f"{one.model} {one.name}")
def test_every_profile_that_comes_with_euguard_fits_where_it_is_meant_to_run(
    shown: Profile,
) -> None:
    shown.plan().require(shown.max_model_len)


@pytest.mark.parametrize(
    "name, length, contexts",
    [
        ("bf16", 65_536, 2),
        ("fp8", 65_536, 8),
        ("long-context", 131_072, 4),
        ("many-users", 16_384, 34),
        ("lora", 32_768, 4),
    ],
)
@pytest.mark.parametrize("model", ["mistral-small-3.1", "mistral-small-3.2"])
def test_a_profile_of_the_24b_model_serves_so_many_full_contexts_on_one_card(
    model: str, name: str, length: int, contexts: int
) -> None:
    found = profile(model, name)

    assert (found.max_model_len, found.plan().contexts(length)) == (length, contexts)
    assert found.pins == {"mistral_common": "1.12.0"}


def test_an_a100_serves_what_needs_no_8_bits() -> None:
    old = {one.name for one in EVERY if one.model == "mistral-small-3.2" and one.capability == 8}

    assert old == {"bf16", "lora"}
    for name in old:
        # 79.15 GiB: as PyTorch tells of an A100 with 80 GB.
        on_it = profile("mistral-small-3.2", name).on(Decimal("79.15"))
        on_it.plan().require(on_it.max_model_len)
        assert on_it.key_value is Precision.BF16


def test_the_first_profile_is_the_default_of_the_file() -> None:
    names = [one.name for one in EVERY if one.model == "mistral-small-3.2"]

    assert names == ["bf16", "fp8", "long-context", "many-users", "lora"]
    assert read(serving()).name == "bf16"
    assert read(serving("demo-echo")).name == "default"


def test_a_profile_changes_what_it_names_and_nothing_else() -> None:
    exact, small = profile("mistral-small-3.2", "bf16"), profile("mistral-small-3.2", "fp8")

    changed = {
        name for name in small.arguments if exact.arguments.get(name) != small.arguments[name]
    }
    assert changed == {"quantization", "kv-cache-dtype"}
    assert small.quantised_at_start
    assert small.stored_bytes == exact.stored_bytes == exact.plan().weight_bytes
    assert not exact.quantised_at_start
    assert (small.floor, small.pins, small.environment) == (
        exact.floor,
        exact.pins,
        exact.environment,
    )


def test_a_profile_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match="there is no profile 'fp4'") as caught:
        Profile.from_mapping(ModelId("m"), serving(), "fp4")

    assert caught.value.fix == "the model file has: bf16, fp8, long-context, many-users, lora"


def adapters(*given: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    section = serving()
    lora = section["profiles"]["lora"]
    lora["adapters"] = list(given)
    lora["arguments"] = {**lora["arguments"], **arguments}
    section["default_profile"] = "lora"
    return section


def test_an_adapter_of_the_allow_list_is_served_under_its_name() -> None:
    found = read(adapters({"model": "legal", "rank": 16}))

    assert found.served == ("m", "legal")
    assert found.batch().slots == 3


@pytest.mark.parametrize(
    "section, message",
    [
        (adapters({"model": "legal", "rank": 64}), "legal has rank 64, and at most 32"),
        (adapters({"model": "m", "rank": 1}), "a name appears twice"),
        (adapters(*[{"model": f"a{n}", "rank": 1} for n in range(4)]), "4, and max-loras is 3"),
        (adapters({"model": "legal"}), r"profiles\.lora\.adapters\[0\]\.rank: missing"),
        (adapters({"model": "legal", "rank": 1, "path": "/"}), r"adapters\[0\]\.path: unknown"),
        (adapters("legal"), r"adapters\[0\]: a mapping is expected"),  # type: ignore[arg-type]
        (
            adapters({"model": "legal", "rank": 1}, **{"enable-lora": False}),
            "they need enable-lora",
        ),
    ],
)
def test_an_adapter_that_does_not_go_with_its_profile_is_refused(
    section: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read(section)


def test_slots_must_be_told_where_adapters_are_loaded() -> None:
    section = serving()
    del section["profiles"]["lora"]["arguments"]["max-loras"]

    with pytest.raises(ConfigurationError, match=r"lora\.arguments\.max-loras: missing"):
        read(section)


def test_a_card_of_48_gb_is_too_small_for_the_24b_model() -> None:
    # 47.5 x 0.92 = 43.7; weights 44.7, activations and the rest 5.5: 6.5 are missing.
    with pytest.raises(ModelDoesNotFitError, match=r"6\.5 GiB are missing"):
        read(serving()).on(Decimal("47.5")).plan().require(65_536)


def test_keys_and_values_in_fp8_take_half() -> None:
    section = serving()
    full = read(section).plan()
    section["arguments"]["kv-cache-dtype"] = "fp8"

    half = read(section).plan()

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
        (["default_profile"], "fp4", "m: serving.default_profile: there is no profile 'fp4'"),
        (["profiles", "fp8", "sources"], ..., "m: serving.profiles.fp8.sources: missing"),
        (["profiles", "fp8", "extra"], 1, "m: serving.profiles.fp8.extra: unknown key"),
        (["profiles", "fp8", "weights"], "fp4", "one of fp32, bf16, fp8, w4a16 is expected"),
        (["profiles", "lora", "adapters"], {}, "profiles.lora.adapters: a list is expected"),
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
