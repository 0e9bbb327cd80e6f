"""The figures are those of published sizing tables for this shape, recomputed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from euguard.errors import ModelDoesNotFitError
from euguard.serving.memory import GIB, Memory, MemoryPlan, Precision, plan_cpu, plan_gpu
from profiles import SHIPPED

# The card and the reserve of the published tables that the figures below are compared with.
MISTRAL = replace(
    SHIPPED["mistral-small-3.2"].memory, gib=Decimal("79.65"), reserved_gib=Decimal(4)
)
SHAPE = MISTRAL.shape


def test_the_parameters_add_up_to_24_billion() -> None:
    assert SHAPE.vision is not None
    vision = SHAPE.vision.parameters(SHAPE.width)

    assert SHAPE.parameters - vision == 23_572_403_200
    assert round(vision / 1e9, 3) == 0.439  # encoder 0.403, merger and adapter 0.036
    assert round(SHAPE.parameters / 1e9, 2) == 24.01


@pytest.mark.parametrize(
    "precision, gigabytes, gibibytes",
    [
        (Precision.FP32, 96.0, 89.4),
        (Precision.BF16, 48.0, 44.7),
        (Precision.FP8, 25.8, 24.0),
        (Precision.W4A16, 15.0, 14.0),
    ],
)
def test_the_weights_of_each_precision(
    precision: Precision, gigabytes: float, gibibytes: float
) -> None:
    size = SHAPE.weight_bytes(precision)

    assert (round(size / 1e9, 1), round(size / GIB, 1)) == (gigabytes, gibibytes)


def test_a_token_takes_160_kib_in_bf16_and_a_full_context_20_gib() -> None:
    assert SHAPE.token_bytes(Precision.BF16) == 160 * 1024
    assert SHAPE.token_bytes(Precision.FP8) == 80 * 1024
    assert SHAPE.token_bytes(Precision.BF16) * 131_072 == 20 * GIB


LENGTHS = (8_192, 16_384, 32_768, 65_536, 131_072)


@pytest.mark.parametrize(
    "weights, key_value, gib, tokens, contexts",
    [
        (Precision.BF16, Precision.BF16, 23.0, 150_472, (18, 9, 4, 2, 1)),
        (Precision.BF16, Precision.FP8, 23.0, 300_945, (36, 18, 9, 4, 2)),
        (Precision.FP8, Precision.BF16, 43.7, 286_152, (34, 17, 8, 4, 2)),
        (Precision.FP8, Precision.FP8, 43.7, 572_305, (69, 34, 17, 8, 4)),
        (Precision.W4A16, Precision.FP8, 53.7, 703_745, (85, 42, 21, 10, 5)),
    ],
)
def test_what_fits_on_one_card_of_80_gb_at_90_per_cent(
    weights: Precision,
    key_value: Precision,
    gib: float,
    tokens: int,
    contexts: tuple[int, ...],
) -> None:
    memory = replace(MISTRAL, weights=weights)

    plan = plan_gpu(memory, utilisation=Decimal("0.90"), key_value=key_value)

    assert round(plan.key_value_bytes / GIB, 1) == gib
    assert plan.tokens == tokens
    assert tuple(plan.contexts(length) for length in LENGTHS) == contexts


def test_a_plan_without_room_fits_nothing_and_says_what_is_missing() -> None:
    plan = MemoryPlan(weight_bytes=10 * GIB, token_bytes=1024, key_value_bytes=-3 * GIB)

    assert (plan.tokens, plan.contexts(1)) == (0, 0)
    with pytest.raises(ModelDoesNotFitError, match=r"3\.0 GiB are missing \(weights 10\.0 GiB"):
        plan.require(1)


def test_a_context_longer_than_what_fits_is_named_with_both_numbers() -> None:
    plan = MemoryPlan(weight_bytes=GIB, token_bytes=1024, key_value_bytes=100 * 1024)

    plan.require(100)
    assert plan.missing_gib(100) == 0
    with pytest.raises(ModelDoesNotFitError, match="100 tokens fit, and one context has 101"):
        plan.require(101)


@pytest.mark.parametrize("set_aside, key_value_bytes", [(1, GIB), (2, 2 * GIB), (3, -GIB)])
def test_a_cpu_sets_memory_aside_if_there_is_so_much(set_aside: int, key_value_bytes: int) -> None:
    echo = SHIPPED["demo-echo"].memory
    weights = Decimal(echo.shape.weight_bytes(Precision.FP32)) / GIB
    memory = Memory(echo.device, 4 + weights, Decimal(2), Decimal(0), Precision.FP32, echo.shape)

    plan = plan_cpu(memory, key_value_gib=set_aside, key_value=Precision.FP32)

    assert plan.key_value_bytes == key_value_bytes


def test_what_would_fit_is_named() -> None:
    half = MemoryPlan(
        weight_bytes=GIB, token_bytes=GIB // 4096, key_value_bytes=GIB, share=Decimal("0.5")
    )

    # 4,096 tokens take one GiB; 8,192 need one more, and of a larger card half may be taken.
    with pytest.raises(ModelDoesNotFitError) as caught:
        half.require(8_192)

    assert caught.value.fix.startswith("max-model-len 4096 would fit, or 2.0 GiB more memory")
    assert (caught.value.code, caught.value.exit_code) == ("model_does_not_fit", 3)


def test_the_parts_and_the_tokens_are_the_whole_of_what_the_engine_may_take() -> None:
    plan = plan_gpu(MISTRAL, utilisation=Decimal("0.92"), key_value=Precision.BF16)

    taken = sum(part.bytes for part in plan.parts) + plan.key_value_bytes

    assert taken == int(MISTRAL.gib * Decimal("0.92") * GIB)
    assert sum(part.bytes for part in plan.parts[:3]) == plan.weight_bytes


def test_the_largest_image_is_3080_tokens() -> None:
    # 1540 / 28 = 55 rows of 55 tokens, and one token at the end of each: 55 x 55 + 55.
    assert SHAPE.vision is not None
    assert (SHAPE.vision.patches, SHAPE.vision.tokens) == (110 * 110, 3_080)
