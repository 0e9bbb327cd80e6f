"""The memory plan: what the weights take, what a token takes, how many contexts fit.

Everything is computed from the published shape of the model::

    weights            parameters by kind, times the bytes of their precision
    per token          2 (key, value) x layers x key-value heads x head width x bytes
    left for tokens    on a GPU: memory x utilisation - weights - reserved
                       on a CPU: what VLLM_CPU_KVCACHE_SPACE sets aside

A full context is the worst case: vLLM hands out memory in pages, so shorter requests share it.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Self

from euguard.errors import ConfigurationError
from euguard.serving.reading import Section

GIB = 2**30


class Device(StrEnum):
    """Where the model runs."""

    GPU = "gpu"
    CPU = "cpu"


class Precision(StrEnum):
    """How the weights, or keys and values, are stored."""

    FP32 = "fp32"
    BF16 = "bf16"
    FP8 = "fp8"
    """Linear layers of the text decoder in 8 bits, the rest in bf16."""
    W4A16 = "w4a16"
    """Those layers in 4 bits with a bf16 scale for each group of 128, the rest in bf16."""


_BITS = {
    Precision.FP32: Decimal(32),
    Precision.BF16: Decimal(16),
    Precision.FP8: Decimal(8),
    Precision.W4A16: 4 + Decimal(16) / 128,
}
"""Bits of one parameter in a linear layer of the text decoder."""


@dataclass(frozen=True, slots=True)
class Vision:
    """Shape of a Pixtral vision encoder with the patch merger of Mistral Small 3.x."""

    layers: int
    width: int
    feed_forward: int
    patch: int
    """Side of a patch, in pixels."""

    def parameters(self, text_width: int) -> int:
        """Return the parameters of encoder, merger (2 x 2 patches) and adapter."""
        attention, gated = 4 * self.width**2, 3 * self.width * self.feed_forward
        layer = attention + gated + 2 * self.width
        convolution = 3 * self.patch**2 * self.width
        merger = 4 * self.width**2
        adapter = self.width * text_width + text_width**2
        norms = 2 * self.width
        return self.layers * layer + convolution + merger + adapter + norms


@dataclass(frozen=True, slots=True)
class Shape:
    """Shape of a decoder with grouped-query attention and a gated feed-forward."""

    layers: int
    width: int
    heads: int
    key_value_heads: int
    head_width: int
    feed_forward: int
    vocabulary: int
    tied_embeddings: bool
    """One matrix serves as input embedding and as output layer."""
    vision: Vision | None

    @property
    def linear_parameters(self) -> int:
        """Parameters of the decoder's linear layers: what FP8 and W4A16 shrink."""
        queries_and_output = 2 * self.width * self.heads * self.head_width
        keys_and_values = 2 * self.width * self.key_value_heads * self.head_width
        gated = 3 * self.width * self.feed_forward
        return self.layers * (queries_and_output + keys_and_values + gated)

    @property
    def other_parameters(self) -> int:
        """Embeddings, norms and the vision encoder."""
        embeddings = self.vocabulary * self.width * (1 if self.tied_embeddings else 2)
        norms = (2 * self.layers + 1) * self.width
        vision = self.vision.parameters(self.width) if self.vision else 0
        return embeddings + norms + vision

    @property
    def parameters(self) -> int:
        """All parameters."""
        return self.linear_parameters + self.other_parameters

    def weight_bytes(self, precision: Precision) -> int:
        """Return the bytes of all weights, rounded up."""
        rest = 32 if precision is Precision.FP32 else 16
        bits = self.linear_parameters * _BITS[precision] + self.other_parameters * rest
        return -int(-bits // 8)

    def token_bytes(self, precision: Precision) -> int:
        """Return the bytes that the keys and values of one token take."""
        numbers = 2 * self.layers * self.key_value_heads * self.head_width
        return int(numbers * _BITS[precision]) // 8


@dataclass(frozen=True, slots=True)
class Memory:
    """The `memory` part of a model file."""

    device: Device
    gib: Decimal
    """Memory of the card (of the machine, on a CPU), in GiB of 2**30 bytes."""
    reserved_gib: Decimal
    """For the CUDA context, graphs, activations and images; on a CPU for the processes."""
    weights: Precision
    shape: Shape

    @classmethod
    def read(cls, section: Section) -> Self:
        """Return what the section says.

        Raises:
            ConfigurationError: a key is missing, unknown, or of another type.

        """
        with section.nothing_else():
            return cls(
                device=Device(_one_of(section, "device", tuple(Device))),
                gib=section.decimal("gib"),
                reserved_gib=section.decimal("reserved_gib"),
                weights=Precision(_one_of(section, "weights", tuple(Precision))),
                shape=_shape(section.section("shape")),
            )


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """What fits."""

    weight_bytes: int
    token_bytes: int
    key_value_bytes: int
    """Set aside for keys and values; below 0 by as much as the memory is too small."""

    @property
    def tokens(self) -> int:
        """Tokens whose keys and values fit at once."""
        return max(0, self.key_value_bytes) // self.token_bytes

    def contexts(self, length: int) -> int:
        """Return how many requests of `length` tokens each fit at once."""
        return self.tokens // length

    def require(self, length: int) -> None:
        """Insist that one request of `length` tokens fits.

        Raises:
            ConfigurationError: it does not; says what is missing.

        """
        if self.contexts(length) >= 1:
            return
        weights = f"weights {self.weight_bytes / GIB:.1f} GiB"
        if self.key_value_bytes < 0:
            finding = f"{-self.key_value_bytes / GIB:.1f} GiB are missing"
        else:
            finding = f"{self.tokens} tokens fit, and one context has {length}"
        msg = f"memory: {finding} ({weights}, {self.token_bytes} bytes a token)"
        fix = "lower max-model-len, store keys and values in fp8, or take smaller weights"
        raise ConfigurationError(msg, fix=fix)


def plan_gpu(memory: Memory, *, utilisation: Decimal, key_value: Precision) -> MemoryPlan:
    """Return the plan for a card of which vLLM may take the share `utilisation`, 0 to 1."""
    weights = memory.shape.weight_bytes(memory.weights)
    budget = int((memory.gib * utilisation - memory.reserved_gib) * GIB)
    return MemoryPlan(weights, memory.shape.token_bytes(key_value), budget - weights)


def plan_cpu(memory: Memory, *, key_value_gib: int, key_value: Precision) -> MemoryPlan:
    """Return the plan for a machine that sets `key_value_gib` aside for keys and values."""
    weights = memory.shape.weight_bytes(memory.weights)
    free = int((memory.gib - memory.reserved_gib) * GIB) - weights
    set_aside = key_value_gib * GIB
    return MemoryPlan(
        weights,
        memory.shape.token_bytes(key_value),
        set_aside if set_aside <= free else free - set_aside,
    )


def _one_of(section: Section, key: str, choices: tuple[StrEnum, ...]) -> str:
    value = section.text(key)
    if value not in choices:
        raise section.error(key, f"one of {', '.join(choices)} is expected")
    return value


def _shape(section: Section) -> Shape:
    with section.nothing_else():
        return Shape(
            layers=section.count("layers"),
            width=section.count("width"),
            heads=section.count("heads"),
            key_value_heads=section.count("key_value_heads"),
            head_width=section.count("head_width"),
            feed_forward=section.count("feed_forward"),
            vocabulary=section.count("vocabulary"),
            tied_embeddings=section.switch("tied_embeddings"),
            vision=_vision(section.section("vision")) if section.has("vision") else None,
        )


def _vision(section: Section) -> Vision:
    with section.nothing_else():
        return Vision(
            layers=section.count("layers"),
            width=section.count("width"),
            feed_forward=section.count("feed_forward"),
            patch=section.count("patch"),
        )
