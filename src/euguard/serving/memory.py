"""The memory plan: what the weights take, what a token takes, how many contexts fit.

Everything is computed from the published shape of the model::

    weights            parameters by kind, times the bytes of their precision
    per token          2 (key, value) x layers x key-value heads x head width x bytes
    left for tokens    on a GPU: memory x utilisation - weights - working memory (`working.py`)
                       on a CPU: what VLLM_CPU_KVCACHE_SPACE sets aside

A full context is the worst case: vLLM hands out memory in pages, so shorter requests share it.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import ceil
from typing import Self

from euguard.errors import ModelDoesNotFitError
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

_STEP = 1024
"""Tokens: what would fit is told in whole steps of this."""


@dataclass(frozen=True, slots=True)
class Vision:
    """Shape of a Pixtral vision encoder with the patch merger of Mistral Small 3.x."""

    layers: int
    width: int
    feed_forward: int
    patch: int
    """Side of a patch, in pixels."""
    side: int
    """Longest side of an image as the encoder reads it, in pixels; larger ones are shrunk."""

    @property
    def patches(self) -> int:
        """Patches of the largest image, a square."""
        return (-(-self.side // self.patch)) ** 2

    @property
    def tokens(self) -> int:
        """Tokens of the largest image: one for 2 x 2 patches, one at the end of each row."""
        rows = -(-self.side // (2 * self.patch))
        return rows * rows + rows

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
        return self.embedding_parameters + self.vision_parameters

    @property
    def embedding_parameters(self) -> int:
        """Embedding, output layer and norms."""
        embeddings = self.vocabulary * self.width * (1 if self.tied_embeddings else 2)
        norms = (2 * self.layers + 1) * self.width
        return embeddings + norms

    @property
    def vision_parameters(self) -> int:
        """The vision encoder, its merger and its adapter; 0 without one."""
        return self.vision.parameters(self.width) if self.vision else 0

    @property
    def parameters(self) -> int:
        """All parameters."""
        return self.linear_parameters + self.other_parameters

    def weight_bytes(self, precision: Precision) -> int:
        """Return the bytes of all weights, rounded up."""
        return sum(part.bytes for part in self.weights(precision))

    def weights(self, precision: Precision) -> "tuple[Part, ...]":
        """Return the bytes of the weights by kind, each rounded up."""
        rest = Precision.FP32 if precision is Precision.FP32 else Precision.BF16
        kinds = [
            ("decoder", self.linear_parameters, precision),
            ("embeddings and norms", self.embedding_parameters, rest),
            ("vision encoder", self.vision_parameters, rest),
        ]
        return tuple(
            Part(f"weights: {kind}", _bytes(count, stored), f"{count:,} parameters in {stored}")
            for kind, count, stored in kinds
            if count
        )

    def token_bytes(self, precision: Precision) -> int:
        """Return the bytes that the keys and values of one token take."""
        numbers = 2 * self.layers * self.key_value_heads * self.head_width
        return int(numbers * _BITS[precision]) // 8


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the plan: what takes how much, and how that is known."""

    name: str
    bytes: int
    basis: str
    """The sum or the assumption behind it, in words."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The `memory` part of a model file."""

    device: Device
    gib: Decimal
    """Memory of the card (of the machine, on a CPU), in GiB of 2**30 bytes."""
    reserved_gib: Decimal
    """For the CUDA context, its libraries and what nobody foresaw; on a CPU for the processes."""
    graphs_gib: Decimal
    """For CUDA graphs, unless the engine is eager; 0 on a CPU."""
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
                device=Device(section.choice("device", Device)),
                gib=section.decimal("gib"),
                reserved_gib=section.decimal("reserved_gib"),
                graphs_gib=section.decimal("graphs_gib")
                if section.has("graphs_gib")
                else Decimal(0),
                weights=Precision(section.choice("weights", Precision)),
                shape=_shape(section.section("shape")),
            )


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """What fits."""

    weight_bytes: int
    token_bytes: int
    key_value_bytes: int
    """Set aside for keys and values; below 0 by as much as the memory is too small."""
    parts: tuple[Part, ...] = ()
    """What takes the rest of the memory, weights first."""
    share: Decimal = Decimal(1)
    """Of the memory, that vLLM may take."""

    @property
    def tokens(self) -> int:
        """Tokens whose keys and values fit at once."""
        return max(0, self.key_value_bytes) // self.token_bytes

    def contexts(self, length: int) -> int:
        """Return how many requests of `length` tokens each fit at once."""
        return self.tokens // length

    def missing_gib(self, length: int) -> Decimal:
        """Return by how many GiB the memory is too small for one request of `length` tokens."""
        missing = max(0, length * self.token_bytes - self.key_value_bytes)
        return missing / self.share / GIB

    def require(self, length: int) -> None:
        """Insist that one request of `length` tokens fits.

        Raises:
            ModelDoesNotFitError: it does not; says what is missing, and what would fit.

        """
        if self.contexts(length) >= 1:
            return
        weights = f"weights {self.weight_bytes / GIB:.1f} GiB"
        if self.key_value_bytes < 0:
            finding = f"{-self.key_value_bytes / GIB:.1f} GiB are missing"
        else:
            finding = f"{self.tokens} tokens fit, and one context has {length}"
        msg = f"memory: {finding} ({weights}, {self.token_bytes} bytes a token)"
        fits = self.tokens // _STEP * _STEP
        shorter = f"max-model-len {fits} would fit, or " if fits else ""
        fix = (
            f"{shorter}{self.missing_gib(length):.1f} GiB more memory; else store keys and values "
            "in fp8, or take smaller weights"
        )
        raise ModelDoesNotFitError(msg, fix=fix)


def plan_gpu(
    memory: Memory, *, utilisation: Decimal, key_value: Precision, working: tuple[Part, ...] = ()
) -> MemoryPlan:
    """Return the plan for a card of which vLLM may take the share `utilisation`, 0 to 1.

    Args:
        memory: of the profile.
        utilisation: as --gpu-memory-utilization.
        key_value: how keys and values are stored.
        working: what else is taken beside weights, tokens and `memory.reserved_gib`.

    """
    reserved = Part(
        "CUDA context and margin", int(memory.reserved_gib * GIB), "assumed, in the model file"
    )
    parts = (*memory.shape.weights(memory.weights), *working, reserved)
    weights = memory.shape.weight_bytes(memory.weights)
    budget = int(memory.gib * utilisation * GIB) - sum(part.bytes for part in parts)
    return MemoryPlan(weights, memory.shape.token_bytes(key_value), budget, parts, utilisation)


def plan_cpu(memory: Memory, *, key_value_gib: int, key_value: Precision) -> MemoryPlan:
    """Return the plan for a machine that sets `key_value_gib` aside for keys and values."""
    reserved = Part("processes", int(memory.reserved_gib * GIB), "assumed, in the model file")
    parts = (*memory.shape.weights(memory.weights), reserved)
    free = int(memory.gib * GIB) - sum(part.bytes for part in parts)
    set_aside = key_value_gib * GIB
    return MemoryPlan(
        memory.shape.weight_bytes(memory.weights),
        memory.shape.token_bytes(key_value),
        set_aside if set_aside <= free else free - set_aside,
        parts,
    )


def _bytes(parameters: int, precision: Precision) -> int:
    return ceil(parameters * _BITS[precision] / 8)


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
            side=section.count("side"),
        )
