"""What a card computed in its self-test, compared with what its maker states.

The test is a program of its own that runs in the engine's environment
(`euguard.adapters.host.torch_check`): a product of matrices in bf16, twice, and copies in the
card's memory. Its answer is judged here.
"""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from euguard.errors import ConfigurationError
from euguard.provision.finding import Finding, Mark, Rule
from euguard.serving.roofline import Card, cards

FORMAT = "euguard-gpu-test-1"
SHARE = 0.7
"""Of the maker's peak that a sound card should reach."""
LARGEST_ERROR = 0.02
"""Relative error of a bf16 product that is explained by rounding: 8 bits of mantissa give
2**-8 = 0.004 for an element, and sums of many are better, not worse."""

COMPUTES = Rule(
    "gpu-test",
    Mark.FAILURE,
    "With --gpu: torch sees the card, and the same product of matrices is right, twice.",
)
MATMUL = Rule(
    "gpu-test-matmul",
    Mark.WARNING,
    "With --gpu: a product of matrices in bf16 reaches 70 % of the maker's peak.",
)
BANDWIDTH = Rule(
    "gpu-test-memory",
    Mark.WARNING,
    "With --gpu: copies in the card's memory reach 70 % of the maker's bandwidth.",
)
RULES = (COMPUTES, MATMUL, BANDWIDTH)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the test printed."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    format: str
    device: str
    """`cuda`, or `cpu` where torch sees no card."""
    name: str
    torch: str
    cuda: str | None
    matmul_tflops: float
    """10**12 additions and multiplications in a second."""
    memory_gb_per_s: float
    """10**9 bytes read and written in a second."""
    relative_error: float
    """Largest error of the product against fp32 on the CPU, by the largest element."""
    repeatable: bool
    """Whether the same product, computed twice, was the same in every bit."""


def read_peaks() -> dict[str, Card]:
    """Return what makers state, by the name that NVML has for the card."""
    return {one.name: one for one in cards()}


def parse(data: bytes) -> Measured:
    """Return what the test printed.

    Raises:
        ConfigurationError: it printed something else.

    """
    try:
        measured = TypeAdapter(Measured).validate_json(data)
    except ValidationError:
        measured = None
    if measured is None or measured.format != FORMAT:
        msg = "the self-test of the card printed no result"
        raise ConfigurationError(msg)
    return measured


def judge(measured: Measured, peaks: dict[str, Card]) -> tuple[Finding, ...]:
    """Return the findings on what was measured."""
    if measured.device != "cuda":
        what = (
            f"torch {measured.torch} sees no card; the test ran on the CPU "
            f"({measured.matmul_tflops:.2f} TFLOP/s, {measured.memory_gb_per_s:.1f} GB/s), "
            "which says nothing of a card"
        )
        fix = "install the engine with torch for CUDA, and look at the finding `gpu`"
        return (COMPUTES.fails(what, measured.name, fix=fix),)
    peak = peaks.get(measured.name)
    matmul, bandwidth = (peak.matmul_tflops, peak.memory_gb_per_s) if peak else (None, None)
    where = measured.name
    return (
        _computes(measured),
        _share(MATMUL, measured.matmul_tflops, matmul, "TFLOP/s", where),
        _share(BANDWIDTH, measured.memory_gb_per_s, bandwidth, "GB/s", where),
    )


def failed(why: str) -> Finding:
    """Return the finding that the test itself did not run."""
    fix = "look at the finding `gpu`, and whether the engine is installed and the card is free"
    return COMPUTES.fails(why, fix=fix)


def _computes(measured: Measured) -> Finding:
    fix = "run it again; if it stays, have the card replaced"
    if not measured.repeatable:
        what = "the same product of matrices was another the second time"
        return COMPUTES.fails(what, measured.name, fix=fix)
    if not measured.relative_error <= LARGEST_ERROR:
        what = f"a product of matrices is wrong by {measured.relative_error:.3f} of its size"
        return COMPUTES.fails(what, measured.name, fix=fix)
    return COMPUTES.ok(f"torch {measured.torch} computes rightly", measured.name)


def _share(rule: Rule, reached: float, peak: float | None, unit: str, where: str) -> Finding:
    if peak is None:
        fix = "compare with the maker's data sheet"
        return rule.warns(f"{reached:.0f} {unit}; no figure of this card is known", where, fix=fix)
    what = f"{reached:.0f} {unit}, {reached / peak:.0%} of {peak:.0f}"
    if not reached >= SHARE * peak:
        fix = "look for a power limit, heat (`nvidia-smi -q -d PERFORMANCE`), or a second user"
        return rule.warns(what, where, fix=fix)
    return rule.ok(what, where)
